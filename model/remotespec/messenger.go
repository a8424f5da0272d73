package remotespec

import "github.com/weir-dev/weir/protocol"

// messenger is what the messenger is doing.
type messenger uint8

const (
	// messengerIdle: it waits for a message, or for a slot.
	messengerIdle messenger = iota
	// messengerConnecting: it waits for the link of the newest epoch.
	messengerConnecting
	// messengerWriting: Frame is being handed to the stream, which may wait for
	// room on the wire.
	messengerWriting
	// messengerGreeting: it waits for a place in the buffer for its hello, which
	// only R01 does.
	messengerGreeting
	// messengerDead: it returned. Only R23 does that while it is needed.
	messengerDead
)

// idle is whether the messenger looks for something to do.
func (s *State) idle() bool { return s.Messenger == messengerIdle }

// takes is whether the messenger looks at the head of the buffer.
func (s *State) takes() bool { return s.idle() && s.Buffer.N > 0 }

// needsLink is whether there is something to send, or in Resume something to
// wait for.
func (m machine) needsLink(s *State) bool {
	return s.Buffer.N > 0 || m.resumes() && s.Flight != 0
}

// canConnect: something to send while offline and no backoff runs triggers one
// attempt to connect. Where epochs are used again, it waits until there is one.
func (m machine) canConnect(s *State) bool {
	return s.idle() && m.needsLink(s) && s.current() == 0 && s.Closing < closeExpired &&
		(!s.Backoff || m.Variant == R20) && int(s.Epoch) < m.linkLimit()
}

func (m machine) connect(s *State) {
	s.Epoch++
	s.link(s.Epoch).Remote = linkConnecting
	s.Messenger = messengerConnecting
	if !m.resumes() {
		s.Trying = s.Buffer.At[0]
	}
}

// canSucceed is whether the attempt to connect may give a link.
func (m machine) canSucceed(s *State) bool {
	return s.connecting() && !m.breakerStops(s)
}

// breakerStops is whether the second breaker of R18 stops the attempt that the
// first has let through.
func (m machine) breakerStops(s *State) bool {
	return m.Variant == R18 && s.connecting() && s.Offline
}

// connected makes the stream of the newest epoch. The hello is on its way
// before any message is, in a frame of its own: a hello and messages in one
// frame arrive no differently.
func (m machine) connected(s *State) {
	l := s.link(s.Epoch)
	l.Remote, l.Peer = linkUp, peerAwaitsHello
	if m.resumes() {
		l.Remote = linkGreets
	}
	l.Listener = listenerRuns
	if m.Goroutines {
		l.Reader = readerRuns
	}
	if m.Variant == R06 && s.listenerReturned() {
		l.Listener = listenerGone
	}
	s.Messenger, s.Trying = messengerIdle, 0
	if m.Variant == R01 {
		s.Messenger = messengerGreeting
		return
	}
	m.greet(s)
}

// greet puts the hello on the wire.
func (m machine) greet(s *State) {
	s.Messenger = messengerIdle
	s.Acked = s.Received
	s.link(s.Epoch).Up.push(newFrame(frameHello, s.Received))
}

// canGreet is how R01 goes on: there must be a place in the buffer.
func (m machine) canGreet(s *State) bool {
	return s.Messenger == messengerGreeting && int(s.Buffer.N) < m.Buffer
}

// refused ends an attempt to connect, and in AtMostOnce with it the message
// that it was made for, if it waited so long.
func (m machine) refused(s *State) {
	s.link(s.Epoch).Remote = linkEnded
	s.Backoff = true
	s.Offline = m.Variant == R18 || m.Variant == R19
	s.Messenger = messengerIdle
	if i := s.Buffer.find(s.Trying); !m.resumes() && i < s.Buffer.N {
		s.resolve(s.Buffer.remove(i), protocol.NotSent, protocol.Offline, 0)
	}
	s.Trying = 0
}

// canGiveUp: in AtMostOnce a message taken while a backoff runs ends at once.
func (m machine) canGiveUp(s *State) bool {
	return !m.resumes() && s.takes() && s.current() == 0 && s.Backoff
}

func (s *State) giveUp() {
	s.resolve(s.Buffer.remove(0), protocol.NotSent, protocol.Offline, 0)
}

// canSend is whether there is a link, and either something to send again, which
// has a slot, or a new message and a free slot.
func (m machine) canSend(s *State) bool {
	return s.idle() && s.usable() != 0 && (s.Resend != 0 || m.canTake(s)) && !(m.Variant == R19 && s.Offline)
}

// canTake is whether a message of the buffer may be put in flight.
func (m machine) canTake(s *State) bool { return s.Buffer.N > 0 && s.slots() < m.slotLimit() }

// send makes a frame of what there is, first what is sent again and then new
// messages. They are in flight from just before the frame is handed to the
// stream: from here on they may have been handled, whatever the stream says.
func (m machine) send(s *State) {
	f := newFrame(framePayload, s.Received)
	for f.size() < m.Batch {
		again := s.Resend.oldest()
		switch {
		case again != 0 && !(m.Variant == R39 && m.canTake(s)):
			s.Resend.drop(again)
			m.carry(s, again)
			f.add(again, again)
		case m.canTake(s):
			seq := s.Buffer.remove(0)
			s.Flight.add(seq)
			m.carry(s, seq)
			f.add(seq, seq)
		default:
			m.startWriting(s, f)
			return
		}
	}
	m.startWriting(s, f)
}

// carry gives a message that is sent now its slot, if it has none.
func (m machine) carry(s *State, seq uint8) {
	switch slot := &s.Slot[seq-1]; {
	case !m.resumes():
		*slot = s.Epoch
	case *slot == 0:
		*slot = s.Memory
	}
	if m.resumes() {
		s.Carried.add(seq)
	}
}

func (m machine) startWriting(s *State, f frame) {
	s.Frame, s.Messenger, s.Acked = f, messengerWriting, s.Received
}

// canAck is whether an acknowledgement goes alone: there is nothing to send.
func (m machine) canAck(s *State) bool {
	return m.resumes() && s.idle() && s.usable() != 0 && s.Received > s.Acked && !m.canSend(s)
}

// canWrite is whether the stream takes the frame. A link that is broken takes
// everything: that a write succeeds says nothing about delivery.
func (m machine) canWrite(s *State) bool {
	l := s.link(max(s.Epoch, 1))
	return s.Messenger == messengerWriting && (l.Broken || int(l.Up.N) < m.Wire)
}

func (m machine) write(s *State) {
	l := s.link(s.Epoch)
	if !l.Broken {
		if m.Variant == R38 && l.Up.N > 0 {
			l.Up.At[l.Up.N-1].spoil(s.Frame.body())
		}
		l.Up.push(s.Frame)
	}
	if seq := s.Frame.first(); m.Variant == R32 && s.Flight.has(seq) {
		s.Flight.drop(seq)
		s.resolve(seq, protocol.Replied, protocol.ReasonNone, seq)
	}
	s.Messenger, s.Frame = messengerIdle, frame{}
}

// canFail is whether the stream may tell the messenger that it is broken.
func (s *State) canFail() bool {
	return s.Messenger == messengerWriting && s.current() != 0 && s.link(s.Epoch).Broken
}

func (m machine) fail(s *State) {
	if m.Variant == R29 {
		s.Flight.drop(s.Frame.second())
	}
	m.endLink(s, protocol.LinkLost)
	s.Messenger, s.Frame = messengerIdle, frame{}
	if m.Variant == R23 {
		s.Messenger = messengerDead
	}
}
