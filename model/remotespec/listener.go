package remotespec

import "github.com/weir-dev/weir/protocol"

// listener is the goroutine that reads the replies of one link.
type listener uint8

const (
	listenerNone listener = iota
	listenerRuns
	// listenerChecked has seen that the Remote is online and is about to read:
	// two steps only in R05, where another goroutine can come between.
	listenerChecked
	listenerGone
)

// running is whether the listener has not returned.
func (l listener) running() bool { return l == listenerRuns || l == listenerChecked }

// listenerReturned is whether a listener has run and ended: the state in which
// R06 starts no other.
func (s *State) listenerReturned() bool {
	for i := range s.Links {
		if s.Links[i].Listener == listenerGone {
			return true
		}
	}
	return false
}

// reads is whether the listener of l is at its call of Recv.
func (m machine) reads(l *link) bool {
	if m.Variant == R05 {
		return l.Listener == listenerChecked
	}
	return l.Listener == listenerRuns
}

// canReceive is whether a frame has come to a listener. It never waits for
// anything else. A link that has ended at the Remote may still be read, until
// its listener has returned.
func (m machine) canReceive(s *State, l *link) bool {
	return m.reads(l) && l.Down.N > 0 && !(m.Variant == R51 && s.Messenger == messengerWriting)
}

// matches is whether a reply read from link e resolves its message. In
// AtMostOnce that must be in flight on the same link. In Resume any link will
// do: the reply was kept under its seq.
func (m machine) matches(s *State, seq, e uint8) bool {
	return seq != 0 && s.Flight.has(seq) && (m.resumes() || s.Slot[seq-1] == e)
}

// resolves is whether the frame resolves a message.
func (m machine) resolves(s *State, f frame, e uint8) bool {
	switch m.Variant {
	case R44, R48:
		return s.Flight != 0
	case R47:
		return true
	}
	return m.matches(s, f.first(), e) || m.matches(s, f.second(), e)
}

// receive takes a frame of replies from the wire of link from; e is the link
// whose listener does it. They differ only in R07.
func (m machine) receive(s *State, e, from uint8) {
	s.link(e).Listener = listenerRuns
	f := s.link(from).Down.pop()
	for f.size() > 0 {
		seq, body := f.take()
		s.Received = max(s.Received, seq)
		switch {
		case (m.Variant == R44 || m.Variant == R48) && s.Flight != 0:
			s.replied(s.Flight.oldest(), body)
		case m.Variant == R49 && s.Undispatched.N > 0:
			s.Flight.drop(seq)
		case m.matches(s, seq, from), m.Variant == R47:
			s.replied(seq, body)
		case s.Result[seq-1].Outcome == protocol.Unknown:
			s.freeSlot(seq) // late: the peer's work on it is over
		}
	}
	if !m.resumes() {
		s.Received = 0
	}
}

// replied resolves a message by its reply.
func (s *State) replied(seq, body uint8) {
	s.Flight.drop(seq)
	s.Resend.drop(seq)
	s.resolve(seq, protocol.Replied, protocol.ReasonNone, body)
}

// readsOther is whether the listener of R07, whose link has ended, is about to
// read a reply from the link that is up.
func (m machine) readsOther(s *State, e uint8) bool {
	return m.Variant == R07 && s.current() != 0 && e != s.Epoch &&
		m.reads(s.link(e)) && s.link(s.Epoch).Down.N > 0
}

// canHear is whether the stream may tell the listener that its link is broken.
// What was on the wire by then may be lost.
func (m machine) canHear(l *link) bool { return l.Broken && m.reads(l) }

// hear ends the listener, and the link if that is still up.
func (m machine) hear(s *State, e uint8) {
	l := s.link(e)
	if l.up() {
		m.endLink(s, protocol.LinkLost)
	}
	l.Listener = listenerGone
	if m.Variant == R02 && s.Closing != closeNotBegun {
		l.Listener = listenerNone // its signal reaches Close
	}
	l.Down.clear()
}

// canCheck is the listener's look at online, in R05.
func (m machine) canCheck(l *link) bool {
	return m.Variant == R05 && l.Listener == listenerRuns && l.up()
}

// usesCleared is whether the listener of R05 has seen online and the messenger
// has cleared the stream since.
func (m machine) usesCleared(l *link) bool {
	return m.Variant == R05 && l.Listener == listenerChecked && l.Remote == linkEnded
}

// canLeave is how the listener of R05 ends: it sees that it is offline.
func (m machine) canLeave(l *link) bool {
	return m.Variant == R05 && l.Listener == listenerRuns && l.Remote == linkEnded
}

func (s *State) leave(e uint8) {
	l := s.link(e)
	l.Listener = listenerGone
	l.Down.clear()
}
