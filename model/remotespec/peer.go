package remotespec

// peerEnd is the state of a link at the peer.
type peerEnd uint8

const (
	peerNone peerEnd = iota
	peerAwaitsHello
	peerServes
	peerEnded
)

// open is whether the peer has not ended the link.
func (p peerEnd) open() bool { return p == peerAwaitsHello || p == peerServes }

// reader is the goroutine of the peer that reads one link, where that is told
// apart from the one that serves it.
type reader uint8

const (
	readerNone reader = iota
	readerRuns
	// readerStuck hands over what nobody takes, which only R25 does.
	readerStuck
)

// takesHello is whether the hello of link e has come. A link that is broken
// may still deliver what was on the wire, so a hello can come after that of a
// newer link.
func (l *link) takesHello() bool { return l.Peer == peerAwaitsHello && l.Up.N > 0 }

// hello is one step: the session's older link is closed, what it brought and
// was not begun is dropped, replies that were received are forgotten, and the
// Welcome's numbers are those of this instant. A hello that is not newer is
// refused and changes nothing.
func (m machine) hello(s *State, e uint8) {
	l, p := s.link(e), &s.Session
	f := l.Up.pop()
	if e <= p.Newest {
		m.endAtPeer(s, e)
		return
	}
	if old := p.Link; old != 0 {
		m.endAtPeer(s, old)
	}
	l.Peer = peerServes
	p.Known, p.Newest, p.Link = true, e, e
	if !m.resumes() {
		return
	}
	p.Queue.clear()
	p.acknowledged(f.number())
	p.Told = 0
	if !l.Broken {
		l.Down.push(newWelcome(p.Last, p.Memory))
	}
}

// endAtPeer ends a link at the peer, which also breaks it. In AtMostOnce a
// handler that runs is cancelled, which it may take its time to notice, and a
// reply that was not sent has nowhere to go. In Resume handler, replies and
// what waits for its handler belong to the session.
func (m machine) endAtPeer(s *State, e uint8) {
	l := s.link(e)
	if m.Variant == R25 && l.Up.N > 0 && l.Reader == readerRuns {
		l.Reader = readerStuck
	}
	l.Peer, l.Broken, l.Steady = peerEnded, true, false
	l.Up.clear()
	if s.Session.Link == e {
		s.Session.Link, s.Session.Told = 0, 0
	}
	if !m.resumes() && s.Session.Handler == handlerReturned && s.Session.Epoch == e {
		s.Session.forget()
	}
}

// peerHears is whether the stream may tell the peer that the link is broken.
func (l *link) peerHears() bool { return l.Broken && l.Peer.open() }

// readerEnds is whether the reader of a link that has ended may return.
func (l *link) readerEnds() bool {
	return l.Reader == readerRuns && !l.Peer.open() && l.Peer != peerNone
}

// canForget is whether the peer may be started anew without its memory. A
// session that has expired is the same, as long as no link of before is about
// to say hello.
func (m machine) canForget(s *State) bool {
	p := &s.Session
	idle := p.Link == 0 && p.Handler == handlerNone
	return s.Left.Forgets > 0 && p.Known && (idle || m.rule != earlyExpiry)
}

// forget starts the peer anew: its links end, its handler is gone, and a new
// session will have another memory id. What it has handled stays handled, for
// the laws. The epochs it has seen count no more.
func (m machine) forget(s *State) {
	spend(&s.Left.Forgets)
	for e := uint8(1); e <= s.Epoch; e++ {
		if m.rule == earlyExpiry && s.link(e).Peer == peerAwaitsHello {
			continue
		}
		if s.link(e).Peer.open() {
			m.endAtPeer(s, e)
		}
		s.link(e).Reader = readerNone
	}
	s.Session = session{Handled: s.Session.Handled, Memory: s.Session.Memory + 1}
}
