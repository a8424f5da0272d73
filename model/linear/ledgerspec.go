package linear

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/gatewayspec"
)

// The most that a [Books] has room for.
const (
	maxBookHosts = 2
	maxBookIDs   = 4
)

// Books is a small ledger as the checker takes it. Hosts are numbered from 1,
// reservations too.
type Books struct {
	// Hosts is by number-1.
	Hosts [maxBookHosts]BookHost
	// At says for each reservation, by number-1, the host that it is at; 0 for
	// none, or no longer.
	At [maxBookIDs]uint8
	// Abandoned says whether it is there only as an abandoned attempt.
	Abandoned [maxBookIDs]bool
	// Given counts the reservations that were ever made.
	Given uint8
}

// BookHost is a host of a [Books].
type BookHost struct {
	Attached, Paused           bool
	Reserved, Abandoned, Limit uint8
}

// BooksParams bounds a [LedgerSpec].
type BooksParams struct {
	// Hosts is 1 to 2, IDs, the most reservations that are ever made, 1 to 4,
	// MaxLimit the largest limit, 1 to 4.
	Hosts, IDs, MaxLimit int
	// Mark and Cap are as for [LedgerOf].
	Mark, Cap int
}

// Validate returns an error that names the field, its value and its bounds.
func (p BooksParams) Validate() error {
	for _, f := range []struct {
		name            string
		value, min, max int
	}{
		{"Hosts", p.Hosts, 1, maxBookHosts},
		{"IDs", p.IDs, 1, maxBookIDs},
		{"MaxLimit", p.MaxLimit, 1, 4},
		{"Mark", p.Mark, gatewayspec.FollowLimit, 4},
		{"Cap", p.Cap, gatewayspec.FollowLimit, 4},
	} {
		if f.value < f.min || f.value > f.max {
			return fmt.Errorf("linear: %s is %d, want %d to %d", f.name, f.value, f.min, f.max)
		}
	}
	return nil
}

// bookActions are the kinds of operations, which are the actions.
var bookActions = []string{
	Attach: "attach", Reserve: "reserve", Release: "release", Reassign: "reassign", Detach: "detach",
	SetLimit: "setlimit", Count: "count", Acknowledge: "acknowledge", Stats: "stats",
}

// LedgerSpec is the ledger as a spec for the checker, by the very steps that
// [LedgerOf] judges histories with: one operation is one step, and its label
// ends in the result. It states those laws of the gateway that speak of the
// ledger alone. It panics if p is not valid.
func LedgerSpec(p BooksParams) *model.Spec[Books] {
	if err := p.Validate(); err != nil {
		panic(err)
	}
	l := ledgerRules{p.Mark, p.Cap}
	ops := booksOps(p)
	return &model.Spec[Books]{
		Name:    "ledger",
		Size:    fmt.Sprintf("%d hosts, %d reservations, limits to %d, mark %d, cap %d", p.Hosts, p.IDs, p.MaxLimit, p.Mark, p.Cap),
		Init:    []Books{{}},
		Actions: bookActions,
		Laws:    p.laws(),
		Format:  func(b *Books) string { return b.ledger(p).String() },
		ArgName: bookArg,
		Next: func(b *Books, x *model.Next[Books]) {
			s := b.ledger(p)
			for _, op := range ops {
				t, r := l.do(s, op, uint64(b.Given)+1, true)
				if gives(op.Do) && r.OK && int(b.Given) == p.IDs {
					continue // beyond the bounds
				}
				*x.Do(model.Action(op.Do), bookArgs(op, r)...) = booksOf(t)
			}
		},
	}
}

// booksOps is every operation within the bounds.
func booksOps(p BooksParams) []LedgerOp {
	var ops []LedgerOp
	for h := 1; h <= p.Hosts; h++ {
		ops = append(ops, LedgerOp{Do: Reserve, Host: h}, LedgerOp{Do: Detach, Host: h}, LedgerOp{Do: Count, Host: h}, LedgerOp{Do: Stats, Host: h})
		for limit := range p.MaxLimit + 1 {
			ops = append(ops, LedgerOp{Do: Attach, Host: h, Limit: limit}, LedgerOp{Do: SetLimit, Host: h, Limit: limit})
		}
		for id := uint64(1); id <= uint64(p.IDs); id++ {
			ops = append(ops, LedgerOp{Do: Reassign, ID: id, Host: h}, LedgerOp{Do: Reassign, ID: id, Host: h, Abandon: true})
		}
	}
	for id := uint64(1); id <= uint64(p.IDs); id++ {
		ops = append(ops, LedgerOp{Do: Release, ID: id}, LedgerOp{Do: Release, ID: id, Abandon: true}, LedgerOp{Do: Acknowledge, ID: id})
	}
	return ops
}

// bare is the operation with only what its kind reads.
func (op LedgerOp) bare() LedgerOp {
	out := LedgerOp{Do: op.Do}
	switch op.Do {
	case Release, Reassign, Acknowledge:
		out.ID = op.ID
	}
	switch op.Do {
	case Release, Reassign:
		out.Abandon = op.Abandon
	case Attach, SetLimit:
		out.Limit = op.Limit
	}
	if op.Do != Release && op.Do != Acknowledge {
		out.Host = op.Host
	}
	return out
}

// bookArgs is the arguments of a label: what is asked, then the answer, in
// which a reservation that was refused is 0.
func bookArgs(op LedgerOp, r LedgerResult) []int {
	id := 0
	if r.OK {
		id = int(r.ID)
	}
	switch op.Do {
	case Attach:
		return []int{op.Host, op.Limit, r.N}
	case Reserve:
		return []int{op.Host, id}
	case Release:
		return []int{int(op.ID), b2i(op.Abandon), b2i(r.OK)}
	case Reassign:
		return []int{int(op.ID), b2i(op.Abandon), op.Host, id}
	case Detach, Count:
		return []int{op.Host, r.N}
	case SetLimit:
		return []int{op.Host, op.Limit}
	case Acknowledge:
		return []int{int(op.ID), b2i(r.OK)}
	}
	return []int{op.Host, r.N, r.Abandoned, b2i(r.Paused)}
}

// bookArg prints an argument: h a host, # a reservation, b a truth, and n a
// number.
func bookArg(a model.Action, arg int, v int16) string {
	kinds := [...]string{
		Attach: "hnn", Reserve: "h#", Release: "#bb", Reassign: "#bh#", Detach: "hn",
		SetLimit: "hn", Count: "hn", Acknowledge: "#b", Stats: "hnnb",
	}
	kind := byte('n')
	if int(a) < len(kinds) && arg < len(kinds[a]) {
		kind = kinds[a][arg]
	}
	switch kind {
	case 'h', '#':
		return fmt.Sprintf("%c%d", kind, v)
	case 'b':
		return strconv.FormatBool(v != 0)
	}
	return strconv.Itoa(int(v))
}

// LedgerLabels is the labels of [LedgerSpec] for an operation on the ledger, in
// the form that [FromSpec] asks for.
func LedgerLabels(p BooksParams) func(input, output any) []model.Label {
	label := func(op LedgerOp, r LedgerResult) model.Label {
		l := model.Label{Action: model.Action(op.Do)}
		for i, v := range bookArgs(op, r) {
			l.Args[i] = int16(v)
			l.N++
		}
		return l
	}
	all := map[LedgerOp][]model.Label{}
	for _, op := range booksOps(p) {
		for n := range p.IDs + 1 {
			for abandoned := range p.IDs + 1 {
				for yes := range 4 {
					r := LedgerResult{ID: uint64(n), OK: yes&1 != 0, N: n, Abandoned: abandoned, Paused: yes&2 != 0}
					if l := label(op, r); !slices.Contains(all[op], l) {
						all[op] = append(all[op], l)
					}
				}
			}
		}
	}
	return func(input, output any) []model.Label {
		op := input.(LedgerOp)
		if r, ok := output.(LedgerResult); ok && r.Known == Seen {
			return []model.Label{label(op, r)}
		}
		return all[op.bare()]
	}
}

// ledger is the ledger that judges histories, as far as b has it.
func (b *Books) ledger(p BooksParams) *ledgerState {
	s := &ledgerState{}
	for i, h := range b.Hosts {
		if h.Attached {
			c := gatewayspec.NewCounts(int(h.Limit), p.Mark, p.Cap)
			c.Reserved, c.Abandoned, c.Paused = int(h.Reserved), int(h.Abandoned), h.Paused
			s.hosts = append(s.hosts, ledgerHost{i + 1, c})
		}
	}
	for i := range int(b.Given) {
		s.given = s.given.with(uint64(i + 1))
		if b.At[i] > 0 {
			s.entries = append(s.entries, ledgerEntry{id: uint64(i + 1), host: int(b.At[i]), named: true, abandoned: b.Abandoned[i]})
		}
	}
	return s
}

// booksOf is the other way round.
func booksOf(s *ledgerState) Books {
	var b Books
	for _, h := range s.hosts {
		b.Hosts[h.host-1] = BookHost{true, h.counts.Paused, uint8(h.counts.Reserved), uint8(h.counts.Abandoned), uint8(h.counts.Limit)}
	}
	for _, e := range s.entries {
		b.At[e.id-1], b.Abandoned[e.id-1] = uint8(e.host), e.abandoned
	}
	if s.given != nil {
		b.Given = uint8(s.given.n)
	}
	return b
}
