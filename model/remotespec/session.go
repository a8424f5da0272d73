package remotespec

// session is what the peer knows of the Remote: it spans links.
type session struct {
	// Known is whether there is a record of the session.
	Known bool
	// Newest is the highest epoch whose hello was taken.
	Newest uint8
	// Link is the epoch of the link that it serves, or zero.
	Link uint8
	// Handler is the one handler call, if any, for message Seq with payload
	// Body, brought by the link Epoch, which counts in AtMostOnce only.
	Handler          handler
	Seq, Body, Epoch uint8
	// Last is the newest message whose handler has begun.
	Last uint8
	// Handled counts for each message how often its handler has begun, in
	// whatever memory; more than twice is not counted.
	Handled [maxMessages]uint8
	// Memory is the memory id, of which a peer without its memory has another.
	Memory uint8
	// Queue is what was read and not begun, in Resume. In AtMostOnce it is one
	// with the wire: both are bounded, keep the order, and are dropped together
	// when the link ends.
	Queue queue
	// Cache is the messages whose replies are kept, Told the newest of them
	// that the newest link was handed, Repeat those that any link was.
	Cache  set
	Told   uint8
	Repeat set
}

// handler is the state of the session's handler call.
type handler uint8

const (
	handlerNone handler = iota
	handlerRuns
	// handlerReturned: its reply waits to be handed to the stream, in
	// AtMostOnce.
	handlerReturned
)

// acknowledged drops the replies that were received.
func (p *session) acknowledged(seq uint8) {
	p.Cache, p.Repeat = p.Cache.above(seq), p.Repeat.above(seq)
}

// canDeliver is whether the peer may read a frame in Resume. It has room for
// as many messages as the Remote may have in flight, so that it keeps reading
// where it can begin none: an acknowledgement may be next.
func (m machine) canDeliver(s *State) bool {
	p := &s.Session
	if m.rule == narrowQueue && p.Queue.N > 0 {
		return false
	}
	return m.resumes() && p.Link != 0 && s.link(p.Link).Up.N > 0 &&
		int(p.Queue.N)+s.link(p.Link).Up.At[0].size() <= maxMessages
}

// deliver reads a frame: first its acknowledgement, then its messages. One that
// was begun, or is queued, is a duplicate.
func (m machine) deliver(s *State) {
	p := &s.Session
	f := s.link(p.Link).Up.pop()
	p.acknowledged(f.number())
	for f.size() > 0 {
		seq, _ := f.take()
		if m.isNew(p, seq) {
			p.Queue.push(seq)
		}
	}
}

// isNew is whether a message is neither begun nor queued.
func (m machine) isNew(p *session, seq uint8) bool {
	return seq > max(p.Last, p.Queue.newest()) || m.Variant == R58
}

// brings is the message that the link's next frame begins with, in AtMostOnce.
func (m machine) brings(s *State) uint8 {
	e := s.Session.Link
	if m.resumes() || e == 0 || s.link(e).Up.N == 0 {
		return 0
	}
	return s.link(e).Up.At[0].first()
}

// canSuppress is whether AtMostOnce drops a message that was begun already.
func (m machine) canSuppress(s *State) bool {
	seq := m.brings(s)
	return seq != 0 && !m.isNew(&s.Session, seq)
}

// canHandle is whether the next message may begin. A cancelled handler holds up
// the next link's messages until it has returned. At the bound of the reply
// cache no handler begins.
func (m machine) canHandle(s *State) bool {
	p := &s.Session
	if m.resumes() {
		return p.Handler == handlerNone && p.Queue.N > 0 && p.Cache.size() < m.Cache
	}
	seq := m.brings(s)
	return p.Handler == handlerNone && seq != 0 && m.isNew(p, seq)
}

// next is the message that canHandle speaks of.
func (m machine) nextMessage(s *State) uint8 {
	if m.resumes() {
		return s.Session.Queue.At[0]
	}
	return m.brings(s)
}

func (m machine) handle(s *State) {
	p := &s.Session
	var seq, body uint8
	if m.resumes() {
		seq = p.Queue.remove(0)
		body = seq
	} else {
		seq, body = s.takeFromWire()
		p.Epoch = p.Link
	}
	p.Handler, p.Seq, p.Body = handlerRuns, seq, body
	p.Last = seq
	p.Handled[seq-1] = min(p.Handled[seq-1]+1, 2)
}

// takeFromWire takes one message off the link's first frame.
func (s *State) takeFromWire() (seq, body uint8) {
	w := &s.link(s.Session.Link).Up
	seq, body = w.At[0].take()
	if w.At[0].size() == 0 {
		w.pop()
	}
	return seq, body
}

// handled ends the handler call. In AtMostOnce the reply belongs to the link
// that brought the message: if that is gone, so is the reply.
func (m machine) handled(s *State) {
	p := &s.Session
	switch {
	case m.resumes():
		p.Cache.add(p.Seq)
		p.forget()
	case p.Epoch == 0 || p.Link != p.Epoch:
		p.forget()
	default:
		p.Handler = handlerReturned
	}
}

func (p *session) forget() { p.Handler, p.Seq, p.Body, p.Epoch = handlerNone, 0, 0, 0 }

// canReply is whether the stream takes a reply. In Resume those that are kept
// and that the newest link was not handed go, in order.
func (m machine) canReply(s *State) bool {
	p := &s.Session
	e := p.Epoch
	if m.resumes() {
		if e = p.Link; e == 0 || p.Cache.above(p.Told) == 0 {
			return false
		}
	} else if p.Handler != handlerReturned {
		return false
	}
	l := s.link(e)
	return l.Broken || int(l.Down.N) < m.Wire
}

// replies returns the link and the first message of the next frame of replies.
func (m machine) replies(s *State) (e, seq uint8) {
	p := &s.Session
	if m.resumes() {
		return p.Link, p.Cache.above(p.Told).oldest()
	}
	return p.Epoch, p.Seq
}

func (m machine) reply(s *State) {
	p := &s.Session
	f := newFrame(framePayload, 0)
	e, _ := m.replies(s)
	if m.resumes() {
		for f.size() < m.Batch {
			seq := p.Cache.above(p.Told).oldest()
			if seq == 0 {
				break
			}
			f.add(seq, seq)
			p.Told = seq
			p.Repeat.add(seq)
			if m.Variant == R62 {
				p.Cache.drop(seq)
				p.Repeat.drop(seq)
			}
		}
	} else {
		f.add(p.Seq, p.Body)
		p.forget()
	}
	if l := s.link(e); !l.Broken {
		l.Down.push(f)
	}
}
