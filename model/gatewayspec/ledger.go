package gatewayspec

import "github.com/weir-dev/weir/protocol"

// attempt is one try of a request at a host, seen from the gateway's ledger
// and from the host. While its entry is live it is a reservation.
type attempt struct {
	Entry entry
	// Host and Epoch name the attachment.
	Host, Epoch uint8
	// Sent is whether its request was handed to the stream.
	Sent bool
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

// at is whether an attempt belongs to the attachment that host h has now.
func (s *State) at(a, h int) bool {
	t := &s.Attempts[a]
	return t.Entry != entryFree && int(t.Host) == h && t.Epoch == s.Hosts[h].Epoch
}

// reserve makes a reservation for r at h, before anything of it is visible to
// the writer.
func (m machine) reserve(s *State, r, h int) {
	for a := r * maxAttempts; a < (r+1)*maxAttempts; a++ {
		if s.Attempts[a].Entry == entryFree {
			s.Attempts[a] = attempt{Entry: entryLive, Host: uint8(h), Epoch: s.Hosts[h].Epoch}
			break
		}
	}
	q := &s.Requests[r]
	if q.Phase == requestWaits {
		s.Queue.remove(r)
	}
	q.Phase, q.Due = requestHeld, false
	q.Tried |= 1 << h
	s.Hosts[h].Reserved++
	m.settle(s, h)
}

// release ends a reservation. What was sent and is given up while its host
// may still work on it counts as abandoned until the host has answered.
func (m machine) release(s *State, a int, why protocol.Reason) {
	t := &s.Attempts[a]
	h := int(t.Host)
	t.Releases = min(t.Releases+1, 2)
	if m.Variant != G01 || why != protocol.Reassigned {
		s.Hosts[h].Reserved--
	}
	switch {
	case !t.Sent:
		*t = attempt{}
	case why == protocol.Reassigned || why == protocol.Cancelled:
		t.Entry, t.Tell = entryAbandoned, true
		s.Hosts[h].Abandoned++
	default:
		t.Entry = entrySettled
	}
	m.settle(s, h)
}

// acknowledge takes an answered attempt off the abandoned ones.
func (m machine) acknowledge(s *State, a int) {
	t := &s.Attempts[a]
	h := int(t.Host)
	t.Entry, t.Tell = entrySettled, false
	s.Hosts[h].Abandoned--
	if m.Variant == G02 {
		t.Releases = min(t.Releases+1, 2)
		s.Hosts[h].Reserved--
	}
	m.settle(s, h)
}

// hasFree is whether h has a free slot by the gateway's counts.
func (m machine) hasFree(s *State, h int) bool {
	k := &s.Hosts[h]
	limit := m.Limit
	if m.Variant == G15 {
		limit++
	}
	return int(k.Reserved) < limit && int(k.Reserved)+int(k.Abandoned) < limit+m.Cap
}

// settle pauses or resumes h after its counts have changed. A host resumes at
// its mark only if it also has a free slot: with the abandoned at their cap it
// would be paused again at once, and so on for ever.
func (m machine) settle(s *State, h int) {
	k := &s.Hosts[h]
	if !k.Attached {
		return
	}
	switch {
	case !m.hasFree(s, h):
		k.Paused = true
	case int(k.Reserved) <= m.Mark:
		k.Paused = false
	}
}
