package gatewayspec

import "github.com/weir-dev/weir/model"

// count: an ended attachment has neither reservations nor a count.
func (m machine) count(s *State) bool {
	for h := range m.Hosts {
		live := 0
		if s.Hosts[h].Attached {
			live = s.entries(h, entryLive)
		}
		if n := int(s.Hosts[h].Reserved); n != live || n > m.Limit {
			return false
		}
	}
	return true
}

// withinLimit is the other half of count: more than the limit is reserved only
// because the limit was lowered.
func (m machine) withinLimit(_ *State, l model.Label, to *State) bool {
	_, h, ok := target(l)
	return !ok || to.entries(h, entryLive) <= int(to.Hosts[h].Limit)
}

func oneReservation(s *State) bool {
	for r := range s.Requests {
		live := 0
		for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
			if s.Attempts[a].Entry == entryLive {
				live++
			}
		}
		if live > 1 || live == 1 && s.Requests[r].Phase != requestHeld {
			return false
		}
	}
	return true
}

func releasedOnce(s *State) bool {
	for a := range s.Attempts {
		if s.Attempts[a].Releases > 1 {
			return false
		}
	}
	return true
}

func oneOutcome(s *State) bool {
	for r := range s.Requests {
		if s.Requests[r].Ends > 1 {
			return false
		}
	}
	return true
}

func noLeak(s *State) bool {
	if s.anyOpen(maxRequests) {
		return true
	}
	for h := range s.Hosts {
		if s.Hosts[h].Reserved != 0 {
			return false
		}
	}
	return true
}

// free is whether h has a free slot by its reservations.
func (m machine) free(s *State, h int) bool {
	live, limit := s.entries(h, entryLive), int(s.Hosts[h].Limit)
	return live < limit && live+s.entries(h, entryAbandoned) < limit+m.Cap
}

// pausedWhenFull: a host without a free slot is paused.
func (m machine) pausedWhenFull(s *State) bool {
	for h := range m.Hosts {
		if k := &s.Hosts[h]; k.Attached && !k.Paused && !m.free(s, h) {
			return false
		}
	}
	return true
}

// paused also says what may be written: requests of live reservations that
// were not sent before.
func (m machine) paused(from *State, l model.Label, to *State) bool {
	if _, h, ok := target(l); ok && (!from.Hosts[h].Attached || from.Hosts[h].Paused || !m.free(from, h)) {
		return false
	}
	if l.Action == Sent {
		a := l.Args[0]
		return from.Attempts[a].Entry == entryLive && !from.Attempts[a].Sent && to.Attempts[a].Sent
	}
	for h := range m.Hosts {
		if from.Hosts[h].Attached && to.Hosts[h].Attached && l.Action != Attach && !m.turns(from, l, to, h) {
			return false
		}
	}
	return true
}

// turns is whether h is paused and resumes only as it should: it is paused when
// it has no free slot, and resumes at its mark or, when its limit changes, for
// a free slot.
func (m machine) turns(from *State, l model.Label, to *State, h int) bool {
	was, is := &from.Hosts[h], &to.Hosts[h]
	switch {
	case was.Limit != is.Limit:
		return l.Action == SetLimit && is.Paused == !m.free(to, h)
	case was.Paused && !is.Paused:
		return m.free(to, h) && to.entries(h, entryLive) <= min(m.Mark, int(is.Limit)-1)
	case !was.Paused && is.Paused:
		return !m.free(to, h)
	}
	return true
}

// ownCounts: an attachment counts as abandoned only what was given up on it.
func (m machine) ownCounts(s *State) bool {
	for h := range m.Hosts {
		abandoned := 0
		if s.Hosts[h].Attached {
			abandoned = s.entries(h, entryAbandoned)
		}
		if int(s.Hosts[h].Abandoned) != abandoned {
			return false
		}
	}
	return true
}
