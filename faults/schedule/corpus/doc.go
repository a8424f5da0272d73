// Package corpus keeps the few schedules that show what others don't.
//
// A search that has no memory starts every schedule from nothing, and so seldom
// gets past three coincidences in a row. A [Corpus] remembers, for each feature
// that a run showed (two steps that came after each other, an edge of a model,
// a queue that was full), the smallest list of choices that shows it. What is
// one change away from such a list is where [Corpus.Mutant] looks.
//
//	c, err := corpus.Load(dir, corpus.Config{})
//	playList := func(list []uint32) corpus.Run { return play(schedule.NewList(list)) }
//	for range budget {
//		r := play(c.Mutant(rand, schedule.Random(rand.Uint64())))
//		if c.News(r) > 0 {
//			c.Add(c.Minimised(r, playList, 100))
//		}
//	}
//	err = c.Save(dir)
//
// The invariant: a corpus is a function of the set of runs that were added to
// it. Neither their order matters, nor in how many processes and corpora they
// were collected, nor which of these was merged into which: Merge is
// associative, commutative and idempotent, bounds included.
//
// It refuses to keep what is larger than its share, and to read a file that
// isn't to the byte what was written.
//
// # How it is bounded
//
// To keep for each feature the smallest run is what libFuzzer's merge comes to
// (LLVM, compiler-rt/lib/fuzzer/FuzzerMerge.cpp): it takes runs by size, and
// each that has a feature which none before it had. A bound on the number of
// runs would make the result depend on what was seen in between. The bound here
// is one on features: those with the smallest numbers are kept, as in a bottom-k
// sketch (Cohen, Kaplan: Summarizing data using bottom-k sketches, PODC 2007).
// What is among the k smallest of a union is among the k smallest of its part, so
// that a part may forget the rest. [NewFeature] puts a kind above a hash: kinds
// with small numbers are kept first, and of the last that fits a random sample.
//
// # The directory
//
// A file holds one run, and its name is the hash of its text:
//
//	weir corpus 1
//	choices 2 0*14 1
//	feature 00c2f3a1b0e4d5f6
//
// 0*14 is fourteen zeros. The features are those for which this run is the
// smallest. Any number of processes may put runs there at a time, and one
// may load and save it: a file appears when it is whole, and is removed once a better one
// is there. What begins with a dot is being written. To merge directories, copy
// their files into one.
//
// # Words
//
// A run is a list of choices with the features that it showed. One is smaller
// than another if it has fewer choices, or as many and fewer that aren't 0, or
// comes first in the order of numbers. A mutant is a list with a few changes,
// and somebody who chooses where the list doesn't say.
package corpus
