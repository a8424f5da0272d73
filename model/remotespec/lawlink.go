package remotespec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// window: a message in flight holds a slot, so that in Sync one slot also
// means one in flight.
func (m machine) window(s *State) bool {
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if s.Flight.has(seq) && s.Slot[seq-1] == 0 {
			return false
		}
	}
	return s.slots() <= m.slotLimit()
}

// oneLink: at the Remote at most one link is up, and it is the newest. At the
// peer at most one is served, and it is the newest whose hello was taken.
func oneLink(s *State) bool {
	for e := uint8(1); e <= s.Epoch; e++ {
		l := s.link(e)
		if e < s.Epoch && (l.up() || l.Remote == linkConnecting) ||
			l.Peer == peerServes && (e != s.Session.Link || e != s.Session.Newest) {
			return false
		}
	}
	return true
}

// openLink: a frame is begun on the newest link while that is up, in Resume
// after its Welcome. What resolves a message is read by the link's own listener,
// in AtMostOnce while the link is up. A crash is for no-crash to judge.
func (m machine) openLink(from *State, l model.Label, to *State) bool {
	switch l.Action {
	case Send, Ack:
		return uint8(l.Args[0]) == from.Epoch && from.link(from.Epoch).Remote == linkUp
	case Receive:
		k := from.link(uint8(l.Args[0]))
		return to.Crashed || k.Listener.running() && (k.Remote == linkUp || m.resumes())
	}
	return true
}

// frame: what is handed to the stream is one to Batch messages, in order, with
// none between them that is unresolved; and the peer's frames are bounded too.
func (m machine) frame(_ *State, l model.Label, to *State) bool {
	switch l.Action {
	case Send:
		f := to.Frame
		for seq := f.first() + 1; seq < f.second(); seq++ {
			if to.Result[seq-1].Outcome == protocol.OutcomeNone {
				return false
			}
		}
		return f.size() >= 1 && f.size() <= m.Batch && (f.second() == 0 || f.first() < f.second())
	case Reply:
		w := &to.link(uint8(l.Args[0])).Down
		return w.N == 0 || w.At[w.N-1].size() <= m.Batch
	}
	return true
}

// backoff: no attempt begins while the delay runs, and a delay begins with
// every attempt that fails and every link that is lost. How long it is, and when
// it grows, is not in the model.
func backoff(from *State, l model.Label, to *State) bool {
	switch l.Action {
	case Connect:
		return !from.Backoff
	case Refuse:
		return to.Backoff
	case LinkDown:
		return to.Backoff || l.Args[1] == byClose
	}
	return true
}

// noIdleWait counts the slots itself: it does not ask whether the messenger
// would send. A wire that is full is the peer's flow control, behind which
// messages wait with slots to spare.
func (m machine) noIdleWait(s *State) bool {
	if s.Buffer.N == 0 || s.Epoch == 0 || s.slots() >= m.slotLimit() {
		return true
	}
	l := s.link(s.Epoch)
	return l.Remote != linkUp || int(l.Up.N) >= m.Wire || !m.atRest(s)
}

// bounded: one place of the buffer, and of what awaits its dispatch, is for a
// dispatcher that sends. The peer's queue never needs more places than the
// Remote may use slots.
func (m machine) bounded(s *State) bool {
	extra := min(m.Sends, 1)
	if int(s.Buffer.N) > m.Buffer+extra || s.awaiting() > m.Window+m.Buffer+extra ||
		int(s.Undispatched.N) > m.Window+m.Buffer+extra {
		return false
	}
	for i := range s.Links {
		if int(s.Links[i].Up.N) > m.Wire || int(s.Links[i].Down.N) > m.Wire {
			return false
		}
	}
	return int(s.Session.Queue.N) <= m.slotLimit() && s.Session.Cache.size() <= m.Cache
}

// peerClean: at rest every link that the peer has open is up at the Remote and
// has its reader, and no reader is left of any other.
func (m machine) peerClean(s *State) bool {
	clean := true
	for e := uint8(1); e <= s.Epoch; e++ {
		l := s.link(e)
		clean = clean && l.Peer.open() == (l.Reader != readerNone) && (!l.Peer.open() || l.up())
	}
	return clean || !m.atRest(s)
}

func noCrash(s *State) bool { return !s.Crashed }
