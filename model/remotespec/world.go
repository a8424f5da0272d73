package remotespec

import "github.com/weir-dev/weir/protocol"

// canTimeOut is whether the deadline of a message may pass now.
func (s *State) canTimeOut(seq uint8) bool {
	return s.Left.Deadlines > 0 && s.Closing < closeExpired && s.Result[seq-1].Outcome == protocol.OutcomeNone
}

// timeOut ends a message by its deadline. It keeps its slot if the link that is
// up has carried it, because the peer is still at work. If none has, no late
// reply need ever come, and the slot is free at once.
func (m machine) timeOut(s *State, seq uint8) {
	spend(&s.Left.Deadlines)
	if i := s.Buffer.find(seq); i < s.Buffer.N {
		s.Buffer.remove(i)
		s.resolve(seq, protocol.NotSent, protocol.Deadline, 0)
		return
	}
	s.Flight.drop(seq)
	s.Resend.drop(seq)
	s.resolve(seq, protocol.Unknown, protocol.Deadline, 0)
	if m.Variant == R48 || m.resumes() && !s.Carried.has(seq) && m.rule != everySlotStays {
		s.freeSlot(seq)
	}
}

// canOutlive is whether the time to live of a message may pass now: it counts
// until the message is in flight.
func (s *State) canOutlive(seq uint8) bool {
	return s.Left.TimesToLive > 0 && s.Buffer.find(seq) < s.Buffer.N
}

func (s *State) outlive(seq uint8) {
	spend(&s.Left.TimesToLive)
	s.Buffer.remove(s.Buffer.find(seq))
	s.resolve(seq, protocol.NotSent, protocol.TimeToLive, 0)
}

// canRepeat is whether a faulty link may bring the frame that was written last
// twice.
func (m machine) canRepeat(s *State, e uint8) bool {
	l := s.link(e)
	return s.Left.Repeats > 0 && l.Up.N > 0 && int(l.Up.N) < m.Wire && l.Up.At[l.Up.N-1].size() > 0
}

func (s *State) repeat(e uint8) {
	spend(&s.Left.Repeats)
	w := &s.link(e).Up
	w.push(w.At[w.N-1])
}
