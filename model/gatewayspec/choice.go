package gatewayspec

import "github.com/weir-dev/weir/protocol"

// open is whether a reservation may be made at h.
func (m machine) open(s *State, h int) bool {
	return s.Hosts[h].Attached && !s.Hosts[h].Paused && m.hasFree(s, h)
}

// eligible returns the hosts that r may go to now, as a set. A waiting request
// goes to a host that it has tried only if no other would do; a due one never.
func (m machine) eligible(s *State, r int) uint8 {
	q := &s.Requests[r]
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
	case q.Phase == requestWaits && untried != 0, m.competes(s, r):
		if m.Variant == G31 && q.Phase == requestHeld {
			return untried | tried
		}
		return untried
	case q.Phase == requestWaits:
		return tried
	}
	return 0
}

// competes is whether r is due and may be sent once more.
func (m machine) competes(s *State, r int) bool {
	return s.Requests[r].Phase == requestHeld && s.Requests[r].Due && s.timesSent(r) < m.MaxAttempts
}

// nextRequest returns the oldest request, waiting or due, that has an eligible host,
// or -1. Of the waiting ones the queue says who is oldest.
func (m machine) nextRequest(s *State) int {
	next := -1
	for i := range s.Queue.N {
		if r := int(s.Queue.At[i]); m.eligible(s, r) != 0 {
			next = r
			break
		}
	}
	for r := range m.Requests {
		if (next < 0 || r < next) && m.competes(s, r) && m.eligible(s, r) != 0 {
			return r
		}
	}
	return next
}

// least is the hosts of the set that have the least load. All limits are the
// same here, so that the load is the number reserved.
func (s *State) least(set uint8) uint8 {
	best, out := int8(127), uint8(0)
	for h := range s.Hosts {
		switch n := s.Hosts[h].Reserved; {
		case set>>h&1 == 0 || n > best:
		case n < best:
			best, out = n, 1<<h
		default:
			out |= 1 << h
		}
	}
	return out
}

// reassign moves a due request to another host, in one step: the first
// reservation is released and the second made with nothing in between.
func (m machine) reassign(s *State, r, to int) {
	m.release(s, s.held(r), protocol.Reassigned)
	m.reserve(s, r, to)
}
