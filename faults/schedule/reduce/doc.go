// Package reduce makes a failing run of package schedule small enough to read.
//
// A run is a list of choices, whatever strategy made it. [Reduce] looks for one
// that fails in the same way with fewer switches between goroutines, then with
// fewer faults, actions and delays, then with fewer operations, then with fewer
// and lower choices: see [Measure]. It knows what a list means: it moves and
// drops stretches of one goroutine, and changes a draw of the world or the load
// while the schedule goes on as it was, where an index of the list would come
// to mean something else.
//
//	run := func(c schedule.Chooser) reduce.Outcome {
//		v := play(c) // a bubble, schedule.New, Run, Teardown
//		return reduce.Outcome{Same: v.Kind == schedule.Rest}
//	}
//	result, err := reduce.Reduce(choices, run, reduce.Limit{})
//	if err != nil {
//		return err // the choices don't fail in the first place
//	}
//	fmt.Println(result) // "reduced from 14 to 2 switches, ..."
//	save(result.Choices)
//
// The invariant: what it returns was run and failed, and its measure is no
// larger than that of any failing run that it saw. The same failing list, the
// same program and the same number of runs give the same result; only a limit
// of real time can break that, and the result says when it did.
//
// It refuses to start from a list that doesn't fail, and to call minimal what
// it hasn't shown to be: see [Proof].
//
// # Words
//
// A stretch is what one party does without another in between. A party is a
// goroutine, an action by its name, or a length of delay. A draw is a choice
// that isn't about who goes next.
//
// Moving and merging stretches is after Jalbert and Sen, A trace simplification
// technique for effective debugging of concurrent programs (FSE 2010); leaving
// out halves, quarters and so on is after Zeller and Hildebrandt's ddmin (2002).
package reduce
