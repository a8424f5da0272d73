package remotespec

import "github.com/weir-dev/weir/model"

// machine is the protocol within its bounds: the receiver of every step that
// depends on them.
type machine struct{ Params }

// Spec returns the spec of the Remote at a size. It panics if p is not valid;
// ask [Params.Validate] first where p comes from outside.
func Spec(p Params) *model.Spec[State] {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	m := machine{p}
	sp := &model.Spec[State]{
		Name:    "remote",
		Size:    p.Name,
		Init:    []State{m.initial()},
		Next:    m.next,
		Actions: actionNames[:],
		Dormant: m.dormant(),
		Laws:    m.laws(),
		Format:  format,
		ArgName: argName,
		Parties: parties,
	}
	if !p.Runs {
		sp.Done = m.done // a law on whole runs says more than that
	}
	return sp
}

func (m machine) initial() State {
	return State{Left: budgets{
		Refusals: budget(m.Refusals), Losses: budget(m.Losses), Forgets: budget(m.Forgets), Repeats: budget(m.Repeats),
		Deadlines: budget(m.Deadlines), TimesToLive: budget(m.TimesToLive), Sends: budget(m.Sends),
	}}
}

func budget(n int) uint8 {
	if n == Unlimited {
		return unlimited
	}
	return uint8(n)
}

// dormant lists the actions that this size, or a spec without a bug, does not
// have.
func (m machine) dormant() []model.Action {
	var out []model.Action
	for _, d := range []struct {
		action model.Action
		lives  bool
	}{
		{Greet, m.Variant == R01},
		{Welcome, m.resumes()},
		{Ack, m.resumes()},
		{Late, m.canBeLate() || m.canBeDouble()},
		{Resolve, !m.resumes() && (m.Refusals != 0 || m.Losses != 0 || m.Forgets != 0)},
		{Admit, m.Sends > 1 && m.Messages > m.Window+m.Buffer+2},
		{CheckOnline, m.Variant == R05},
		{Deliver, m.resumes()},
		{Suppress, !m.resumes() && m.Repeats > 0},
		{ReaderEnd, m.Goroutines && (m.Close || m.Losses != 0 || m.Forgets != 0)},
		{PeerLinkDown, m.Close || m.Losses != 0 || m.Forgets != 0},
		{ListenerEnd, m.Close || m.Losses != 0 || m.Forgets != 0},
		{LinkDown, m.Close || m.Losses != 0 || m.Forgets != 0},
		{DispatchSend, m.Sends > 0},
		{Refuse, m.Refusals != 0},
		{Lose, m.Losses != 0},
		{Steady, m.canBeSteady()},
		{Repeat, m.Repeats > 0},
		{Forget, m.Forgets > 0},
		{Deadline, m.Deadlines > 0},
		{TimeToLive, m.TimesToLive > 0},
		{BackoffOver, m.Close || m.Refusals != 0 || m.Losses != 0 || m.Forgets != 0},
		{CloseBegin, m.Close},
		{CloseExpire, m.Close},
		{CloseEnd, m.Close},
	} {
		if !d.lives {
			out = append(out, d.action)
		}
	}
	return out
}

// canBeLate is whether a reply can come for a message that ended Unknown.
func (m machine) canBeLate() bool {
	return m.Close || m.Deadlines > 0 || !m.resumes() && m.Losses != 0
}

// canBeDouble is whether a reply can come twice: read from a link that has
// ended, and repeated on the next. That takes a messenger that was writing when
// it noticed, beside a message that waits for its reply.
func (m machine) canBeDouble() bool { return m.resumes() && m.Losses != 0 && m.slotLimit() > 1 }

// done: where Close can be called a run ends when it has returned; elsewhere
// when everything that could be accepted was, and was dispatched.
func (m machine) done(s *State) bool {
	if m.Close {
		return s.Closing == closeEnded
	}
	return int(s.Accepted) == m.Messages && s.allDispatched() && s.Dispatching == 0
}

// next adds every step that may be taken. Nothing follows a crash.
func (m machine) next(s *State, x *model.Next[State]) {
	if s.Crashed {
		return
	}
	m.connectSteps(s, x)
	m.messengerSteps(s, x)
	m.dispatcherSteps(s, x)
	for e := uint8(1); e <= s.Epoch; e++ {
		m.listenerSteps(s, x, e)
		m.peerLinkSteps(s, x, e)
	}
	m.sessionSteps(s, x)
	m.closeSteps(s, x)
	m.worldSteps(s, x)
	m.networkSteps(s, x)
}

// connectSteps are those on the way to a link.
func (m machine) connectSteps(s *State, x *model.Next[State]) {
	e := int(s.Epoch)
	if m.canConnect(s) {
		m.connect(x.Do(Connect, e+1))
	}
	if m.canSucceed(s) {
		m.connected(x.Do(LinkUp, e))
	}
	if m.canGreet(s) {
		m.greet(x.Do(Greet, e))
	}
	if m.breakerStops(s) {
		t := x.Do(LinkDown, e, byBreaker)
		m.refused(t)
		m.bury(t)
	}
	if s.connecting() && s.Left.Refusals > 0 {
		t := x.Do(Refuse, e)
		spend(&t.Left.Refusals)
		m.refused(t)
		m.bury(t)
	}
}

// messengerSteps are those of the messenger while it has a link or gives up.
func (m machine) messengerSteps(s *State, x *model.Next[State]) {
	if m.canGiveUp(s) {
		x.Do(Resolve, int(s.Buffer.At[0])).giveUp()
	}
	if m.canSend(s) {
		first := s.Resend.oldest()
		if first == 0 || m.Variant == R39 && m.canTake(s) {
			first = s.Buffer.At[0]
		}
		m.send(x.Do(Send, int(s.Epoch), int(first)))
	}
	if m.canAck(s) {
		m.startWriting(x.Do(Ack, int(s.Epoch), int(s.Received)), newFrame(framePayload, s.Received))
	}
	if m.canWrite(s) {
		t := x.Do(Write, int(s.Epoch))
		m.write(t)
		m.bury(t)
	}
	if s.canFail() {
		t := x.Do(LinkDown, int(s.Epoch), byMessenger)
		m.fail(t)
		m.bury(t)
	}
}

func (m machine) dispatcherSteps(s *State, x *model.Next[State]) {
	for i := range s.Undispatched.N {
		if m.canDispatch(s, i) {
			x.Do(DispatchBegin, int(s.Undispatched.At[i])).beginDispatch(i)
		}
	}
	if m.canAdmit(s) {
		x.Do(Admit, int(s.Accepted)+1).admit()
	}
}

// listenerSteps are those of the listener of epoch e.
func (m machine) listenerSteps(s *State, x *model.Next[State], e uint8) {
	l := s.link(e)
	if m.canCheck(l) {
		x.Do(CheckOnline, int(e)).link(e).Listener = listenerChecked
	}
	switch {
	case m.usesCleared(l):
		x.Do(Receive, int(e), 0).Crashed = true
	case m.canReceive(s, l):
		m.receiveStep(s, x, e)
	case m.readsOther(s, e):
		f := s.link(s.Epoch).Down.At[0]
		m.receive(x.Do(Receive, int(e), int(f.first())), e, s.Epoch)
	}
	switch {
	case m.usesCleared(l):
	case m.canHear(l):
		var t *State
		if l.up() {
			t = x.Do(LinkDown, int(e), byListener)
		} else {
			t = x.Do(ListenerEnd, int(e))
		}
		m.hear(t, e)
		m.bury(t)
	case m.canLeave(l):
		t := x.Do(ListenerEnd, int(e))
		t.leave(e)
		m.bury(t)
	}
}

// receiveStep reads the frame that has come to the listener of epoch e.
func (m machine) receiveStep(s *State, x *model.Next[State], e uint8) {
	switch f := s.link(e).Down.At[0]; {
	case f.kind() == frameWelcome:
		m.welcome(x.Do(Welcome, int(e)), e)
	case m.resolves(s, f, e):
		m.receive(x.Do(Receive, int(e), int(f.first())), e, e)
	default:
		m.receive(x.Do(Late, int(e), int(f.first())), e, e)
	}
}

// peerLinkSteps are those of the peer's end of the link of epoch e.
func (m machine) peerLinkSteps(s *State, x *model.Next[State], e uint8) {
	l := s.link(e)
	if l.takesHello() {
		t := x.Do(Hello, int(e))
		m.hello(t, e)
		m.bury(t)
	}
	if l.peerHears() {
		t := x.Do(PeerLinkDown, int(e))
		m.endAtPeer(t, e)
		m.bury(t)
	}
	if l.readerEnds() {
		t := x.Do(ReaderEnd, int(e))
		t.link(e).Reader = readerNone
		m.bury(t)
	}
}

// sessionSteps are those of the session and its handler.
func (m machine) sessionSteps(s *State, x *model.Next[State]) {
	p := &s.Session
	if m.canDeliver(s) {
		m.deliver(x.Do(Deliver, int(p.Link), int(s.link(p.Link).Up.At[0].first())))
	}
	if m.canSuppress(s) {
		x.Do(Suppress, int(p.Link), int(m.brings(s))).takeFromWire()
	}
	if m.canHandle(s) {
		m.handle(x.Do(HandleBegin, int(p.Link), int(m.nextMessage(s))))
	}
	if p.Handler == handlerRuns {
		m.handled(x.Do(HandleEnd, int(p.Link), int(p.Seq)))
	}
	if m.canReply(s) {
		e, seq := m.replies(s)
		m.reply(x.Do(Reply, int(e), int(seq)))
	}
}

// closeSteps are those of Close and of its ctx.
func (m machine) closeSteps(s *State, x *model.Next[State]) {
	if !m.Close {
		return
	}
	if m.canHangUp(s) {
		t := x.Do(LinkDown, int(s.Epoch), byClose)
		m.hangUp(t)
		m.bury(t)
	}
	if m.canEndClose(s) {
		x.Do(CloseEnd).endClose()
	}
	if s.Closing == closeNotBegun {
		x.Do(CloseBegin).beginClose()
	}
	if s.Closing == closeDrains {
		m.expire(x.Do(CloseExpire))
	}
}

// worldSteps are those of callers, dispatchers and time.
func (m machine) worldSteps(s *State, x *model.Next[State]) {
	if m.canAccept(s) {
		x.Do(Accept, int(s.Accepted)+1).accept()
	}
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if s.Dispatching.has(seq) && !s.Waiting {
			x.Do(DispatchEnd, int(seq)).endDispatch(seq)
		}
		if m.canDispatchSend(s, seq) {
			out := m.sendOutcome(s, seq)
			x.Do(DispatchSend, int(seq), out).dispatchSend(out)
		}
		if s.canTimeOut(seq) {
			m.timeOut(x.Do(Deadline, int(seq)), seq)
		}
		if s.canOutlive(seq) {
			x.Do(TimeToLive, int(seq)).outlive(seq)
		}
	}
	if s.Backoff {
		x.Do(BackoffOver).Backoff = false
	}
}

// networkSteps are those of the network and of whoever starts the peer anew.
func (m machine) networkSteps(s *State, x *model.Next[State]) {
	for e := uint8(1); e <= s.Epoch; e++ {
		if s.canLose(e) {
			x.Do(Lose, int(e)).lose(e)
		}
		if l := s.link(e); m.canBeSteady() && l.up() && !l.Broken && !l.Steady {
			x.Do(Steady, int(e)).link(e).Steady = true
		}
		if m.canRepeat(s, e) {
			l := s.link(e)
			x.Do(Repeat, int(e), int(l.Up.At[l.Up.N-1].first())).repeat(e)
		}
	}
	if m.canForget(s) {
		t := x.Do(Forget)
		m.forget(t)
		m.bury(t)
	}
}
