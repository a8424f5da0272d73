package schedule

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Point is a point at a seam: the caller stops until the scheduler picks it.
// what says what it is about to do ("send r1"). Outside a schedule, on the
// root and after Teardown it does nothing.
func Point(what string) {
	if t := current(); t != nil {
		t.parkAt(what, nil)
	}
}

// Await is a point at a seam that can be picked only while ready holds. ready
// runs on the root while everything is blocked, and must change nothing; after
// the pick nothing else runs before the caller. It returns false, without
// waiting, when the caller isn't under a scheduler (outside a schedule, on the
// root, after Teardown): the caller then waits as it would without one.
//
//go:norace
func Await(what string, ready func() bool) bool {
	t := current()
	if t == nil {
		return false
	}
	t.parkAt(what, ready)
	return !t.s.stopping || t.origin != Adopted
}

// Controlled reports whether the calling goroutine is under a scheduler, or
// would be at its next point.
//
//go:norace
func Controlled() bool {
	t := current()
	return t != nil && (t.origin != Adopted || !t.s.stopping)
}

// Wake tells the scheduler of the calling goroutine's bubble that something a
// Source or an Await depends on has changed. It is needed only by goroutines
// that change it without reaching a point afterwards, as the callback of a
// timer may; outside a schedule it does nothing.
//
//go:norace
func Wake() {
	if active.Load() == 0 {
		return
	}
	var s *Scheduler
	// The registry knows most callers. The descriptor of one that was adopted
	// may be another goroutine's by now.
	if t := registered(getg()); t != nil && t.origin != Adopted {
		s = t.s
	} else {
		_, bubble := identity()
		s = schedulerOf(bubble)
	}
	if s != nil {
		raceDisable()
		s.signal()
		raceEnable()
	}
}

// Failf ends the run with the verdict Failed; the first failure counts. A
// goroutine that the scheduler started ends here, as by t.FailNow; on the root
// and in an adopted goroutine Failf returns. Outside a schedule it panics.
func Failf(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	t := lookup()
	if t == nil {
		panic("schedule: Failf outside a schedule: " + message)
	}
	t.s.fail(&failure{kind: "failure", task: t, message: message})
	if t != t.s.root && t.origin != Adopted {
		runtime.Goexit()
	}
}

// WovenPoint is a point of woven code before it uses the object at p; it
// reports whether the caller is under a scheduler. The shims call it.
func WovenPoint(kind Kind, p unsafe.Pointer) bool { return wovenPoint(kind, p) != nil }

// WovenTouch notes that the caller uses the object at p where there is no
// point; it reports what [Controlled] does. The shims call it.
//
//go:norace
func WovenTouch(p unsafe.Pointer, a Access) bool {
	t := current()
	if t == nil {
		return false
	}
	t.touch(p, a)
	return t.origin != Adopted || !t.s.stopping
}

// WovenAwait is [Await] for woven code: it returns false when the caller is to
// wait as without a scheduler. On the root it panics if ready doesn't hold,
// because nobody could make it hold. The shims call it.
//
//go:norace
func WovenAwait(kind Kind, p unsafe.Pointer, ready func() bool) bool {
	t := lookup()
	switch {
	case t == nil:
		return false
	case t == t.s.root:
		if !t.s.stopping && !ready() {
			panic("schedule: the root goroutine would wait in " + kind.String() + " for ever: let a goroutine started by Scheduler.Go do that")
		}
		return false
	}
	t.count()
	t.parkUntil(kind, p, ready, 0)
	if t.origin == Adopted && t.s.stopping {
		t.s.poll(ready)
		return false
	}
	return true
}

// WovenRun is a number that identifies the run that the caller belongs to
// among those of the process, or 0. The shims drop by it what an earlier run
// left in package-level state.
//
//go:norace
func WovenRun() uint64 {
	if t := lookup(); t != nil && !t.s.stopping {
		return t.s.id
	}
	return 0
}

// Unwinding reports whether the calling goroutine is being ended by Teardown,
// so that its deferred calls run in a state they couldn't reach otherwise. The
// shims call it.
//
//go:norace
func Unwinding() bool {
	t := current()
	return t != nil && t.killed
}

//go:norace
func wovenPoint(kind Kind, p unsafe.Pointer) *task {
	t := current()
	if t == nil {
		return nil
	}
	t.count()
	t.park(kind, p)
	return t
}

//go:norace
func (t *task) count() {
	if !t.s.stopping {
		t.points++
	}
}
