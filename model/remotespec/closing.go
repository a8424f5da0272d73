package remotespec

import "github.com/weir-dev/weir/protocol"

// closing is how far Close has come.
type closing uint8

const (
	closeNotBegun closing = iota
	// closeDrains: nothing is accepted; what was accepted goes on.
	closeDrains
	// closeExpired: its ctx is done; everything is resolved, and no further
	// dispatch begins.
	closeExpired
	// closeEnded: Close has returned.
	closeEnded
)

// drained is whether a Close that still has time has nothing to wait for.
func (s *State) drained() bool {
	return s.Buffer.N == 0 && s.Flight == 0 && s.Undispatched.N == 0 && s.Dispatching == 0
}

// tearsDown is whether Close takes apart what is left.
func (s *State) tearsDown() bool {
	return s.Closing == closeExpired || s.Closing == closeDrains && s.drained()
}

// canHangUp is whether Close may end the link: nothing needs it any more.
func (s *State) canHangUp() bool { return s.tearsDown() && s.current() != 0 }

func (m machine) hangUp(s *State) {
	m.endLink(s, protocol.Closed)
	s.Backoff = false
}

// canEndClose is whether all goroutines of the Remote are gone. A dispatch in
// the caller's code is not waited for once the time is up: it is named.
func (s *State) canEndClose() bool {
	if !s.tearsDown() || s.current() != 0 || s.Messenger == messengerWriting || s.Messenger == messengerConnecting {
		return false
	}
	for i := range s.Links {
		if l := s.Links[i].Listener; l == listenerRuns || l == listenerChecked {
			return false
		}
	}
	return true
}

func (s *State) endClose() {
	s.Closing = closeEnded
	s.Backoff = false
}

// expire resolves what is left, in one step: what was in flight may have been
// handled, the rest certainly was not. An attempt to connect is cancelled.
func (m machine) expire(s *State) {
	s.Closing = closeExpired
	s.Backoff = false
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if s.Flight.has(seq) {
			s.Flight.drop(seq)
			s.resolve(seq, protocol.Unknown, protocol.Closed, 0)
		}
	}
	for s.Buffer.N > 0 {
		seq := s.Buffer.remove(0)
		if m.Variant != R55 {
			s.resolve(seq, protocol.NotSent, protocol.Closed, 0)
		}
	}
	if s.Messenger == messengerConnecting {
		s.link(s.Epoch).Remote = linkEnded
		s.Messenger = messengerIdle
	}
}
