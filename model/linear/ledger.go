package linear

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// LedgerKind is an operation on the ledger.
type LedgerKind uint8

const (
	// Attach makes a host known with a limit, 0 or more. If it is attached
	// already, that attachment is detached in the same step. N: how many
	// reservations that released.
	Attach LedgerKind = iota
	// Reserve takes a reservation at a host. OK: the host is attached and has
	// fewer live reservations than its limit; then ID is the new one's, which
	// was never given before.
	Reserve
	// Release ends the reservation ID. OK: it was live.
	Release
	// Reassign ends the reservation ID and takes one at another Host, in one
	// step. OK: ID is live at a host other than Host, and Host has room; then
	// the result's ID is the new one's. If not OK nothing has changed.
	Reassign
	// Detach ends a host's attachment. N: how many reservations that released;
	// 0 for a host that is not attached.
	Detach
	// SetLimit changes the limit of a host, if it is attached. Reservations
	// above a lowered limit stay.
	SetLimit
	// Count asks for a host's live reservations, N; 0 if it is not attached.
	Count
)

// LedgerOp is the Input of an operation on the [Ledger]; each kind says which
// of the other fields it reads.
type LedgerOp struct {
	Do    LedgerKind
	Host  int
	ID    uint64
	Limit int
}

// LedgerResult is the Output of an operation on the [Ledger]. Fields that the
// kind does not speak of are ignored.
type LedgerResult struct {
	ID uint64
	OK bool
	N  int
}

// ledgerHost is an attached host.
type ledgerHost struct{ host, limit int }

// ledgerLive is a live reservation.
type ledgerLive struct {
	id   uint64
	host int
}

// ledgerState is the ledger between two operations. It is never changed: a
// step builds a new one. Each list is sorted, so that equal ledgers have equal
// lists.
type ledgerState struct {
	hosts []ledgerHost
	live  []ledgerLive
	given []uint64 // every ID that was ever given
}

// Ledger is the sequential specification of the reservation ledger. Input is
// a [LedgerOp], Output a [LedgerResult].
//
// Hosts between which no reservation was or could have been moved are judged
// apart, which is what makes long histories of many hosts affordable.
func Ledger() porcupine.Model {
	return porcupine.Model{
		Partition: partitionLedger,
		Init:      func() any { return &ledgerState{} },
		Step: func(state, input, output any) (bool, any) {
			next, ok := state.(*ledgerState).step(input.(LedgerOp), output.(LedgerResult))
			return ok, next
		},
		Equal: func(a, b any) bool {
			s, t := a.(*ledgerState), b.(*ledgerState)
			return slices.Equal(s.hosts, t.hosts) && slices.Equal(s.live, t.live) && slices.Equal(s.given, t.given)
		},
		Hash:              func(s any) uint64 { return s.(*ledgerState).hash() },
		DescribeOperation: func(in, out any) string { return in.(LedgerOp).describe(out.(LedgerResult)) },
		DescribeState:     func(s any) string { return s.(*ledgerState).String() },
	}
}

// step is the ledger after op, and whether op can have had that result.
func (s *ledgerState) step(op LedgerOp, r LedgerResult) (*ledgerState, bool) {
	switch op.Do {
	case Attach:
		t, released := s.detach(op.Host)
		t.hosts = insert(t.hosts, ledgerHost{op.Host, op.Limit}, byHost)
		return t, r.N == released && op.Limit >= 0
	case Detach:
		t, released := s.detach(op.Host)
		return t, r.N == released
	case Reserve:
		return s.reserve(op.Host, s.room(op.Host), r)
	case Release:
		t, _, live := s.release(op.ID)
		return t, r.OK == live
	case Reassign:
		t, from, live := s.release(op.ID)
		if !live || from == op.Host || !s.room(op.Host) {
			return s, !r.OK
		}
		return t.reserve(op.Host, true, r)
	case SetLimit:
		i, ok := slices.BinarySearchFunc(s.hosts, ledgerHost{host: op.Host}, byHost)
		if !ok {
			return s, op.Limit >= 0
		}
		t := *s
		t.hosts = slices.Clone(s.hosts)
		t.hosts[i].limit = op.Limit
		return &t, op.Limit >= 0
	case Count:
		return s, r.N == s.count(op.Host)
	}
	panic(fmt.Sprintf("linear: the ledger has no operation %d", op.Do))
}

// count is the number of live reservations at the host.
func (s *ledgerState) count(host int) int {
	n := 0
	for _, l := range s.live {
		if l.host == host {
			n++
		}
	}
	return n
}

// room reports whether the host is attached and may take one more.
func (s *ledgerState) room(host int) bool {
	i, ok := slices.BinarySearchFunc(s.hosts, ledgerHost{host: host}, byHost)
	return ok && s.count(host) < s.hosts[i].limit
}

// reserve takes the reservation that r names, if there is room.
func (s *ledgerState) reserve(host int, room bool, r LedgerResult) (*ledgerState, bool) {
	if !room || !r.OK {
		return s, room == r.OK
	}
	if _, twice := slices.BinarySearch(s.given, r.ID); twice {
		return s, false
	}
	return &ledgerState{
		hosts: s.hosts,
		live:  insert(s.live, ledgerLive{r.ID, host}, byID),
		given: insert(s.given, r.ID, cmp.Compare[uint64]),
	}, true
}

// release is the ledger without the reservation, where that was, and whether
// it was live.
func (s *ledgerState) release(id uint64) (t *ledgerState, host int, live bool) {
	i, ok := slices.BinarySearchFunc(s.live, ledgerLive{id: id}, byID)
	if !ok {
		return s, 0, false
	}
	return &ledgerState{hosts: s.hosts, live: slices.Delete(slices.Clone(s.live), i, i+1), given: s.given}, s.live[i].host, true
}

// detach is a new ledger without the host, and how many reservations it had.
func (s *ledgerState) detach(host int) (t *ledgerState, released int) {
	t = &ledgerState{given: s.given}
	t.hosts = slices.DeleteFunc(slices.Clone(s.hosts), func(h ledgerHost) bool { return h.host == host })
	t.live = slices.DeleteFunc(slices.Clone(s.live), func(l ledgerLive) bool { return l.host == host })
	return t, len(s.live) - len(t.live)
}

func (s *ledgerState) hash() uint64 {
	h := newHash()
	for _, v := range s.hosts {
		h.add(uint64(v.host))
		h.add(uint64(v.limit))
	}
	for _, v := range s.live {
		h.add(v.id)
		h.add(uint64(v.host))
	}
	for _, id := range s.given {
		h.add(id)
	}
	return uint64(h)
}

// String prints each attached host with its live reservations and its limit:
// "h1 [7 9] of 2".
func (s *ledgerState) String() string {
	var b strings.Builder
	for _, h := range s.hosts {
		var ids []uint64
		for _, l := range s.live {
			if l.host == h.host {
				ids = append(ids, l.id)
			}
		}
		fmt.Fprintf(&b, "h%d %v of %d; ", h.host, ids, h.limit)
	}
	if b.Len() == 0 {
		return "no host"
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// describe prints the operation with its result as a call.
func (op LedgerOp) describe(r LedgerResult) string {
	given := func() string {
		if r.OK {
			return fmt.Sprintf("#%d", r.ID)
		}
		return "refused"
	}
	switch op.Do {
	case Attach:
		return fmt.Sprintf("attach(h%d, limit %d) -> %d released", op.Host, op.Limit, r.N)
	case Reserve:
		return fmt.Sprintf("reserve(h%d) -> %s", op.Host, given())
	case Release:
		return fmt.Sprintf("release(#%d) -> %v", op.ID, r.OK)
	case Reassign:
		return fmt.Sprintf("reassign(#%d, h%d) -> %s", op.ID, op.Host, given())
	case Detach:
		return fmt.Sprintf("detach(h%d) -> %d released", op.Host, r.N)
	case SetLimit:
		return fmt.Sprintf("setlimit(h%d, %d)", op.Host, op.Limit)
	case Count:
		return fmt.Sprintf("count(h%d) -> %d", op.Host, r.N)
	}
	return fmt.Sprintf("operation %d", op.Do)
}
