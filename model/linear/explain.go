package linear

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// Bounds of an explanation.
const (
	// explainedOps is the most operations whose orders are all tried, and
	// explainedNodes the most beginnings of orders that are.
	explainedOps, explainedNodes = 24, 4000
	// toldEnds is how many dead ends are told.
	toldEnds = 4
)

// deadEnd is an order of some operations after which no other can come next.
type deadEnd struct {
	order  []int
	states []any
	next   []int // the operations that might have come next, were they right
}

// orders tries all orders of a history.
type orders struct {
	o   *Object
	ops []porcupine.Operation
	// before holds for each operation the set of those that had returned before
	// it was called.
	before []uint64
	seen   map[uint64][][]any
	nodes  int
	order  []int
	ends   []deadEnd
}

// deadEnds returns all dead ends of the context, those that go furthest first,
// or false if there are too many orders to try. What is doubted has a place
// everywhere, so that it is always one of mine that has none; dead ends with
// the same of mine are one, whatever the others did.
func deadEnds(o *Object, ops []porcupine.Operation, mine []int) ([]deadEnd, bool) {
	if len(ops) > explainedOps {
		return nil, false
	}
	t := &orders{o: o, ops: ops, before: make([]uint64, len(ops)), seen: map[uint64][][]any{}}
	for i := range ops {
		for j := range ops {
			if ops[j].Return < ops[i].Call {
				t.before[i] |= 1 << j
			}
		}
	}
	t.try(0, o.Init())
	var ends []deadEnd
	for _, e := range t.ends {
		e.order, e.next = only(mine, e.order), only(mine, e.next)
		same := slices.IndexFunc(ends, func(d deadEnd) bool {
			return slices.Equal(sortedInts(slices.Clone(d.order)), sortedInts(slices.Clone(e.order))) && slices.Equal(d.next, e.next)
		})
		if same < 0 || len(mine) == len(ops) {
			ends = append(ends, e)
			continue
		}
		for _, s := range e.states {
			if !o.in(ends[same].states, s) {
				ends[same].states = append(ends[same].states, s)
			}
		}
	}
	slices.SortStableFunc(ends, func(a, b deadEnd) int { return cmp.Compare(len(b.order), len(a.order)) })
	return ends, t.nodes <= explainedNodes
}

// only is the places in mine of those of the list that are there.
func only(mine, list []int) []int {
	var out []int
	for _, i := range list {
		if at := slices.Index(mine, i); at >= 0 {
			out = append(out, at)
		}
	}
	return out
}

// try goes on from a set of operations that have taken effect.
func (t *orders) try(done uint64, states []any) {
	if slices.ContainsFunc(t.seen[done], func(other []any) bool { return t.o.same(states, other) }) {
		return
	}
	t.seen[done] = append(t.seen[done], states)
	if t.nodes++; t.nodes > explainedNodes {
		return
	}
	var next []int
	stuck := true
	for i := range t.ops {
		if done>>i&1 != 0 || t.before[i]&^done != 0 {
			continue
		}
		next = append(next, i)
		if after := t.o.step(states, t.ops[i]); len(after) > 0 {
			stuck = false
			t.order = append(t.order, i)
			t.try(done|1<<i, after)
			t.order = t.order[:len(t.order)-1]
		}
	}
	if stuck && len(next) > 0 {
		t.ends = append(t.ends, deadEnd{slices.Clone(t.order), states, next})
	}
}

// explain tells in lines why no order of the operations is right, in a
// context that has them and others which are doubted; mine is where in the
// context they are.
func explain(o *Object, context []porcupine.Operation, mine []int) []string {
	var out []string
	ops := make([]porcupine.Operation, len(mine))
	for i, at := range mine {
		ops[i] = context[at]
	}
	for i, op := range ops[:min(len(ops), explainedOps)] {
		out = append(out, fmt.Sprintf("  %s client %d: %s", mark(i), op.ClientId, o.describe(op)))
	}
	if len(ops) > explainedOps {
		return append(out, fmt.Sprintf("  and %d more, too many to tell why.", len(ops)-explainedOps))
	}
	out = append(out, timing(ops)...)
	ends, all := deadEnds(o, context, mine)
	if !all {
		return append(out, "There are too many orders to tell why each is wrong.")
	}
	for i, e := range ends {
		if i == toldEnds {
			out = append(out, fmt.Sprintf("%s end likewise.", plural(len(ends)-i, "other order")))
			break
		}
		out = append(out, e.tell(o, ops)...)
	}
	if len(ends) == 1 && len(ends[0].next) == 1 {
		out = append(out, "So there is no place for "+mark(ends[0].next[0])+".")
	}
	return out
}

// tell says what may come next at a dead end, and what would have been right.
func (e *deadEnd) tell(o *Object, ops []porcupine.Operation) []string {
	var out []string
	at := "At the beginning"
	if len(e.order) > 0 {
		at = "After " + marks(e.order)
	}
	var states []string
	for _, s := range e.states {
		states = append(states, o.describeState(s))
	}
	slices.Sort(states)
	out = append(out, fmt.Sprintf("%s the %s is: %s.", at, o.Name, strings.Join(states, "; or: ")))
	for _, i := range e.next {
		out = append(out, fmt.Sprintf("  Next cannot be %s %s%s.", mark(i), o.describe(ops[i]), e.instead(o, ops[i])))
	}
	return out
}

// instead says what the object would have done.
func (e *deadEnd) instead(o *Object, op porcupine.Operation) string {
	if o.Instead == nil {
		return ""
	}
	var would []string
	for _, s := range e.states {
		if w := o.Instead(s, op.Input, op.Output); w != "" && !slices.Contains(would, w) {
			would = append(would, w)
		}
	}
	if len(would) == 0 {
		return ""
	}
	return ": the " + o.Name + " would have said " + strings.Join(would, ", or ")
}

// timing says which operations had returned before which were called, and
// which overlap. What follows from the rest is left out.
func timing(ops []porcupine.Operation) []string {
	if len(ops) < 2 {
		return nil
	}
	var overlap []string
	for i := range ops {
		for j := i + 1; j < len(ops); j++ {
			if ops[i].Return >= ops[j].Call {
				overlap = append(overlap, mark(i)+" and "+mark(j))
			}
		}
	}
	if len(overlap) == 0 {
		return []string{"Each had returned before the next was called."}
	}
	out := []string{"In either order: " + strings.Join(overlap, ", ") + ", which overlap."}
	var before []string
	for i := range ops {
		for j := range ops {
			if ops[i].Return < ops[j].Call && !between(ops, i, j) {
				before = append(before, mark(i)+" before "+mark(j))
			}
		}
	}
	if len(before) > 0 {
		out = append(out, "Had returned before it was called: "+strings.Join(before, ", ")+".")
	}
	return out
}

// between reports whether some operation lies wholly between i and j.
func between(ops []porcupine.Operation, i, j int) bool {
	return slices.ContainsFunc(ops, func(k porcupine.Operation) bool {
		return ops[i].Return < k.Call && k.Return < ops[j].Call
	})
}

func mark(i int) string { return fmt.Sprintf("[%d]", i+1) }

func marks(list []int) string {
	var out []string
	for _, i := range list {
		out = append(out, mark(i))
	}
	return strings.Join(out, " ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
