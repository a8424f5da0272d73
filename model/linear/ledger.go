package linear

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/gatewayspec"
)

// LedgerKind is an operation on the ledger.
type LedgerKind uint8

const (
	// Attach makes a host known with a limit, 0 or more. If it is attached
	// already, that attachment is detached in the same step. N: how many
	// reservations that released.
	Attach LedgerKind = iota
	// Reserve takes a reservation at a host. OK: the host is attached, has a free
	// slot and is not paused; then ID is the new one's, which was never given
	// before.
	Reserve
	// Release ends the reservation ID; with Abandon its attempt stays with the
	// host until acknowledged. OK: it was live.
	Release
	// Reassign ends the reservation ID, as Release does, and takes one at another
	// Host, in one step. OK: ID is live at a host other than Host, where Reserve
	// would succeed; then the result's ID is the new one's. If not OK nothing has
	// changed.
	Reassign
	// Detach ends a host's attachment. N: how many reservations that released;
	// 0 for a host that is not attached.
	Detach
	// SetLimit changes the limit of a host, if it is attached. Reservations
	// above a lowered limit stay.
	SetLimit
	// Count asks for a host's live reservations, N; 0 if it is not attached.
	Count
	// Acknowledge takes the abandoned attempt ID off its host. OK: it was
	// abandoned at an attachment that has not ended.
	Acknowledge
	// Stats asks for a host's counts at once: N as Count does, Abandoned, and
	// whether it is Paused. All are zero if it is not attached.
	Stats
)

// LedgerOp is the Input of an operation on the [Ledger]; each kind says which
// of the other fields it reads.
type LedgerOp struct {
	Do      LedgerKind
	Host    int
	ID      uint64
	Limit   int
	Abandon bool
}

// LedgerResult is the Output of an operation on the [Ledger]. Fields that the
// kind does not speak of are ignored.
type LedgerResult struct {
	ID        uint64
	OK        bool
	N         int
	Abandoned int
	Paused    bool
	// Known says what is known of the rest. Unless it is Seen, only ID is read,
	// of operations that may have given one: the reservation's if there is one,
	// or 0 if nobody knows, so that nothing in the history names it.
	Known Known
}

// Known says what is known of an operation's result.
type Known uint8

const (
	// Seen: the result is as it says.
	Seen Known = iota
	// Unseen: the operation took effect between its call and its return, but
	// nobody saw the result.
	Unseen
	// Unknown: the operation never returned, or its answer was lost. It may have
	// taken effect at any time after its call, or never: its Return is read as
	// after everything else.
	Unknown
)

// Ledger is the sequential specification of the reservation ledger, with the
// default mark and cap. Input is a [LedgerOp], Output a [LedgerResult].
func Ledger() Object { return LedgerOf(gatewayspec.FollowLimit, gatewayspec.FollowLimit) }

// LedgerOf is the ledger in which a host that has paused resumes when no more
// than mark are reserved, and may have abandonedCap abandoned attempts beside
// its limit. Either may be gatewayspec.FollowLimit.
//
// When a host has a free slot, pauses and resumes is decided by
// gatewayspec.Counts alone, which the checked spec of the gateway has its steps
// from.
//
// Hosts between which no reservation was or could have been moved are judged
// apart, which is what makes long histories of many hosts affordable.
func LedgerOf(mark, abandonedCap int) Object {
	rules := ledgerRules{mark, abandonedCap}
	o := Object{Name: "ledger", Instead: rules.instead, Needs: rules.needs, Forget: forgetReleased}
	o.NondeterministicModel = porcupine.NondeterministicModel{
		Partition: partitionLedger,
		Init:      func() []any { return []any{&ledgerState{}} },
		Step: func(state, input, output any) []any {
			return rules.step(state.(*ledgerState), input.(LedgerOp), output.(LedgerResult))
		},
		Equal:             func(a, b any) bool { return a.(*ledgerState).equal(b.(*ledgerState)) },
		Hash:              func(s any) uint64 { return s.(*ledgerState).hash() },
		DescribeOperation: func(in, out any) string { return in.(LedgerOp).describe(out.(LedgerResult)) },
		DescribeState:     func(s any) string { return s.(*ledgerState).String() },
	}
	return o
}

// ledgerRules is what the ledger decides by, beside gatewayspec.Counts.
type ledgerRules struct{ mark, abandonedCap int }

// step is the ledgers that op can lead to with that result.
func (l ledgerRules) step(s *ledgerState, op LedgerOp, r LedgerResult) []any {
	if op.Limit < 0 && (op.Do == Attach || op.Do == SetLimit) {
		return nil
	}
	named := r.Known == Seen || r.ID != 0
	t, want := l.do(s, op, r.ID, named)
	if gives(op.Do) && want.OK && named && s.given.has(r.ID) {
		if r.Known == Unknown {
			return []any{s}
		}
		return nil
	}
	switch {
	case r.Known == Unseen, r.Known == Unknown && t == s:
		return []any{t}
	case r.Known == Unknown:
		return []any{s, t}
	case op.Do.sees(r) == op.Do.sees(want):
		return []any{t}
	}
	return nil
}

// gives reports whether an operation of the kind can give a reservation.
func gives(k LedgerKind) bool { return k == Reserve || k == Reassign }

// sees is the result without what the kind does not speak of.
func (k LedgerKind) sees(r LedgerResult) LedgerResult {
	switch k {
	case Attach, Detach, Count:
		return LedgerResult{N: r.N}
	case Reserve, Release, Reassign, Acknowledge:
		return LedgerResult{OK: r.OK}
	case Stats:
		return LedgerResult{N: r.N, Abandoned: r.Abandoned, Paused: r.Paused}
	}
	return LedgerResult{}
}

// do is the ledger after op, and the result that op has. A new reservation is
// called id, or has no name.
func (l ledgerRules) do(s *ledgerState, op LedgerOp, id uint64, named bool) (*ledgerState, LedgerResult) {
	switch op.Do {
	case Attach:
		t, n := s.detach(op.Host)
		t.hosts = insert(t.hosts, ledgerHost{host: op.Host, counts: gatewayspec.NewCounts(op.Limit, l.mark, l.abandonedCap)}, byHost)
		return t, LedgerResult{N: n}
	case Detach:
		t, n := s.detach(op.Host)
		return t, LedgerResult{N: n}
	case Reserve:
		if !s.open(op.Host) {
			return s, LedgerResult{}
		}
		t := s.clone()
		t.reserve(op.Host, id, named)
		return t, LedgerResult{OK: true, ID: id}
	case Release:
		t := s.clone()
		if !t.release(op.ID, op.Abandon) {
			return s, LedgerResult{}
		}
		return t, LedgerResult{OK: true}
	case Reassign:
		from := s.find(op.ID)
		if from == nil || from.abandoned || from.host == op.Host || !s.open(op.Host) {
			return s, LedgerResult{}
		}
		t := s.clone()
		t.release(op.ID, op.Abandon)
		t.reserve(op.Host, id, named)
		return t, LedgerResult{OK: true, ID: id}
	case Acknowledge:
		t := s.clone()
		if !t.acknowledge(op.ID) {
			return s, LedgerResult{}
		}
		return t, LedgerResult{OK: true}
	case SetLimit:
		t := s.clone()
		if h := t.host(op.Host); h != nil {
			h.counts.SetLimit(op.Limit)
		}
		return t, LedgerResult{}
	case Count, Stats:
		if h := s.host(op.Host); h != nil {
			return s, LedgerResult{N: h.counts.Reserved, Abandoned: h.counts.Abandoned, Paused: h.counts.Paused}
		}
		return s, LedgerResult{}
	}
	panic(fmt.Sprintf("linear: the ledger has no operation %d", op.Do))
}

// instead says what the ledger answers.
func (l ledgerRules) instead(state, input, output any) string {
	s, op, r := state.(*ledgerState), input.(LedgerOp), output.(LedgerResult)
	if op.Limit < 0 && (op.Do == Attach || op.Do == SetLimit) {
		return "that no limit is below 0"
	}
	_, want := l.do(s, op, r.ID, true)
	if gives(op.Do) && want.OK && r.OK {
		return fmt.Sprintf("another ID, because #%d was given before", r.ID)
	}
	if gives(op.Do) && want.OK {
		return "a new reservation"
	}
	_, text, _ := strings.Cut(op.describe(want), " -> ")
	return text
}

// forgetReleased forgets how many reservations the end of an attachment
// released.
func forgetReleased(input, output any) (any, bool) {
	op, r := input.(LedgerOp), output.(LedgerResult)
	if op.Do != Attach && op.Do != Detach || r.Known != Seen {
		return output, false
	}
	return LedgerResult{Known: Unseen}, true
}

// describe prints the operation with its result as a call.
func (op LedgerOp) describe(r LedgerResult) string {
	call := func(name string, args ...any) string {
		var list []string
		for _, a := range args {
			list = append(list, fmt.Sprint(a))
		}
		if op.Abandon && (op.Do == Release || op.Do == Reassign) {
			list = append(list, "abandon")
		}
		return name + "(" + strings.Join(list, ", ") + ")"
	}
	host, id := fmt.Sprintf("h%d", op.Host), fmt.Sprintf("#%d", op.ID)
	yes := fmt.Sprint(r.OK)
	got := "refused"
	if r.OK {
		got = fmt.Sprintf("#%d", r.ID)
	}
	var text, result string
	switch op.Do {
	case Attach:
		text, result = call("attach", host, fmt.Sprintf("limit %d", op.Limit)), fmt.Sprintf("%d released", r.N)
	case Reserve:
		text, result = call("reserve", host), got
	case Release:
		text, result = call("release", id), yes
	case Reassign:
		text, result = call("reassign", id, host), got
	case Detach:
		text, result = call("detach", host), fmt.Sprintf("%d released", r.N)
	case SetLimit:
		text = call("setlimit", host, op.Limit)
	case Count:
		text, result = call("count", host), fmt.Sprint(r.N)
	case Acknowledge:
		text, result = call("acknowledge", id), yes
	case Stats:
		text, result = call("stats", host), fmt.Sprintf("%d reserved, %d abandoned, paused %v", r.N, r.Abandoned, r.Paused)
	default:
		return fmt.Sprintf("operation %d", op.Do)
	}
	switch {
	case r.Known == Unknown && gives(op.Do) && r.ID != 0:
		return fmt.Sprintf("%s -> unknown, or #%d", text, r.ID)
	case r.Known == Unknown:
		return text + " -> unknown"
	case r.Known == Unseen && gives(op.Do) && r.ID != 0:
		return fmt.Sprintf("%s -> unseen, or #%d", text, r.ID)
	case r.Known == Unseen && gives(op.Do):
		return text + " -> unseen"
	case r.Known == Unseen || result == "":
		return text
	}
	return text + " -> " + result
}

func byHost(a, b ledgerHost) int { return cmp.Compare(a.host, b.host) }

func byID(a, b ledgerEntry) int {
	if a.named != b.named {
		return cmp.Compare(b2i(a.named), b2i(b.named))
	}
	return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.host, b.host))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
