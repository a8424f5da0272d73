package properties

import (
	"flag"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/corpus"
	"github.com/weir-dev/weir/protocol"
)

var corpusFlag = flag.String("weir.corpus", "", "weir: `directory` of the cases that a fuzz target begins with; what shows something new is added to it. It needs woven code")

// The kinds of what a case can show, the dearest first. There are fewest of
// the first kind, so that it doesn't crowd the others out.
const (
	// featurePeak is how many of something were open at once, or happened.
	featurePeak = iota
	// featureEvents is two events one after the other, at a party or about a
	// message.
	featureEvents
	// featurePoints is two steps one after the other, at an object.
	featurePoints
)

// features are what a case showed.
func features(o *outcome, points *corpus.Pairs) []corpus.Feature {
	var out []corpus.Feature
	for what, n := range peaks(o.records) {
		for ; n > 0; n-- { // who gets to n has been at all below
			out = append(out, corpus.NewFeature(featurePeak, corpus.Hash(what, strconv.Itoa(n))))
		}
	}
	for pair := range eventPairs(o.records) {
		out = append(out, corpus.NewFeature(featureEvents, corpus.Hash(pair[0], pair[1])))
	}
	for _, h := range points.Hashes() {
		out = append(out, corpus.NewFeature(featurePoints, h))
	}
	return out
}

// spans are what begins with one event and ends with another. That many are
// open at once is how a queue, a window, a limit comes near its bound.
var spans = []struct{ begin, end protocol.Kind }{
	{protocol.KindAccept, protocol.KindResolve},
	{protocol.KindSend, protocol.KindReceive},
	{protocol.KindResolve, protocol.KindDispatchBegin},
	{protocol.KindHandleBegin, protocol.KindHandleEnd},
	{protocol.KindEnqueue, protocol.KindReserve},
	{protocol.KindEnqueue, protocol.KindDone},
	{protocol.KindReserve, protocol.KindRelease},
	{protocol.KindCancel, protocol.KindAcknowledged},
	{protocol.KindAttach, protocol.KindDetach},
	{protocol.KindPause, protocol.KindResume},
}

// maxPeak is where more of the same is nothing new.
const maxPeak = 16

// peaks are the most that were open of each span at one party, or host, and how
// often each kind of event happened, as a power of two.
func peaks(records []Record) map[string]int {
	most, open, count := map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range records {
		e := r.Event
		if e.Kind == protocol.KindNone {
			continue
		}
		place := e.Party + " " + e.Host
		for _, s := range spans {
			what := place + " " + s.begin.String() + " to " + s.end.String()
			switch e.Kind {
			case s.begin:
				open[what]++
			case s.end:
				open[what]--
			default:
				continue
			}
			most[what] = max(most[what], min(open[what], maxPeak))
		}
		what := place + " " + label(e)
		count[what]++
		most[what] = bits.Len(uint(count[what]))
	}
	return most
}

// eventPairs are events one after the other at the same party, and about the
// same message or request.
func eventPairs(records []Record) map[[2]string]bool {
	pairs, last := map[[2]string]bool{}, map[string]string{}
	for _, r := range records {
		e := r.Event
		if e.Kind == protocol.KindNone {
			continue
		}
		keys := []string{e.Party + " " + e.Host}
		if e.Seq != 0 {
			keys = append(keys, fmt.Sprintf("seq %d", e.Seq))
		}
		now := e.Party + " " + label(e)
		for i, key := range keys {
			if before := last[key]; before != "" {
				pairs[[2]string{before, strconv.Itoa(i) + now}] = true
			}
			last[key] = now
		}
	}
	return pairs
}

// label is what an event is, without what it is about.
func label(e protocol.Event) string {
	return e.Kind.String() + " " + e.Outcome.String() + " " + e.Reason.String()
}

// keeper runs the cases of a fuzz target, and keeps those that show something
// new in a corpus.
type keeper struct {
	suite suite
	dir   string // empty if nothing is kept
	// fuzzing is whether this process searches; else it plays the corpus again,
	// on code that may have been edited, with a few mutants, and then replaces it
	// by what that showed.
	fuzzing bool
	corpus  *corpus.Corpus
	seeds   [][]uint32
	// cases counts those that were played, points the woven points in them; besides
	// counts their mutants, and what was tried to make cases small.
	cases, points, besides int
}

// corpusFeatures bounds a corpus. A protocol has some hundred features that
// aren't pairs of points, and room for some thousand of these.
const corpusFeatures = 1 << 12

// minimiseCases is how many cases a new one may cost. The fuzzer gives up on a
// worker that is busy for ten seconds.
const minimiseCases = 40

// mutantCases is how many cases may be run besides those that are played again:
// a mutant of each, and what it takes to make those small that show something
// new.
const mutantCases = 500

// newKeeper makes a keeper of what is in a directory; empty is none.
func newKeeper(s suite, dir string, fuzzing bool) (*keeper, error) {
	k := &keeper{suite: s, dir: dir, fuzzing: fuzzing}
	if dir == "" {
		return k, nil
	}
	var err error
	if k.corpus, err = corpus.Load(dir, corpus.Config{Features: corpusFeatures}); err != nil {
		return nil, fmt.Errorf("the corpus can't be read: %w", err)
	}
	if !fuzzing {
		k.seeds = k.corpus.Renew()
		return k, nil
	}
	for _, r := range k.corpus.Runs() {
		k.seeds = append(k.seeds, r.Choices)
	}
	return k, nil
}

// one runs the case of an input, and returns the first that fails: that, or one
// that was played because of it.
func (k *keeper) one(t *testing.T, input []byte) *outcome {
	o, run := k.play(t, inputSource(input))
	if k.dir == "" || !sound(t, o) {
		return o
	}
	k.cases++
	k.points += o.points
	if k.fuzzing {
		k.keep(t, run)
		return o
	}
	if k.cases <= repeats && !k.repeats(t, o) {
		t.Error("this case did not repeat exactly, so that a corpus means nothing: something escapes the scheduler")
		return o
	}
	k.corpus.Add(run)
	if k.besides < mutantCases {
		// The fuzzer can't do this: it puts no two inputs together, and a case that
		// depends on the corpus can't be run again by its input.
		k.besides++
		seed := uint64(k.cases)
		next := newRand(seed)
		m, run := k.play(t, k.corpus.Mutant(rand.New(rand.NewPCG(seed, 0)), newOddsSource(func(n int) int { return int(next() % uint64(n)) })))
		if !sound(t, m) {
			return m
		}
		k.corpus.Add(k.minimised(t, run))
	}
	return o
}

// sound tells whether a case came to its end and violates nothing.
func sound(t *testing.T, o *outcome) bool {
	return o.undecided == "" && len(o.found.violations) == 0 && !t.Failed()
}

// keep adds a run that shows something new to the corpus, and to its directory.
func (k *keeper) keep(t *testing.T, run corpus.Run) {
	if k.corpus.News(run) > 0 {
		run = k.minimised(t, run)
		if err := corpus.Put(k.dir, corpus.Run{Choices: run.Choices, Features: k.corpus.Gains(run)}); err != nil {
			t.Fatalf("the case can't be kept: %v", err)
		}
	}
	k.corpus.Add(run)
}

// minimised is a run that is smaller and shows as much, if the run shows
// something new.
func (k *keeper) minimised(t *testing.T, run corpus.Run) corpus.Run {
	if k.corpus.News(run) == 0 {
		return run
	}
	return k.corpus.Minimised(run, func(list []uint32) corpus.Run {
		k.besides++
		_, r := k.play(t, schedule.NewList(list))
		return r
	}, minimiseCases)
}

// play runs a case and says what it showed: nothing where there is no corpus.
func (k *keeper) play(t *testing.T, source schedule.Chooser) (*outcome, corpus.Run) {
	if k.dir == "" {
		return k.suite.run(t, Simulated, &choices{source: source}), corpus.Run{}
	}
	var points corpus.Pairs
	o := k.suite.run(t, Simulated, &choices{source: points.Follow(source)})
	return o, corpus.Run{Choices: o.list, Features: features(o, &points)}
}

// repeats plays a case again and tells whether it is the same.
func (k *keeper) repeats(t *testing.T, o *outcome) bool {
	again, _ := k.play(t, schedule.NewList(o.list))
	return reflect.DeepEqual(again.records, o.records)
}

// save replaces the corpus by what its cases have shown now, and tells how large
// it is.
func (k *keeper) save() (string, error) {
	if k.points == 0 {
		return "", fmt.Errorf("no woven point was reached, so that the schedules in %s mean nothing: build with the flags that \"weir weave\" prints", k.dir)
	}
	if err := k.corpus.Save(k.dir); err != nil {
		return "", fmt.Errorf("the corpus can't be saved: %w", err)
	}
	return fmt.Sprintf("corpus of %s: %d cases show %d features; %d cases were played, and %d besides", k.suite.protocol, len(k.corpus.Runs()), k.corpus.Features(), k.cases, k.besides), nil
}

// inputSource draws from the input of a fuzz target: a byte a choice, so that
// what the fuzzer leaves out, puts in or copies are choices, and zeros when it
// runs out. More than 256 alternatives are more than an input can name.
func inputSource(input []byte) schedule.Chooser { return &inputChooser{input} }

type inputChooser struct{ input []byte }

// Choose draws one choice.
func (s *inputChooser) Choose(c *schedule.Choice) int {
	if len(s.input) == 0 {
		return 0
	}
	i := int(s.input[0]) % c.N
	s.input = s.input[1:]
	return i
}

// inputOf is the input that stands for a list of choices, if one does.
func inputOf(list []uint32) ([]byte, bool) {
	input := make([]byte, len(list))
	for i, c := range list {
		input[i] = byte(c)
	}
	return input, !slices.ContainsFunc(list, func(c uint32) bool { return c > 255 })
}
