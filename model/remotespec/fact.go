package remotespec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// sometimes returns what must be seen at this size, so that no law is vacuous:
// what its budgets make possible. A world with hardly any room may still be too
// small for a fact, and its report says so. A test sees that the sizes together
// have every fact of the catalogue.
func (m machine) sometimes() []model.Law[State] {
	var facts []model.Law[State]
	breaks := m.Losses != 0 || m.Forgets != 0
	for _, f := range []struct {
		seen bool
		law  model.Law[State]
	}{
		{m.Messages > m.Buffer, model.Law[State]{Slug: "remote/sometimes-full-buffer", Kind: model.Sometimes, Holds: m.waitsForPlace}},
		{m.Losses != 0, step("remote/sometimes-lost-in-flight", lostInFlight)},
		{m.resumes() && m.Losses != 0, step("remote/sometimes-resent", resent)},
		{m.canBeDouble(), step("remote/sometimes-duplicate-reply", duplicateReply)},
		{m.Repeats > 0, step("remote/sometimes-duplicate-message", duplicateMessage)},
		{m.resumes() && m.Losses != 0, step("remote/sometimes-repeated-reply", repeatedReply)},
		{true, ends("remote/sometimes-replied", protocol.Replied, protocol.ReasonNone)},
		{!m.resumes() && (breaks || m.Refusals != 0), ends("remote/sometimes-not-sent-offline", protocol.NotSent, protocol.Offline)},
		{m.TimesToLive > 0, ends("remote/sometimes-not-sent-ttl", protocol.NotSent, protocol.TimeToLive)},
		{m.Deadlines > 0, ends("remote/sometimes-not-sent-deadline", protocol.NotSent, protocol.Deadline)},
		{m.Close, ends("remote/sometimes-not-sent-closed", protocol.NotSent, protocol.Closed)},
		{!m.resumes() && breaks, ends("remote/sometimes-unknown-link-lost", protocol.Unknown, protocol.LinkLost)},
		{m.Deadlines > 0, ends("remote/sometimes-unknown-deadline", protocol.Unknown, protocol.Deadline)},
		{m.resumes() && m.Forgets > 0, ends("remote/sometimes-unknown-memory-lost", protocol.Unknown, protocol.MemoryLost)},
		{m.Close, ends("remote/sometimes-unknown-closed", protocol.Unknown, protocol.Closed)},
		{m.Losses != 0, step("remote/sometimes-superseded-link", superseded)},
		{m.canBeLate(), step("remote/sometimes-late-reply", lateReply)},
		{m.Sends > 1 && m.Messages > m.Window+m.Buffer+2, step("remote/sometimes-dispatcher-waits", sendEnds(sendWaits))},
		{m.Sends > 1, step("remote/sometimes-dispatcher-refused", sendEnds(sendRefused))},
	} {
		if f.seen {
			facts = append(facts, f.law)
		}
	}
	return facts
}

type stepSeen func(from *State, l model.Label, to *State) bool

// step is a fact about a step.
func step(slug string, seen stepSeen) model.Law[State] {
	return model.Law[State]{Slug: slug, Kind: model.Sometimes, Step: seen}
}

// ends is that some message has the outcome for the reason.
func ends(slug string, o protocol.Outcome, why protocol.Reason) model.Law[State] {
	return model.Law[State]{Slug: slug, Kind: model.Sometimes, Holds: func(s *State) bool {
		for i := range s.Result {
			if s.Result[i].Outcome == o && s.Result[i].Reason == why {
				return true
			}
		}
		return false
	}}
}

func (m machine) waitsForPlace(s *State) bool {
	return m.wantsToSend(s) && int(s.Buffer.N) >= m.Buffer
}

func lostInFlight(from *State, l model.Label, _ *State) bool {
	return l.Action == Lose && from.Flight != 0
}

func resent(from *State, l model.Label, _ *State) bool {
	return l.Action == Send && from.Resend.has(uint8(l.Args[1]))
}

// replyFor is whether the step reads a reply for a message with such a result.
func replyFor(from *State, l model.Label, is func(result) bool) bool {
	if l.Action != Receive && l.Action != Late {
		return false
	}
	f := from.link(uint8(l.Args[0])).Down.At[0]
	for i := range from.Result {
		if f.names(uint8(i)+1) && is(from.Result[i]) {
			return true
		}
	}
	return false
}

func duplicateReply(from *State, l model.Label, _ *State) bool {
	return replyFor(from, l, func(r result) bool { return r.Outcome == protocol.Replied })
}

func lateReply(from *State, l model.Label, _ *State) bool {
	return replyFor(from, l, func(r result) bool { return r.Outcome == protocol.Unknown })
}

// duplicateMessage: the peer drops one that it has begun, or has in its queue.
func duplicateMessage(from *State, l model.Label, to *State) bool {
	switch l.Action {
	case Suppress:
		return true
	case Deliver:
		p := &from.Session
		f := from.link(p.Link).Up.At[0]
		return int(to.Session.Queue.N)-int(p.Queue.N) < f.size()
	}
	return false
}

func repeatedReply(from *State, l model.Label, _ *State) bool {
	return l.Action == Reply && from.Session.Repeat.has(uint8(l.Args[1]))
}

func superseded(from *State, l model.Label, to *State) bool {
	return l.Action == Hello && from.Session.Link != 0 && to.Session.Link != 0 && to.Session.Link != from.Session.Link
}

func sendEnds(out int16) stepSeen {
	return func(_ *State, l model.Label, _ *State) bool {
		return l.Action == DispatchSend && l.Args[1] == out
	}
}
