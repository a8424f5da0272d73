package gatewayspec

import "github.com/weir-dev/weir/model"

// eventually returns the laws on whole runs. All are judged under the promises of
// fair but gateway/answered where no request has a deadline: then hosts promise
// to answer or to detach.
//
// Requests are finite in number, and so is how often one begins to wait in a
// fair run, so that "every request that waits is reserved" is "whenever some
// request waits, later none does", and likewise for hosts that are paused: one
// law instead of one for each.
//
// The condition of the sentences, that some host is eligible again and again,
// needs no words in the laws: MaxWait may end a wait only while no host is
// eligible, and it is weakly fair. So a run in which a request waits for ever
// with a host eligible only so often is not a fair one, and one in which a host
// is eligible again and again is.
func (m machine) eventually() []model.Law[State] {
	var laws []model.Law[State]
	ends := func(slug string, fair []model.Fair, open func(*State) bool) {
		laws = append(laws, model.Law[State]{Slug: slug, Kind: model.LeadsTo, When: open, Holds: func(s *State) bool { return !open(s) }, Fair: fair})
	}
	if m.MaxWait {
		ends("gateway/no-lockup", nil, func(s *State) bool { return s.anyWaits() || m.anyLocked(s) })
	}
	switch {
	case m.Deadlines > 0:
		ends("gateway/answered", nil, func(s *State) bool { return s.anyOpen(m.Deadlines) })
	case m.MaxWait:
		ends("gateway/answered", m.hostsFair(), func(s *State) bool { return s.anyOpen(m.Requests) })
	}
	if m.Close {
		laws = append(laws, model.Law[State]{Slug: "gateway/close-returns", Kind: model.LeadsTo,
			When:  func(s *State) bool { return s.Closing == closeExpired },
			Holds: func(s *State) bool { return s.Closing == closeEnded }})
	}
	return laws
}

// anyWaits is whether some request waits.
func (s *State) anyWaits() bool {
	for r := range s.Requests {
		if s.Requests[r].Phase == requestWaits {
			return true
		}
	}
	return false
}

// anyLocked is whether some host is paused that may hold something and has
// answered all that it was given: nothing is reserved there that it could still
// answer, and nothing that was given up. A host that has refused is locked too,
// since the backoff ends that, whatever the host does.
func (m machine) anyLocked(s *State) bool {
	for h := range m.Hosts {
		k := &s.Hosts[h]
		if k.Attached && (k.Refusing || k.Paused && k.Limit > 0 && !s.owes(h)) {
			return true
		}
	}
	return false
}

// owes is whether h has yet to answer an attempt of its attachment, or to be
// handed it.
func (s *State) owes(h int) bool {
	for a := range s.Attempts {
		if t := &s.Attempts[a]; s.at(a, h) && (t.Entry == entryLive || t.Entry == entryAbandoned) && t.Work != workDone {
			return true
		}
	}
	return false
}
