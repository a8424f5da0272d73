package gateway

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// What a Ledger does when a host, or whoever runs it, says something about the
// host as a whole.

// Refuse notes that a gave the attempt back unstarted: nothing is reserved at
// it until it is ready.
func (l *Ledger) Refuse(a *Attachment, attempt uint64) {
	a.refusing = !a.ended
	l.trace(protocol.Event{Kind: protocol.KindRefuse, Attempt: attempt, Host: a.host, Epoch: a.epoch})
}

// Ready ends the effect of Refuse, if there is one.
func (l *Ledger) Ready(a *Attachment) {
	if a.ended || !a.refusing {
		return
	}
	a.refusing = false
	l.trace(protocol.Event{Kind: protocol.KindReady, Host: a.host, Epoch: a.epoch})
}

// Drain notes that a is leaving, releases the reservations that were not sent
// yet and returns them, oldest first. The second time it changes nothing.
func (l *Ledger) Drain(a *Attachment) []*Reservation {
	if a.ended || a.draining {
		return nil
	}
	a.draining = true
	l.trace(protocol.Event{Kind: protocol.KindDrain, Host: a.host, Epoch: a.epoch})
	var back []*Reservation
	for e := a.unsent.Front(); e != nil; e = a.unsent.Front() {
		r := e.Value.(*Reservation)
		l.end(r, protocol.Draining)
		back = append(back, r)
	}
	l.settle(a)
	return back
}

// Declare notes the capacity that the host of a declares from now on.
func (l *Ledger) Declare(a *Attachment, capacity int) {
	a.declared = max(capacity, 0)
	l.recompute(a)
}

// SetLimit sets the most reservations at the host of that name, attached now
// or later; zero pauses it. An error that wraps protocol.ErrConfig is returned
// when n is outside its bounds, and one that wraps ErrHosts when limits are
// remembered for as many hosts as the bound allows.
func (l *Ledger) SetLimit(host string, n int) error {
	if n < 0 || int64(n) > protocol.HostLimit.Max {
		return fmt.Errorf("%w: limit of host %q is %d reservations, want 0 to %d",
			protocol.ErrConfig, host, n, protocol.HostLimit.Max)
	}
	if _, known := l.limits[host]; !known && len(l.limits) >= l.config.Hosts {
		return fmt.Errorf("limit of host %q is refused: %w: %d are remembered, want at most %d",
			host, ErrHosts, len(l.limits), l.config.Hosts)
	}
	if n == l.config.HostLimit {
		delete(l.limits, host)
	} else {
		l.limits[host] = n
	}
	if a := l.byName[host]; a != nil {
		l.recompute(a)
	}
	return nil
}

// settle pauses or resumes a after a change of what it holds.
func (l *Ledger) settle(a *Attachment) {
	switch {
	case a.ended:
	case !a.paused && !a.free():
		l.pause(a, true)
	case a.paused && a.resumable():
		l.pause(a, false)
	}
}

// recompute gives a its limit anew. Paused then follows from free slots alone:
// hysteresis is about what is held, not about what is allowed.
func (l *Ledger) recompute(a *Attachment) {
	limit := l.allowed(a)
	if a.ended || limit == a.limit {
		return
	}
	a.limit = limit
	l.trace(protocol.Event{Kind: protocol.KindLimit, Host: a.host, Epoch: a.epoch, Value: int64(limit)})
	if a.paused == a.free() {
		l.pause(a, !a.paused)
	}
}

func (l *Ledger) pause(a *Attachment, paused bool) {
	a.paused = paused
	kind := protocol.KindResume
	if paused {
		kind = protocol.KindPause
	}
	l.trace(protocol.Event{Kind: kind, Host: a.host, Epoch: a.epoch})
}

// allowed is the limit of a: what it declared, at most what it is allowed.
func (l *Ledger) allowed(a *Attachment) int {
	if n, ok := l.limits[a.host]; ok {
		return min(a.declared, n)
	}
	return min(a.declared, l.config.HostLimit)
}
