package remotespec

import "github.com/weir-dev/weir/protocol"

// messenger is what the messenger is doing.
type messenger uint8

const (
	// messengerIdle: it waits for a message, or for a slot.
	messengerIdle messenger = iota
	// messengerConnecting: it waits for the link of the newest epoch.
	messengerConnecting
	// messengerWriting: the frame of Flight's newest message is being handed to
	// the stream, which may wait for room on the wire.
	messengerWriting
	// messengerDead: it returned. Only R23 does that while it is needed.
	messengerDead
)

// takes is whether the messenger looks at the head of the buffer.
func (s *State) takes() bool { return s.Messenger == messengerIdle && s.Buffer.N > 0 }

// canConnect: a message taken while offline and no backoff runs triggers one
// attempt to connect. It stays in the buffer meanwhile.
func (s *State) canConnect() bool { return s.takes() && s.current() == 0 && !s.Backoff }

func (s *State) connect() {
	s.Epoch++
	s.link(s.Epoch).Remote = linkConnecting
	s.Messenger = messengerConnecting
}

// connected makes the stream of the newest epoch. The hello is on its way
// before any message is.
func (m machine) connected(s *State) {
	l := s.link(s.Epoch)
	l.Remote, l.Peer = linkUp, peerAwaitsHello
	l.Listener = listenerRuns
	if m.Variant == R06 && s.listenerReturned() {
		l.Listener = listenerGone
	}
	l.Up.push(helloFrame)
	s.Messenger = messengerIdle
}

// refused ends an attempt to connect, and with it the message that it was
// made for.
func (s *State) refused() {
	s.link(s.Epoch).Remote = linkEnded
	s.Losses--
	s.Backoff = true
	s.Messenger = messengerIdle
	s.giveUp()
}

// canGiveUp: a message taken while a backoff runs ends at once.
func (s *State) canGiveUp() bool { return s.takes() && s.current() == 0 && s.Backoff }

func (s *State) giveUp() {
	s.resolve(s.Buffer.remove(0), protocol.NotSent, protocol.Offline, 0)
}

// canSend is whether there is a link and a free slot for the next message.
func (m machine) canSend(s *State) bool {
	return s.takes() && s.current() != 0 && s.slots() < m.Window
}

// send puts the oldest message in flight, just before its frame is handed to
// the stream: from here on it may have been handled, whatever the stream says.
func (s *State) send() {
	seq := s.Buffer.remove(0)
	s.Flight.add(seq)
	s.Slot[seq-1] = s.Epoch
	s.Messenger = messengerWriting
}

// canWrite is whether the stream takes the frame. A link that is broken takes
// everything: that a write succeeds says nothing about delivery.
func (m machine) canWrite(s *State) bool {
	l := s.link(max(s.Epoch, 1))
	return s.Messenger == messengerWriting && (l.Broken || int(l.Up.N) < m.Wire)
}

func (s *State) write() {
	l := s.link(s.Epoch)
	if !l.Broken {
		seq := s.writing()
		l.Up.push(newFrame(seq, seq))
	}
	s.Messenger = messengerIdle
}

// writing is the message whose frame is being written: the one sent last.
// While it is written no other is sent, so that it is the newest with a slot;
// its reply cannot have come, so it still has that slot while the link is up.
func (s *State) writing() uint8 {
	for seq := s.Accepted; seq > 0; seq-- {
		if s.Slot[seq-1] == s.Epoch {
			return seq
		}
	}
	return 0
}

// canFail is whether the stream may tell the messenger that it is broken.
func (s *State) canFail() bool {
	return s.Messenger == messengerWriting && s.current() != 0 && s.link(s.Epoch).Broken
}

func (m machine) fail(s *State) {
	m.endLink(s, protocol.LinkLost)
	s.Messenger = messengerIdle
	if m.Variant == R23 {
		s.Messenger = messengerDead
	}
}
