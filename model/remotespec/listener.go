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

// canReceive is whether a reply has come to a listener. It never waits for
// anything else.
func (m machine) canReceive(l *link) bool { return m.reads(l) && l.Down.N > 0 }

// matches is whether a reply read from link e resolves its message: that must
// be in flight on the same link.
func (s *State) matches(f frame, e uint8) bool {
	return s.Flight.has(f.seq()) && s.Slot[f.seq()-1] == e
}

// receive takes a reply from the wire of link from and resolves its message;
// e is the link whose listener does it. They differ only in R07.
func (s *State) receive(e, from uint8) {
	s.link(e).Listener = listenerRuns
	f := s.link(from).Down.pop()
	s.Flight.drop(f.seq())
	s.resolve(f.seq(), protocol.Replied, protocol.ReasonNone, f.body())
}

// read takes a late reply from the wire. It ends here.
func (s *State) read(e uint8) {
	s.link(e).Listener = listenerRuns
	s.link(e).Down.pop()
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
	if l.Remote == linkUp {
		m.endLink(s, protocol.LinkLost)
	}
	l.Listener = listenerGone
	l.Down.clear()
}

// canCheck is the listener's look at online, in R05.
func (m machine) canCheck(l *link) bool {
	return m.Variant == R05 && l.Listener == listenerRuns && l.Remote == linkUp
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
