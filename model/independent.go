package model

import (
	"context"
	"fmt"
)

// reduce keeps only the first independent step of src, if there is one.
func (w *worker[S]) reduce(src *S, first int) {
	if !w.independent {
		return
	}
	x := &w.x
	for i := first; i < x.n; i++ {
		if w.spec.Independent(src, x.labels[i]) {
			x.states[first], x.labels[first] = x.states[i], x.labels[i]
			x.n = first + 1
			return
		}
	}
}

// ProveIndependent tests on the whole graph of a spec, which should be one of
// small bounds, that exploring independent steps alone misses nothing. Every
// step that Independent names
//
//   - stays enabled and independent after any other step,
//   - commutes with it: both orders are possible and lead to the same state,
//   - changes no law's reading, nor Done's, of states and of other steps,
//   - closes no cycle of such steps, on which others would wait for ever.
//
// Those are the conditions for ample sets of one step: Clarke, Grumberg and
// Peled, "Model Checking" (1999), chapter 10. The error is a [*MisuseError] that
// names the state and the steps; another error says that a bound was too small.
func ProveIndependent[S comparable](ctx context.Context, sp *Spec[S], o Options) error {
	if err := sp.validate(); err != nil {
		return err
	}
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	if sp.Independent == nil {
		return fmt.Errorf("spec %s: there is no Independent to prove", specTitle(sp.Name, sp.Size))
	}
	return guardedSpec(sp, func() error {
		g, err := buildGraph(ctx, sp, o, o.budget(), nil)
		if err != nil {
			return err
		}
		defer g.free()
		p := &independence[S]{g: g, next: make([]uint32, g.size())}
		for v := range g.size() {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := p.state(uint32(v)); err != nil {
				return err
			}
		}
		if p.steps == 0 {
			return p.refuse(0, "Independent names no step at all: it reduces nothing")
		}
		return p.cycles()
	})
}

// independence is a proof under way.
type independence[S comparable] struct {
	g     *graph[S]
	next  []uint32 // by state: where its independent step leads, or none
	steps int
}

func (p *independence[S]) refuse(v uint32, format string, a ...any) error {
	return &MisuseError{Spec: p.g.spec.Name, Size: p.g.spec.Size, State: p.g.spec.print(p.g.states.at(int(v))), Problem: "Independent: " + fmt.Sprintf(format, a...)}
}

func (p *independence[S]) name(e int) string { return p.g.spec.LabelString(p.g.label(e)) }

// named reports whether Independent names step e of state v.
func (p *independence[S]) named(v uint32, e int) bool {
	s := *p.g.states.at(int(v))
	return p.g.spec.Independent(&s, p.g.label(e))
}

// state tests every independent step of v.
func (p *independence[S]) state(v uint32) error {
	p.next[v] = none
	from, end := p.g.row(v)
	for e := from; e < end; e++ {
		if !p.named(v, e) {
			continue
		}
		p.steps++
		if p.next[v] == none {
			p.next[v] = *p.g.to.at(e)
		}
		if err := p.invisible(v, e); err != nil {
			return err
		}
		for other := from; other < end; other++ {
			if *p.g.by.at(other) == *p.g.by.at(e) {
				continue
			}
			if err := p.commutes(v, e, other); err != nil {
				return err
			}
		}
	}
	return nil
}

// find returns the step of v with the label of step e, or -1.
func (p *independence[S]) find(v uint32, e int) int {
	from, end := p.g.row(v)
	for i := from; i < end; i++ {
		if *p.g.by.at(i) == *p.g.by.at(e) {
			return i
		}
	}
	return -1
}

// commutes tests step e of v, which is independent, against another.
func (p *independence[S]) commutes(v uint32, e, other int) error {
	a, b := *p.g.to.at(e), *p.g.to.at(other)
	ea, eb := p.find(b, e), p.find(a, other)
	switch {
	case ea < 0:
		return p.refuse(v, "%s is not enabled any more after %s", p.name(e), p.name(other))
	case eb < 0:
		return p.refuse(v, "%s disables %s", p.name(e), p.name(other))
	case *p.g.to.at(ea) != *p.g.to.at(eb):
		return p.refuse(v, "%s and %s do not commute", p.name(e), p.name(other))
	case !p.named(b, ea):
		return p.refuse(v, "%s is not independent any more after %s", p.name(e), p.name(other))
	}
	for i := range p.g.spec.Laws {
		if l := &p.g.spec.Laws[i]; p.hits(l, v, other) != p.hits(l, a, eb) {
			return p.refuse(v, "law %s reads %s differently after %s", l.Slug, p.name(other), p.name(e))
		}
	}
	return nil
}

// hits reports whether a law on steps is hit by step e of v.
func (p *independence[S]) hits(l *Law[S], v uint32, e int) bool {
	if l.Step == nil {
		return false
	}
	from, to := *p.g.states.at(int(v)), *p.g.states.at(int(*p.g.to.at(e)))
	return l.Step(&from, p.g.label(e), &to) == (l.Kind == Sometimes)
}

// invisible tests that no law tells the states before and after step e apart,
// nor is hit by the step itself.
func (p *independence[S]) invisible(v uint32, e int) error {
	from, to := *p.g.states.at(int(v)), *p.g.states.at(int(*p.g.to.at(e)))
	for i := range p.g.spec.Laws {
		l := &p.g.spec.Laws[i]
		if l.hit(&from) != l.hit(&to) || p.hits(l, v, e) {
			return p.refuse(v, "law %s sees %s", l.Slug, p.name(e))
		}
	}
	if d := p.g.spec.Done; d != nil && d(&from) != d(&to) {
		return p.refuse(v, "Done sees %s", p.name(e))
	}
	return nil
}

// cycles follows the independent steps from each state.
func (p *independence[S]) cycles() error {
	mark := make([]uint32, len(p.next))
	for v := range p.next {
		u := uint32(v)
		for ; u != none && mark[u] == 0; u = p.next[u] {
			mark[u] = uint32(v) + 1
		}
		if u != none && mark[u] == uint32(v)+1 {
			return p.refuse(u, "independent steps close a cycle, on which every other step would wait for ever")
		}
	}
	return nil
}
