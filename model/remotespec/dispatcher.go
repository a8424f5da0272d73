package remotespec

import "github.com/weir-dev/weir/protocol"

// canDispatch is whether the dispatch of the outcome at place i may begin: one
// at a time, in the order in which they were resolved, and none once the time
// of Close is up.
func (m machine) canDispatch(s *State, i uint8) bool {
	if i >= s.Undispatched.N || s.Closing >= closeExpired {
		return false
	}
	return m.Variant == R42 || i == 0 && s.Dispatching == 0
}

// beginDispatch frees the slot of a reply, and of nothing else: until here a slow dispatcher holds
// the window, so that replies cannot pile up.
func (s *State) beginDispatch(i uint8) {
	seq := s.Undispatched.remove(i)
	s.Dispatching.add(seq)
	if s.Result[seq-1].Outcome == protocol.Replied {
		s.Slot[seq-1] = 0
		s.LastReply = seq
	}
}
