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

// beginClose: a Send that waits returns ErrClosed.
func (s *State) beginClose() {
	s.Closing = closeDrains
	s.Waiting = false
}

// drained is whether a Close that still has time has nothing to wait for.
func (s *State) drained() bool {
	return s.Buffer.N == 0 && s.Flight == 0 && s.Undispatched.N == 0 && s.Dispatching == 0
}

// tearsDown is whether Close takes apart what is left.
func (s *State) tearsDown() bool {
	return s.Closing == closeExpired || s.Closing == closeDrains && s.drained()
}

// canHangUp is whether Close may end the link, or the attempt to get one:
// nothing needs it any more.
func (m machine) canHangUp(s *State) bool {
	return s.tearsDown() && (s.current() != 0 || s.connecting() && m.Variant != R14)
}

func (m machine) hangUp(s *State) {
	if s.connecting() {
		s.link(s.Epoch).Remote = linkEnded
		s.Messenger, s.Trying = messengerIdle, 0
	} else {
		m.endLink(s, protocol.Closed)
	}
	s.Backoff = false
}

// canEndClose is whether all goroutines of the Remote are gone. A dispatch in
// the caller's code is not waited for once the time is up: it is named.
func (m machine) canEndClose(s *State) bool {
	if !s.tearsDown() || s.current() != 0 || s.Messenger == messengerWriting || s.connecting() && m.Variant != R14 {
		return false
	}
	for i := range s.Links {
		if s.Links[i].Listener.running() {
			return false
		}
	}
	return m.Variant != R02 || !s.listenerReturned()
}

func (s *State) endClose() {
	s.Closing = closeEnded
	s.Backoff = false
}

// expire resolves what is left, in one step: what was in flight may have been
// handled, the rest certainly was not. Nothing is sent any more, so that nobody
// asks who held a slot.
func (m machine) expire(s *State) {
	s.Closing = closeExpired
	s.Backoff = false
	s.loseFlight(protocol.Closed)
	s.freeResolved()
	for s.Buffer.N > 0 {
		seq := s.Buffer.remove(0)
		if m.Variant != R55 {
			s.resolve(seq, protocol.NotSent, protocol.Closed, 0)
		}
	}
}
