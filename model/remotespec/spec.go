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
	return &model.Spec[State]{
		Name:    "remote",
		Size:    p.Name,
		Init:    []State{{Losses: uint8(p.Losses)}},
		Next:    m.next,
		Actions: actionNames[:],
		Dormant: m.dormant(),
		Laws:    m.laws(),
		Done:    done,
		Format:  format,
		ArgName: argName,
	}
}

// dormant lists the actions that only a bug has.
func (m machine) dormant() []model.Action {
	if m.Variant == R05 {
		return nil
	}
	return []model.Action{CheckOnline}
}

// done: Close can always begin and expire, so that a run ends when it has
// returned and nowhere else.
func done(s *State) bool { return s.Closing == closeEnded }

// next adds every step that may be taken. Nothing follows a crash.
func (m machine) next(s *State, x *model.Next[State]) {
	if s.Crashed {
		return
	}
	m.remoteSteps(s, x)
	for e := uint8(1); e <= s.Epoch; e++ {
		m.linkSteps(s, x, e)
	}
	m.peerSteps(s, x)
	m.closeSteps(s, x)
	m.worldSteps(s, x)
}

// remoteSteps are those of the messenger and the dispatcher.
func (m machine) remoteSteps(s *State, x *model.Next[State]) {
	if s.canConnect() {
		x.Do(Connect, int(s.Epoch)+1).connect()
	}
	if s.Messenger == messengerConnecting {
		m.connected(x.Do(LinkUp, int(s.Epoch)))
		if s.Losses > 0 {
			x.Do(LinkDown, int(s.Epoch), byRefusal).refused()
		}
	}
	if s.canGiveUp() {
		x.Do(Resolve, int(s.Buffer.At[0])).giveUp()
	}
	if m.canSend(s) {
		x.Do(Send, int(s.Epoch), int(s.Buffer.At[0])).send()
	}
	if m.canWrite(s) {
		x.Do(Write, int(s.Epoch)).write()
	}
	if s.canFail() {
		m.fail(x.Do(LinkDown, int(s.Epoch), byMessenger))
	}
	for i := range s.Undispatched.N {
		if m.canDispatch(s, i) {
			x.Do(DispatchBegin, int(s.Undispatched.At[i])).beginDispatch(i)
		}
	}
}

// linkSteps are those of the listener of epoch e and of the peer's end.
func (m machine) linkSteps(s *State, x *model.Next[State], e uint8) {
	l := s.link(e)
	if m.canCheck(l) {
		x.Do(CheckOnline, int(e)).link(e).Listener = listenerChecked
	}
	switch {
	case m.usesCleared(l):
		x.Do(Receive, int(e), 0).Crashed = true
	case m.canReceive(l):
		f := l.Down.At[0]
		if s.matches(f, e) || m.Variant == R47 {
			x.Do(Receive, int(e), int(f.seq())).receive(e, e)
		} else {
			x.Do(Late, int(e), int(f.seq())).read(e)
		}
	case m.readsOther(s, e):
		f := s.link(s.Epoch).Down.At[0]
		x.Do(Receive, int(e), int(f.seq())).receive(e, s.Epoch)
	}
	if m.canHear(l) && !m.usesCleared(l) {
		if l.Remote == linkUp {
			m.hear(x.Do(LinkDown, int(e), byListener), e)
		} else {
			m.hear(x.Do(ListenerEnd, int(e)), e)
		}
	}
	if m.canLeave(l) {
		x.Do(ListenerEnd, int(e)).leave(e)
	}
	if l.takesHello() {
		x.Do(Hello, int(e)).hello(e)
	}
	if l.peerHears() {
		x.Do(PeerLinkDown, int(e)).endAtPeer(e)
	}
}

// peerSteps are those of the session.
func (m machine) peerSteps(s *State, x *model.Next[State]) {
	p := &s.Session
	if s.canHandle() {
		x.Do(HandleBegin, int(p.Link), int(s.link(p.Link).Up.At[0].seq())).handle()
	}
	if p.Handler == handlerRuns {
		x.Do(HandleEnd, int(p.Epoch), int(p.Seq)).handled()
	}
	if m.canReply(s) {
		x.Do(Reply, int(p.Epoch), int(p.Seq)).reply()
	}
}

// closeSteps are those of Close and of its ctx.
func (m machine) closeSteps(s *State, x *model.Next[State]) {
	if s.canHangUp() {
		m.hangUp(x.Do(LinkDown, int(s.Epoch), byClose))
	}
	if s.canEndClose() {
		x.Do(CloseEnd).endClose()
	}
	if s.Closing == closeNotBegun {
		x.Do(CloseBegin).Closing = closeDrains
	}
	if s.Closing == closeDrains {
		m.expire(x.Do(CloseExpire))
	}
}

// worldSteps are those of callers, network and time.
func (m machine) worldSteps(s *State, x *model.Next[State]) {
	if m.canAccept(s) {
		x.Do(Accept, int(s.Accepted)+1).accept()
	}
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if s.Dispatching.has(seq) {
			x.Do(DispatchEnd, int(seq)).Dispatching.drop(seq)
		}
	}
	for e := uint8(1); e <= s.Epoch; e++ {
		if s.canLose(e) {
			x.Do(Lose, int(e)).lose(e)
		}
	}
	if s.Backoff {
		x.Do(BackoffOver).Backoff = false
	}
}
