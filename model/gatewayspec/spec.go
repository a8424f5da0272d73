package gatewayspec

import "github.com/weir-dev/weir/model"

// machine is the protocol within its bounds: the receiver of every step that
// depends on them.
type machine struct{ Params }

// Spec returns the spec of the Gateway at a size. It panics if p is not valid;
// ask [Params.Validate] first where p comes from outside.
func Spec(p Params) *model.Spec[State] {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	m := machine{p}
	return &model.Spec[State]{
		Name:    "gateway",
		Size:    p.Name,
		Init:    []State{m.initial()},
		Next:    m.next,
		Actions: actionNames[:],
		Dormant: m.dormant(),
		Laws:    m.laws(),
		Done:    done,
		Format:  m.format,
		ArgName: argName,
	}
}

// initial: all hosts are attached, because how they came is no different from
// how they come back.
func (m machine) initial() State {
	s := State{Losses: uint8(m.Losses), Cancels: uint8(m.Cancels), Forgeries: uint8(m.Forgeries)}
	for h := range m.Hosts {
		s.Hosts[h] = host{Epoch: 1, Attached: true, Online: true}
	}
	return s
}

// dormant lists the actions that the bounds leave no room for.
func (m machine) dormant() (never []model.Action) {
	if m.Losses == 0 {
		never = append(never, ReaderEnd, Lose, Attach)
	}
	if m.Cancels == 0 {
		never = append(never, Cancel)
	}
	if m.Forgeries == 0 {
		never = append(never, Rejected, Forge)
	}
	if m.Wire >= m.Limit+m.Cap+m.Forgeries {
		never = append(never, HostReply) // the wire has room for every answer at once
	}
	return never
}

// done: Close can always begin and expire, so that a run ends when it has
// returned and nowhere else.
func done(s *State) bool { return s.Closing == closeEnded }

// next adds every step that may be taken.
func (m machine) next(s *State, x *model.Next[State]) {
	m.dispatchSteps(s, x)
	for a := range m.Requests * maxAttempts {
		m.attemptSteps(s, x, a)
	}
	for h := range m.Hosts {
		m.readSteps(s, x, h)
		m.hostSteps(s, x, h)
	}
	m.requestSteps(s, x)
	m.closeSteps(s, x)
}

// dispatchSteps reserve for the oldest request that has an eligible host, at
// one of those with the least load.
func (m machine) dispatchSteps(s *State, x *model.Next[State]) {
	r := m.nextRequest(s)
	if r < 0 {
		return
	}
	hosts := s.least(m.eligible(s, r))
	for h := range m.Hosts {
		switch {
		case hosts>>h&1 == 0:
		case s.Requests[r].Phase == requestWaits:
			m.reserve(x.Do(Reserve, r, h), r, h)
		default:
			m.reassign(x.Do(Reassign, r, int(s.Attempts[s.held(r)].Host), h), r, h)
		}
	}
}

// attemptSteps are those of the writers and of the handlers.
func (m machine) attemptSteps(s *State, x *model.Next[State], a int) {
	t := &s.Attempts[a]
	h := int(t.Host)
	if m.canSend(s, a) {
		x.Do(Sent, a, h).send(a)
	}
	if m.canTell(s, a) {
		x.Do(WriteCancel, a, h).tell(a)
	}
	if m.canBegin(s, a) {
		x.Do(HandleBegin, h, a).Attempts[a].Work = workRuns
	}
	if t.canFinish() {
		t := x.Do(HandleEnd, h, a)
		m.finish(t, a)
		t.tidy()
	}
	if m.canAnswer(s, a) {
		t := x.Do(HostReply, h, a)
		t.reply(a)
		t.tidy()
	}
}

// readSteps are those of the gateway's readers of h.
func (m machine) readSteps(s *State, x *model.Next[State], h int) {
	k := &s.Hosts[h]
	if k.Attached && k.Up.N > 0 {
		t := m.read(s, x, k.Up.At[0], h, k.Epoch)
		t.Hosts[h].Up.pop()
		t.tidy()
	}
	if k.Old.N > 0 {
		t := m.read(s, x, k.Old.At[0], h, k.OldEpoch)
		t.Hosts[h].Old.pop()
		t.tidy()
	}
	if k.OldEpoch != 0 {
		t := x.Do(ReaderEnd, h)
		t.Hosts[h].Old, t.Hosts[h].OldEpoch = wire{}, 0
		t.tidy()
	}
	if m.canDetach(s, h) {
		t := x.Do(Detach, h)
		m.detach(t, h)
		t.tidy()
	}
}

// read adds the step of a reader that takes frame f.
func (m machine) read(s *State, x *model.Next[State], f frame, h int, e uint8) *State {
	credit, late := m.sort(s, f, h, e)
	a := f.attempt()
	var t *State
	switch {
	case credit:
		t = x.Do(Reply, a, h, int(e))
		m.credit(t, f)
	case late:
		t = x.Do(Late, a, h, int(e))
		m.late(t, f)
	default:
		t = x.Do(Rejected, a, h, int(e))
	}
	return t
}

// canDetach is whether the gateway ends the attachment of h: because the
// stream has told it, or because Close does.
func (m machine) canDetach(s *State, h int) bool {
	return s.Hosts[h].Attached && (s.Hosts[h].Broken || s.tearsDown())
}

// hostSteps are those of host h and of the network to it.
func (m machine) hostSteps(s *State, x *model.Next[State], h int) {
	k := &s.Hosts[h]
	if s.canDeliver(h) {
		action := Deliver
		if m.begins(s, h) {
			action = HandleBegin
		}
		t := x.Do(action, h, k.Down.At[0].attempt())
		m.deliver(t, h)
		t.tidy()
	}
	if k.canNotice() {
		t := x.Do(HostDetach, h)
		t.notice(h)
		t.tidy()
	}
	if s.canAttach(h) {
		t := x.Do(Attach, h, int(k.Epoch)+1)
		m.attach(t, h)
		t.tidy()
	}
	if s.Losses > 0 && k.Attached && k.Online && !k.Broken {
		t := x.Do(Lose, h)
		t.Hosts[h].Broken = true
		t.Losses--
	}
	for a := range m.Requests * maxAttempts {
		if int(k.Up.N) < m.Wire && s.canForge(h, a) {
			x.Do(Forge, h, a).forge(h, a)
		}
	}
}

// requestSteps are those of callers and of the reassign timers.
func (m machine) requestSteps(s *State, x *model.Next[State]) {
	for r := range m.Requests {
		if m.canEnqueue(s, r) {
			x.Do(Enqueue, r).enqueue(r)
		}
		if m.canBeDue(s, r) {
			x.Do(Due, r).Requests[r].Due = true
		}
		if s.Cancels > 0 && s.Requests[r].open() {
			t := x.Do(Cancel, r)
			m.cancel(t, r)
			t.tidy()
		}
	}
}

// closeSteps are those of Close and of its ctx.
func (m machine) closeSteps(s *State, x *model.Next[State]) {
	if s.canEndClose() {
		x.Do(CloseEnd).Closing = closeEnded
	}
	if s.Closing == closeNotBegun {
		x.Do(CloseBegin).Closing = closeDrains
	}
	if s.Closing == closeDrains && s.anyOpen() {
		t := x.Do(CloseExpire)
		m.expire(t)
		t.tidy()
	}
}
