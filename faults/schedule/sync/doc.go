// Package sync stands in for the standard package of that name in woven code.
//
// Each type wraps the standard one. Outside a schedule it calls it and nothing
// else. In a schedule waiting is a point that can be picked only once the wait is
// over, so that there are no futile wake-ups and a deadlock reads "parked at
// lock"; the standard primitive is then taken without waiting, which also tells
// the race detector what it would be told anyway.
//
// The invariant: in a schedule no goroutine waits inside the standard package,
// because the wait for a lock is not durable and would stop virtual time.
//
// Points are at what can wait or decides something: Lock, TryLock, Do, Wait,
// Signal, Add of a positive number, Get, Put and every operation of Map. Unlock,
// RUnlock and Done have none: the next point of the same goroutine gives the
// same orders.
//
// It refuses misuse as the standard package does, but by a panic where that
// ends the process (unlock of an unlocked mutex), so that the run has a verdict.
//
//	import "github.com/weir-dev/weir/faults/schedule/sync" // by the weaver, never by hand
package sync

import (
	stdsync "sync"

	"github.com/weir-dev/weir/faults/schedule"
)

// Locker is the standard interface.
type Locker = stdsync.Locker

// The locks that guard the shims' own state must not order woven code for the
// race detector. The functions that touch that state are marked norace, because
// the detector then doesn't know what guards it.

func lock(m *stdsync.Mutex) {
	schedule.RaceOff()
	m.Lock()
	schedule.RaceOn()
}

func unlock(m *stdsync.Mutex) {
	schedule.RaceOff()
	m.Unlock()
	schedule.RaceOn()
}
