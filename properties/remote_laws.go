package properties

import (
	"fmt"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// RemoteBounds is what a history of a Remote is judged against.
type RemoteBounds struct {
	// Mode and Delivery are what the Remote was to do.
	Mode     protocol.Mode
	Delivery protocol.Delivery
	// Buffer, Window and FrameMessages are its bounds, in messages.
	Buffer, Window, FrameMessages int
	// BackoffMin and BackoffMax bound the delay between attempts to connect;
	// without them only what was drawn is judged. ConnectTimeout bounds an attempt.
	BackoffMin, BackoffMax, ConnectTimeout time.Duration
	// Punctual is whether a step takes no time, as in a bubble.
	Punctual bool
}

// CheckRemote judges a history by every law of the Remote that a history
// alone can decide, and returns the violations in the order in which they
// came to light. It needs no testing.T and may be called concurrently.
func CheckRemote(records []Record, b RemoteBounds) []Violation {
	return checkRemote(records, b).sorted()
}

func checkRemote(records []Record, b RemoteBounds) *findings {
	w := newRemoteWitness(b)
	for i := range records {
		w.record(i, records[i])
	}
	w.end(len(records))
	return w.f
}

func newRemoteWitness(b RemoteBounds) *remoteWitness {
	return &remoteWitness{f: newFindings(), b: b, seqs: map[uint64]*tracedMessage{}, ids: map[int]*seenMessage{}, links: map[uint64]*tracedLink{}}
}

// record takes record i of the history.
func (w *remoteWitness) record(i int, r Record) {
	w.at, w.now = i, r.At
	if r.Event.Kind != protocol.KindNone {
		w.event(r.Event)
	} else {
		w.observe(r.Observed)
	}
}

// remoteWitness follows one history.
type remoteWitness struct {
	f   *findings
	b   RemoteBounds
	at  int
	now time.Duration

	seqs  map[uint64]*tracedMessage
	order []uint64
	links map[uint64]*tracedLink
	ids   map[int]*seenMessage

	lastHandled    uint64
	lastReplied    uint64
	slots          int
	waitUntil      time.Duration
	closeReturned  bool
	closeEnded     bool
	dispatching    int
	dispatchingIDs int
	repliedIDs     []int
	handledIDs     []int
	current        uint64
	resolved       uint64
	flying         int
	failures       int           // to connect, since the last healthy link
	tiny           int           // delays in a row that are next to nothing
	causes         *remoteCauses // nil if nobody sat on the wire
}

// tracedMessage is what events tell of one message.
type tracedMessage struct {
	digest   uint64
	sent     uint64 // epoch of the link that carried it last
	frame    int64
	handled  int
	answered uint64 // digest of what its handler gave
	received uint64 // epoch of the link that its reply came by
	resolved bool
	outcome  protocol.Outcome
	slot     bool
}

// tracedLink is what events tell of one link.
type tracedLink struct {
	up, down bool
	// replied is whether a reply on it has resolved a message; connectAt and upAt
	// are when it was asked for, and when it came to be; causes counts those before
	// it was asked for.
	replied         bool
	connectAt, upAt time.Duration
	causes          int
	frame           int64
	inFrame         int
	lastSeq         uint64
}

func (w *remoteWitness) law(name string, ok bool, observed, allowed string) {
	w.f.judge("remote/"+name, w.at, ok, observed, allowed)
}

func (w *remoteWitness) message(seq uint64) *tracedMessage {
	m := w.seqs[seq]
	if m == nil {
		m = &tracedMessage{}
		w.seqs[seq] = m
	}
	return m
}

func (w *remoteWitness) link(epoch uint64) *tracedLink {
	l := w.links[epoch]
	if l == nil {
		l = &tracedLink{}
		w.links[epoch] = l
	}
	return l
}

func (w *remoteWitness) event(e protocol.Event) {
	if e.Party == "remote" && w.closeEnded {
		w.law("quiet-after-close", false, "event after close-end: "+e.String(), "no event")
	}
	switch e.Party {
	case "remote":
		w.remoteEvent(e)
	case "peer":
		w.peerEvent(e)
	}
}

func (w *remoteWitness) remoteEvent(e protocol.Event) {
	switch e.Kind {
	case protocol.KindAccept:
		w.message(e.Seq).digest = e.Digest
		w.order = append(w.order, e.Seq)
	case protocol.KindConnect:
		w.connect(e)
	case protocol.KindLinkUp:
		w.link(e.Epoch).up = true
		w.link(e.Epoch).upAt = w.now
		w.current = e.Epoch
	case protocol.KindLinkDown:
		w.linkDown(e)
	case protocol.KindSend:
		w.send(e)
	case protocol.KindReceive:
		l := w.link(e.Epoch)
		w.law("link", l.up && !l.down, fmt.Sprintf("reply to seq %d received on link %d that is not open", e.Seq, e.Epoch), "an open link")
		w.message(e.Seq).received = e.Epoch
	case protocol.KindLate:
		w.f.fact("remote/sometimes-late-reply")
		if m := w.message(e.Seq); m.outcome != protocol.Replied {
			w.free(m)
		} else {
			w.f.fact("remote/sometimes-duplicate-reply")
		}
	case protocol.KindResolve:
		w.resolve(e)
	case protocol.KindDispatchBegin:
		w.dispatching++
		w.law("reply-order", w.dispatching == 1, fmt.Sprintf("%d dispatches at a time", w.dispatching), "one")
		if e.Outcome == protocol.Replied {
			w.law("reply-order", e.Seq > w.lastReplied, fmt.Sprintf("reply to seq %d dispatched after that to seq %d", e.Seq, w.lastReplied), "acceptance order")
			w.lastReplied = max(w.lastReplied, e.Seq)
			w.free(w.message(e.Seq))
		}
	case protocol.KindDispatchEnd:
		w.dispatching--
	case protocol.KindCloseEnd:
		w.closeEnded = true
	}
}

func (w *remoteWitness) connect(e protocol.Event) {
	w.law("backoff", w.now >= w.waitUntil, fmt.Sprintf("attempt %d began %v before its delay was over", e.Epoch, w.waitUntil-w.now), "no attempt before the delay drawn after the last failure")
	w.law("link", e.Epoch > w.current, fmt.Sprintf("epoch %d taken after epoch %d", e.Epoch, w.current), "a new epoch")
	l := w.link(e.Epoch)
	l.connectAt = w.now
	if w.causes != nil {
		w.causes.until(w.at)
		l.causes = w.causes.seen
	}
}

func (w *remoteWitness) linkDown(e protocol.Event) {
	l := w.link(e.Epoch)
	w.judgeBackoff(l, e)
	w.lostLink(l, e)
	l.down = true
	w.waitUntil = w.now + time.Duration(e.Value)
	inFlight := false
	for _, m := range w.seqs {
		if m.sent == e.Epoch {
			inFlight = inFlight || !m.resolved
			w.free(m)
		}
	}
	if inFlight && e.Reason == protocol.LinkLost {
		w.f.fact("remote/sometimes-lost-in-flight")
	}
}

func (w *remoteWitness) send(e protocol.Event) {
	l, m := w.link(e.Epoch), w.message(e.Seq)
	w.law("link", l.up && !l.down, fmt.Sprintf("seq %d sent on link %d that is not open", e.Seq, e.Epoch), "an open link")
	w.law("link", e.Epoch == w.current, fmt.Sprintf("seq %d sent on link %d while link %d is newest", e.Seq, e.Epoch, w.current), "the newest link")
	if m.sent != 0 {
		w.f.fact("remote/sometimes-resent")
		w.law("honest-outcome", w.b.Delivery == protocol.Resume, fmt.Sprintf("seq %d sent a second time", e.Seq), "at most once")
	}
	w.law("one-outcome", !m.resolved, fmt.Sprintf("seq %d sent after it was resolved", e.Seq), "a resolved message is never sent")
	if e.Value != l.frame {
		w.law("frame", e.Value == l.frame+1, fmt.Sprintf("frame %d after frame %d", e.Value, l.frame), "frames counted from 1")
		l.frame, l.inFrame = e.Value, 0
	} else {
		w.law("frame", w.between(l.lastSeq, e.Seq), fmt.Sprintf("seq %d follows seq %d in a frame although one between is unresolved", e.Seq, l.lastSeq), "consecutive messages")
	}
	w.law("frame", e.Seq > l.lastSeq, fmt.Sprintf("seq %d sent after seq %d", e.Seq, l.lastSeq), "acceptance order")
	l.lastSeq = e.Seq
	l.inFrame++
	w.law("frame", l.inFrame <= w.b.FrameMessages, fmt.Sprintf("%d messages in a frame", l.inFrame), fmt.Sprintf("at most %d", w.b.FrameMessages))
	if m.sent == 0 && !m.resolved {
		w.flying++
	}
	m.sent, m.frame = e.Epoch, e.Value
	if !m.slot {
		m.slot = true
		w.slots++
	}
	w.law("window", w.slots <= w.window(), fmt.Sprintf("%d slots taken", w.slots), fmt.Sprintf("at most %d", w.window()))
}

// between tells whether every message between two seqs is resolved.
func (w *remoteWitness) between(low, high uint64) bool {
	for s := low + 1; s < high; s++ {
		if m := w.seqs[s]; m != nil && !m.resolved {
			return false
		}
	}
	return true
}

func (w *remoteWitness) window() int {
	if w.b.Mode == protocol.Sync {
		return 1
	}
	return w.b.Window
}

func (w *remoteWitness) free(m *tracedMessage) {
	if m.slot {
		m.slot = false
		w.slots--
	}
}

func (w *remoteWitness) resolve(e protocol.Event) {
	m := w.message(e.Seq)
	w.law("one-outcome", !m.resolved, fmt.Sprintf("seq %d resolved as %v after it was resolved as %v", e.Seq, e.Outcome, m.outcome), "one outcome")
	if w.resolved++; m.sent != 0 && !m.resolved {
		w.flying--
	}
	m.resolved, m.outcome = true, e.Outcome
	w.lostMessage(e)
	switch e.Outcome {
	case protocol.Replied:
		w.f.fact("remote/sometimes-replied")
		w.link(e.Epoch).replied = true
		w.law("right-reply", m.answered == e.Digest, fmt.Sprintf("seq %d resolved with reply %x", e.Seq, e.Digest), fmt.Sprintf("reply %x of its handler", m.answered))
		if w.b.Delivery == protocol.AtMostOnce {
			w.law("epoch", m.received == m.sent && m.sent != 0, fmt.Sprintf("seq %d carried by link %d resolved by a reply received on link %d", e.Seq, m.sent, m.received), "the link that carried it")
		}
	default:
		w.f.fact(fmt.Sprintf("remote/sometimes-%v-%v", e.Outcome, e.Reason))
		if e.Outcome == protocol.NotSent {
			w.law("honest-outcome", m.sent == 0, fmt.Sprintf("seq %d resolved not-sent although it was sent", e.Seq), "never in flight")
		}
	}
}

func (w *remoteWitness) peerEvent(e protocol.Event) {
	m := w.seqs[e.Seq]
	switch e.Kind {
	case protocol.KindHandleBegin:
		w.law("order", e.Seq > w.lastHandled, fmt.Sprintf("seq %d handled after seq %d", e.Seq, w.lastHandled), "acceptance order, each at most once")
		w.lastHandled = max(w.lastHandled, e.Seq)
		w.law("right-reply", m != nil && m.digest == e.Digest, fmt.Sprintf("payload %x handled as seq %d", e.Digest, e.Seq), "the payload accepted under that seq")
		if m != nil {
			m.handled++
		}
	case protocol.KindHandleEnd:
		if m != nil {
			m.answered = e.Digest
		}
	case protocol.KindLinkDown:
		if e.Reason == protocol.Superseded {
			w.f.fact("remote/sometimes-superseded-link")
		}
	}
}
