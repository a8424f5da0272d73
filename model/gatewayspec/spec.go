package gatewayspec

import "github.com/weir-dev/weir/model"

// machine is the protocol within its bounds: the receiver of every step that
// depends on them.
type machine struct {
	Params
	untidy bool // a test's: keep what tidy forgets
}

// Spec returns the spec of the Gateway at a size. It panics if p is not valid;
// ask [Params.Validate] first where p comes from outside.
func Spec(p Params) *model.Spec[State] {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	return machine{Params: p}.spec()
}

func (m machine) spec() *model.Spec[State] {
	return &model.Spec[State]{
		Name:    "gateway",
		Size:    m.Name,
		Init:    []State{m.initial()},
		Next:    m.next,
		Actions: actionNames[:],
		Dormant: m.dormant(),
		Laws:    m.laws(),
		Fair:    m.fair(),
		Done:    m.done,
		Format:  m.format,
		ArgName: argName,
		Parties: parties,
	}
}

// Only keeps of a spec's laws the one of that slug, so that no other ends the
// search before. It changes sp and returns it; without such a law the spec
// judges nothing, which Check refuses.
func Only(sp *model.Spec[State], slug string) *model.Spec[State] {
	var laws []model.Law[State]
	for _, l := range sp.Laws {
		if l.Slug == slug {
			laws = append(laws, l)
		}
	}
	sp.Laws, sp.Done = laws, nil
	return sp
}

// initial: all hosts are attached, because how they came is no different from
// how they come back.
func (m machine) initial() State {
	s := State{Budget: uint8(2 * m.Burst), World: world{
		Losses: uint8(m.Losses), Cancels: uint8(m.Cancels), Forgeries: uint8(m.Forgeries), Limits: uint8(m.Limits),
		Refusals: uint8(m.Refusals), Drains: uint8(m.Drains), Failures: uint8(m.Failures)}}
	for h := range m.Hosts {
		s.Hosts[h] = host{Attached: true, Online: true, Limit: int8(m.Limit)}
	}
	return s
}

// dormant lists the actions that the bounds leave no room for.
func (m machine) dormant() (never []model.Action) {
	add := func(missing bool, actions ...model.Action) {
		if missing {
			never = append(never, actions...)
		}
	}
	givesUp := m.givesUp()
	add(m.Hosts == 1, Reassign, Due)
	add(!givesUp, WriteCancel)
	add(!givesUp && !m.leaves(), Deliver)
	add(!givesUp && !m.leaves() && !m.Close, Late)
	add(m.Wire >= m.says(), HostReply)
	add(m.Losses == 0, Lose)
	add(m.Losses == 0 && !m.Close, HostDetach)
	add(!m.leaves(), Attach)
	add(!m.leaves(), ReaderEnd)
	add(!m.leaves() && !m.Close, Detach)
	add(!m.WriteFailures || m.Losses == 0, WriteFailed)
	add(m.Cancels == 0, Cancel)
	add(m.Deadlines == 0, Deadline)
	add(m.Failures == 0, HandleFail)
	add(m.Refusals == 0, HostRefuse, Ready, HostReady)
	add(m.Refusals == 0 && m.Drains == 0, Refuse, Relent)
	add(m.Drains == 0, HostDrain, Drain, HostLeave)
	add(m.Limits == 0, SetLimit)
	add(m.Forgeries == 0, Forge, Rejected)
	add(!m.waitsOut(), NoHost)
	add(m.Waiting == 0 || m.Waiting >= m.Requests, Overloaded)
	add(!m.Close, CloseBegin, CloseExpire, CloseEnd)
	return never
}

// done: a run may end when Close has returned, or when every caller has come
// and has its answer. A request that waits where nothing can happen any more
// is a deadlock.
func (m machine) done(s *State) bool {
	if m.Close {
		return s.Closing == closeEnded
	}
	return s.Requests[m.Requests-1].Phase != requestNew && !s.anyOpen(maxRequests)
}

// givesUp is whether a sent attempt may be given up while its host is at work.
func (m machine) givesUp() bool {
	return m.Hosts > 1 && m.MaxAttempts > 1 || m.Cancels > 0 || m.Deadlines > 0
}

// says is how many frames a host may have to say at once.
func (m machine) says() int {
	n := m.Limit + m.Forgeries
	if m.givesUp() {
		n += m.Cap
	}
	if m.Refusals > 0 {
		n++
	}
	if m.Drains > 0 {
		n++
	}
	if m.LateAnswers {
		n = m.Requests * m.MaxAttempts
	}
	return n
}

// waitsOut is whether a request may wait without an eligible host until MaxWait
// has passed: the others hold what hosts are left, or have filled one with what
// they gave up.
func (m machine) waitsOut() bool {
	gone, others := m.Losses+m.Drains+m.Limits+m.Refusals, m.Requests-1
	return m.MaxWait && (gone*m.Limit+others >= m.Hosts*m.Limit || m.givesUp() && others >= m.Limit+m.Cap)
}
