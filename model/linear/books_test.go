package linear_test

import (
	"math/rand/v2"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// books is a ledger as simple as can be, to make legal histories from. It
// shares nothing with the ledger under test: it counts what it lists.
type books struct {
	mark, cap int // -1: the default
	limit     map[int]int
	paused    map[int]bool
	at, given map[uint64]int // live and abandoned, by host
	last      uint64
}

func newBooks(mark, abandonedCap int) *books {
	return &books{mark: mark, cap: abandonedCap, limit: map[int]int{}, paused: map[int]bool{}, at: map[uint64]int{}, given: map[uint64]int{}}
}

func countOf(m map[uint64]int, h int) int {
	n := 0
	for _, at := range m {
		if at == h {
			n++
		}
	}
	return n
}

func (b *books) count(h int) int { return countOf(b.at, h) }

func (b *books) free(h int) bool {
	limit := b.limit[h]
	spare := b.cap
	if spare < 0 {
		spare = limit
	}
	return b.count(h) < limit && b.count(h)+countOf(b.given, h) < limit+spare
}

func (b *books) settle(h int) {
	mark := b.limit[h] - 1
	if b.mark >= 0 {
		mark = min(mark, b.mark)
	}
	if !b.free(h) {
		b.paused[h] = true
	} else if b.count(h) <= mark {
		b.paused[h] = false
	}
}

func (b *books) detach(h int) int {
	n := b.count(h)
	for _, m := range []map[uint64]int{b.at, b.given} {
		for id, at := range m {
			if at == h {
				delete(m, id)
			}
		}
	}
	delete(b.limit, h)
	delete(b.paused, h)
	return n
}

func (b *books) open(h int) bool {
	_, attached := b.limit[h]
	return attached && !b.paused[h] && b.free(h)
}

func (b *books) reserve(h int) linear.LedgerResult {
	b.last++
	b.at[b.last] = h
	b.settle(h)
	return given(b.last)
}

func (b *books) release(id uint64, abandon bool) {
	h := b.at[id]
	delete(b.at, id)
	if abandon {
		b.given[id] = h
	}
	b.settle(h)
}

func (b *books) do(op linear.LedgerOp) linear.LedgerResult {
	from, live := b.at[op.ID]
	switch op.Do {
	case linear.Attach:
		n := b.detach(op.Host)
		b.limit[op.Host], b.paused[op.Host] = op.Limit, op.Limit == 0
		return number(n)
	case linear.Reserve:
		if !b.open(op.Host) {
			return refused
		}
		return b.reserve(op.Host)
	case linear.Release:
		if live {
			b.release(op.ID, op.Abandon)
		}
		return linear.LedgerResult{OK: live}
	case linear.Reassign:
		if !live || from == op.Host || !b.open(op.Host) {
			return refused
		}
		b.release(op.ID, op.Abandon)
		return b.reserve(op.Host)
	case linear.Acknowledge:
		h, ok := b.given[op.ID]
		if ok {
			delete(b.given, op.ID)
			b.settle(h)
		}
		return linear.LedgerResult{OK: ok}
	case linear.Detach:
		return number(b.detach(op.Host))
	case linear.SetLimit:
		if limit, ok := b.limit[op.Host]; ok && limit != op.Limit {
			b.limit[op.Host] = op.Limit
			b.paused[op.Host] = !b.free(op.Host)
		}
		return refused
	case linear.Stats:
		return linear.LedgerResult{N: b.count(op.Host), Abandoned: countOf(b.given, op.Host), Paused: b.paused[op.Host]}
	}
	return number(b.count(op.Host))
}

var randomKinds = []linear.LedgerKind{
	linear.Attach, linear.Reserve, linear.Reserve, linear.Reserve, linear.Reserve, linear.Release, linear.Release,
	linear.Reassign, linear.SetLimit, linear.Count, linear.Stats, linear.Acknowledge, linear.Detach,
}

// randomLedger is a legal history: operations take effect at 10, 20, 30, …, and
// begin up to reach before and end up to reach after that.
func randomLedger(rng *rand.Rand, b *books, n int, reach int64) []porcupine.Operation {
	var history []porcupine.Operation
	hosts := 1 + rng.IntN(3)
	for i := range n {
		op := linear.LedgerOp{Do: randomKinds[rng.IntN(len(randomKinds))], Abandon: rng.IntN(3) == 0}
		if op.Do == linear.Detach && rng.IntN(3) > 0 || i < hosts {
			op.Do = linear.Attach
		}
		op.Host, op.Limit = rng.IntN(hosts), 1+rng.IntN(3)
		if rng.IntN(8) == 0 {
			op.Limit = 0
		}
		if i < hosts {
			op.Host = i
		}
		op.ID = b.last + 1 - min(b.last, uint64(rng.IntN(4)))
		at := int64(10 * (i + 1))
		history = append(history, span(at-rng.Int64N(reach), at+1+rng.Int64N(reach), op, b.do(op)))
	}
	return history
}
