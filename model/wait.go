package model

import (
	"context"
	"slices"
)

// none is no state.
const none = ^uint32(0)

// wait is a liveness law on a graph: where a run may be that still waits for
// what the law promises, and by which shortest path it comes there.
type wait[S comparable] struct {
	g   *graph[S]
	law *Law[S]
	// holds has the states in which the law's Holds is true, begins those in
	// which its When is, unless it is an Eventually.
	holds, begins bitset
	// order lists the waiting states, nearest first. Those that are d steps
	// from an initial state end at ends[d].
	order arena[uint32]
	ends  []int
	in    bitset // the states in order

	began     bool // some run begins to wait ...
	satisfied bool // ... or would, were the law not true there at once
}

// newWait finds the waiting states. A run of an Eventually law waits from its
// beginning on, one of a LeadsTo law from any state in which When is true.
func newWait[S comparable](ctx context.Context, g *graph[S], law *Law[S]) (*wait[S], error) {
	x := &wait[S]{g: g, law: law, holds: newBitset(g.size()), begins: newBitset(g.size()), in: newBitset(g.size())}
	x.order.budget = g.budget
	err := g.share(g.size(), func(from, end int, at *int) {
		for *at = from; *at < end; *at++ {
			s := *g.states.at(*at)
			if law.Holds(&s) {
				x.holds.set(uint32(*at))
			}
			if law.Kind == LeadsTo && law.When(&s) {
				x.begins.set(uint32(*at))
			}
		}
	})
	if err == nil {
		err = x.spread(ctx)
	}
	if err != nil {
		x.free()
		return nil, err
	}
	return x, nil
}

func (x *wait[S]) free() { x.order.free() }

// spread enters the waiting states.
func (x *wait[S]) spread(ctx context.Context) error {
	g := x.g
	begin := 0 // of the part of order that is one step nearer
	for depth := 0; depth < len(g.level) || begin < x.order.n; depth++ {
		end := x.order.n
		if ctx.Err() != nil {
			return g.interrupted(ctx)
		}
		for i := begin; i < end; i++ {
			from, to := g.row(*x.order.at(i))
			for e := from; e < to; e++ {
				if !x.enter(*g.to.at(e)) {
					return g.outOfMemory()
				}
			}
		}
		begin = end
		if depth < len(g.level) && !x.beginAt(depth) {
			return g.outOfMemory()
		}
		x.ends = append(x.ends, x.order.n)
	}
	return nil
}

// beginAt enters the states of a level in which a wait begins, and reports
// whether there was memory.
func (x *wait[S]) beginAt(depth int) bool {
	first, end := x.g.level[depth], x.g.levelEnd(depth)
	if x.law.Kind == Eventually && depth > 0 {
		return true
	}
	for v := uint32(first); v < uint32(end); v++ {
		switch {
		case x.law.Kind == LeadsTo && !x.begins.has(v):
		case x.holds.has(v):
			x.satisfied = true
		default:
			x.began = true
			if !x.enter(v) {
				return false
			}
		}
	}
	return true
}

// enter adds a state, unless it is there or the wait is over in it, and reports
// whether there was memory.
func (x *wait[S]) enter(v uint32) bool {
	if x.in.has(v) || x.holds.has(v) {
		return true
	}
	x.in.set(v)
	return x.order.push(v)
}

// vacuous says why the law says nothing about this spec, or is empty.
func (x *wait[S]) vacuous() string {
	switch {
	case x.began:
		return ""
	case x.law.Kind == Eventually:
		return "is true in every initial state, so that nothing is ever waited for"
	case x.satisfied:
		return "is true at once wherever its When is, so that nothing is ever waited for"
	}
	return "has a When that is never true, so that nothing is ever waited for"
}

// path returns a shortest path to a waiting state that is so many steps away,
// that state included.
func (x *wait[S]) path(v uint32, depth int) []uint32 {
	var back []uint32
	for ; depth > 0; depth-- {
		before := x.before(v, depth)
		if before == none {
			break // the wait begins here
		}
		back = append(back, v)
		v = before
	}
	path := x.g.pathTo(v)
	slices.Reverse(back)
	return append(path, back...)
}

// before returns the first waiting state one step nearer that leads to v.
func (x *wait[S]) before(v uint32, depth int) uint32 {
	first := 0
	if depth > 1 {
		first = x.ends[depth-2]
	}
	for i := first; i < x.ends[depth-1]; i++ {
		u := *x.order.at(i)
		from, end := x.g.row(u)
		for e := from; e < end; e++ {
			if *x.g.to.at(e) == v {
				return u
			}
		}
	}
	return none
}

// pathTo returns the first shortest path from an initial state to v.
func (g *graph[S]) pathTo(v uint32) []uint32 {
	before := make([]uint32, v+1)
	next := uint32(g.initial) // the first state that is not known to be reached
	for u := uint32(0); next <= v; u++ {
		from, end := g.row(u)
		for e := from; e < end; e++ {
			// States are numbered in the order in which they are first reached.
			if to := *g.to.at(e); to == next && to <= v {
				before[to] = u
				next++
			}
		}
	}
	var path []uint32
	for ; v >= uint32(g.initial); v = before[v] {
		path = append(path, v)
	}
	path = append(path, v)
	slices.Reverse(path)
	return path
}
