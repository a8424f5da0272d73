package gatewayspec

import "github.com/weir-dev/weir/protocol"

// attempt is one try of a request at a host, seen from the gateway's ledger
// and from the host. While its entry is live it is a reservation.
type attempt struct {
	Entry entry
	Host  uint8
	// Past is whether its host has attached again since.
	Past bool
	// Sent is whether its request was handed to the stream, Refused whether the
	// host gave it back unstarted.
	Sent, Refused bool
	// Tell is whether its host is still to be told that it was given up.
	Tell bool
	// Releases counts how often its reservation was released; more than once
	// is wrong, and more than twice is not counted.
	Releases uint8
	// Work is what its host does with it.
	Work work
}

// entry is what the ledger says of an attempt.
type entry uint8

const (
	// entryFree: no such attempt. One that was released before it was sent is
	// free again, because nobody but the ledger ever knew of it.
	entryFree entry = iota
	entryLive
	// entryAbandoned: sent, given up, and not answered yet.
	entryAbandoned
	// entryLost: sent, not answered, and its attachment has ended or its write
	// has failed.
	entryLost
	// entrySettled: answered.
	entrySettled
)

// held returns the attempt that holds the reservation of r, or -1.
func (s *State) held(r int) int {
	for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
		if s.Attempts[a].Entry == entryLive {
			return a
		}
	}
	return -1
}

// timesSent counts the attempts of r that were sent: only those count towards
// MaxAttempts.
func (s *State) timesSent(r int) int {
	n := 0
	for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
		if s.Attempts[a].Sent {
			n++
		}
	}
	return n
}

// at is whether an attempt belongs to the newest attachment of host h.
func (s *State) at(a, h int) bool {
	t := &s.Attempts[a]
	return t.Entry != entryFree && int(t.Host) == h && !t.Past
}

// counts are those of h as the rules want them, with the mistakes that some
// variants make about them.
func (m machine) counts(s *State, h int) Counts {
	k := &s.Hosts[h]
	c := Counts{Reserved: int(k.Reserved), Abandoned: int(k.Abandoned), Limit: int(k.Limit), Mark: m.Mark, Cap: m.Cap, Paused: k.Paused}
	switch m.Variant {
	case G15:
		c.Limit++
	case G25:
		if c.Limit < c.Reserved {
			c.Limit = 100 // an unsigned difference wraps
		}
	case G44:
		c.Cap = 100
	}
	return c
}

// keep takes over the counts of h after a change. The bounds of reserved are
// for variants that would else count on and on.
func (m machine) keep(s *State, h int, c Counts) {
	k := &s.Hosts[h]
	k.Reserved, k.Abandoned, k.Paused = int8(max(-3, min(c.Reserved, 9))), int8(c.Abandoned), c.Paused
	m.wake(s)
}

// reserve makes a reservation for r at h, before anything of it is visible to
// the writer.
func (m machine) reserve(s *State, r, h int) {
	for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
		if s.Attempts[a].Entry == entryFree {
			s.Attempts[a] = attempt{Entry: entryLive, Host: uint8(h)}
			break
		}
	}
	q := &s.Requests[r]
	s.Queue.remove(r)
	q.Phase, q.Due = requestHeld, false
	q.Tried |= 1 << h
	if m.Variant == G39 || m.Variant == G24 && r < m.Deadlines {
		return
	}
	c := m.counts(s, h)
	c.Reserve()
	m.keep(s, h, c)
}

// release ends a reservation. What was sent and is given up while its host
// may still work on it counts as abandoned until the host has answered.
func (m machine) release(s *State, a int, why protocol.Reason) {
	t := &s.Attempts[a]
	h := int(t.Host)
	abandons := t.Sent && (why == protocol.Reassigned || why == protocol.Cancelled || why == protocol.Deadline)
	if m.Variant != G01 || why != protocol.Reassigned {
		c := m.counts(s, h)
		c.Release(abandons)
		m.keep(s, h, c)
	} else if abandons {
		s.Hosts[h].Abandoned++
	}
	t.Releases = min(t.Releases+1, 2)
	switch {
	case !t.Sent:
		*t = attempt{}
	case abandons:
		t.Entry, t.Tell = entryAbandoned, true
	case why == protocol.ByReply || why == protocol.ByErrorReply || why == protocol.Refused:
		t.Entry = entrySettled
	default:
		t.Entry, t.Tell = entryLost, false
	}
}

// acknowledge settles an attempt that holds no reservation: its host has
// answered it.
func (m machine) acknowledge(s *State, a int) {
	t := &s.Attempts[a]
	h := int(t.Host)
	abandoned := t.Entry == entryAbandoned
	t.Entry, t.Tell = entrySettled, false
	if !abandoned {
		return
	}
	c := m.counts(s, h)
	c.Acknowledge()
	if m.Variant == G02 {
		t.Releases = min(t.Releases+1, 2)
		c.Release(false)
	}
	m.keep(s, h, c)
}

// setLimit changes the limit of h, attached or not: a gateway keeps it for the
// host's next attachment.
func (m machine) setLimit(s *State, h, limit int) {
	k := &s.Hosts[h]
	if k.Attached {
		c := m.counts(s, h)
		c.SetLimit(limit)
		k.Limit = int8(limit)
		if m.Variant == G25 {
			c = m.counts(s, h)
			c.Paused = !c.Free()
		}
		m.keep(s, h, c)
	}
	k.Limit = int8(limit)
}

// wake wakes the dispatcher of the variant that has it sleep.
func (m machine) wake(s *State) {
	if m.Variant == G18 {
		s.Woken = true
	}
}

// miscount is a variant's mistake: the count of h changes by n, and nothing
// else does.
func (m machine) miscount(s *State, h, n int) {
	c := m.counts(s, h)
	c.Reserved += n
	m.keep(s, h, c)
}
