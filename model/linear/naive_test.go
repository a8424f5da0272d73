package linear_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
	"github.com/weir-dev/weir/protocol"
)

// naive tries every order of a history, by nothing but the definition: an
// order is right if it keeps what had returned before what was called, and each
// step is one of the object's. It knows neither parts nor caches.
func naive(o linear.Object, history []porcupine.Operation) bool {
	var try func(left []porcupine.Operation, state any) bool
	try = func(left []porcupine.Operation, state any) bool {
		if len(left) == 0 {
			return true
		}
		for i, op := range left {
			if slices.ContainsFunc(left, func(other porcupine.Operation) bool { return other.Return < op.Call }) {
				continue
			}
			rest := slices.Delete(slices.Clone(left), i, i+1)
			for _, next := range o.NondeterministicModel.Step(state, op.Input, op.Output) {
				if try(rest, next) {
					return true
				}
			}
		}
		return false
	}
	return slices.ContainsFunc(o.Init(), func(s any) bool { return try(history, s) })
}

// agree judges one history in both ways.
func agree(t *testing.T, o linear.Object, history []porcupine.Operation, seen map[porcupine.CheckResult]int) {
	t.Helper()
	want := porcupine.Illegal
	if naive(o, history) {
		want = porcupine.Ok
	}
	got := linear.Check(t.Context(), o, history)
	if got != want {
		for _, op := range history {
			t.Logf("%d-%d %s", op.Call, op.Return, o.DescribeOperation(op.Input, op.Output))
		}
		t.Fatalf("got %s, want %s by trying every order", got, want)
	}
	seen[got]++
}

// both requires that neither verdict was rare.
func both(t *testing.T, seen map[porcupine.CheckResult]int, least int) {
	t.Helper()
	if seen[porcupine.Ok] < least || seen[porcupine.Illegal] < least {
		t.Errorf("verdicts are one-sided: %v, want at least %d of each", seen, least)
	}
}

// blur makes results unseen and unknown here and there. What never returned
// returns after everything else, for those who do not know what Unknown means.
func blur(rng *rand.Rand, history []porcupine.Operation) {
	for i := range history {
		out := history[i].Output.(linear.LedgerResult)
		if rng.IntN(5) > 0 {
			continue
		}
		id := out.ID
		if !slices.ContainsFunc(history, func(op porcupine.Operation) bool { return op.Input.(linear.LedgerOp).ID == id }) {
			id = 0 // nobody names it
		}
		if history[i].Output = (linear.LedgerResult{ID: id, Known: linear.Unseen}); rng.IntN(2) == 0 {
			history[i].Output = linear.LedgerResult{ID: id, Known: linear.Unknown}
			history[i].Return = 1 << 40
		}
	}
}

func TestLedgerNaive(t *testing.T) {
	seen := map[porcupine.CheckResult]int{}
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 6))
		mark, abandonedCap := rng.IntN(3)-1, rng.IntN(3)-1
		history := randomLedger(rng, newBooks(mark, abandonedCap), 5+rng.IntN(4), 30)
		for range rng.IntN(3) {
			change(rng, history)
		}
		if rng.IntN(3) == 0 {
			blur(rng, history)
		}
		agree(t, linear.LedgerOf(mark, abandonedCap), history, seen)
	}
	both(t, seen, 500)
}

// change makes one result another one.
func change(rng *rand.Rand, history []porcupine.Operation) {
	op := &history[rng.IntN(len(history))]
	r := op.Output.(linear.LedgerResult)
	switch rng.IntN(5) {
	case 0:
		r.N = max(0, r.N-1+2*rng.IntN(2))
	case 1:
		r.Abandoned = rng.IntN(2)
	case 2:
		r.Paused = !r.Paused
	default:
		r.OK, r.ID = !r.OK, uint64(1+rng.IntN(5))
	}
	op.Output = r
}

// randomQueueOps is a history of few messages without any plan.
func randomQueueOps(rng *rand.Rand) []porcupine.Operation {
	var history []porcupine.Operation
	values := 1 + rng.IntN(4)
	for i := range 3 + rng.IntN(5) {
		op := linear.QueueOp{Value: uint64(1 + rng.IntN(values))}
		var r linear.QueueResult
		switch rng.IntN(5) {
		case 0, 1:
			op.Do, r.OK = linear.Send, rng.IntN(6) > 0
		case 2, 3:
			op.Do = linear.Handle
		default:
			op.Do = linear.Resolve
			r.Outcome = []protocol.Outcome{protocol.Replied, protocol.NotSent, protocol.Unknown}[rng.IntN(3)]
		}
		at := int64(10 * (i + 1))
		history = append(history, span(at-rng.Int64N(25), at+1+rng.Int64N(25), op, r))
	}
	return history
}

func TestQueueNaive(t *testing.T) {
	seen := map[porcupine.CheckResult]int{}
	for seed := range uint64(6000) {
		agree(t, linear.Queue(), randomQueueOps(rand.New(rand.NewPCG(seed, 7))), seen)
	}
	both(t, seen, 300)
}
