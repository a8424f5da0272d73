package gatewayspec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// Which attachment of its host a frame is read from.
const (
	newest     = 0
	superseded = 1
)

// canRead is whether the reader of that attachment of h has a frame to take.
// It never waits for anything else.
func (m machine) canRead(s *State, h, from int) bool {
	k := &s.Hosts[h]
	if from == superseded {
		return k.Old.N > 0
	}
	return k.Attached && k.Up.N > 0 && !(m.Variant == G28 && k.Paused)
}

// standing says what an attempt is to the host that speaks about it.
type standing uint8

const (
	// stranger: it was never sent to this host, or is answered.
	stranger standing = iota
	// holds: its reservation is live in the attachment that it is read from.
	holds
	// late: it is not answered, and holds no reservation.
	isLate
)

// standing is asked before a frame of h is believed. An answer on a newer
// attachment for an attempt of an older one is late.
func (m machine) standing(s *State, a, h, from int) standing {
	if a == nobody {
		return stranger
	}
	t := &s.Attempts[a]
	if m.Variant == G45 {
		switch t.Entry {
		case entryLive:
			return holds
		case entryFree:
			return stranger
		}
		return isLate
	}
	switch {
	case int(t.Host) != h:
		return stranger
	case t.Entry == entryLive && t.Sent && !t.Past && from == newest:
		return holds
	case t.Entry == entryAbandoned && !t.Past && from == newest, t.Entry == entryLost:
		return isLate
	}
	return stranger
}

// read adds the step of a reader that takes a frame.
func (m machine) read(s *State, x *model.Next[State], h, from int) {
	f := s.Hosts[h].Up.At[0]
	if from == superseded {
		f = s.Hosts[h].Old.At[0]
	}
	a := f.attempt()
	stands := m.standing(s, a, h, from)
	var t *State
	switch kind := f.kind(); {
	case kind == frameReady:
		t = x.Do(Ready, h, from)
		m.pop(t, h, from)
		m.hearReady(t, h, from)
	case kind == frameDrain:
		t = x.Do(Drain, h, from)
		m.pop(t, h, from)
		m.hearDrain(t, h, from)
	case stands == stranger:
		t = x.Do(Rejected, a, h, from)
		m.pop(t, h, from)
		t.counted(h)
	case kind == frameRefuse:
		t = x.Do(Refuse, a, h, from)
		m.pop(t, h, from)
		m.hearRefuse(t, a, h, from, stands)
	case stands == holds:
		t = x.Do(Reply, a, h, from)
		m.pop(t, h, from)
		m.credit(t, a, h, kind)
	default:
		t = x.Do(Late, a, h, from)
		m.pop(t, h, from)
		m.late(t, a, h, from)
	}
	m.tidy(t)
}

// pop takes a frame off its wire. What is about an attempt has to be counted.
func (m machine) pop(s *State, h, from int) {
	w := &s.Hosts[h].Up
	if from == superseded {
		w = &s.Hosts[h].Old
	}
	if kind := w.pop().kind(); kind != frameReady && kind != frameDrain {
		s.Hosts[h].Uncounted++
	}
}

// counted counts a message about an attempt as credited, late, refusal or
// rejected.
func (s *State) counted(h int) { s.Hosts[h].Uncounted-- }

// credit ends a request with the answer of its live attempt.
func (m machine) credit(s *State, a, h int, kind frame) {
	s.counted(h)
	switch {
	case kind != frameError:
		m.release(s, a, protocol.ByReply)
	case m.Variant != G09:
		m.release(s, a, protocol.ByErrorReply)
	}
	s.end(a / maxAttempts)
	s.Hosts[h].Refusing = false // it has finished an attempt
}

// late takes an answer that holds no reservation off what is owed.
func (m machine) late(s *State, a, h, from int) {
	if m.Variant != G36 {
		s.counted(h)
	}
	m.acknowledge(s, a)
	if m.Variant == G35 {
		s.end(a / maxAttempts)
	}
	m.hearReady(s, h, from)
}

// hearRefuse takes back an attempt that the host did not begin. For one that
// was given up before, it is the answer.
func (m machine) hearRefuse(s *State, a, h, from int, stands standing) {
	s.counted(h)
	if from == newest {
		s.Hosts[h].Refusing = true
	}
	s.Attempts[a].Refused = true
	if stands == holds {
		m.release(s, a, protocol.Refused)
		if m.Variant == G32 {
			s.Attempts[a] = attempt{}
		}
		m.again(s, a/maxAttempts)
	} else {
		m.acknowledge(s, a)
	}
}

// hearReady ends the effect of a refusal on the attachment that says so.
func (m machine) hearReady(s *State, h, from int) {
	if from == newest {
		s.Hosts[h].Refusing = false
		m.wake(s)
	}
}

// hearDrain gives back what was not sent yet.
func (m machine) hearDrain(s *State, h, from int) {
	if from != newest {
		return
	}
	s.Hosts[h].Draining = true
	for a := range s.Attempts {
		if t := &s.Attempts[a]; s.at(a, h) && t.Entry == entryLive && !t.Sent {
			m.release(s, a, protocol.Draining)
			m.requeue(s, a/maxAttempts)
		}
	}
}
