package gatewayspec

import "github.com/weir-dev/weir/protocol"

// request is one call of Do.
type request struct {
	Phase phase
	// Tried is the hosts that it was reserved at: bit h.
	Tried uint8
	// Due is whether its reservation has lasted for ReassignAfter.
	Due bool
	// Ends counts how often it ended; more than once is wrong, and more than
	// twice is not counted.
	Ends uint8
}

// phase is where a request is.
type phase uint8

const (
	requestNew phase = iota
	requestWaits
	// requestHeld: it has a reservation.
	requestHeld
	requestDone
	// requestTurned: it was turned away, because the queue was full.
	requestTurned
)

func (r *request) open() bool       { return r.Phase == requestWaits || r.Phase == requestHeld }
func (r *request) tried(h int) bool { return r.Tried>>h&1 != 0 }

// canEnqueue is whether request r may arrive: they are named in the order of
// arrival.
func (m machine) canEnqueue(s *State, r int) bool {
	return s.Closing == closeNotBegun && s.Requests[r].Phase == requestNew &&
		(r == 0 || s.Requests[r-1].Phase != requestNew)
}

// full is whether the queue takes no newcomer. Those that came back count.
func (m machine) full(s *State) bool { return m.Waiting > 0 && int(s.Queue.N) >= m.Waiting }

// enqueue accepts a request, which adds to the budget.
func (m machine) enqueue(s *State, r int) {
	s.Requests[r].Phase = requestWaits
	s.Queue.insert(r)
	s.Budget = uint8(min(int(s.Budget)+m.Ratio, 2*m.Burst))
	m.wake(s)
}

// end ends a request.
func (s *State) end(r int) {
	q := &s.Requests[r]
	if q.Phase == requestWaits {
		s.Queue.remove(r)
	}
	*q = request{Phase: requestDone, Ends: min(q.Ends+1, 2)}
}

// requeue puts a request whose attempt was lost back into its old place.
func (m machine) requeue(s *State, r int) {
	s.Requests[r].Phase, s.Requests[r].Due = requestWaits, false
	if m.Variant != G26 {
		s.Queue.insert(r)
	}
	m.wake(s)
}

// again puts a request whose attempt ended without an answer back into its old
// place, or ends it if it may not be sent once more.
func (m machine) again(s *State, r int) {
	if m.movable(s, r) {
		m.requeue(s, r)
	} else {
		s.end(r)
	}
}

// movable is whether r may be sent once more: attempts are left, and it may be
// run twice or was run by nobody yet.
func (m machine) movable(s *State, r int) bool {
	if s.timesSent(r) >= m.MaxAttempts {
		return false
	}
	if r >= m.NonIdempotent {
		return true
	}
	for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
		if t := &s.Attempts[a]; t.Sent && !t.Refused {
			return false
		}
	}
	return true
}

// canBeDue is whether the reassign timer of r may fire to any effect: it may be
// sent once more, and there is a host that it was never at.
func (m machine) canBeDue(s *State, r int) bool {
	q := &s.Requests[r]
	return q.Phase == requestHeld && !q.Due && q.Tried != 1<<m.Hosts-1 && m.movable(s, r)
}

// giveUp is the caller's ctx being done.
func (m machine) giveUp(s *State, r int, why protocol.Reason) {
	if a := s.held(r); a >= 0 && m.Variant != G07 {
		m.release(s, a, why)
	}
	if m.Variant == G21 && s.Requests[r].Phase == requestWaits {
		s.Requests[r] = request{Phase: requestDone, Ends: 1} // but the queue has it still
		return
	}
	s.end(r)
}

// canWaitOut is whether MaxWait may end the wait of r: while no host is
// eligible for it. (With an eligible host it is about to be reserved, unless
// an older one is first.)
func (m machine) canWaitOut(s *State, r int) bool {
	return m.MaxWait && m.Variant != G27 && s.Requests[r].Phase == requestWaits && m.eligible(s, r) == 0
}

// canMiss is whether the deadline of r may pass.
func (m machine) canMiss(s *State, r int) bool {
	return r < m.Deadlines && s.Requests[r].open() && (m.Variant != G27 || s.Requests[r].Phase == requestHeld)
}
