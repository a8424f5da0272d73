package gatewayspec

import "github.com/weir-dev/weir/protocol"

// host is a host and its attachment, seen from both ends.
type host struct {
	// Epoch is that of its newest attachment.
	Epoch uint8
	// Attached is the attachment as the gateway sees it, Online as the host
	// does: each finds out by itself that the stream has broken.
	Attached, Online bool
	// Broken is whether nothing put on the wire arrives any more. What was on
	// it before may still be read.
	Broken bool
	// Reserved and Abandoned are the gateway's counts.
	Reserved, Abandoned int8
	// Paused is whether nothing more is reserved at it.
	Paused bool
	// Down carries requests and cancels, Up answers.
	Down, Up wire
	// Old is what a superseded attachment had on its way up, and OldEpoch its
	// epoch: its reader has not ended yet.
	Old      wire
	OldEpoch uint8
}

// work is what a host does with an attempt.
type work uint8

const (
	workNone work = iota
	// workQueued: it has come and waits for capacity.
	workQueued
	workRuns
	// workTold: it runs and was told to stop.
	workTold
	// workAnswers: there is an answer, which waits for the stream.
	workAnswers
	workDone
)

// running counts the handlers of h, those of ended attachments included: they
// use its capacity until they have returned.
func (s *State) running(h int) int {
	n := 0
	for a := range s.Attempts {
		t := &s.Attempts[a]
		if int(t.Host) == h && (t.Work == workRuns || t.Work == workTold) {
			n++
		}
	}
	return n
}

// works is whether h has anything left to do or to say about its attachment.
func (s *State) works(h int) bool {
	for a := range s.Attempts {
		if w := s.Attempts[a].Work; s.at(a, h) && w != workNone && w != workDone {
			return true
		}
	}
	return false
}

// canDeliver is whether a frame has come to host h. Its reader never waits for
// a handler, so that a cancel is read also when the host is full.
func (s *State) canDeliver(h int) bool { return s.Hosts[h].Online && s.Hosts[h].Down.N > 0 }

// begins is whether the frame that comes to h next is a request whose handler
// can start at once.
func (m machine) begins(s *State, h int) bool {
	return s.Hosts[h].Down.At[0].kind() == frameRequest && s.running(h) < m.Limit
}

// deliver takes a frame from the wire.
func (m machine) deliver(s *State, h int) {
	begins := m.begins(s, h)
	f := s.Hosts[h].Down.pop()
	t := &s.Attempts[f.attempt()]
	switch {
	case begins:
		t.Work = workRuns
	case f.kind() == frameRequest:
		t.Work = workQueued
	case t.Work == workQueued:
		m.answer(s, f.attempt()) // unstarted, but answered all the same
	case t.Work == workRuns:
		t.Work = workTold
	}
}

// canBegin is whether h may start the handler of a, which had to wait. In
// which order it works off what waits is its own affair.
func (m machine) canBegin(s *State, a int) bool {
	return s.Attempts[a].Work == workQueued && s.running(int(s.Attempts[a].Host)) < m.Limit
}

// canFinish is whether a handler runs, which may return at any time.
func (t *attempt) canFinish() bool { return t.Work == workRuns || t.Work == workTold }

// finish ends a handler. An answer belongs to the attachment that brought the
// request: if that has ended, so has the answer.
func (m machine) finish(s *State, a int) {
	h := int(s.Attempts[a].Host)
	if s.Attempts[a].Epoch != s.Hosts[h].Epoch || !s.Hosts[h].Online {
		s.Attempts[a].Work = workDone
		return
	}
	m.answer(s, a)
}

// answer hands the answer to the stream, or lets it wait for room there.
func (m machine) answer(s *State, a int) {
	s.Attempts[a].Work = workAnswers
	if m.canAnswer(s, a) {
		s.reply(a)
	}
}

// canAnswer is whether the stream takes the answer to a.
func (m machine) canAnswer(s *State, a int) bool {
	t := &s.Attempts[a]
	return t.Work == workAnswers && (s.Hosts[t.Host].Broken || int(s.Hosts[t.Host].Up.N) < m.Wire)
}

func (s *State) reply(a int) {
	k := &s.Hosts[s.Attempts[a].Host]
	if !k.Broken {
		k.Up.push(newFrame(frameAnswer, a))
	}
	s.Attempts[a].Work = workDone
}

// canForge is whether h may make up an answer to a: to an attempt of another
// host, or once more to one that it has answered.
func (s *State) canForge(h, a int) bool {
	t := &s.Attempts[a]
	return s.Forgeries > 0 && s.Hosts[h].Online && !s.Hosts[h].Broken && t.Sent &&
		(int(t.Host) != h || t.Work == workDone)
}

func (s *State) forge(h, a int) {
	s.Forgeries--
	s.Hosts[h].Up.push(newFrame(frameForged, a))
}

// canNotice is whether the stream may tell the host that it is broken.
func (k *host) canNotice() bool { return k.Online && k.Broken }

// notice ends the attachment at the host: what waits is dropped, and handlers
// are told to stop.
func (s *State) notice(h int) {
	k := &s.Hosts[h]
	k.Online = false
	k.Down.clear()
	for a := range s.Attempts {
		t := &s.Attempts[a]
		if int(t.Host) != h || t.Epoch != k.Epoch {
			continue
		}
		switch t.Work {
		case workQueued, workAnswers:
			t.Work = workDone
		case workRuns:
			t.Work = workTold
		}
	}
}

// canAttach is whether h may dial again. One superseded attachment at a time
// is enough: the reader of an older one has ended by then.
func (s *State) canAttach(h int) bool {
	k := &s.Hosts[h]
	return !k.Online && k.OldEpoch == 0 && s.Closing < closeExpired && !s.tearsDown()
}

// attach begins a new attachment. If the gateway has not noticed the end of
// the old one, that is detached in the same step, and its reader may go on for
// a while.
func (m machine) attach(s *State, h int) {
	k := &s.Hosts[h]
	if k.Attached {
		k.Old, k.OldEpoch = k.Up, k.Epoch
		m.detach(s, h)
	}
	k.Epoch++
	k.Attached, k.Online, k.Broken = true, true, false
	k.Up.clear()
	k.Down.clear()
	if m.Variant != G10 {
		k.Paused = false
	}
}

// detach ends the attachment at the gateway: every reservation of its epoch is
// released once.
func (m machine) detach(s *State, h int) {
	k := &s.Hosts[h]
	k.Broken = true
	k.Up.clear()
	if m.Variant == G10 {
		k.Attached = false
		return
	}
	for a := range s.Attempts {
		t := &s.Attempts[a]
		if !s.at(a, h) {
			continue
		}
		t.Tell = false
		switch t.Entry {
		case entryLive:
			m.release(s, a, protocol.Detached)
			m.requeue(s, a/maxAttempts)
		case entryAbandoned:
			t.Entry = entrySettled
		}
	}
	k.Attached, k.Paused, k.Abandoned = false, false, 0
}
