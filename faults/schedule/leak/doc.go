// Package leak finds the goroutines that a test left behind, and knows whose
// they are when tests run in parallel.
//
// It is for tests outside of a schedule: real time, real sockets. Under a
// schedule every goroutine of the bubble belongs to one test, and package story
// tells who is left.
//
//	func TestServer(t *testing.T) {
//		t.Parallel()
//		leak.Check(t) // first, so that it looks last
//		s := serve(t)
//		defer s.Close()
//		...
//	}
//
// A goroutine that is left fails the test that started it, with where it was
// started, by whom as far as they live, and what it waits in:
//
//	leak: 1 goroutine of TestServer still there
//	  goroutine 21 [IO wait] in main.(*server).read server.go:52
//	    started at main.(*server).accept server.go:38 by goroutine 19, which was started at main.serve server.go:21 by the test
//
// The invariant: a goroutine is blamed on the test that started it, directly or
// through others, whoever else has goroutines that look the same. The runtime
// hands profiler labels down from a goroutine to those that it starts, in the
// standard library too; Check labels that of the test.
//
// A pass doesn't depend on the speed of the machine: Check looks once, and only
// if somebody is left looks again, until nobody has been able to go on and
// nothing has changed for Patience.
//
// It refuses to guess about goroutines without the label: callbacks of
// time.AfterFunc, whose goroutines the runtime starts; what was started in
// pprof.Do, unless its context descends from the one that Check returns; what a
// pool or a server of another test started on behalf of this one.
package leak
