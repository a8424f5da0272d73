package remotespec

import "github.com/weir-dev/weir/protocol"

// canDispatch is whether the dispatch of the outcome at place i may begin: one
// at a time, in the order in which they were resolved, and none once the time
// of Close is up.
func (m machine) canDispatch(s *State, i uint8) bool {
	if i >= s.Undispatched.N || s.Closing >= closeExpired {
		return false
	}
	return m.Variant == R42 || i == 0 && s.Dispatching == 0
}

// beginDispatch frees the slot of a reply, and of nothing else: until here a
// slow dispatcher holds the window, so that replies cannot pile up. Why the
// message ended is asked no more.
func (s *State) beginDispatch(i uint8) {
	seq := s.Undispatched.remove(i)
	s.Dispatching.add(seq)
	r := &s.Result[seq-1]
	r.Reason = protocol.ReasonNone
	if r.Outcome == protocol.Replied {
		s.freeSlot(seq)
		s.LastReply = seq
	}
}

func (s *State) endDispatch(seq uint8) {
	s.Dispatching.drop(seq)
	s.Sent = false
}

// canDispatchSend is whether the running dispatch of a message may call Send
// with its ctx.
func (m machine) canDispatchSend(s *State, seq uint8) bool {
	return s.Dispatching.has(seq) && !s.Waiting && s.Left.Sends > 0 && m.wantsToSend(s)
}

// extraPlaces is how many places a dispatcher that sends has beside those of
// callers.
func (m machine) extraPlaces() int {
	if m.rule == noExtraPlace {
		return 0
	}
	return 1
}

// sendOutcome is what comes of such a Send: it may use one place more than
// callers have, and only the first in a Replied dispatch waits for it, because
// only that dispatch has freed a slot, by which the buffer moves on.
func (m machine) sendOutcome(s *State, seq uint8) int {
	switch {
	case m.admits(s, m.extraPlaces()):
		return sendAccepted
	case !s.Sent && s.Result[seq-1].Outcome == protocol.Replied, m.rule == everySendWaits:
		return sendWaits
	}
	return sendRefused
}

func (s *State) dispatchSend(out int) {
	s.Sent = true
	spend(&s.Left.Sends)
	switch out {
	case sendAccepted:
		s.accept()
	case sendWaits:
		s.Waiting = true
	}
}

// canAdmit is whether the Send that waits has its place.
func (m machine) canAdmit(s *State) bool { return s.Waiting && m.admits(s, m.extraPlaces()) }

func (s *State) admit() {
	s.Waiting = false
	s.accept()
}
