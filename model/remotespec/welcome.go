package remotespec

import "github.com/weir-dev/weir/protocol"

// welcome takes the Welcome that has come on link e. On a link that has ended
// it changes nothing. The peer that answers has another memory than last time:
// whatever was handed to a stream may have been handled and ends Unknown.
// Otherwise what it has not begun is sent again, and the rest of the flight
// waits for the reply that the peer keeps.
//
// The memory id alone decides. A last seq handled below what was acknowledged
// says the same, if only what this memory was told counts as acknowledged;
// what another memory was told stays above what this one has handled, and
// would make a loss of it out of every link that is lost early.
func (m machine) welcome(s *State, e uint8) {
	l := s.link(e)
	f := l.Down.pop()
	if !l.up() {
		return
	}
	l.Remote = linkUp
	memory := f.memory() + 1
	lost := s.Memory != 0 && s.Memory != memory
	if m.rule == anyAcknowledgement && f.number() < s.Received {
		lost = true
	}
	if lost && m.Variant != R63 {
		s.loseFlight(protocol.MemoryLost)
		s.freeResolved()
	}
	s.Memory = memory
	s.Resend = s.Flight.above(f.number())
	if m.Variant == R61 {
		s.Resend = 0
	}
}
