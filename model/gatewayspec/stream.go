package gatewayspec

import "github.com/weir-dev/weir/protocol"

// canWrite is whether the stream of h has room.
func (m machine) canWrite(s *State, h int) bool {
	k := &s.Hosts[h]
	return k.Attached && (k.Broken || int(k.Down.N) < m.Wire)
}

// canSend is whether the writer of h may hand over the request of a: only
// under a live reservation.
func (m machine) canSend(s *State, a int) bool {
	t := &s.Attempts[a]
	return t.Entry == entryLive && !t.Sent && s.at(a, int(t.Host)) && m.canWrite(s, int(t.Host))
}

// send marks the attempt as sent and hands it over. A stream that is broken
// takes everything.
func (s *State) send(a int) {
	t := &s.Attempts[a]
	t.Sent = true
	s.write(int(t.Host), newFrame(frameRequest, a))
}

func (s *State) write(h int, f frame) {
	if !s.Hosts[h].Broken {
		s.Hosts[h].Down.push(f)
	}
}

// canTell is whether the writer may tell the host to stop an attempt.
func (m machine) canTell(s *State, a int) bool {
	t := &s.Attempts[a]
	return t.Tell && s.at(a, int(t.Host)) && m.canWrite(s, int(t.Host))
}

func (s *State) tell(a int) {
	t := &s.Attempts[a]
	t.Tell = false
	s.write(int(t.Host), newFrame(frameCancel, a))
}

// sort says what an answer is that the reader of h reads from the attachment
// of epoch e: credited to the live reservation of its attempt, late, or about
// something that this attachment does not hold.
func (m machine) sort(s *State, f frame, h int, e uint8) (credit, late bool) {
	t := &s.Attempts[f.attempt()]
	if m.Variant == G45 {
		return t.Entry == entryLive, t.Entry != entryLive
	}
	if t.Entry == entryFree || int(t.Host) != h || t.Epoch != e {
		return false, false
	}
	return t.Entry == entryLive, t.Entry != entryLive
}

// credit ends a request with the answer of its live attempt.
func (m machine) credit(s *State, f frame) {
	a := f.attempt()
	m.release(s, a, protocol.ByReply)
	s.end(a/maxAttempts, protocol.ByReply)
}

// late takes an answer that holds no reservation off the abandoned ones, if it
// still counts there.
func (m machine) late(s *State, f frame) {
	if s.Attempts[f.attempt()].Entry == entryAbandoned {
		m.acknowledge(s, f.attempt())
	}
}
