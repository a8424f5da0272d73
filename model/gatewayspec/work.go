package gatewayspec

// work is what a host does with an attempt.
type work uint8

const (
	workNone work = iota
	// workQueued: it has come and waits for capacity.
	workQueued
	workRuns
	// workTold: it runs and was told to stop.
	workTold
	// workAnswers, workFails and workRefuses: there is an answer, an error or a
	// refusal, which waits for the stream.
	workAnswers
	workFails
	workRefuses
	workDone
)

// runs is whether a handler is at work.
func (w work) runs() bool { return w == workRuns || w == workTold }

// says is whether there is something to say to the gateway.
func (w work) says() bool { return w == workAnswers || w == workFails || w == workRefuses }

// running counts the handlers of h, those of ended attachments included: they
// use its capacity until they have returned.
func (s *State) running(h int) int {
	n := 0
	for a := range s.Attempts {
		if t := &s.Attempts[a]; int(t.Host) == h && t.Work.runs() {
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
	k := &s.Hosts[h]
	return k.Down.At[0].kind() == frameRequest && !k.Leaving && s.running(h) < m.Limit
}

// deliver takes a frame from the wire.
func (m machine) deliver(s *State, h int) {
	begins := m.begins(s, h)
	f := s.Hosts[h].Down.pop()
	a := f.attempt()
	t := &s.Attempts[a]
	switch {
	case begins:
		t.Work = workRuns
	case f.kind() == frameRequest && s.Hosts[h].Leaving:
		m.say(s, a, workRefuses) // it has crossed Drain
	case f.kind() == frameRequest:
		t.Work = workQueued
	case t.Work == workQueued:
		m.say(s, a, workAnswers) // unstarted, but answered all the same
	case t.Work == workRuns:
		t.Work = workTold
	}
}

// canRefuse is whether h may give the request that has come back as busy.
func (s *State) canRefuse(h int) bool {
	k := &s.Hosts[h]
	return s.World.Refusals > 0 && s.canDeliver(h) && !k.Leaving && k.Down.At[0].kind() == frameRequest
}

func (m machine) refuse(s *State, h int) {
	spend(&s.World.Refusals)
	f := s.Hosts[h].Down.pop()
	s.Hosts[h].Busy = true
	m.say(s, f.attempt(), workRefuses)
}

// canBegin is whether h may start the handler of a, which had to wait. In
// which order it works off what waits is its own affair.
func (m machine) canBegin(s *State, a int) bool {
	return s.Attempts[a].Work == workQueued && s.running(int(s.Attempts[a].Host)) < m.Limit
}

// finish ends a handler. An answer belongs to the attachment that brought the
// request: if that has ended, the host may drop it or send it on the next.
func (m machine) finish(s *State, a int, answer work) {
	t := &s.Attempts[a]
	if !s.Hosts[t.Host].Online || t.Past && !m.LateAnswers {
		t.Work = workDone
		return
	}
	m.say(s, a, answer)
}

// say hands an answer to the stream, or lets it wait for room there.
func (m machine) say(s *State, a int, answer work) {
	s.Attempts[a].Work = answer
	if m.canSay(s, a) {
		s.reply(a)
	}
}

// canSay is whether the stream takes what there is to say about a.
func (m machine) canSay(s *State, a int) bool {
	t := &s.Attempts[a]
	return t.Work.says() && m.hasRoom(s, int(t.Host))
}

// hasRoom is whether the stream takes a frame of h. One that is broken takes
// everything.
func (m machine) hasRoom(s *State, h int) bool {
	return s.Hosts[h].Broken || int(s.Hosts[h].Up.N) < m.Wire
}

func (s *State) reply(a int) {
	t := &s.Attempts[a]
	kind := frameAnswer
	switch t.Work {
	case workFails:
		kind = frameError
	case workRefuses:
		kind = frameRefuse
	}
	s.Hosts[t.Host].tell(newFrame(kind, a))
	t.Work = workDone
}

// tell puts a frame on the way to the gateway.
func (k *host) tell(f frame) {
	if !k.Broken {
		k.Up.push(f)
	}
}

// canReady is whether h may say that it takes requests again: it has refused
// one, and there is room.
func (m machine) canReady(s *State, h int) bool {
	k := &s.Hosts[h]
	return k.Online && k.Busy && !k.Leaving && m.hasRoom(s, h) && s.running(h) < m.Limit
}

// ready says Ready.
func (k *host) ready() {
	k.Busy = false
	k.tell(newFrame(frameReady, 0))
}

// canDrain is whether h may say that it leaves.
func (m machine) canDrain(s *State, h int) bool {
	k := &s.Hosts[h]
	return s.World.Drains > 0 && k.Online && !k.Leaving && m.hasRoom(s, h)
}

func (s *State) drain(h int) {
	spend(&s.World.Drains)
	s.Hosts[h].Leaving, s.Hosts[h].Busy = true, false
	s.Hosts[h].tell(newFrame(frameDrain, 0))
}

// canLeave is whether h, which has said so, has nothing left to do and may end
// the stream.
func (s *State) canLeave(h int) bool {
	k := &s.Hosts[h]
	return k.Online && k.Leaving && !k.Broken && !s.works(h)
}

// leave ends the stream in peace.
func (k *host) leave() {
	k.Online, k.Broken = false, true
	k.Down.clear()
}

// canForge is whether h may make up an answer to a: to an attempt of another
// host, once more to one that it has answered, or to one that nobody has. One
// that was never sent is nobody's: its number, which here is given again if it
// is released unsent, was never told to anyone. And so is one that is over.
func (m machine) canForge(s *State, h, a int) bool {
	k := &s.Hosts[h]
	if s.World.Forgeries == 0 || !k.Online || k.Broken || int(k.Up.N) >= m.Wire {
		return false
	}
	if a == nobody {
		return true
	}
	t := &s.Attempts[a]
	return t.Sent && (int(t.Host) != h || t.Work == workDone) && !s.history(a)
}

func (s *State) forge(h, a int) {
	spend(&s.World.Forgeries)
	s.Hosts[h].tell(newFrame(frameForged, a))
}

// canNotice is whether the stream may tell the host that it is broken.
func (k *host) canNotice() bool { return k.Online && k.Broken }

// notice ends the attachment at the host: what waits is dropped, and handlers
// are told to stop.
func (s *State) notice(h int) {
	k := &s.Hosts[h]
	k.Online, k.Leaving, k.Busy = false, false, false
	k.Down.clear()
	for a := range s.Attempts {
		t := &s.Attempts[a]
		switch {
		case int(t.Host) != h:
		case t.Work == workQueued || t.Work.says():
			t.Work = workDone
		case t.Work == workRuns:
			t.Work = workTold
		}
	}
}
