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
	workers int
	*labels
}

// size is the number of states.
func (g *graph[S]) size() int { return g.states.n }

// row is the range of the steps out of state v.
func (g *graph[S]) row(v uint32) (from, end int) {
	return int(*g.first.at(int(v))), int(*g.first.at(int(v) + 1))
}

// label is that of step e.
func (g *graph[S]) label(e int) Label { return g.list[*g.by.at(e)] }

// levelEnd is the number after that of the last state of a level.
func (g *graph[S]) levelEnd(depth int) int {
	if depth+1 < len(g.level) {
		return g.level[depth+1]
	}
	return g.size()
}

// interrupted is the error when the context ends.
func (g *graph[S]) interrupted(ctx context.Context) error {
	return fmt.Errorf("interrupted at %d states and %d steps of the graph, in level %d: %w", g.size(), g.to.n, len(g.level), context.Cause(ctx))
}

// outOfMemory is the error when the budget is used up.
func (g *graph[S]) outOfMemory() error {
	return fmt.Errorf("%w at %d states and %d steps of the graph, in level %d; raise MaxBytes or lower the bounds", errMemory{g.budget.limit}, g.size(), g.to.n, len(g.level))
}

func (g *graph[S]) free() {
	g.states.free()
	g.first.free()
	g.to.free()
	g.by.free()
}

// builder makes a graph. Workers expand the states of a level, portion by
// portion, and look up which successors have numbers already. One goroutine
// alone numbers the others, in the order of the states that lead to them:
// numbers must not depend on who came first.
type builder[S comparable] struct {
	g       *graph[S]
	index   *index[S]
	workers []*worker[S]
	max     int
	news    *news
}

// buildGraph explores every state of the spec, unreduced and exact. The error
// is a *MisuseError, one that wraps the context's, or one that says which bound
// was too small.
func buildGraph[S comparable](ctx context.Context, sp *Spec[S], o Options, mem *budget, n *news) (*graph[S], error) {
	g := &graph[S]{spec: sp, budget: mem, workers: o.Workers, labels: newLabels()}
	g.states.budget, g.first.budget, g.to.budget, g.by.budget = mem, mem, mem, mem
	b := &builder[S]{g: g, news: n, max: o.MaxStates, index: newIndex(o.tune.places, &g.states, mem)}
	for range o.Workers {
		w := newWorker(sp, nil, nil, o)
		w.lv = &level[S]{}
		b.workers = append(b.workers, w)
	}
	defer b.index.free()
	if err := b.run(ctx); err != nil {
		g.free()
		return nil, err
	}
	return g, nil
}

func (b *builder[S]) run(ctx context.Context) error {
	g := b.g
	if err := b.begin(); err != nil {
		return err
	}
	for begin := 0; begin < g.size(); {
		end := g.size()
		g.level = append(g.level, begin)
		if err := b.expand(ctx, begin, end); err != nil {
			return err
		}
		begin = end
		b.tell(g.size() - end)
	}
	if !g.first.push(uint64(g.to.n)) {
		return g.outOfMemory()
	}
	return nil
}

// begin numbers the initial states.
func (b *builder[S]) begin() error {
	g := b.g
	if !b.index.claim(len(g.spec.Init)) {
		return g.outOfMemory()
	}
	for i := range g.spec.Init {
		s := g.spec.Init[i]
		if _, fresh := b.index.number(&s, fingerprint(bytesOf(&s))); fresh {
			g.states.n++
		}
	}
	b.index.settle(len(g.spec.Init), g.size())
	g.initial = g.size()
	return nil
}

// tell reports how far the graph is, the level after it being so large.
func (b *builder[S]) tell(frontier int) {
	if b.news == nil {
		return
	}
	g := b.g
	b.news.tell(Progress{Spec: g.spec.Name, Size: g.spec.Size, Graph: true, States: g.size(), Edges: g.to.n, Depth: len(g.level), Frontier: frontier, Bytes: g.budget.used.Load()}, g.first.n)
}

// enter numbers the successors in a portion and writes their rows.
func (b *builder[S]) enter(p *portion[S]) error {
	g := b.g
	missing := 0
	for _, to := range p.to {
		if to == none {
			missing++
		}
	}
	if !b.index.claim(missing) {
		return g.outOfMemory()
	}
	before, ok := g.size(), true
	for row, i := 0, 0; row < len(p.starts); row++ {
		ok = ok && g.first.push(uint64(g.to.n))
		end := len(p.to)
		if row+1 < len(p.starts) {
			end = p.starts[row+1]
		}
		for ; i < end && ok; i++ {
			to := p.to[i]
			if to == none {
				n, fresh := b.index.number(&p.states[i], p.fps[i])
				if to = uint32(n); fresh {
					g.states.n++
				}
			}
			ok = g.to.push(to) && g.by.push(g.numberOf(p.labels[i]))
		}
	}
	b.index.settle(missing, g.size()-before)
	switch {
	case !ok:
		return g.outOfMemory()
	case len(g.list) > maxLabels:
		return fmt.Errorf("more than %d different labels: pass Do fewer or smaller arguments", maxLabels)
	case g.size() > b.max:
		return fmt.Errorf("more than %d states: raise MaxStates or lower the bounds", b.max)
	}
	return nil
}
