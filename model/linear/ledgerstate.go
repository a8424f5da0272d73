package linear

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weir-dev/weir/model/gatewayspec"
)

// ledgerHost is an attached host with its counts.
type ledgerHost struct {
	host   int
	counts gatewayspec.Counts
}

// ledgerEntry is a live reservation, or an abandoned attempt.
type ledgerEntry struct {
	id        uint64
	host      int
	named     bool
	abandoned bool
}

// ledgerState is the ledger between two operations. It is never changed after
// it was handed out: a step changes a clone. Each list is sorted, so that equal
// ledgers have equal lists.
type ledgerState struct {
	hosts   []ledgerHost
	entries []ledgerEntry
	given   *givenIDs
}

// clone is a ledger that may be changed.
func (s *ledgerState) clone() *ledgerState {
	return &ledgerState{hosts: slices.Clone(s.hosts), entries: slices.Clone(s.entries), given: s.given}
}

// host finds an attached host, or nil.
func (s *ledgerState) host(host int) *ledgerHost {
	i, ok := slices.BinarySearchFunc(s.hosts, ledgerHost{host: host}, byHost)
	if !ok {
		return nil
	}
	return &s.hosts[i]
}

// find finds the entry of a reservation that has a name, or nil.
func (s *ledgerState) find(id uint64) *ledgerEntry {
	i := slices.IndexFunc(s.entries, func(e ledgerEntry) bool { return e.named && e.id == id })
	if i < 0 {
		return nil
	}
	return &s.entries[i]
}

// open reports whether a reservation may be made at the host.
func (s *ledgerState) open(host int) bool {
	h := s.host(host)
	return h != nil && h.counts.Open()
}

// reserve makes a reservation at an attached host.
func (s *ledgerState) reserve(host int, id uint64, named bool) {
	e := ledgerEntry{host: host, named: named}
	if named {
		e.id = id
		s.given = s.given.with(id)
	}
	s.entries = insert(s.entries, e, byID)
	s.host(host).counts.Reserve()
}

// release ends a reservation, and reports whether it was live.
func (s *ledgerState) release(id uint64, abandon bool) bool {
	e := s.find(id)
	if e == nil || e.abandoned {
		return false
	}
	s.host(e.host).counts.Release(abandon)
	if e.abandoned = abandon; !abandon {
		s.remove(id)
	}
	return true
}

// acknowledge ends an abandoned attempt, and reports whether it was one.
func (s *ledgerState) acknowledge(id uint64) bool {
	e := s.find(id)
	if e == nil || !e.abandoned {
		return false
	}
	s.host(e.host).counts.Acknowledge()
	s.remove(id)
	return true
}

func (s *ledgerState) remove(id uint64) {
	s.entries = slices.DeleteFunc(s.entries, func(e ledgerEntry) bool { return e.named && e.id == id })
}

// detach is a ledger without the host and what was there, and how many
// reservations were.
func (s *ledgerState) detach(host int) (t *ledgerState, released int) {
	t = s.clone()
	if h := t.host(host); h != nil {
		released = h.counts.Reserved
	}
	t.hosts = slices.DeleteFunc(t.hosts, func(h ledgerHost) bool { return h.host == host })
	t.entries = slices.DeleteFunc(t.entries, func(e ledgerEntry) bool { return e.host == host })
	return t, released
}

func (s *ledgerState) equal(t *ledgerState) bool {
	return s == t || slices.Equal(s.hosts, t.hosts) && slices.Equal(s.entries, t.entries) && s.given.equal(t.given)
}

func (s *ledgerState) hash() uint64 {
	h := newHash()
	for _, v := range s.hosts {
		h.add(uint64(v.host))
		h.add(uint64(v.counts.Limit))
		h.add(uint64(v.counts.Reserved))
	}
	for _, v := range s.entries {
		h.add(v.id)
		h.add(uint64(v.host))
	}
	if s.given != nil {
		h.add(s.given.sum)
	}
	return uint64(h)
}

// String prints each attached host with its live reservations and its limit,
// and what else it has: "h1 [7 9] of 2; h2 [] of 1, abandoned [3], paused".
// A reservation without a name is a question mark.
func (s *ledgerState) String() string {
	if len(s.hosts) == 0 {
		return "no host attached"
	}
	var hosts []string
	for _, h := range s.hosts {
		text := fmt.Sprintf("h%d %s of %d", h.host, s.list(h.host, false), h.counts.Limit)
		if h.counts.Abandoned > 0 {
			text += ", abandoned " + s.list(h.host, true)
		}
		if h.counts.Paused {
			text += ", paused"
		}
		hosts = append(hosts, text)
	}
	return strings.Join(hosts, "; ")
}

// list prints the entries of a host.
func (s *ledgerState) list(host int, abandoned bool) string {
	var ids []string
	for _, e := range s.entries {
		switch {
		case e.host != host || e.abandoned != abandoned:
		case e.named:
			ids = append(ids, fmt.Sprint(e.id))
		default:
			ids = append(ids, "?")
		}
	}
	return "[" + strings.Join(ids, " ") + "]"
}
