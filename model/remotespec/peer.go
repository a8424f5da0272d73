package remotespec

// peerEnd is the state of a link at the peer.
type peerEnd uint8

const (
	peerNone peerEnd = iota
	peerAwaitsHello
	peerServes
	peerEnded
)

// session is what the peer knows of the Remote: it spans links.
type session struct {
	// Newest is the highest epoch whose hello was taken.
	Newest uint8
	// Link is the epoch of the link that it serves, or zero.
	Link uint8
	// Handler is the one handler call, if any, for message Seq with payload
	// Body, brought by the link Epoch.
	Handler          handler
	Seq, Body, Epoch uint8
	// Last is the newest message whose handler has begun.
	Last uint8
	// Handled counts for each message how often its handler has begun; more
	// than twice is not counted.
	Handled [maxMessages]uint8
}

// handler is the state of the session's handler call.
type handler uint8

const (
	handlerNone handler = iota
	handlerRuns
	// handlerReturned: its reply waits to be handed to the stream.
	handlerReturned
)

// takesHello is whether the hello of link e has come. A link that is broken
// may still deliver what was on the wire, so a hello can come after that of a
// newer link.
func (l *link) takesHello() bool { return l.Peer == peerAwaitsHello && l.Up.N > 0 }

// hello is one step: the session's older link is closed and what it brought
// and was not begun is dropped. A hello that is not newer is refused and
// changes nothing.
func (s *State) hello(e uint8) {
	s.link(e).Up.pop()
	if e <= s.Session.Newest {
		s.endAtPeer(e)
		return
	}
	if old := s.Session.Link; old != 0 {
		s.endAtPeer(old)
	}
	s.link(e).Peer = peerServes
	s.Session.Newest, s.Session.Link = e, e
}

// endAtPeer ends a link at the peer, which also breaks it. A handler that runs
// is cancelled, which it may take its time to notice; a reply that was not
// sent has nowhere to go.
func (s *State) endAtPeer(e uint8) {
	l := s.link(e)
	l.Peer, l.Broken = peerEnded, true
	l.Up.clear()
	if s.Session.Link == e {
		s.Session.Link = 0
	}
	if s.Session.Handler == handlerReturned && s.Session.Epoch == e {
		s.Session.forget()
	}
}

// peerHears is whether the stream may tell the peer that the link is broken.
func (l *link) peerHears() bool {
	return l.Broken && (l.Peer == peerAwaitsHello || l.Peer == peerServes)
}

// canHandle is whether the next message may begin. The wire and the peer's
// queue are one FIFO here: both are bounded, keep the order, and are dropped
// together when the link ends. A cancelled handler holds up the next link's
// messages until it has returned.
func (s *State) canHandle() bool {
	e := s.Session.Link
	return e != 0 && s.Session.Handler == handlerNone && s.link(e).Up.N > 0
}

func (s *State) handle() {
	p := &s.Session
	f := s.link(p.Link).Up.pop()
	p.Handler, p.Seq, p.Body, p.Epoch = handlerRuns, f.seq(), f.body(), p.Link
	p.Last = f.seq()
	p.Handled[f.seq()-1] = min(p.Handled[f.seq()-1]+1, 2)
}

// handled ends the handler call. In AtMostOnce the reply belongs to the link
// that brought the message: if that is gone, so is the reply.
func (s *State) handled() {
	p := &s.Session
	if p.Link != p.Epoch {
		p.forget()
		return
	}
	p.Handler = handlerReturned
}

func (p *session) forget() { p.Handler, p.Seq, p.Body, p.Epoch = handlerNone, 0, 0, 0 }

// canReply is whether the stream takes the reply.
func (m machine) canReply(s *State) bool {
	if s.Session.Handler != handlerReturned {
		return false
	}
	l := s.link(s.Session.Epoch)
	return l.Broken || int(l.Down.N) < m.Wire
}

func (s *State) reply() {
	l := s.link(s.Session.Epoch)
	if !l.Broken {
		l.Down.push(newFrame(s.Session.Seq, s.Session.Body))
	}
	s.Session.forget()
}
