package remotespec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// laws returns what must hold, in the order of the catalogue; of several laws
// that one step breaks the first is reported.
func (m machine) laws() []model.Law[State] {
	return append(m.always(), m.sometimes()...)
}

func (m machine) always() []model.Law[State] {
	return []model.Law[State]{
		{Slug: "remote/order", Step: order},
		{Slug: "remote/reply-order", Step: replyOrder},
		{Slug: "remote/right-reply", Holds: rightReply, Step: rightMessage},
		{Slug: "remote/one-outcome", Holds: oneOutcome},
		{Slug: "remote/honest-outcome", Holds: honestOutcome},
		{Slug: "remote/conservation", Holds: conservation},
		{Slug: "remote/window", Holds: m.window},
		{Slug: "remote/epoch", Step: epoch},
		{Slug: "remote/link", Holds: oneLink, Step: openLink},
		{Slug: "remote/no-idle-wait", Holds: m.noIdleWait},
		{Slug: "remote/bounded", Holds: m.bounded},
		{Slug: "remote/close-complete", Holds: closeComplete},
		{Slug: "remote/quiet-after-close", Holds: quiet, Step: noEvent},
		{Slug: "remote/no-crash", Holds: noCrash},
		{Slug: "remote/answered", Holds: m.answered, Step: drainsAll},
	}
}

// order: handlers begin in acceptance order. That each begins at most once
// follows, because the newest that has begun never goes back.
func order(from *State, l model.Label, to *State) bool {
	return l.Action != HandleBegin || to.Session.Last > from.Session.Last
}

// replyOrder: no dispatch begins beside another, and none of a reply behind
// that of a newer reply.
func replyOrder(from *State, l model.Label, _ *State) bool {
	if l.Action != DispatchBegin {
		return true
	}
	seq := uint8(l.Args[0])
	replied := from.Result[seq-1].Outcome == protocol.Replied
	return from.Dispatching == 0 && (!replied || seq > from.LastReply)
}

// rightReply: the reply that resolved a message is the one that its handler
// gave, which is the body that the message was accepted with.
func rightReply(s *State) bool {
	for i := range s.Result {
		if s.Result[i].Outcome == protocol.Replied && int(s.Result[i].Reply) != i+1 {
			return false
		}
	}
	return true
}

// rightMessage: the message handled is the one accepted under its seq.
func rightMessage(_ *State, l model.Label, to *State) bool {
	return l.Action != HandleBegin || to.Session.Body == to.Session.Seq && to.Session.Seq <= to.Accepted
}

func oneOutcome(s *State) bool {
	for i := range s.Result {
		if s.Result[i].Times > 1 {
			return false
		}
	}
	return true
}

// honestOutcome is judged in every state, so that it also covers what happens
// after the outcome was decided.
func honestOutcome(s *State) bool {
	for i := range s.Result {
		handled := s.Session.Handled[i]
		switch s.Result[i].Outcome {
		case protocol.Replied:
			if handled != 1 {
				return false
			}
		case protocol.NotSent:
			if handled != 0 {
				return false
			}
		case protocol.Unknown:
			if handled > 1 {
				return false
			}
		}
	}
	return true
}

func conservation(s *State) bool {
	return int(s.Accepted) == int(s.Buffer.N)+s.Flight.size()+s.resolved()
}

// window: a message in flight holds a slot, so that in Sync one slot also
// means one in flight.
func (m machine) window(s *State) bool {
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if s.Flight.has(seq) && s.Slot[seq-1] == 0 {
			return false
		}
	}
	return s.slots() <= m.Window
}

// epoch: a reply resolves only the message of its seq, and that only if it was
// received on the link that carried it.
func epoch(from *State, l model.Label, to *State) bool {
	if l.Action != Receive && l.Action != Late || to.Crashed {
		return true
	}
	for i := range to.Result {
		if to.Result[i] != from.Result[i] && (l.Args[1] != int16(i+1) || l.Args[0] != int16(from.Slot[i])) {
			return false
		}
	}
	return true
}

// oneLink: at most one link is up, and it is the newest.
func oneLink(s *State) bool {
	for e := 1; e < int(s.Epoch); e++ {
		if s.Links[e-1].Remote == linkUp || s.Links[e-1].Remote == linkConnecting {
			return false
		}
	}
	return true
}

// openLink: a send begins on the link that is up; what resolves a message is
// read by the link's own listener while the link is up. A crash is for no-crash
// to judge.
func openLink(from *State, l model.Label, to *State) bool {
	switch l.Action {
	case Send:
		return from.current() == uint8(l.Args[0])
	case Receive:
		k := from.link(uint8(l.Args[0]))
		listens := k.Listener == listenerRuns || k.Listener == listenerChecked
		return to.Crashed || k.Remote == linkUp && listens
	}
	return true
}

// noIdleWait counts the slots itself: it does not ask whether the messenger
// would send.
func (m machine) noIdleWait(s *State) bool {
	return s.Buffer.N == 0 || s.current() == 0 || s.slots() >= m.Window || !m.atRest(s)
}

func (m machine) bounded(s *State) bool {
	if int(s.Buffer.N) > m.Buffer || int(s.Accepted)-s.begun() > m.Window+m.Buffer {
		return false
	}
	for i := range s.Links {
		if int(s.Links[i].Up.N) > m.Wire || int(s.Links[i].Down.N) > m.Wire {
			return false
		}
	}
	return true
}

func closeComplete(s *State) bool {
	return s.Closing != closeEnded || s.Buffer.N == 0 && s.Flight == 0 && s.resolved() == int(s.Accepted)
}

// quiet: after Close has returned no goroutine of the Remote is left but
// dispatches in the caller's code.
func quiet(s *State) bool {
	if s.Closing != closeEnded {
		return true
	}
	for i := range s.Links {
		l := &s.Links[i]
		if l.Remote == linkUp || l.Remote == linkConnecting || l.Listener == listenerRuns || l.Listener == listenerChecked {
			return false
		}
	}
	return s.Messenger != messengerConnecting && s.Messenger != messengerWriting
}

// noEvent: after Close has returned the Remote takes no step, and a Close that
// had time left waits for the dispatch that is running.
func noEvent(from *State, l model.Label, _ *State) bool {
	if l.Action == CloseEnd && from.Closing == closeDrains && from.Dispatching != 0 {
		return false
	}
	return from.Closing != closeEnded || l.Action > lastRemote && l.Action != Accept
}

func noCrash(s *State) bool { return !s.Crashed }

// answered is the law's shadow in safety: where nothing but callers, network
// and time can bring a change, no handler runs and no dispatch, everything
// accepted is resolved, and dispatched unless the time of Close is up.
func (m machine) answered(s *State) bool {
	waits := s.resolved() < int(s.Accepted) || s.Undispatched.N > 0 && s.Closing < closeExpired
	return !waits || s.Crashed || s.Session.Handler == handlerRuns || s.Dispatching != 0 || !m.atRest(s)
}

// drainsAll: a Close that had time left returns only once every outcome was
// dispatched.
func drainsAll(from *State, l model.Label, _ *State) bool {
	return l.Action != CloseEnd || from.Closing != closeDrains || from.Undispatched.N == 0
}
