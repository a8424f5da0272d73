package linear_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/linear"
)

var bookSizes = []linear.BooksParams{
	{Hosts: 1, IDs: 4, MaxLimit: 3, Mark: 0, Cap: 1},
	{Hosts: 2, IDs: 3, MaxLimit: 2, Mark: -1, Cap: -1},
	{Hosts: 2, IDs: 3, MaxLimit: 2, Mark: 0, Cap: 0},
}

func sizeName(p linear.BooksParams) string {
	return fmt.Sprintf("hosts=%d,mark=%d,cap=%d", p.Hosts, p.Mark, p.Cap)
}

// The ledger that histories are judged by keeps the gateway's laws.
func TestLedgerSpec(t *testing.T) {
	for _, p := range bookSizes {
		t.Run(sizeName(p), func(t *testing.T) {
			r, err := model.Check(t.Context(), linear.LedgerSpec(p), model.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range r.Verdicts {
				if v.Verdict != model.Held {
					t.Errorf("%s: got %v, want held", v.Law, v.Verdict)
				}
			}
			t.Logf("%d states, %d steps", r.States, r.Edges)
		})
	}
}

// Every path of the spec is accepted by the object that judges histories, and
// every step of it with another result is refused: the two are one object.
func TestLedgerSpecIsLedger(t *testing.T) {
	for _, p := range bookSizes {
		t.Run(sizeName(p), func(t *testing.T) { sameObject(t, p, linear.LedgerOf(p.Mark, p.Cap), true) })
	}
	t.Run("control", func(t *testing.T) {
		sameObject(t, bookSizes[0], linear.LedgerOf(-1, 1), false) // another mark
		sameObject(t, bookSizes[0], linear.LedgerOf(0, 0), false)  // another cap
	})
}

// sameObject walks the graph of the spec with the states of the object.
func sameObject(t *testing.T, p linear.BooksParams, o linear.Object, want bool) {
	t.Helper()
	g, err := model.Explore(t.Context(), linear.LedgerSpec(p), 1<<17)
	if err != nil {
		t.Fatal(err)
	}
	states := make([]any, len(g.States))
	states[0] = o.Init()[0]
	refused, differ := 0, 0
	for _, e := range g.Edges { // in the order of a breadth-first search
		op, r := operation(e.Label)
		next := o.NondeterministicModel.Step(states[e.From], op, r)
		switch {
		case len(next) != 1:
			differ++
		case states[e.To] == nil:
			states[e.To] = next[0]
		case !o.Equal(states[e.To], next[0]):
			differ++
		}
		for _, other := range otherResults(op, r) {
			if len(o.NondeterministicModel.Step(states[e.From], op, other)) > 0 {
				differ++
			} else {
				refused++
			}
		}
		if differ > 0 {
			if want {
				t.Fatalf("from %s: %s", o.DescribeState(states[e.From]), o.DescribeOperation(op, r))
			}
			return
		}
	}
	if !want {
		t.Error("no difference to an object with other rules")
	}
	if refused < len(g.Edges)*9/10 { // all but the changes of a limit have a result
		t.Errorf("%d other results were refused of %d steps", refused, len(g.Edges))
	}
}

// operation is the operation of a label.
func operation(l model.Label) (op linear.LedgerOp, r linear.LedgerResult) {
	a := func(i int) int { return int(l.Args[i]) }
	op.Do = linear.LedgerKind(l.Action)
	switch op.Do {
	case linear.Attach:
		op.Host, op.Limit, r.N = a(0), a(1), a(2)
	case linear.Reserve:
		op.Host, r.ID, r.OK = a(0), uint64(a(1)), a(1) > 0
	case linear.Release:
		op.ID, op.Abandon, r.OK = uint64(a(0)), a(1) > 0, a(2) > 0
	case linear.Reassign:
		op.ID, op.Abandon, op.Host, r.ID, r.OK = uint64(a(0)), a(1) > 0, a(2), uint64(a(3)), a(3) > 0
	case linear.Detach, linear.Count:
		op.Host, r.N = a(0), a(1)
	case linear.SetLimit:
		op.Host, op.Limit = a(0), a(1)
	case linear.Acknowledge:
		op.ID, r.OK = uint64(a(0)), a(1) > 0
	case linear.Stats:
		op.Host, r.N, r.Abandoned, r.Paused = a(0), a(1), a(2), a(3) > 0
	}
	return op, r
}

// otherResults are results that the operation did not have.
func otherResults(op linear.LedgerOp, r linear.LedgerResult) []linear.LedgerResult {
	other := func(change func(*linear.LedgerResult)) linear.LedgerResult {
		o := r
		change(&o)
		return o
	}
	more := other(func(o *linear.LedgerResult) { o.N++ })
	no := other(func(o *linear.LedgerResult) { o.OK, o.ID = !o.OK, 99 })
	switch op.Do {
	case linear.Attach, linear.Detach, linear.Count:
		return []linear.LedgerResult{more}
	case linear.Reserve, linear.Release, linear.Reassign, linear.Acknowledge:
		return []linear.LedgerResult{no}
	case linear.Stats:
		return []linear.LedgerResult{more,
			other(func(o *linear.LedgerResult) { o.Abandoned++ }), other(func(o *linear.LedgerResult) { o.Paused = !o.Paused })}
	}
	return nil
}

// The object that is made of the spec's graph comes to the same verdicts as
// the one that has no bounds, unknown results included.
func TestFromSpecAgrees(t *testing.T) {
	p := linear.BooksParams{Hosts: 2, IDs: 3, MaxLimit: 3, Mark: 0, Cap: 1}
	small, err := linear.FromSpec(t.Context(), linear.LedgerSpec(p), 1<<18, linear.LedgerLabels(p))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[porcupine.CheckResult]int{}
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 12))
		b := newBooks(p.Mark, p.Cap)
		history := randomLedger(rng, b, 4+rng.IntN(5), 30)
		beyond := b.last > uint64(p.IDs)
		for range rng.IntN(2) {
			change(rng, history)
		}
		graph := make([]porcupine.Operation, 0, len(history))
		for i, op := range history {
			in, out := op.Input.(linear.LedgerOp), op.Output.(linear.LedgerResult)
			in.Host++
			history[i].Input = in
			op.Input = in
			if rng.IntN(6) == 0 && (!out.OK || in.Do == linear.Release) {
				history[i].Output, history[i].Return = linear.LedgerResult{Known: linear.Unknown}, 1<<40
				op.Output, op.Return = nil, 1<<40
			}
			beyond = beyond || out.ID > b.last || in.Host > p.Hosts
			graph = append(graph, op)
		}
		if beyond || !rising(history) {
			continue // beyond the bounds, or not in the order in which the spec gives numbers
		}
		want := linear.Check(t.Context(), linear.LedgerOf(p.Mark, p.Cap), history)
		if got := linear.Check(t.Context(), small, graph); got != want {
			for _, op := range history {
				t.Logf("%d-%d %s", op.Call, op.Return, linear.Ledger().DescribeOperation(op.Input, op.Output))
			}
			t.Fatalf("seed %d: got %s, want %s", seed, got, want)
		}
		seen[want]++
	}
	both(t, seen, 30)
}

// rising reports whether the reservations that were given are 1, 2, 3 and so
// on, and cannot have been given in another order.
func rising(history []porcupine.Operation) bool {
	var gave []porcupine.Operation
	for _, op := range history {
		in, out := op.Input.(linear.LedgerOp), op.Output.(linear.LedgerResult)
		switch {
		case in.Do != linear.Reserve && in.Do != linear.Reassign:
		case out.Known != linear.Seen:
			return false
		case out.OK:
			if out.ID != uint64(len(gave)+1) || len(gave) > 0 && gave[len(gave)-1].Return >= op.Call {
				return false
			}
			gave = append(gave, op)
		}
	}
	return true
}
