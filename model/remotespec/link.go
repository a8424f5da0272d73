package remotespec

import "github.com/weir-dev/weir/protocol"

// link is one generation of the stream, seen from both ends.
type link struct {
	// Remote is the link at the Remote.
	Remote remoteEnd
	// Listener is the goroutine that reads Down.
	Listener listener
	// Peer is the link at the peer.
	Peer peerEnd
	// Broken is whether nothing put on the wire arrives any more, because the
	// network lost the link or an end closed it. Each end finds out by itself,
	// and may before that still read what was on the wire.
	Broken bool
	// Up carries the hello and messages, Down replies.
	Up, Down wire
}

// remoteEnd is the state of a link at the Remote.
type remoteEnd uint8

const (
	linkUnused remoteEnd = iota
	linkConnecting
	linkUp
	linkEnded
)

// canLose is whether the network may lose the link of epoch e now.
func (s *State) canLose(e uint8) bool {
	l := s.link(e)
	return s.Losses > 0 && !l.Broken && l.Remote == linkUp
}

func (s *State) lose(e uint8) {
	s.link(e).Broken = true
	s.Losses--
}

// endLink ends the link that is up, in one step: what was in flight on it is
// resolved, its slots are free, the backoff begins. The listener is told by
// the stream and ends by itself.
func (m machine) endLink(s *State, why protocol.Reason) {
	l := s.link(s.Epoch)
	l.Remote, l.Broken = linkEnded, true
	s.Backoff = true
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if !s.Flight.has(seq) {
			continue
		}
		s.Flight.drop(seq)
		if m.Variant != R31 {
			s.resolve(seq, protocol.Unknown, why, 0)
		}
	}
	s.Slot = [maxMessages]uint8{}
}
