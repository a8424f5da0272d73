package gatewayspec

import "github.com/weir-dev/weir/protocol"

// canWrite is whether the stream of h has room. One that is broken takes
// everything.
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

// send marks the attempt as sent and hands it over.
func (m machine) send(s *State, a int) {
	t := &s.Attempts[a]
	t.Sent = true
	s.write(int(t.Host), newFrame(frameRequest, a))
	if m.Variant == G39 {
		c := m.counts(s, int(t.Host))
		c.Reserve()
		m.keep(s, int(t.Host), c)
	}
}

func (s *State) write(h int, f frame) {
	if !s.Hosts[h].Broken {
		s.Hosts[h].Down.push(f)
	}
}

// canFail is whether the write of a may fail: the stream has broken.
func (m machine) canFail(s *State, a int) bool {
	return m.WriteFailures && m.canSend(s, a) && s.Hosts[s.Attempts[a].Host].Broken
}

// fail is a write that fails. The attempt counts as sent, because part of it
// may have arrived, and the attachment ends in the same step.
func (m machine) fail(s *State, a int) {
	t := &s.Attempts[a]
	t.Sent = true
	if m.Variant == G08 {
		t.Entry = entryLost
		m.again(s, a/maxAttempts)
		return
	}
	m.release(s, a, protocol.WriteFailed)
	m.again(s, a/maxAttempts)
	if m.Variant != G11 {
		m.detach(s, int(t.Host))
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
