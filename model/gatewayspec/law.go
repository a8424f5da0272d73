package gatewayspec

import (
	"github.com/weir-dev/weir/model"
)

// laws returns what must hold, in the order of the catalogue; of several laws
// that one step breaks the first is reported.
//
// The laws ask the reservations, not the counts that the gateway decides by:
// a law that believed the counts could not see them go wrong.
func (m machine) laws() []model.Law[State] {
	return append(m.always(), m.sometimes()...)
}

func (m machine) always() []model.Law[State] {
	return []model.Law[State]{
		{Slug: "gateway/count", Holds: m.count},
		{Slug: "gateway/one-reservation", Holds: oneReservation},
		{Slug: "gateway/released-once", Holds: releasedOnce},
		{Slug: "gateway/one-outcome", Holds: oneOutcome},
		{Slug: "gateway/right-reply", Step: rightReply},
		{Slug: "gateway/no-leak", Holds: noLeak},
		{Slug: "gateway/paused", Step: m.paused},
		{Slug: "gateway/no-idle-wait", Holds: m.noIdleWait},
		{Slug: "gateway/fifo", Step: m.fifo},
		{Slug: "gateway/choice", Step: m.choice},
		{Slug: "gateway/reassign-bounds", Step: m.reassignBounds},
		{Slug: "gateway/late", Step: late},
		{Slug: "gateway/epoch", Holds: m.ownCounts, Step: epoch},
		{Slug: "gateway/isolation", Step: isolation},
		{Slug: "gateway/host-capacity", Holds: m.hostCapacity, Step: m.abandonedCap},
		{Slug: "gateway/bounded", Holds: m.bounded},
		{Slug: "gateway/close-complete", Holds: closeComplete},
		{Slug: "gateway/quiet-after-close", Step: quiet},
		{Slug: "gateway/no-lockup", Holds: m.noLockup},
		{Slug: "gateway/answered", Holds: m.answered},
	}
}

// entries counts the attempts of the attachment of h with that entry.
func (s *State) entries(h int, e entry) int {
	n := 0
	for a := range s.Attempts {
		if s.Attempts[a].Entry == e && s.at(a, h) {
			n++
		}
	}
	return n
}

// count: an ended attachment has neither reservations nor a count.
func (m machine) count(s *State) bool {
	for h := range m.Hosts {
		live := 0
		if s.Hosts[h].Attached {
			live = s.entries(h, entryLive)
		}
		if n := int(s.Hosts[h].Reserved); n != live || n < 0 || n > m.Limit {
			return false
		}
	}
	return true
}

func oneReservation(s *State) bool {
	for r := range s.Requests {
		live := 0
		for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
			if s.Attempts[a].Entry == entryLive {
				live++
			}
		}
		if live > 1 || live == 1 && s.Requests[r].Phase != requestHeld {
			return false
		}
	}
	return true
}

func releasedOnce(s *State) bool {
	for a := range s.Attempts {
		if s.Attempts[a].Releases > 1 {
			return false
		}
	}
	return true
}

func oneOutcome(s *State) bool {
	for r := range s.Requests {
		if s.Requests[r].Ends > 1 {
			return false
		}
	}
	return true
}

// rightReply: the one request that ends is that of the attempt, which holds
// its reservation at this host, and what is returned was said by a handler.
func rightReply(from *State, l model.Label, to *State) bool {
	if l.Action != Reply {
		return true
	}
	a, h, e := int(l.Args[0]), int(l.Args[1]), uint8(l.Args[2])
	for r := range from.Requests {
		if from.Requests[r] != to.Requests[r] && r != a/maxAttempts {
			return false
		}
	}
	t := &from.Attempts[a]
	return t.Entry == entryLive && int(t.Host) == h && t.Epoch == e &&
		e == from.Hosts[h].Epoch && from.Hosts[h].Up.At[0].kind() == frameAnswer
}

func noLeak(s *State) bool {
	if s.anyOpen() {
		return true
	}
	for h := range s.Hosts {
		if s.Hosts[h].Reserved != 0 {
			return false
		}
	}
	return true
}

// target returns the request and the host of a step that makes a reservation.
func target(l model.Label) (r, h int, ok bool) {
	switch l.Action {
	case Reserve:
		return int(l.Args[0]), int(l.Args[1]), true
	case Reassign:
		return int(l.Args[0]), int(l.Args[2]), true
	}
	return 0, 0, false
}

// free is whether h has a free slot by its reservations.
func (m machine) free(s *State, h int) bool {
	live := s.entries(h, entryLive)
	return live < m.Limit && live+s.entries(h, entryAbandoned) < m.Limit+m.Cap
}

// paused also says what may be written: requests of live reservations that
// were not sent before.
func (m machine) paused(from *State, l model.Label, to *State) bool {
	if _, h, ok := target(l); ok {
		return from.Hosts[h].Attached && !from.Hosts[h].Paused && m.free(from, h)
	}
	if l.Action == Sent {
		a := l.Args[0]
		return from.Attempts[a].Entry == entryLive && !from.Attempts[a].Sent && to.Attempts[a].Sent
	}
	return true
}

// mayGo returns the hosts that request r may go to, by the words of the law.
func (m machine) mayGo(s *State, r int) uint8 {
	var untried, tried uint8
	for h := range m.Hosts {
		if !s.Hosts[h].Attached || s.Hosts[h].Paused || !m.free(s, h) {
			continue
		}
		if s.Requests[r].tried(h) {
			tried |= 1 << h
		} else {
			untried |= 1 << h
		}
	}
	q := &s.Requests[r]
	switch {
	case q.Phase == requestWaits && untried == 0:
		return tried
	case q.Phase == requestWaits, q.Phase == requestHeld && q.Due && s.timesSent(r) < m.MaxAttempts:
		return untried
	}
	return 0
}

func (m machine) noIdleWait(s *State) bool {
	for r := range m.Requests {
		if s.Requests[r].Phase == requestWaits && m.mayGo(s, r) != 0 && m.atRest(s) {
			return false
		}
	}
	return true
}

func (m machine) fifo(from *State, l model.Label, _ *State) bool {
	r, _, ok := target(l)
	for older := 0; ok && older < r; older++ {
		if m.mayGo(from, older) != 0 {
			return false
		}
	}
	return true
}

// choice: every limit is the same, so that the least load is the least number
// of reservations.
func (m machine) choice(from *State, l model.Label, _ *State) bool {
	r, h, ok := target(l)
	if !ok {
		return true
	}
	set := m.mayGo(from, r)
	for k := range m.Hosts {
		if set>>k&1 != 0 && from.entries(k, entryLive) < from.entries(h, entryLive) {
			return false
		}
	}
	return set>>h&1 != 0
}

// reassignBounds also says that the memory of what was tried is true.
func (m machine) reassignBounds(from *State, l model.Label, to *State) bool {
	for r := range m.Requests {
		if to.timesSent(r) > m.MaxAttempts {
			return false
		}
	}
	if r, h, ok := target(l); ok && to.Requests[r].Tried != from.Requests[r].Tried|1<<h {
		return false
	}
	return l.Action != Reassign ||
		!from.Requests[l.Args[0]].tried(int(l.Args[2])) && from.timesSent(int(l.Args[0])) < m.MaxAttempts
}

// late: neither reservations nor counts of them nor requests change.
func late(from *State, l model.Label, to *State) bool {
	if l.Action != Late {
		return true
	}
	for a := range from.Attempts {
		if (from.Attempts[a].Entry == entryLive) != (to.Attempts[a].Entry == entryLive) {
			return false
		}
	}
	for h := range from.Hosts {
		if from.Hosts[h].Reserved != to.Hosts[h].Reserved {
			return false
		}
	}
	return from.Requests == to.Requests
}

// reads returns the host and the epoch that a step reads an answer from.
func reads(l model.Label) (h int, e uint8, ok bool) {
	if l.Action != Reply && l.Action != Late && l.Action != Rejected {
		return 0, 0, false
	}
	return int(l.Args[1]), uint8(l.Args[2]), true
}

// epoch: what is read from an ended attachment changes nothing but what is on
// its own wire, and a handler's return on one changes no count.
func epoch(from *State, l model.Label, to *State) bool {
	h, e, ok := reads(l)
	if !ok || e == from.Hosts[h].Epoch {
		return true
	}
	k := to.Hosts[h]
	k.Old = from.Hosts[h].Old
	for a := range from.Attempts {
		if !sameEntry(from, to, a) {
			return false
		}
	}
	return k == from.Hosts[h] && from.Requests == to.Requests
}

// ownCounts: an attachment counts as abandoned only what was given up on it.
func (m machine) ownCounts(s *State) bool {
	for h := range m.Hosts {
		abandoned := 0
		if s.Hosts[h].Attached {
			abandoned = s.entries(h, entryAbandoned)
		}
		if int(s.Hosts[h].Abandoned) != abandoned {
			return false
		}
	}
	return true
}

// sameEntry is whether the ledger says the same of an attempt before and
// after; that it was forgotten once it was settled is no change.
func sameEntry(from, to *State, a int) bool {
	e, f := from.Attempts[a].Entry, to.Attempts[a].Entry
	return e == f || e == entrySettled && f == entryFree
}

// isolation: what a host says changes only attempts that it holds, and the
// requests of those.
func isolation(from *State, l model.Label, to *State) bool {
	h, e, ok := reads(l)
	if !ok {
		return true
	}
	for a := range from.Attempts {
		t := &from.Attempts[a]
		if !sameEntry(from, to, a) && (int(t.Host) != h || t.Epoch != e) {
			return false
		}
		r := a / maxAttempts
		if from.Requests[r] != to.Requests[r] && from.held(r) != int(l.Args[0]) {
			return false
		}
	}
	for k := range from.Hosts {
		if k != h && from.Hosts[k] != to.Hosts[k] {
			return false
		}
	}
	return true
}

// hostCapacity: a host's capacity is its limit here.
func (m machine) hostCapacity(s *State) bool {
	for h := range m.Hosts {
		if s.running(h) > m.Limit {
			return false
		}
	}
	return true
}

func (m machine) abandonedCap(_ *State, l model.Label, to *State) bool {
	_, h, ok := target(l)
	return !ok || to.entries(h, entryLive)+to.entries(h, entryAbandoned) <= m.Limit+m.Cap
}

// bounded: a host's queue holds no more than was reserved and abandoned.
func (m machine) bounded(s *State) bool {
	for h := range m.Hosts {
		k := &s.Hosts[h]
		if int(k.Down.N) > m.Wire || int(k.Up.N) > m.Wire {
			return false
		}
		queued := 0
		for a := range s.Attempts {
			if int(s.Attempts[a].Host) == h && s.Attempts[a].Work == workQueued {
				queued++
			}
		}
		if queued > m.Limit+m.Cap {
			return false
		}
	}
	return true
}

func closeComplete(s *State) bool {
	if s.Closing != closeEnded {
		return true
	}
	for h := range s.Hosts {
		if k := &s.Hosts[h]; k.Attached || k.Reserved != 0 || k.OldEpoch != 0 {
			return false
		}
	}
	return !s.anyOpen()
}

// quiet: after Close has returned the gateway takes no step, and nobody
// attaches or enters.
func quiet(from *State, l model.Label, _ *State) bool {
	return from.Closing != closeEnded || l.Action > lastGateway && l.Action != Attach && l.Action != Enqueue
}

// noLockup is the law's shadow in safety, for each host: a paused host that
// holds no reservation and has nothing left to do can only be waiting for what
// does not come.
func (m machine) noLockup(s *State) bool {
	for h := range m.Hosts {
		k := &s.Hosts[h]
		if k.Attached && k.Paused && s.entries(h, entryLive) == 0 && !s.works(h) && m.atRest(s) {
			return false
		}
	}
	return true
}

// answered is the law's shadow in safety: where nothing but callers, the
// network and time can bring a change, no handler runs and some host is
// attached, no request is open.
func (m machine) answered(s *State) bool {
	if !s.anyOpen() || !m.atRest(s) {
		return true
	}
	attached := false
	for h := range m.Hosts {
		attached = attached || s.Hosts[h].Attached
		if s.running(h) > 0 {
			return true
		}
	}
	return !attached
}
