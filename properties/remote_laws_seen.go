package properties

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// seenMessage is what the suite itself saw of one message.
type seenMessage struct {
	accepted, refused bool
	handled           int
	handling          bool
	answers           []uint64
	dispatched        int
	outcome           protocol.Outcome
}

func (w *remoteWitness) seen(id int) *seenMessage {
	s := w.ids[id]
	if s == nil {
		s = &seenMessage{}
		w.ids[id] = s
	}
	return s
}

func (w *remoteWitness) observe(o Observation) {
	s := w.seen(o.ID)
	switch o.Kind {
	case SendAccepted:
		s.accepted = true
	case SendRefused:
		s.refused = true
		if o.Caller == 0 && o.Err == protocol.ErrFull.Error() {
			w.f.fact("remote/sometimes-dispatcher-refused")
		}
	case HandlerCall:
		w.law("right-reply", o.ID > 0, "a payload that nobody sent was handled", "what was accepted")
		s.handled++
		w.law("order", s.handled == 1 || w.b.Delivery == protocol.Resume, fmt.Sprintf("m%d handled %d times", o.ID, s.handled), "once at most")
		w.handledIDs = append(w.handledIDs, o.ID)
		s.handling = true
	case HandlerReturn:
		s.handling = false
		s.answers = append(s.answers, o.Payload)
	case DispatchCall:
		w.dispatch(o, s)
	case DispatchReturn:
		w.dispatchingIDs--
	case CloseReturn:
		w.closeReturned = true
	}
}

func (w *remoteWitness) dispatch(o Observation, s *seenMessage) {
	w.dispatchingIDs++
	w.law("reply-order", w.dispatchingIDs == 1, fmt.Sprintf("dispatch of m%d while another runs", o.ID), "one dispatch at a time")
	w.law("quiet-after-close", !w.closeReturned, fmt.Sprintf("dispatch of m%d began after Close returned", o.ID), "no dispatch")
	s.dispatched++
	w.law("one-outcome", s.dispatched == 1, fmt.Sprintf("m%d dispatched %d times", o.ID, s.dispatched), "one outcome")
	w.law("right-reply", o.ID > 0, "dispatch of a message that was never sent", "what was accepted")
	s.outcome = o.Outcome
	w.lostDispatch(o)
	if o.Outcome != protocol.Replied {
		return
	}
	w.repliedIDs = append(w.repliedIDs, o.ID)
	last := uint64(0)
	if n := len(s.answers); n > 0 {
		last = s.answers[n-1]
	}
	w.law("right-reply", len(s.answers) > 0 && last == o.Payload, fmt.Sprintf("reply %x dispatched for m%d", o.Payload, o.ID), fmt.Sprintf("reply %x of its handler", last))
}

// end judges what only a whole history shows.
func (w *remoteWitness) end(n int) {
	w.at = n
	handledAt := make(map[int]int, len(w.handledIDs))
	for i, id := range w.handledIDs {
		handledAt[id] = i
	}
	// What the peer handled in order must be replied in order.
	for i := 1; i < len(w.repliedIDs); i++ {
		a, b := w.repliedIDs[i-1], w.repliedIDs[i]
		w.law("reply-order", handledAt[a] < handledAt[b], fmt.Sprintf("reply to m%d dispatched after that to m%d, which was handled later", b, a), "the order of handling")
	}
	for id := 1; id <= len(w.ids)+1; id++ {
		s := w.ids[id]
		if s == nil {
			continue
		}
		switch {
		case s.refused && !s.accepted:
			w.law("honest-outcome", s.handled == 0 && s.dispatched == 0, fmt.Sprintf("m%d was refused, and handled %d times and dispatched %d times", id, s.handled, s.dispatched), "a message that is not accepted leaves no trace")
		case s.outcome == protocol.Replied:
			w.law("honest-outcome", s.handled == 1, fmt.Sprintf("m%d replied and handled %d times", id, s.handled), "exactly once")
		case s.outcome == protocol.NotSent:
			w.law("honest-outcome", s.handled == 0, fmt.Sprintf("m%d not-sent and handled %d times", id, s.handled), "never handled")
		case s.outcome == protocol.Unknown:
			w.law("honest-outcome", s.handled <= 1, fmt.Sprintf("m%d unknown and handled %d times", id, s.handled), "at most once")
		}
	}
}
