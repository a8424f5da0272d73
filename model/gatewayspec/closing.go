package gatewayspec

import "github.com/weir-dev/weir/protocol"

// closing is how far Close has come.
type closing uint8

const (
	closeNotBegun closing = iota
	// closeDrains: nothing new is taken; what is open goes on.
	closeDrains
	// closeExpired: its ctx is done, and every request has ended.
	closeExpired
	// closeEnded: Close has returned.
	closeEnded
)

// anyOpen is whether one of the first n requests is open.
func (s *State) anyOpen(n int) bool {
	for r := range n {
		if s.Requests[r].open() {
			return true
		}
	}
	return false
}

// tearsDown is whether Close ends the attachments: nothing needs them.
func (s *State) tearsDown() bool {
	return s.Closing == closeExpired || s.Closing == closeDrains && !s.anyOpen(maxRequests)
}

// canEndClose is whether nothing of the gateway is left.
func (m machine) canEndClose(s *State) bool {
	if m.Variant == G47 && s.Closing == closeDrains {
		return true
	}
	if !s.tearsDown() {
		return false
	}
	for h := range s.Hosts {
		if s.Hosts[h].Attached || s.Hosts[h].Superseded {
			return false
		}
	}
	return true
}

// expire ends what is left, in one step.
func (m machine) expire(s *State) {
	s.Closing = closeExpired
	for r := range s.Requests {
		if !s.Requests[r].open() {
			continue
		}
		if a := s.held(r); a >= 0 {
			m.release(s, a, protocol.Closed)
		}
		s.end(r)
	}
}
