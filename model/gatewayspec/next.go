package gatewayspec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// next adds every step that may be taken.
func (m machine) next(s *State, x *model.Next[State]) {
	m.dispatchSteps(s, x)
	for a := range m.Requests * maxAttempts {
		m.attemptSteps(s, x, a)
	}
	for h := range m.Hosts {
		m.readSteps(s, x, h)
		m.hostSteps(s, x, h)
		m.hostWorldSteps(s, x, h)
	}
	for r := range m.Requests {
		m.requestSteps(s, x, r)
	}
	m.closeSteps(s, x)
}

// dispatchSteps reserve for the oldest request that has an eligible host, at
// one of those with the least load.
func (m machine) dispatchSteps(s *State, x *model.Next[State]) {
	r := m.nextRequest(s)
	if r < 0 {
		return
	}
	hosts := m.least(s, m.eligible(s, r))
	for h := range m.Hosts {
		switch {
		case hosts>>h&1 == 0:
		case s.Requests[r].Phase == requestHeld:
			m.reassign(x.Do(Reassign, r, int(s.Attempts[s.held(r)].Host), h), r, h)
		default:
			m.place(x.Do(Reserve, r, h), r, h)
		}
	}
}

// attemptSteps are those of the writers and of the handlers.
func (m machine) attemptSteps(s *State, x *model.Next[State], a int) {
	t := &s.Attempts[a]
	if t.Entry == entryFree {
		return
	}
	h := int(t.Host)
	if m.canSend(s, a) {
		m.send(x.Do(Sent, a, h), a)
	}
	if m.canFail(s, a) {
		t := x.Do(WriteFailed, a, h)
		m.fail(t, a)
		m.tidy(t)
	}
	if m.canTell(s, a) {
		x.Do(WriteCancel, a, h).tell(a)
	}
	if m.canBegin(s, a) {
		x.Do(HandleBegin, h, a).Attempts[a].Work = workRuns
	}
	if t.Work.runs() {
		t := x.Do(HandleEnd, h, a)
		m.finish(t, a, workAnswers)
		m.tidy(t)
	}
	if t.Work.runs() && s.World.Failures > 0 {
		t := x.Do(HandleFail, h, a)
		spend(&t.World.Failures)
		m.finish(t, a, workFails)
		m.tidy(t)
	}
	if m.canSay(s, a) {
		t := x.Do(HostReply, h, a)
		t.reply(a)
		m.tidy(t)
	}
}

// readSteps are those of the gateway's readers of h.
func (m machine) readSteps(s *State, x *model.Next[State], h int) {
	k := &s.Hosts[h]
	for from := range 2 {
		if m.canRead(s, h, from) {
			m.read(s, x, h, from)
		}
	}
	if k.Superseded {
		t := x.Do(ReaderEnd, h)
		m.endReader(t, h)
		m.tidy(t)
	}
	if m.canDetach(s, h) {
		t := x.Do(Detach, h)
		m.detach(t, h)
		m.tidy(t)
	}
	if k.Refusing {
		t := x.Do(Relent, h)
		m.hearReady(t, h, newest)
	}
}

// hostSteps are those of host h that it takes by itself.
func (m machine) hostSteps(s *State, x *model.Next[State], h int) {
	k := &s.Hosts[h]
	if s.canDeliver(h) {
		action := Deliver
		if m.begins(s, h) {
			action = HandleBegin
		}
		t := x.Do(action, h, k.Down.At[0].attempt())
		m.deliver(t, h)
		m.tidy(t)
	}
	if m.canReady(s, h) {
		x.Do(HostReady, h).Hosts[h].ready()
	}
	if s.canLeave(h) {
		t := x.Do(HostLeave, h)
		t.Hosts[h].leave()
		m.tidy(t)
	}
	if k.canNotice() {
		t := x.Do(HostDetach, h)
		t.notice(h)
		m.tidy(t)
	}
}

// hostWorldSteps are what may befall h, and what it may do but need not.
func (m machine) hostWorldSteps(s *State, x *model.Next[State], h int) {
	k := &s.Hosts[h]
	if s.canRefuse(h) {
		t := x.Do(HostRefuse, h, k.Down.At[0].attempt())
		m.refuse(t, h)
		m.tidy(t)
	}
	if m.canDrain(s, h) {
		x.Do(HostDrain, h).drain(h)
	}
	if s.canAttach(h) {
		t := x.Do(Attach, h)
		m.attach(t, h)
		m.tidy(t)
	}
	if s.World.Losses > 0 && k.Attached && k.Online && !k.Broken {
		t := x.Do(Lose, h)
		t.Hosts[h].Broken = true
		spend(&t.World.Losses)
	}
	for limit := range m.Limit + 1 {
		if s.World.Limits > 0 && limit != int(k.Limit) && !s.tearsDown() && s.Closing != closeEnded {
			t := x.Do(SetLimit, h, limit)
			spend(&t.World.Limits)
			m.setLimit(t, h, limit)
		}
	}
	for a := range nobody + 1 {
		if m.canForge(s, h, a) {
			x.Do(Forge, h, a).forge(h, a)
		}
	}
}

// requestSteps are those of the caller of r, and of its timers.
func (m machine) requestSteps(s *State, x *model.Next[State], r int) {
	if m.canEnqueue(s, r) {
		if m.full(s) {
			x.Do(Overloaded, r).Requests[r].Phase = requestTurned
		} else {
			m.enqueue(x.Do(Enqueue, r), r)
		}
	}
	if m.canBeDue(s, r) {
		x.Do(Due, r).Requests[r].Due = true
	}
	if m.canWaitOut(s, r) {
		t := x.Do(NoHost, r)
		t.end(r)
		m.tidy(t)
	}
	if m.canMiss(s, r) {
		t := x.Do(Deadline, r)
		m.giveUp(t, r, protocol.Deadline)
		m.tidy(t)
	}
	if s.World.Cancels > 0 && s.Requests[r].open() {
		t := x.Do(Cancel, r)
		spend(&t.World.Cancels)
		m.giveUp(t, r, protocol.Cancelled)
		m.tidy(t)
	}
}

// closeSteps are those of Close and of its ctx.
func (m machine) closeSteps(s *State, x *model.Next[State]) {
	if m.canEndClose(s) {
		x.Do(CloseEnd).Closing = closeEnded
	}
	if m.Close && s.Closing == closeNotBegun {
		x.Do(CloseBegin).Closing = closeDrains
	}
	if s.Closing == closeDrains && s.anyOpen(maxRequests) {
		t := x.Do(CloseExpire)
		m.expire(t)
		m.tidy(t)
	}
}
