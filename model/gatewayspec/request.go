package gatewayspec

import "github.com/weir-dev/weir/protocol"

// request is one call of Do.
type request struct {
	Phase phase
	// Tried is the hosts that it was reserved at: bit h.
	Tried uint8
	// Due is whether its reservation has lasted for ReassignAfter.
	Due bool
	// Why is how it ended: ByReply with an answer, else the error's reason.
	Why protocol.Reason
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
)

func (r *request) open() bool       { return r.Phase == requestWaits || r.Phase == requestHeld }
func (r *request) tried(h int) bool { return r.Tried>>h&1 != 0 }

// canEnqueue is whether request r may arrive: they are named in the order of
// arrival.
func (m machine) canEnqueue(s *State, r int) bool {
	return s.Closing == closeNotBegun && s.Requests[r].Phase == requestNew &&
		(r == 0 || s.Requests[r-1].Phase != requestNew)
}

func (s *State) enqueue(r int) {
	s.Requests[r].Phase = requestWaits
	s.Queue.insert(r)
}

// end ends a request.
func (s *State) end(r int, why protocol.Reason) {
	q := &s.Requests[r]
	if q.Phase == requestWaits {
		s.Queue.remove(r)
	}
	*q = request{Phase: requestDone, Why: why, Ends: min(q.Ends+1, 2)}
}

// requeue puts a request whose attempt was lost back into its old place, or
// ends it when its attempts are used up.
func (m machine) requeue(s *State, r int) {
	if s.timesSent(r) >= m.MaxAttempts {
		s.end(r, protocol.HostLost)
		return
	}
	s.Requests[r].Phase, s.Requests[r].Due = requestWaits, false
	s.Queue.insert(r)
}

// canBeDue is whether the reassign timer of r may fire to any effect: there is
// an attempt left and a host that it was never at.
func (m machine) canBeDue(s *State, r int) bool {
	q := &s.Requests[r]
	return q.Phase == requestHeld && !q.Due && s.timesSent(r) < m.MaxAttempts && q.Tried != 1<<m.Hosts-1
}

// cancel is the caller giving up.
func (m machine) cancel(s *State, r int) {
	s.Cancels--
	if a := s.held(r); a >= 0 {
		m.release(s, a, protocol.Cancelled)
	}
	s.end(r, protocol.Cancelled)
}
