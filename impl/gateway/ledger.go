package gateway

import (
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/weir-dev/weir/protocol"
)

var (
	// ErrReleased is returned when a reservation that was released before is
	// released, sent or reassigned.
	ErrReleased = errors.New("reservation was released before")
	// ErrNotOpen is returned when a reservation is wanted at an attachment that
	// takes none: ended, draining, paused, refusing or without a free slot.
	ErrNotOpen = errors.New("attachment takes no reservation")
	// ErrHosts is returned when one more host would exceed the bound of hosts.
	ErrHosts = errors.New("too many hosts")
)

// Ledger is the book of who is attached and what is reserved there. It is
// plain data: no goroutine, no clock, no lock, and the same calls give the
// same results and the same events. It is not safe for concurrent use; a
// Gateway steps it under its own lock.
type Ledger struct {
	config      LedgerConfig
	byName      map[string]*Attachment
	hosts       []*Attachment // by name, the order of every walk
	limits      map[string]int
	lost        lost
	lastEpoch   uint64
	lastAttempt uint64
	released    [protocol.ReasonCount]uint64
}

// NewLedger returns an empty ledger. An error that wraps protocol.ErrConfig is
// returned when a field of c is outside its bounds.
func NewLedger(c LedgerConfig) (*Ledger, error) {
	c, err := c.withDefaults("LedgerConfig")
	if err != nil {
		return nil, err
	}
	return &Ledger{config: c, byName: make(map[string]*Attachment), limits: make(map[string]int)}, nil
}

// Attach begins an attachment of host with the capacity that it declared. An
// older attachment of the same name is detached in the same step; what it held
// is returned as from Detach. An error that wraps ErrHosts is returned when the
// bound of hosts is reached.
func (l *Ledger) Attach(host string, declared int) (*Attachment, []*Reservation, error) {
	old := l.byName[host]
	if old == nil && len(l.hosts) >= l.config.Hosts {
		return nil, nil, fmt.Errorf("host %q is refused: %w: %d are attached, want at most %d",
			host, ErrHosts, len(l.hosts), l.config.Hosts)
	}
	var held []*Reservation
	if old != nil {
		held = l.Detach(old)
	}
	l.lastEpoch++
	a := &Attachment{
		host: host, epoch: l.lastEpoch, declared: max(declared, 0),
		mark: l.config.Mark, abandonedCap: l.config.AbandonedCap,
		live: make(map[uint64]*Reservation), abandoned: make(map[uint64]*Reservation),
	}
	a.limit = l.allowed(a)
	l.byName[host] = a
	l.hosts = slices.Insert(l.hosts, l.index(host), a)
	l.trace(protocol.Event{Kind: protocol.KindAttach, Host: host, Epoch: a.epoch, Value: int64(a.limit)})
	l.settle(a)
	return a, held, nil
}

// Detach ends a and releases every reservation that it holds, once, in the
// order in which they were made, and returns them. Detaching an attachment
// that has ended changes nothing and returns nil.
func (l *Ledger) Detach(a *Attachment) []*Reservation {
	if a.ended {
		return nil
	}
	held := l.Held(a)
	for _, r := range held {
		l.end(r, protocol.Detached)
	}
	for _, r := range ordered(a.abandoned) {
		l.lost.add(r)
	}
	clear(a.abandoned)
	a.uncancelled.Init()
	a.ended = true
	delete(l.byName, a.host)
	at := l.index(a.host)
	l.hosts = slices.Delete(l.hosts, at, at+1)
	l.trace(protocol.Event{Kind: protocol.KindDetach, Host: a.host, Epoch: a.epoch})
	return held
}

// Reserve makes a reservation for the request at a. An error that wraps
// ErrNotOpen is returned when a takes none.
func (l *Ledger) Reserve(request uint64, a *Attachment) (*Reservation, error) {
	if !a.Open() {
		return nil, fmt.Errorf("request %d at host %q: %w", request, a.host, ErrNotOpen)
	}
	r := l.begin(request, a)
	l.settle(a)
	return r, nil
}

// Reassign releases old and reserves at a for the same request, as one step.
// If old was sent, its host is owed a Cancel and an answer. It returns an
// error that wraps ErrReleased when old is not live, and one that wraps
// ErrNotOpen when a takes no reservation or is where old is; then nothing has
// changed.
func (l *Ledger) Reassign(old *Reservation, a *Attachment) (*Reservation, error) {
	if !old.Live() {
		return nil, fmt.Errorf("attempt %d at host %q: %w", old.Attempt, old.Host, ErrReleased)
	}
	if !a.Open() || a == old.at {
		return nil, fmt.Errorf("request %d at host %q: %w", old.Request, a.host, ErrNotOpen)
	}
	l.end(old, protocol.Reassigned)
	r := l.begin(old.Request, a)
	l.abandon(old)
	l.settle(old.at)
	l.settle(a)
	return r, nil
}

// Release ends r for the given reason. A sent attempt that is given up
// (reassign, cancel, deadline) counts as abandoned until Answer takes it off.
// An error that wraps ErrReleased is returned, and nothing changes, when r was
// released before.
func (l *Ledger) Release(r *Reservation, reason protocol.Reason) error {
	if !r.Live() {
		return fmt.Errorf("attempt %d at host %q, released by %v, now by %v: %w",
			r.Attempt, r.Host, r.released, reason, ErrReleased)
	}
	at := r.at
	l.end(r, reason)
	l.abandon(r)
	l.settle(at)
	return nil
}

// Sent marks the oldest unsent reservation at a as sent and returns it; nil
// when there is none. It is called just before the attempt is written, so that
// what was released before is never written.
func (l *Ledger) Sent(a *Attachment) *Reservation {
	front := a.unsent.Front()
	if front == nil {
		return nil
	}
	r := a.unsent.Remove(front).(*Reservation)
	r.unsent, r.sent = nil, true
	l.trace(r.event(protocol.KindSent))
	return r
}

// Cancelled returns the oldest abandoned attempt at a whose Cancel is owed, and
// takes it off those; false when there is none.
func (l *Ledger) Cancelled(a *Attachment) (attempt uint64, ok bool) {
	front := a.uncancelled.Front()
	if front == nil {
		return 0, false
	}
	r := a.uncancelled.Remove(front).(*Reservation)
	r.uncancelled = nil
	return r.Attempt, true
}

// Standing says what an attempt that a host speaks about is to it.
type Standing uint8

const (
	// Stranger is an attempt that the host was never sent, or has answered.
	Stranger Standing = iota
	// Held is a live and sent reservation of this attachment.
	Held
	// Abandoned was sent in this attachment and given up, and is not answered.
	Abandoned
	// Lost was sent in an attachment of the host that has ended, unanswered.
	Lost
)

// Find says what the attempt is to a, and returns its reservation unless it is
// a Stranger.
func (l *Ledger) Find(a *Attachment, attempt uint64) (*Reservation, Standing) {
	if r, ok := a.live[attempt]; ok && r.sent {
		return r, Held
	}
	if r, ok := a.abandoned[attempt]; ok {
		return r, Abandoned
	}
	if r, ok := l.lost.find(a.host, attempt); ok {
		return r, Lost
	}
	return nil, Stranger
}

// Acknowledge notes that the host of a has answered an abandoned or lost
// attempt: it is a Stranger from now on, and a Cancel that was owed is owed no
// more. For any other attempt it changes nothing.
func (l *Ledger) Acknowledge(a *Attachment, attempt uint64) {
	r, standing := l.Find(a, attempt)
	switch standing {
	case Lost:
		l.lost.remove(attempt)
	case Abandoned:
		delete(a.abandoned, attempt)
		if r.uncancelled != nil {
			a.uncancelled.Remove(r.uncancelled)
			r.uncancelled = nil
		}
		l.trace(protocol.Event{Kind: protocol.KindAcknowledged, Attempt: attempt, Host: a.host, Epoch: a.epoch})
		l.settle(a)
	}
}

// Choose returns the open attachment with the least load among those whose
// host was not tried; when there is none and again is set, among those that
// were. It returns nil when there is none.
func (l *Ledger) Choose(tried []string, again bool) *Attachment {
	var best, second *Attachment
	for _, a := range l.hosts {
		if !a.Open() {
			continue
		}
		if slices.Contains(tried, a.host) {
			if second == nil || a.lighter(second) {
				second = a
			}
		} else if best == nil || a.lighter(best) {
			best = a
		}
	}
	if best == nil && again {
		return second
	}
	return best
}

// Attached returns the attachment of the host of that name, nil for none.
func (l *Ledger) Attached(host string) *Attachment { return l.byName[host] }

// Reserved is the number of live reservations at the host of that name.
func (l *Ledger) Reserved(host string) int {
	if a := l.byName[host]; a != nil {
		return len(a.live)
	}
	return 0
}

// Held returns the live reservations at a, in the order in which they were
// made.
func (l *Ledger) Held(a *Attachment) []*Reservation { return ordered(a.live) }

// Hosts returns what is counted for every attached host, by name.
func (l *Ledger) Hosts() []protocol.HostStats {
	out := make([]protocol.HostStats, len(l.hosts))
	for i, a := range l.hosts {
		out[i] = a.stats()
	}
	return out
}

// begin makes a reservation at a, which must be open.
func (l *Ledger) begin(request uint64, a *Attachment) *Reservation {
	l.lastAttempt++
	r := &Reservation{Host: a.host, Epoch: a.epoch, Request: request, Attempt: l.lastAttempt, at: a}
	a.live[r.Attempt] = r
	r.unsent = a.unsent.PushBack(r)
	a.last = r.Attempt
	l.trace(r.event(protocol.KindReserve))
	return r
}

// end is the one place where a reservation ends. What was sent and is not
// answered is remembered, unless abandon does so.
func (l *Ledger) end(r *Reservation, reason protocol.Reason) {
	delete(r.at.live, r.Attempt)
	r.released = reason
	if r.unsent != nil {
		r.at.unsent.Remove(r.unsent)
		r.unsent = nil
	}
	if r.sent && !answers(reason) && !abandons(reason) {
		l.lost.add(r)
	}
	l.released[reason]++
	e := r.event(protocol.KindRelease)
	e.Reason = reason
	l.trace(e)
}

// abandon counts r as abandoned and owes its host a Cancel, if it was sent and
// then given up.
func (l *Ledger) abandon(r *Reservation) {
	if !r.sent || !abandons(r.released) {
		return
	}
	r.at.abandoned[r.Attempt] = r
	r.uncancelled = r.at.uncancelled.PushBack(r)
	l.trace(r.event(protocol.KindCancel))
}

// index is where the host of that name stands, or would, in hosts.
func (l *Ledger) index(host string) int {
	return sort.Search(len(l.hosts), func(i int) bool { return l.hosts[i].host >= host })
}

func (l *Ledger) trace(e protocol.Event) {
	if l.config.Tracer != nil {
		e.Party = party
		l.config.Tracer.Trace(e)
	}
}

// event is an event of that kind about r.
func (r *Reservation) event(kind protocol.Kind) protocol.Event {
	return protocol.Event{Kind: kind, Seq: r.Request, Attempt: r.Attempt, Host: r.Host, Epoch: r.Epoch}
}

// ordered returns the reservations of m in the order of their attempts: the
// order of a map must never show.
func ordered(m map[uint64]*Reservation) []*Reservation {
	out := make([]*Reservation, 0, len(m))
	for _, r := range m {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *Reservation) int {
		if a.Attempt < b.Attempt {
			return -1
		}
		return 1
	})
	return out
}
