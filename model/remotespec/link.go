package remotespec

import "github.com/weir-dev/weir/protocol"

// link is one generation of the stream, seen from both ends.
type link struct {
	// Remote is the link at the Remote.
	Remote remoteEnd
	// Listener is the goroutine that reads Down.
	Listener listener
	// Peer is the link at the peer.
	Peer peerEnd
	// Reader is the goroutine of the peer that reads Up, where that is told
	// apart.
	Reader reader
	// Broken is whether nothing put on the wire arrives any more, because the
	// network lost the link or an end closed it. Each end finds out by itself,
	// and may before that still read what was on the wire.
	Broken bool
	// Steady is whether the network keeps the link whole until everything that
	// is accepted is answered.
	Steady bool
	// Up carries the hello and messages, Down the Welcome and replies.
	Up, Down wire
}

// remoteEnd is the state of a link at the Remote.
type remoteEnd uint8

const (
	linkUnused remoteEnd = iota
	linkConnecting
	// linkGreets: the stream exists, its Welcome has not come; Resume only.
	linkGreets
	linkUp
	linkEnded
)

// up is whether the Remote has not ended the link.
func (l *link) up() bool { return l.Remote == linkGreets || l.Remote == linkUp }

// dead is whether neither end has anything to do with the link any more.
func (l *link) dead() bool {
	return l.Remote == linkEnded && (l.Listener == listenerNone || l.Listener == listenerGone) &&
		(l.Peer == peerNone || l.Peer == peerEnded) && l.Reader == readerNone
}

// canLose is whether the network may lose the link of epoch e now.
func (s *State) canLose(e uint8) bool {
	l := s.link(e)
	return s.Left.Losses > 0 && !l.Broken && l.up() && (!l.Steady || s.allDispatched())
}

func (s *State) lose(e uint8) {
	s.link(e).Broken, s.link(e).Steady = true, false
	spend(&s.Left.Losses)
}

// canBeSteady is whether the network can let a link be: only where it may lose
// links for ever does that make a difference.
func (m machine) canBeSteady() bool {
	return m.Runs && m.Losses == Unlimited && m.rule != stepByStep
}

// endLink ends the link that is up, in one step: the backoff begins; in
// AtMostOnce what was in flight on it is resolved and its slots are free; in
// Resume what is unresolved keeps its slot. The listener is told by the stream
// and ends by itself.
func (m machine) endLink(s *State, why protocol.Reason) {
	l := s.link(s.Epoch)
	l.Remote, l.Broken, l.Steady = linkEnded, true, false
	s.Backoff = true
	s.Offline = m.Variant == R18 || m.Variant == R19
	s.Acked, s.Resend, s.Carried = 0, 0, 0
	if s.Messenger == messengerGreeting {
		s.Messenger = messengerIdle
	}
	switch {
	case m.Variant == R31:
		s.Flight = 0
	case !m.resumes():
		s.loseFlight(why)
	}
	s.freeResolved()
}

// freeSlot frees the slot of a message.
func (s *State) freeSlot(seq uint8) {
	s.Slot[seq-1] = 0
	s.Carried.drop(seq)
}

// freeResolved frees the slots of all messages that are not in flight.
func (s *State) freeResolved() {
	for i := range s.Slot {
		if !s.Flight.has(uint8(i) + 1) {
			s.freeSlot(uint8(i) + 1)
		}
	}
}

// bury forgets links that are dead at both ends: nothing asks for more of them
// than that they were. Where links have no limit, their epochs are then used
// again, which makes a finite world of runs without end. That is exact: of two
// epochs the protocol asks only which is newer, and no dead link is compared
// with any more, so that the others may be numbered anew in their old order.
func (m machine) bury(s *State) {
	for e := s.Epoch; e > 0; e-- {
		l := s.link(e)
		if !l.dead() || e == s.Epoch && s.Messenger == messengerWriting {
			continue
		}
		if m.recycles() {
			s.unnumber(e)
			if !m.resumes() {
				s.moveSlots(e)
			}
		} else if m.Variant != R02 && m.Variant != R06 {
			*l = link{Remote: linkEnded, Broken: true}
		}
	}
}

// unnumber takes out the link of epoch e and moves up those behind it.
func (s *State) unnumber(e uint8) {
	copy(s.Links[e-1:], s.Links[e:])
	s.Links[maxLinks-1] = link{}
	move := func(epoch *uint8, gone uint8) {
		if *epoch == e {
			*epoch = gone
		} else if *epoch > e {
			*epoch--
		}
	}
	move(&s.Epoch, e-1)
	p := &s.Session
	move(&p.Newest, e-1)
	move(&p.Link, 0)
	move(&p.Epoch, 0)
}

// moveSlots is for AtMostOnce, where a slot names its link.
func (s *State) moveSlots(e uint8) {
	for i := range s.Slot {
		if s.Slot[i] > e {
			s.Slot[i]--
		}
	}
}
