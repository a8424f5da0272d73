// Package replay brings a saved failure back, also after the code was edited.
//
// A list of choices replays a run exactly, on the code that it was recorded
// with: after an edit the same numbers mean something else. What made the run
// fail is seldom more than the order of a few events. [Derive] finds them: it
// takes the order of all steps of the run that race, leaves out those without
// which the program fails all the same, and keeps the rest as constraints on
// named events. [Failure.Replay] then runs the program under any schedule that
// keeps to them.
//
//	run := func(c schedule.Chooser) bool {
//		v := play(c) // a bubble, schedule.New, Run, Teardown
//		return v.Kind == schedule.Rest // the same failure
//	}
//	f, _, err := replay.Derive(choices, run, replay.Effort{}) // choices: reduced
//	if err != nil {
//		return err
//	}
//	f.Verdict, f.Notes = "rest", []string{"two callers, limit 1"}
//	os.WriteFile(path, []byte(f.String()), 0o666)
//
//	// Later, with other code:
//	f, err := replay.Parse(text)
//	...
//	fmt.Println(f.Replay(run)) // "exact", "reproduced after an edit ...", "diverged at constraint 2 ..."
//
// The invariant: every run is one that the program can do, so that a failure
// that comes back is one of the code at hand, whatever the constraints say. What
// they can do wrong is to miss it, and then the result says where the run left
// them.
//
// It refuses to keep constraints that weren't shown to be enough: under them the
// program has to fail with a schedule that always goes on, with many that are
// random ([Effort.Seeds]), and with each pair of racing steps that isn't kept
// turned round.
//
// # The file
//
// It is text, a line a fact; empty lines and lines that begin with '#' are
// skipped. This is a limiter that lost a wake-up:
//
//	weir failure 1
//	verdict rest
//	note two callers, limit 1
//	choices 0 0 0 0 0 1 0 1
//	task 1 "main#1" go wg.add:1 go wg.wait:1
//	task 1.1 "limiter.func#1" start lock:2 lock:2
//	task 1.2 "limiter.func#2" start lock:2 lock:2 recv:3
//	order 1.1 "limiter.func#1" at lock:2 1 before 1.2 "limiter.func#2" at lock:2 1
//	order 1.2 "limiter.func#2" at lock:2 1 before 1.1 "limiter.func#1" at lock:2 2
//	order 1.1 "limiter.func#1" at lock:2 2 before 1.2 "limiter.func#2" at lock:2 2
//
// The first line has the version. verdict and law say what is expected, and
// note lines what the reader should know: all three are the caller's. choices are
// for the same code. A fact line, the caller's as well, has a name and what the
// caller needs to run the program; choices-only is why there are no constraints,
// and then only the choices are replayed. A draw line has the name of a draw, quoted, and its values
// in order: what was drawn for the world and the load. A delay line has how long
// virtual time passed although something could run.
//
// A task line has the place of a goroutine in the spawn tree, its name for
// display, and the points it came to, in order: the kind, at a seam = and its
// quoted text, and after a colon the number of the object that it is about,
// which is the same in all lines.
//
// An order line says that one event has to come before another. An event is a
// goroutine's place, its name, a point, and how many-th such point of this
// goroutine it is; or action, its quoted name and how many-th of that name it
// is; or delay and its number. A way line names a select and which of its
// cases, nil channels aside, it has to try first.
//
// # How an event is found again
//
// Names of functions are for display: renaming doesn't matter, nor does moving
// code to another function. A point is counted among those of the same kind
// at the same object in its own goroutine, so that what others do doesn't matter,
// and neither do new points of another kind or at another object that comes
// later. The object itself isn't named: it is the first, second ... that this
// goroutine comes to with a point of that kind.
//
// Where that doesn't bring the failure back, the failure's goroutines and points
// are aligned with those of a run of the edited code: goroutines by their places
// among their siblings and by what points they come to, points in order, objects
// by the points that were matched. That finds goroutines that a new go statement
// has moved, and points that a new one of the same kind has shifted. An
// alignment is a guess; the next run shows whether it is right, and some others
// are tried.
//
// # Words
//
// A constraint is an order, a way or a delay. It is kept if its first event
// comes first. A run diverges where it can't keep one: nothing that isn't held
// back can go on. A seed is that of the scheduler which chooses where the
// constraints leave a choice; that of seed 0 stays with a goroutine for as long as
// it can.
package replay
