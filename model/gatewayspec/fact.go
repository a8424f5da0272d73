package gatewayspec

import "github.com/weir-dev/weir/model"

// sometimes returns what must be seen, so that no law is vacuous. Facts are
// left out where the bounds rule them out.
func (m machine) sometimes() []model.Law[State] {
	var facts []model.Law[State]
	state := func(able bool, name string, holds func(*State) bool) {
		if able {
			facts = append(facts, model.Law[State]{Slug: "gateway/sometimes-" + name, Kind: model.Sometimes, Holds: holds})
		}
	}
	step := func(able bool, name string, see func(from *State, l model.Label, to *State) bool) {
		if able {
			facts = append(facts, model.Law[State]{Slug: "gateway/sometimes-" + name, Kind: model.Sometimes, Step: see})
		}
	}
	moves := m.Hosts > 1
	several := moves && m.MaxAttempts > 1
	step(true, "pause-resume", m.resumes)
	state(m.Mark < m.Limit-1, "hysteresis", m.heldBack)
	state(several, "both-reply", m.bothReply)
	step(moves && m.Requests > m.Limit, "due-waits", m.dueGoesOn)
	state(moves && m.Burst > 0 && 2*m.Burst+m.Ratio*m.Requests < 2*m.Requests, "budget-used-up", m.budgetUsedUp)
	step(m.leaves(), "late-superseded", func(_ *State, l model.Label, _ *State) bool {
		return l.Action == Late && l.Args[2] == superseded
	})
	step(m.Losses > 0 && m.LateAnswers, "late-next-attachment", func(from *State, l model.Label, _ *State) bool {
		return l.Action == Late && l.Args[2] == newest && from.Attempts[l.Args[0]].Past
	})
	step(m.Limits > 0, "limit-lowered", func(_ *State, l model.Label, to *State) bool {
		return l.Action == SetLimit && to.entries(int(l.Args[0]), entryLive) > int(l.Args[1])
	})
	step(true, "released-reply", releases(Reply, frameAnswer))
	step(m.Failures > 0, "released-error-reply", releases(Reply, frameError))
	step(moves, "released-reassign", releases(Reassign, anyFrame))
	step(m.Refusals > 0 || m.Drains > 0, "released-refuse", releases(Refuse, anyFrame))
	step(m.leaves(), "released-detach", releases(Detach, anyFrame))
	step(m.Drains > 0, "released-drain", releases(Drain, anyFrame))
	step(m.Cancels > 0, "released-cancel", releases(Cancel, anyFrame))
	step(m.Deadlines > 0, "released-deadline", releases(Deadline, anyFrame))
	step(m.Losses > 0 && m.WriteFailures, "released-write-failed", releases(WriteFailed, anyFrame))
	step(m.Close, "released-closed", releases(CloseExpire, anyFrame))
	step(m.Waiting > 0 && m.Waiting < m.Requests, "overloaded", fires(Overloaded))
	step(m.waitsOut(), "no-host", fires(NoHost))
	step(m.Losses >= m.MaxAttempts || m.Losses > 0 && m.NonIdempotent > 0, "host-lost", ends(Detach, Attach, WriteFailed))
	step(m.Refusals >= m.MaxAttempts, "refused", ends(Refuse))
	step(m.Close, "closed", ends(CloseExpire))
	step(several && m.Refusals > 0, "refused-elsewhere", refusedElsewhere)
	step(m.Drains > 0, "crossed-drain", func(from *State, l model.Label, _ *State) bool {
		return l.Action == Deliver && from.Hosts[l.Args[0]].Leaving && from.Hosts[l.Args[0]].Down.At[0].kind() == frameRequest
	})
	return facts
}

func (m machine) resumes(from *State, l model.Label, to *State) bool {
	for h := range m.Hosts {
		if from.Hosts[h].Paused && !to.Hosts[h].Paused && from.Hosts[h].Attached && to.Hosts[h].Attached && l.Action != Attach {
			return true
		}
	}
	return false
}

func (m machine) heldBack(s *State) bool {
	for h := range m.Hosts {
		if s.Hosts[h].Attached && s.Hosts[h].Paused && m.free(s, h) {
			return true
		}
	}
	return false
}

// bothReply: answers of both attempts of a request are on their way.
func (m machine) bothReply(s *State) bool {
	for r := range m.Requests {
		n := 0
		for h := range m.Hosts {
			k := &s.Hosts[h]
			for _, f := range k.Up.At[:k.Up.N] {
				if f.kind() == frameAnswer && f.attempt()/maxAttempts == r {
					n++
				}
			}
		}
		if n > 1 {
			return true
		}
	}
	return false
}

// dueGoesOn: a due attempt had no host to go to, and after this step it is the
// next to be reassigned.
func (m machine) dueGoesOn(from *State, _ model.Label, to *State) bool {
	r := m.nextRequest(to)
	return r >= 0 && from.Requests[r].Due && to.Requests[r].Due && m.competes(from, r) && m.eligible(from, r) == 0
}

// budgetUsedUp: a due attempt would go, had the budget anything left.
func (m machine) budgetUsedUp(s *State) bool {
	for r := range m.Requests {
		if q := &s.Requests[r]; s.Budget < 2 && q.Due && m.movable(s, r) {
			for h := range m.Hosts {
				if m.open(s, h) && !q.tried(h) {
					return true
				}
			}
		}
	}
	return false
}

// refusedElsewhere: the handler of a request begins which another host has
// given back.
func refusedElsewhere(_ *State, l model.Label, to *State) bool {
	if l.Action != HandleBegin {
		return false
	}
	for a := int(l.Args[1]) / maxAttempts * maxAttempts; a <= int(l.Args[1])/maxAttempts*maxAttempts+maxAttempts-1; a++ {
		if t := &to.Attempts[a]; t.Refused && int16(t.Host) != l.Args[0] {
			return true
		}
	}
	return false
}

// anyFrame is for releases that no frame brings about.
const anyFrame = frameKinds

// releases is that the action ends a reservation, by a frame of that kind where
// it reads one.
func releases(a model.Action, kind frame) func(from *State, l model.Label, to *State) bool {
	return func(from *State, l model.Label, to *State) bool {
		if l.Action != a || kind != anyFrame && from.Hosts[l.Args[1]].Up.At[0].kind() != kind {
			return false
		}
		for i := range from.Attempts {
			if from.Attempts[i].Entry == entryLive && to.Attempts[i] != from.Attempts[i] {
				return true
			}
		}
		return false
	}
}

func fires(a model.Action) func(from *State, l model.Label, to *State) bool {
	return func(_ *State, l model.Label, _ *State) bool { return l.Action == a }
}

// ends is that one of the actions ends a request.
func ends(actions ...model.Action) func(from *State, l model.Label, to *State) bool {
	return func(from *State, l model.Label, to *State) bool {
		for _, a := range actions {
			for r := range from.Requests {
				if l.Action == a && from.Requests[r].open() && !to.Requests[r].open() {
					return true
				}
			}
		}
		return false
	}
}
