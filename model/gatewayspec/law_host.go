package gatewayspec

import "github.com/weir-dev/weir/model"

// rightReply: the one request that ends is that of the attempt, which holds
// its reservation at this host, and what is returned was said by a handler.
func rightReply(from *State, l model.Label, to *State) bool {
	if l.Action != Reply {
		return true
	}
	a, h, e := int(l.Args[0]), int(l.Args[1]), int(l.Args[2])
	for r := range from.Requests {
		if from.Requests[r] != to.Requests[r] && r != a/maxAttempts {
			return false
		}
	}
	t, kind := &from.Attempts[a], from.Hosts[h].Up.At[0].kind()
	return e == newest && t.Entry == entryLive && int(t.Host) == h && !t.Past && (kind == frameAnswer || kind == frameError)
}

// late: neither reservations nor counts of them nor requests change.
func late(from *State, l model.Label, to *State) bool {
	if l.Action != Late {
		return true
	}
	for a := range from.Attempts {
		if (from.Attempts[a].Entry == entryLive) != (to.Attempts[a].Entry == entryLive) {
			return false
		}
	}
	for h := range from.Hosts {
		if from.Hosts[h].Reserved != to.Hosts[h].Reserved {
			return false
		}
	}
	return from.Requests == to.Requests
}

// accounted: what was read is what was counted, message by message. What a
// host says about itself (Ready, Drain) is no message about an attempt.
func accounted(s *State) bool {
	for h := range s.Hosts {
		if s.Hosts[h].Uncounted != 0 {
			return false
		}
	}
	return true
}

// rejected: an answer that no handler gave is rejected, and nothing else is. A
// host that answers an attempt of its own twice may get the first credited as
// late and the second rejected, whichever was made up.
func rejected(from *State, l model.Label, _ *State) bool {
	h, e, ok := reads(l)
	if !ok || l.Action == Ready || l.Action == Drain {
		return true
	}
	f := from.Hosts[h].Up.At[0]
	if e == superseded {
		f = from.Hosts[h].Old.At[0]
	}
	if f.kind() != frameForged {
		return l.Action != Rejected || from.Attempts[f.attempt()].Entry == entrySettled
	}
	return l.Action == Rejected || l.Action == Late && int(from.Attempts[f.attempt()].Host) == h
}

// epoch: what is read from a superseded attachment, and the end of its reader,
// change nothing but what is on its own wire and what is known of its own
// attempts; and a new attachment begins with nothing of the one before.
func epoch(from *State, l model.Label, to *State) bool {
	h, e, ok := reads(l)
	switch l.Action {
	case Attach:
		k := &to.Hosts[l.Args[0]]
		return !k.Draining && !k.Refusing && k.Reserved == 0 && k.Abandoned == 0
	case ReaderEnd:
		h, e, ok = int(l.Args[0]), superseded, true
	}
	if !ok || e == newest {
		return true
	}
	k := to.Hosts[h]
	k.Old, k.Superseded = from.Hosts[h].Old, from.Hosts[h].Superseded
	for a := range from.Attempts {
		if !sameEntry(from, to, a) && !from.Attempts[a].Past {
			return false
		}
	}
	return k == from.Hosts[h] && from.Requests == to.Requests
}

// sameEntry is whether the ledger says the same of an attempt before and
// after; that it was forgotten once it was of no use any more is no change.
func sameEntry(from, to *State, a int) bool {
	e, f := from.Attempts[a].Entry, to.Attempts[a].Entry
	return e == f || (e == entrySettled || e == entryLost) && (f == entrySettled || f == entryFree)
}

// isolation: what a host says changes only attempts that it holds, and the
// requests of those.
func isolation(from *State, l model.Label, to *State) bool {
	h, _, ok := reads(l)
	if !ok {
		return true
	}
	for a := range from.Attempts {
		if !sameEntry(from, to, a) && int(from.Attempts[a].Host) != h {
			return false
		}
		r := a / maxAttempts
		if from.Requests[r] == to.Requests[r] {
			continue
		}
		if held := from.held(r); held < 0 || int(from.Attempts[held].Host) != h || from.Attempts[held].Past {
			return false
		}
	}
	for k := range from.Hosts {
		if k != h && from.Hosts[k] != to.Hosts[k] {
			return false
		}
	}
	return l.Action != Rejected || onlyRead(from, to, h)
}

// onlyRead: a message about something that the host does not hold changes
// nothing but its own wire.
func onlyRead(from, to *State, h int) bool {
	k := to.Hosts[h]
	k.Up, k.Old = from.Hosts[h].Up, from.Hosts[h].Old
	return k == from.Hosts[h] && from.Requests == to.Requests && from.Queue == to.Queue
}

// hostCapacity: a host's capacity is the highest limit that it ever has, and
// handlers of ended attachments use it too.
func (m machine) hostCapacity(s *State) bool {
	var running [maxHosts]int
	for a := range s.Attempts {
		if t := &s.Attempts[a]; t.Work == workRuns || t.Work == workTold {
			running[t.Host]++
		}
	}
	for h := range m.Hosts {
		if running[h] > m.Limit {
			return false
		}
	}
	return true
}

func (m machine) abandonedCap(_ *State, l model.Label, to *State) bool {
	_, h, ok := target(l)
	return !ok || to.entries(h, entryLive)+to.entries(h, entryAbandoned) <= int(to.Hosts[h].Limit)+m.Cap
}

// bounded: wires and the queues of hosts, which hold no more than was reserved
// and abandoned; and the gateway's queue, in which newcomers are bounded by
// Waiting and those that came back by the places that they had.
func (m machine) bounded(s *State) bool {
	for h := range m.Hosts {
		k := &s.Hosts[h]
		queued := 0
		for a := range s.Attempts {
			if int(s.Attempts[a].Host) == h && s.Attempts[a].Work == workQueued {
				queued++
			}
		}
		if int(k.Down.N) > m.Wire || int(k.Up.N) > m.Wire || queued > m.Limit+m.Cap {
			return false
		}
	}
	waiting, fresh := 0, 0
	for r := range m.Requests {
		if s.Requests[r].Phase == requestWaits {
			waiting++
			if s.Requests[r].Tried == 0 {
				fresh++
			}
		}
	}
	return m.Waiting == 0 || fresh <= m.Waiting && waiting <= m.Waiting+m.Hosts*m.Limit
}

func closeComplete(s *State) bool {
	if s.Closing != closeEnded {
		return true
	}
	for h := range s.Hosts {
		if k := &s.Hosts[h]; k.Attached || k.Reserved != 0 || k.Superseded {
			return false
		}
	}
	return !s.anyOpen(maxRequests)
}

// quiet: after Close has returned the gateway takes no step, none of its timers
// fires, and nobody attaches or enters.
func quiet(from *State, l model.Label, _ *State) bool {
	if from.Closing != closeEnded {
		return true
	}
	switch l.Action {
	case Due, NoHost, Deadline, Relent, Attach, Enqueue, SetLimit:
		return false
	}
	return l.Action > lastGateway
}
