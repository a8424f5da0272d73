package remotespec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// order: a handler begins for a message that was never begun, and newer than
// all that were, in whatever memory of the peer.
func order(_ *State, l model.Label, to *State) bool {
	if l.Action != HandleBegin {
		return true
	}
	seq := to.Session.Seq
	for i := seq; i < maxMessages; i++ {
		if to.Session.Handled[i] != 0 {
			return false
		}
	}
	return to.Session.Handled[seq-1] == 1
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

// epoch: a step that reads replies resolves only messages that the frame at the
// head of its own link's wire names; in AtMostOnce the link must have carried
// them.
func (m machine) epoch(from *State, l model.Label, to *State) bool {
	if l.Action != Receive && l.Action != Late || to.Crashed {
		return true
	}
	e := uint8(l.Args[0])
	f := from.link(e).Down.At[0]
	for i := range to.Result {
		if to.Result[i] == from.Result[i] {
			continue
		}
		if !f.names(uint8(i)+1) || !m.resumes() && from.Slot[i] != e {
			return false
		}
	}
	return true
}

// noLoss: in Resume a message that does not end Replied was given up by its
// deadline, its time to live or a forced Close; or it had been handed to a
// memory of the peer that is not the one that answers now. It asks for the
// message's own reason, so that it says more than the law's sentence: a memory
// that was lost once excuses nothing that was sent to the next.
func noLoss(from *State, l model.Label, to *State) bool {
	for i := range to.Result {
		r := to.Result[i]
		if r.Outcome == from.Result[i].Outcome || r.Outcome == protocol.Replied {
			continue
		}
		excused := false
		switch r.Reason {
		case protocol.MemoryLost:
			excused = l.Action == Welcome && r.Outcome == protocol.Unknown && from.Slot[i] != to.Memory
		case protocol.Deadline:
			excused = l.Action == Deadline && int(l.Args[0]) == i+1
		case protocol.TimeToLive:
			excused = l.Action == TimeToLive && int(l.Args[0]) == i+1
		case protocol.Closed:
			excused = l.Action == CloseExpire
		}
		if !excused {
			return false
		}
	}
	return true
}

// noNeedlessLoss: in AtMostOnce a message that does not end Replied was in
// flight on a link that the network broke, asked for an attempt that the network
// refused, came while a delay ran, or was given up by its deadline, its time to
// live or a forced Close.
func noNeedlessLoss(from *State, l model.Label, to *State) bool {
	for i := range to.Result {
		r := to.Result[i]
		if r.Outcome == from.Result[i].Outcome || r.Outcome == protocol.Replied {
			continue
		}
		excused := false
		switch r.Reason {
		case protocol.Offline:
			excused = l.Action == Refuse || l.Action == Resolve && from.Backoff
		case protocol.LinkLost:
			excused = l.Action == LinkDown && from.link(uint8(l.Args[0])).Broken
		case protocol.Deadline:
			excused = l.Action == Deadline && int(l.Args[0]) == i+1
		case protocol.TimeToLive:
			excused = l.Action == TimeToLive && int(l.Args[0]) == i+1
		case protocol.Closed:
			excused = l.Action == CloseExpire
		}
		if !excused {
			return false
		}
	}
	return true
}
