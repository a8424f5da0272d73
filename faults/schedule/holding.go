package schedule

import "sync"

// Holding marks a lock of a shim as held, so that Teardown can free it: a
// goroutine that is ended while it holds a lock without a deferred unlock would
// otherwise leave the lock held, and released goroutines would wait for it in
// real time. The zero Holding holds nothing. The shims use it.
type Holding struct {
	s          *Scheduler
	lock       sync.Locker
	prev, next *Holding
}

// Take notes that lock was acquired in the caller's schedule; outside one it
// does nothing.
//
//go:norace
func (h *Holding) Take(lock sync.Locker) {
	t := lookup()
	if t == nil {
		return
	}
	s := t.s
	useAt(t, UseAcquired, lock)
	raceDisable()
	s.mu.Lock()
	h.s, h.lock, h.prev, h.next = s, lock, nil, s.holdings
	if s.holdings != nil {
		s.holdings.prev = h
	}
	s.holdings = h
	s.mu.Unlock()
	raceEnable()
}

// Drop notes that the lock is about to be given up.
//
//go:norace
func (h *Holding) Drop() {
	s := h.s
	if s == nil {
		return
	}
	raceDisable()
	s.mu.Lock()
	if h.s != nil {
		h.remove()
	}
	s.mu.Unlock()
	raceEnable()
}

//go:norace
func (h *Holding) remove() {
	if h.prev != nil {
		h.prev.next = h.next
	} else {
		h.s.holdings = h.next
	}
	if h.next != nil {
		h.next.prev = h.prev
	}
	h.s, h.prev, h.next = nil, nil, nil
}

// freeLocks unlocks what goroutines that are gone still hold. Released
// goroutines that hold locks of their own keep them as long as they are known.
//
//go:norace
func (s *Scheduler) freeLocks() {
	for {
		s.mu.Lock()
		h := s.holdings
		if h != nil {
			h.remove()
		}
		s.mu.Unlock()
		if h == nil {
			return
		}
		h.lock.Unlock()
	}
}
