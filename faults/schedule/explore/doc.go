// Package explore runs a test body under many schedules.
//
// A test of concurrent code passes or fails by the order in which its goroutines
// ran, and go test shows it one order. [Test] runs the body again and again, each
// time in a testing/synctest bubble of its own, where package faults/schedule
// chooses what runs next:
//
//	func TestLimiter(t *testing.T) {
//		explore.Test(t, explore.Config{}, func(t *explore.T) {
//			l := limiter.New(1)
//			for range 2 {
//				go func() { l.Acquire(); l.Release() }()
//			}
//			l.Acquire()
//			l.Release()
//		})
//	}
//
// The command "weir test -weave=./limiter ." weaves the code under test and the
// tests that import this package, builds them once and explores on every core.
//
// The invariant: a test passes only if every schedule came to a verdict and none
// of them failed. A schedule that reached its cap of steps, or that is stuck in
// real time, decides nothing and fails the test, and so does a run that was
// meant to be woven and reached no woven point. Where nothing is woven and
// nobody expects it, the body runs a few times, and the test is skipped in the end.
//
// The first failure is made small, saved in testdata/weir and told with the
// source line of each step; the saved schedules of a test are run first from then
// on, until their files are deleted. A file has the format of package replay: the
// choices repeat the schedule on the same code, and the constraints bring the
// failure back after an edit. A replay says which of the two it was, or where it
// diverged.
//
// How schedules are looked for is package strategy's business: a portfolio unless
// the [Settings] say something else, each process with a seed of its own. A body
// that is small enough is enumerated, and the report says when every schedule was
// seen. A body that tells what it sees, by [T.Saw], leads the search to where
// there is more of it.
//
// It refuses T.Run and T.Parallel inside a body, because one body is one
// schedule: call Test in subtests instead. The outer test may be parallel.
//
// # Words
//
// A schedule is one run of the body, and the list of choices that repeats it. A
// switch is a step of a goroutine before which another one ran. A native goroutine is one that code
// which isn't woven started: nobody chooses when it runs.
package explore
