package gatewayspec

import "github.com/weir-dev/weir/protocol"

// open is whether a reservation may be made at h.
func (m machine) open(s *State, h int) bool {
	k := &s.Hosts[h]
	if !k.Attached || k.Draining || k.Refusing {
		return false
	}
	c := m.counts(s, h)
	return c.Open()
}

// eligible returns the hosts that r may go to now, as a set. A waiting request
// goes to a host that it has tried only if no other would do; a due one never.
func (m machine) eligible(s *State, r int) uint8 {
	q := &s.Requests[r]
	waits := q.Phase == requestWaits || m.Variant == G21 && q.Phase == requestDone
	if !waits && !m.competes(s, r) {
		return 0
	}
	var untried, tried uint8
	for h := range m.Hosts {
		switch {
		case !m.open(s, h):
		case q.tried(h):
			tried |= 1 << h
		default:
			untried |= 1 << h
		}
	}
	switch {
	case m.Variant == G31 && !waits:
		return untried | tried
	case waits && untried == 0:
		return tried
	}
	return untried
}

// competes is whether r is due, may be sent once more, and the budget allows a
// reassign.
func (m machine) competes(s *State, r int) bool {
	q := &s.Requests[r]
	return q.Phase == requestHeld && q.Due && m.movable(s, r) &&
		(m.Burst == 0 || s.Budget >= 2 || m.Variant == G32)
}

// nextRequest returns the oldest request, waiting or due, that has an eligible
// host, or -1. Of the waiting ones the queue says who is oldest.
func (m machine) nextRequest(s *State) int {
	if m.stalls(s) {
		return -1
	}
	next := -1
	for i := range s.Queue.N {
		if r := int(s.Queue.At[i]); m.eligible(s, r) != 0 {
			next = r
			if m.Variant != G23 {
				break
			}
		}
	}
	for r := range m.Requests {
		if (next < 0 || r < next) && s.Requests[r].Due && m.eligible(s, r) != 0 {
			return r
		}
	}
	return next
}

// stalls is what keeps the dispatcher of some variants from its work.
func (m machine) stalls(s *State) bool {
	switch m.Variant {
	case G18:
		return !s.Woken
	case G29:
		for h := range m.Hosts {
			if s.Hosts[h].Attached && s.Hosts[h].Paused {
				return true
			}
		}
	}
	return false
}

// least is the hosts of the set that have the least load.
func (m machine) least(s *State, set uint8) uint8 {
	out := uint8(0)
	var best Counts
	for h := range m.Hosts {
		if set>>h&1 == 0 {
			continue
		}
		c := m.counts(s, h)
		switch {
		case out == 0 || c.Lighter(&best):
			best, out = c, 1<<h
		case !best.Lighter(&c):
			out |= 1 << h
		}
	}
	return out
}

// place makes the reservation of a waiting request at h.
func (m machine) place(s *State, r, h int) {
	phase := s.Requests[r].Phase
	m.reserve(s, r, h)
	if phase == requestDone {
		s.Requests[r].Phase = requestDone // of G21, which forgot that it has ended
	}
	s.Woken = false
}

// reassign moves a due request to another host, in one step: the first
// reservation is released and the second made with nothing in between.
func (m machine) reassign(s *State, r, to int) {
	a := s.held(r)
	from := int(s.Attempts[a].Host)
	if m.Variant == G06 {
		s.Requests[r].Due = false
	} else {
		m.release(s, a, protocol.Reassigned)
	}
	m.reserve(s, r, to)
	if m.Variant == G05 {
		m.miscount(s, to, -1)
		m.miscount(s, from, 1)
	}
	if m.Burst > 0 {
		s.Budget -= min(s.Budget, 2)
		s.Reassigns++
	}
	s.Woken = false
}
