// Package schedule decides, inside one testing/synctest bubble, what happens
// next.
//
// A concurrent program has as many executions as there are orders of its steps.
// Here the order is data: every controlled goroutine stops at its points, the
// bubble's root goroutine waits until everything is durably blocked, and picks
// one goroutine that goes on to its next point, or one action (a delivery, a
// fault), or lets virtual time pass. The picks come from a [Chooser], so that a
// run can be recorded, replayed exactly and shrunk; package strategy makes
// those that search. A [Choice] tells what each alternative is: who would go on,
// from which point, to which object.
//
// The invariant: between two choices exactly one controlled goroutine runs, and
// only the root chooses. A goroutine that was woken from a real wait parks
// before it does anything.
//
// Points come from two places. Code at a seam calls [Point] and [Await]. Woven
// code, which package faults/weave rewrites, calls the rest of this package (
// [Go], [Recv], [Select], [NewTimer], [WithCancel] ...) and the shims in its
// folders sync and atomic, for each go statement, channel operation, timer,
// context, lock and atomic. Outside a schedule both do what the plain code does.
//
//	synctest.Test(t, func(t *testing.T) {
//		s, err := schedule.New(schedule.Config{Chooser: schedule.Random(seed)})
//		if err != nil {
//			t.Fatal(err)
//		}
//		defer s.Teardown()
//		s.Go("caller#1", func() { limiter.Acquire(); limiter.Release() })
//		s.Go("caller#2", func() { limiter.Acquire(); limiter.Release() })
//		if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind != schedule.Done {
//			t.Error(v, v.Tasks)
//		}
//	})
//
// It refuses to run outside a bubble, to have two schedulers in one bubble, and
// to be driven from any goroutine but the root.
//
// # What to know
//
// What a callback on the root (the condition of Run, the condition of Await, a
// Source, an Action, OnRest) shares with controlled goroutines needs a lock, as
// between any two goroutines: the scheduler orders no memory accesses, or the
// race detector would find nothing. What Run's caller reads after Run is ordered.
// The root must not wait for a controlled goroutine other than by Run.
//
// Exact replay needs woven code: goroutines that are only adopted run freely
// between their points. GOMAXPROCS=1 is fastest, one process a core. These
// escape the scheduler: a standard lock held at a point of unwoven code (the run
// hangs in real time: have a watchdog outside), waits inside the standard
// library (io.Pipe), and package-level state that survives a run.
//
// The timers of woven code are real ones, of the standard types, but the
// scheduler makes them expire: a timer, a tick or a deadline that is due is a
// step that can be picked, so that those of one instant come in any order, before
// or after what else can happen then, and can still be stopped. No time passes
// before they have expired, but for a delay. A tick that nobody has received yet
// makes no others due. The contexts of woven code are real, too; all of them
// count as one object, which a cancel and a deadline write, and Err, Cause and
// every receive from a channel of struct{} read.
//
// Timers and contexts that unwoven code makes are not the scheduler's: they end
// when the runtime says, at the instant that they are due, before any step.
// Unwoven code that gets a timer from woven code can receive from it and stop
// it, but if it resets it, the timer still expires when woven code had wanted;
// a ticker that unwoven code stops goes on, and one that it receives from
// without waiting ticks no more. A call of Stop, Reset or Err through another
// interface than context.Context is no point.
//
// # Words
//
// A run is everything between [New] and [Scheduler.Teardown]; a phase is one
// call of [Scheduler.Run]. A point is a place where a goroutine stops until it
// is picked. A task is a controlled goroutine, or a timer that is due. Enabled
// is what can be picked now; at rest nothing is. A task is adopted when code
// that isn't woven started it. A seam is the boundary of the code under test,
// where the suite's code runs.
package schedule
