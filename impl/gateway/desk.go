package gateway

import (
	"container/list"
	"context"
)

// desk is a host's book of attempts: which run, which wait. It is plain data,
// stepped under the lock of its Host.
//
// Attempts of attachments that were lost run on until their handlers notice;
// they stay in running, so that a host that comes back does not start more
// than its capacity beside them.
type desk struct {
	capacity, queue int
	running         map[*attempt]struct{}
	waiting         list.List // of *attempt, oldest first
	begun           uint64
}

// attempt is one attempt to run a request at this host.
type attempt struct {
	link    *hostLink
	request HostRequest
	ctx     context.Context
	cancel  context.CancelFunc
	// order is its place in the order of starting; zero while it waits.
	order     uint64
	cancelled bool
	place     *list.Element // in waiting
}

func newDesk(capacity, queue int) desk {
	return desk{capacity: capacity, queue: queue, running: make(map[*attempt]struct{})}
}

// room reports whether one more attempt can be admitted.
func (d *desk) room() bool {
	return len(d.running) < d.capacity || d.waiting.Len() < d.queue
}

// admit takes in an attempt, for which there must be room.
func (d *desk) admit(a *attempt) { a.place = d.waiting.PushBack(a) }

// start takes the oldest waiting attempt out of the queue and counts it as
// running; nil when none waits or the capacity is used up.
func (d *desk) start() *attempt {
	front := d.waiting.Front()
	if front == nil || len(d.running) >= d.capacity {
		return nil
	}
	a := front.Value.(*attempt)
	d.drop(a)
	d.begun++
	a.order = d.begun
	d.running[a] = struct{}{}
	return a
}

// drop takes a waiting attempt out; it returns false when a does not wait.
func (d *desk) drop(a *attempt) bool {
	if a.place == nil {
		return false
	}
	d.waiting.Remove(a.place)
	a.place = nil
	return true
}

// finish counts a as running no more.
func (d *desk) finish(a *attempt) { delete(d.running, a) }

// idle reports whether nothing runs or waits.
func (d *desk) idle() bool { return len(d.running) == 0 && d.waiting.Len() == 0 }
