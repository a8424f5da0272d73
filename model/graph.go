package model

import (
	"context"
	"fmt"
)

// graph is the whole state graph: every state that can be reached, numbered
// in the order of a breadth-first search, and the steps out of each as a row.
type graph[S comparable] struct {
	spec    *Spec[S]
	budget  *budget
	states  arena[S]
	first   arena[uint64] // by state: where its row begins; one more at the end
	to      arena[uint32] // by step: the target
	by      arena[uint16] // by step: the number of its label
	level   []int         // the number of the first state of each level
	initial int           // states below are initial
	*promises
}

// size is the number of states.
func (g *graph[S]) size() int { return g.states.n }

// row is the range of the steps out of state v.
func (g *graph[S]) row(v uint32) (from, end int) {
	return int(*g.first.at(int(v))), int(*g.first.at(int(v) + 1))
}

func (g *graph[S]) free() {
	g.states.free()
	g.first.free()
	g.to.free()
	g.by.free()
}

// builder makes a graph, alone: numbers must not depend on who came first.
type builder[S comparable] struct {
	g      *graph[S]
	w      *worker[S]
	index  *index[S]
	max    int
	begun  int   // states whose successors were generated
	starts []int // of the states in the batch: where their successors begin
	sink   uint64
	err    error
}

// buildGraph explores every state of the spec, unreduced and exact. The error
// is a *MisuseError, the context's, or one that says which bound was too small.
func buildGraph[S comparable](ctx context.Context, sp *Spec[S], o Options, mem *budget, report func(states, edges, level, frontier int)) (*graph[S], error) {
	g := &graph[S]{spec: sp, budget: mem, promises: newPromises(sp.Fair)}
	g.states.budget, g.first.budget, g.to.budget, g.by.budget = mem, mem, mem, mem
	b := &builder[S]{g: g, max: o.MaxStates, index: newIndex(o.tune.places, &g.states, mem)}
	b.w = newWorker(sp, nil, nil, o)
	b.w.lv = &level[S]{}
	b.w.drain = b.flush
	defer b.index.free()
	err := b.run(ctx, report)
	if m := b.w.misuse; m != nil {
		err = &MisuseError{Spec: sp.Name, Size: sp.Size, State: m.state, Problem: m.problem}
	}
	if err != nil {
		g.free()
		return nil, err
	}
	return g, nil
}

func (b *builder[S]) run(ctx context.Context, report func(states, edges, level, frontier int)) error {
	g := b.g
	for i := range g.spec.Init {
		s := g.spec.Init[i]
		if n, _ := b.index.number(&s, fingerprint(bytesOf(&s))); n < 0 {
			return errMemory{b.g.budget.limit}
		}
	}
	g.initial = g.size()
	for b.begun < g.size() && b.err == nil {
		end := g.size()
		g.level = append(g.level, b.begun)
		for b.begun < end && b.err == nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if !b.w.guarded(func() { b.expand(end) }) {
				return nil // the misuse says why
			}
		}
		if report != nil {
			report(g.size(), g.to.n, len(g.level), g.size()-end)
		}
	}
	if b.err == nil && !g.first.push(uint64(g.to.n)) {
		b.err = errMemory{g.budget.limit}
	}
	return b.err
}

// expand generates successors until there is a batch of them.
func (b *builder[S]) expand(end int) {
	w := b.w
	for b.begun < end && w.x.n < w.tune.batch && b.err == nil {
		w.from = *b.g.states.at(b.begun)
		src := w.from
		first := w.generate(&src)
		b.starts = append(b.starts, first)
		for i := first; i < w.x.n; i++ {
			w.fps[i] = fingerprint(bytesOf(&w.x.states[i]))
		}
		b.begun++
	}
	b.flush()
}

// flush enters the successors of the batch and writes the rows.
func (b *builder[S]) flush() {
	w, g := b.w, b.g
	n := w.x.n
	for _, fp := range w.fps[:n] {
		b.sink += b.index.touch(fp)
	}
	row := 0
	for i := 0; b.err == nil; i++ {
		for ; row < len(b.starts) && b.starts[row] == i; row++ {
			if !g.first.push(uint64(g.to.n)) {
				b.err = errMemory{g.budget.limit}
			}
		}
		if i >= n {
			break
		}
		b.enter(i)
	}
	w.x.n, b.starts = 0, b.starts[:0]
	if g.size() > b.max && b.err == nil {
		b.err = fmt.Errorf("more than %d states: raise MaxStates or lower the bounds", b.max)
	}
}

// enter adds step i of the batch to the row that is being written.
func (b *builder[S]) enter(i int) {
	w, g := b.w, b.g
	to, _ := b.index.number(&w.x.states[i], w.fps[i])
	label, ok := g.label(w.x.labels[i])
	switch {
	case to < 0 || !g.to.push(uint32(to)) || !g.by.push(label):
		b.err = errMemory{g.budget.limit}
	case !ok:
		b.err = fmt.Errorf("more than %d different labels: pass Do fewer or smaller arguments", maxLabels)
	}
}
