package gatewayspec

import "github.com/weir-dev/weir/model"

// mayGo returns the hosts that request r may go to, by the words of the law:
// none, if it neither waits nor is due and may move.
func (m machine) mayGo(s *State, r int) uint8 {
	q := &s.Requests[r]
	if q.Phase == requestWaits || q.Phase == requestHeld && q.Due && m.mayMove(s, r) {
		return m.hostsFor(s, r)
	}
	return 0
}

// hostsFor returns the hosts that are eligible for r, should it be its turn. A
// host that it has tried is, if r waits and no other would do.
func (m machine) hostsFor(s *State, r int) uint8 {
	q := &s.Requests[r]
	var untried, tried uint8
	for h := range m.Hosts {
		k := &s.Hosts[h]
		switch {
		case !k.Attached || k.Draining || k.Refusing || k.Paused || !m.free(s, h):
		case q.tried(h):
			tried |= 1 << h
		default:
			untried |= 1 << h
		}
	}
	if q.Phase == requestWaits && untried == 0 {
		return tried
	}
	return untried
}

// mayMove is whether a due request may be reassigned: attempts and budget are
// left, and if it may not be run twice it was not sent but to hosts that gave
// it back.
func (m machine) mayMove(s *State, r int) bool {
	return s.timesSent(r) < m.MaxAttempts && (m.Burst == 0 || s.Budget >= 2) && (r >= m.NonIdempotent || s.exposed(r) == 0)
}

// exposed counts the attempts of r that were sent and not given back: those
// may have been run.
func (s *State) exposed(r int) int {
	n := 0
	for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
		if s.Attempts[a].Sent && !s.Attempts[a].Refused {
			n++
		}
	}
	return n
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

// choice: load is reserved/limit, and no limit of an eligible host is 0. It also
// says that what decides who is eligible is true.
func (m machine) choice(from *State, l model.Label, to *State) bool {
	r, h, ok := target(l)
	if !ok {
		return m.heard(from, l, to)
	}
	set := m.hostsFor(from, r)
	mine, limit := from.entries(h, entryLive), int(from.Hosts[h].Limit)
	for k := range m.Hosts {
		if set>>k&1 != 0 && from.entries(k, entryLive)*limit < mine*int(from.Hosts[k].Limit) {
			return false
		}
	}
	return set>>h&1 != 0
}

// heard: a host that has refused is refusing until it is told otherwise, and one
// that drains is draining until it is gone and keeps nothing that was not sent.
func (m machine) heard(from *State, l model.Label, to *State) bool {
	h, e, ok := reads(l)
	if ok && e == newest && l.Action == Refuse && !to.Hosts[h].Refusing {
		return false
	}
	if ok && e == newest && l.Action == Drain && !to.Hosts[h].Draining {
		return false
	}
	for h := range m.Hosts {
		was, is := &from.Hosts[h], &to.Hosts[h]
		switch {
		case !is.Attached || l.Action == Attach:
		case was.Draining && !is.Draining:
			return false
		case was.Refusing && !is.Refusing && l.Action != Ready && l.Action != Reply && l.Action != Late && l.Action != Relent:
			return false
		case is.Draining && to.unsent(h):
			return false
		}
	}
	return true
}

// unsent is whether something is reserved at h that was not sent.
func (s *State) unsent(h int) bool {
	for a := range s.Attempts {
		if t := &s.Attempts[a]; s.at(a, h) && t.Entry == entryLive && !t.Sent {
			return true
		}
	}
	return false
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

// withinBudget: what reassigns took in all is not above the full bucket and
// what the accepted requests have added. It asks no level.
func (m machine) withinBudget(s *State) bool {
	accepted := 0
	for r := range m.Requests {
		if p := s.Requests[r].Phase; p != requestNew && p != requestTurned {
			accepted++
		}
	}
	return m.Burst == 0 || 2*int(s.Reassigns) <= 2*m.Burst+m.Ratio*accepted
}

// nonIdempotent: before such a request is handed to a host, every host that it
// was sent to before has given it back.
func (m machine) nonIdempotent(from *State, l model.Label, _ *State) bool {
	if l.Action != Sent && l.Action != WriteFailed {
		return true
	}
	r := int(l.Args[0]) / maxAttempts
	return r >= m.NonIdempotent || from.exposed(r) == 0
}
