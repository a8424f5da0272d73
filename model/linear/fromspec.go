package linear

import (
	"context"
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model"
)

// FromSpec makes an object of a spec whose steps are the operations: who has
// written a small sequential object for the checker can judge histories by it.
//
// labels returns the labels that a step can have which is an operation with
// that input and output: several if the output does not tell everything, none
// if no step can be that operation. With a nil output, which is an operation of
// which nothing is known but that it was called, it returns the labels of all
// results. Such an operation may also have had no effect; whoever records it
// makes it return after everything else.
//
// The graph of the spec is worked out at once, and maxStates bounds it. The
// spec's bounds are those of the object: an operation beyond them has no label,
// and a history with it is illegal for that reason alone. Explanations name the
// results that the spec has at that place. To minimise is to doubt operations:
// what is left is wrong whatever the others did, and whether they did it.
func FromSpec[S comparable](ctx context.Context, sp *model.Spec[S], maxStates int, labels func(input, output any) []model.Label) (Object, error) {
	g, err := model.Explore(ctx, sp, maxStates)
	if err != nil {
		return Object{}, fmt.Errorf("linear: the graph of an object: %w", err)
	}
	a := &automaton{labels: labels, to: make([]map[model.Label]int, len(g.States)), name: sp.LabelString}
	for i := range a.to {
		a.to[i] = map[model.Label]int{}
	}
	for _, e := range g.Edges {
		a.to[e.From][e.Label] = e.To
	}
	format := func(s any) string {
		if sp.Format != nil {
			return sp.Format(&g.States[s.(int)])
		}
		return fmt.Sprintf("%+v", g.States[s.(int)])
	}
	o := Object{Name: sp.Name, Instead: a.instead, Doubt: func(any, any) any { return nil }}
	o.NondeterministicModel = porcupine.NondeterministicModel{
		Init: func() []any {
			var out []any
			for i := range g.Initial {
				out = append(out, i)
			}
			return out
		},
		Step:              a.step,
		Hash:              func(s any) uint64 { h := newHash(); h.add(uint64(s.(int))); return uint64(h) },
		DescribeOperation: a.describe,
		DescribeState:     format,
	}
	return o, nil
}

// automaton is the graph of a spec; a state is its number there.
type automaton struct {
	labels func(input, output any) []model.Label
	to     []map[model.Label]int
	name   func(model.Label) string
}

// step is the states after any of the labels, each once.
func (a *automaton) step(state, input, output any) []any {
	var out []any
	seen := map[int]bool{}
	add := func(s int) {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	from := state.(int)
	if output == nil {
		add(from)
	}
	for _, l := range a.labels(input, output) {
		if to, ok := a.to[from][l]; ok {
			add(to)
		}
	}
	return out
}

// describe prints the steps that the operation may be.
func (a *automaton) describe(input, output any) string {
	if output == nil {
		return fmt.Sprintf("%+v -> unknown", input)
	}
	var names []string
	for _, l := range a.labels(input, output) {
		names = append(names, a.name(l))
	}
	if len(names) == 0 {
		return fmt.Sprintf("%+v -> %+v, which is no step", input, output)
	}
	return strings.Join(names, " or ")
}

// instead names the steps that the operation could be in the state.
func (a *automaton) instead(state, input, _ any) string {
	var names []string
	for _, l := range a.labels(input, nil) {
		if _, ok := a.to[state.(int)][l]; ok {
			names = append(names, a.name(l))
		}
	}
	if len(names) == 0 {
		return "that nothing of the kind can happen"
	}
	return strings.Join(names, ", or ")
}
