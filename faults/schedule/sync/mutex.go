package sync

import (
	stdsync "sync"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// Mutex stands in for sync.Mutex.
type Mutex struct {
	mu   stdsync.Mutex
	hold schedule.Holding
}

// free reports whether a try would succeed, and leaves no trace of it.
func (m *Mutex) free() bool {
	schedule.RaceOff()
	defer schedule.RaceOn()
	if !m.mu.TryLock() {
		return false
	}
	m.mu.Unlock()
	return true
}

// Lock locks m.
func (m *Mutex) Lock() {
	for schedule.WovenAwait(schedule.KindLock, unsafe.Pointer(m), m.free) {
		if m.mu.TryLock() {
			m.hold.Take(&m.mu)
			return
		}
	}
	m.mu.Lock()
}

// TryLock locks m if it is free, and reports whether it did.
func (m *Mutex) TryLock() bool {
	schedule.WovenPoint(schedule.KindTryLock, unsafe.Pointer(m))
	ok := m.mu.TryLock()
	if ok {
		m.hold.Take(&m.mu)
	}
	return ok
}

// Unlock unlocks m. In a schedule it panics if m isn't locked.
func (m *Mutex) Unlock() {
	if schedule.WovenTouch(unsafe.Pointer(m), schedule.AccessWrite) && m.free() {
		misuse("unlock of unlocked mutex")
		return
	}
	m.hold.Drop()
	m.mu.Unlock()
}

// misuse panics, unless the goroutine is being ended: its deferred calls
// then unlock what it had given up while it waited.
func misuse(message string) {
	if !schedule.Unwinding() {
		panic("sync: " + message)
	}
}
