package sync

import (
	stdsync "sync"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// Cond stands in for sync.Cond; as there, who waits first is signalled first.
type Cond struct {
	// L is held while observing or changing the condition.
	L Locker

	mu          stdsync.Mutex // guards the queue; never held at a point
	first, last *waiter
}

type waiter struct {
	cond      *Cond
	signalled bool
	wake      chan struct{} // closed once signalled
	next      *waiter
}

// NewCond makes a Cond with the lock l.
//
//go:norace
func NewCond(l Locker) *Cond { return &Cond{L: l} }

// Wait unlocks c.L, waits to be signalled, and locks c.L.
//
//go:norace
func (c *Cond) Wait() {
	w := &waiter{cond: c, wake: make(chan struct{})}
	lock(&c.mu)
	if c.last == nil {
		c.first = w
	} else {
		c.last.next = w
	}
	c.last = w
	unlock(&c.mu)
	schedule.WovenTouch(unsafe.Pointer(c), schedule.AccessWrite)
	c.L.Unlock()
	c.sleep(w)
	c.L.Lock()
}

//go:norace
func (c *Cond) sleep(w *waiter) {
	defer schedule.WovenTouch(unsafe.Pointer(w), schedule.AccessRead)
	if !schedule.Controlled() || !schedule.WovenAwait(schedule.KindCondWait, unsafe.Pointer(c), w.ready) {
		schedule.RaceOff()
		<-w.wake
		schedule.RaceOn()
	}
}

//go:norace
func (w *waiter) ready() bool {
	lock(&w.cond.mu)
	defer unlock(&w.cond.mu)
	return w.signalled
}

// Signal wakes who has waited longest.
//
//go:norace
func (c *Cond) Signal() {
	schedule.WovenPoint(schedule.KindCondSignal, unsafe.Pointer(c))
	lock(&c.mu)
	defer unlock(&c.mu)
	c.pop()
}

// Broadcast wakes everyone who waits.
//
//go:norace
func (c *Cond) Broadcast() {
	schedule.WovenPoint(schedule.KindCondBroadcast, unsafe.Pointer(c))
	lock(&c.mu)
	defer unlock(&c.mu)
	for c.first != nil {
		c.pop()
	}
}

//go:norace
func (c *Cond) pop() {
	w := c.first
	if w == nil {
		return
	}
	c.first = w.next
	if c.first == nil {
		c.last = nil
	}
	w.signalled = true
	schedule.WovenTouch(unsafe.Pointer(w), schedule.AccessWrite)
	schedule.RaceOff()
	close(w.wake)
	schedule.RaceOn()
}
