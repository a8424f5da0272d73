package sync

import (
	stdsync "sync"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// RWMutex stands in for sync.RWMutex. As there, a writer that waits holds back
// new readers, and the readers that waited for a writer enter together when it
// unlocks.
type RWMutex struct {
	rw stdsync.RWMutex

	mu      stdsync.Mutex // guards what follows; never held at a point
	writer  bool          // a controlled writer holds rw or is next
	hold    schedule.Holding
	waiting *reader // who waits for the writer
	reading *reader // who holds rw, for Teardown
}

// reader is one RLock in a schedule. It is a list element, because the runtime
// reports the growing of slices to the race detector.
type reader struct {
	rw      *RWMutex
	granted bool
	hold    schedule.Holding
	next    *reader
}

// RLock locks rw for reading.
//
//go:norace
func (rw *RWMutex) RLock() {
	if !schedule.WovenPoint(schedule.KindRLock, unsafe.Pointer(rw)) {
		rw.rw.RLock()
		return
	}
	r := &reader{rw: rw}
	if rw.enter(r, true) {
		return
	}
	for schedule.WovenAwait(schedule.KindRLock, unsafe.Pointer(rw), r.ready) {
		if rw.enter(r, false) {
			return
		}
	}
	if rw.leave(r) {
		rw.rw.RLock()
	}
}

// enter takes rw for r, or puts r in the queue if asked to.
//
//go:norace
func (rw *RWMutex) enter(r *reader, queue bool) bool {
	lock(&rw.mu)
	defer unlock(&rw.mu)
	if r.granted {
		schedule.RaceAcquire(unsafe.Pointer(&rw.waiting))
		return true
	}
	if !rw.writer && rw.rw.TryRLock() {
		rw.dequeue(r)
		rw.note(r)
		return true
	}
	if queue {
		r.next = rw.waiting
		rw.waiting = r
	}
	return false
}

//go:norace
func (r *reader) ready() bool {
	rw := r.rw
	lock(&rw.mu)
	defer unlock(&rw.mu)
	return r.granted || !rw.writer && rw.probeRead()
}

// leave takes r out of the queue and reports whether it has no lock.
//
//go:norace
func (rw *RWMutex) leave(r *reader) bool {
	lock(&rw.mu)
	defer unlock(&rw.mu)
	rw.dequeue(r)
	return !r.granted
}

//go:norace
func (rw *RWMutex) dequeue(r *reader) {
	for p := &rw.waiting; *p != nil; p = &(*p).next {
		if *p == r {
			*p = r.next
			return
		}
	}
}

// note adds r to those who read.
//
//go:norace
func (rw *RWMutex) note(r *reader) {
	r.hold.Take(rw.rw.RLocker())
	r.next = rw.reading
	rw.reading = r
}

// probeRead and probeWrite report whether a try would succeed, and leave no
// trace of it.
//
//go:norace
func (rw *RWMutex) probeRead() bool {
	schedule.RaceOff()
	defer schedule.RaceOn()
	if !rw.rw.TryRLock() {
		return false
	}
	rw.rw.RUnlock()
	return true
}

//go:norace
func (rw *RWMutex) probeWrite() bool {
	schedule.RaceOff()
	defer schedule.RaceOn()
	if !rw.rw.TryLock() {
		return false
	}
	rw.rw.Unlock()
	return true
}

// TryRLock locks rw for reading if it can without waiting.
//
//go:norace
func (rw *RWMutex) TryRLock() bool {
	if !schedule.WovenPoint(schedule.KindTryRLock, unsafe.Pointer(rw)) {
		return rw.rw.TryRLock()
	}
	return rw.enter(&reader{rw: rw}, false)
}

// RUnlock undoes one RLock. In a schedule it panics if rw isn't locked for
// reading.
//
//go:norace
func (rw *RWMutex) RUnlock() {
	controlled := schedule.WovenTouch(unsafe.Pointer(rw), schedule.AccessRead)
	lock(&rw.mu)
	r := rw.reading
	if r != nil {
		rw.reading = r.next
		r.hold.Drop()
	}
	bad := r == nil && controlled && (schedule.Unwinding() || rw.probeWrite())
	unlock(&rw.mu)
	if bad {
		misuse("RUnlock of unlocked RWMutex")
		return
	}
	rw.rw.RUnlock()
}

// Lock locks rw for writing.
//
//go:norace
func (rw *RWMutex) Lock() {
	for schedule.WovenAwait(schedule.KindLock, unsafe.Pointer(rw), rw.unclaimed) {
		if rw.claim() {
			rw.claimed()
			return
		}
	}
	rw.rw.Lock()
}

// claimed waits, as the one writer who is next, until the readers have left.
//
//go:norace
func (rw *RWMutex) claimed() {
	for !rw.rw.TryLock() {
		if !schedule.WovenAwait(schedule.KindLock, unsafe.Pointer(rw), rw.probeWrite) {
			rw.rw.Lock()
			return
		}
	}
	rw.hold.Take(&rw.rw)
}

//go:norace
func (rw *RWMutex) unclaimed() bool {
	lock(&rw.mu)
	defer unlock(&rw.mu)
	return !rw.writer
}

//go:norace
func (rw *RWMutex) claim() bool {
	lock(&rw.mu)
	defer unlock(&rw.mu)
	if rw.writer {
		return false
	}
	rw.writer = true
	return true
}

// TryLock locks rw for writing if it can without waiting.
//
//go:norace
func (rw *RWMutex) TryLock() bool {
	if !schedule.WovenPoint(schedule.KindTryLock, unsafe.Pointer(rw)) {
		return rw.rw.TryLock()
	}
	lock(&rw.mu)
	defer unlock(&rw.mu)
	if rw.writer || !rw.rw.TryLock() {
		return false
	}
	rw.writer = true
	rw.hold.Take(&rw.rw)
	return true
}

// Unlock undoes Lock. In a schedule it panics if rw isn't locked for writing.
//
//go:norace
func (rw *RWMutex) Unlock() {
	if schedule.WovenTouch(unsafe.Pointer(rw), schedule.AccessWrite) && rw.probeRead() {
		misuse("Unlock of unlocked RWMutex")
		return
	}
	lock(&rw.mu)
	defer unlock(&rw.mu)
	rw.hold.Drop()
	rw.writer = false
	schedule.RaceRelease(unsafe.Pointer(&rw.waiting))
	rw.rw.Unlock()
	for r := rw.waiting; r != nil && rw.tryGrant(); {
		next := r.next
		r.granted = true
		rw.note(r)
		r = next
		rw.waiting = next
	}
}

// tryGrant locks rw for a reader that waits; the reader itself tells the race
// detector when it goes on.
//
//go:norace
func (rw *RWMutex) tryGrant() bool {
	schedule.RaceOff()
	defer schedule.RaceOn()
	return rw.rw.TryRLock()
}

// readLocker is rw seen by who reads.
type readLocker RWMutex

//go:norace
func (r *readLocker) Lock() { (*RWMutex)(r).RLock() }

//go:norace
func (r *readLocker) Unlock() { (*RWMutex)(r).RUnlock() }

// RLocker is a Locker whose methods are RLock and RUnlock.
//
//go:norace
func (rw *RWMutex) RLocker() Locker { return (*readLocker)(rw) }
