package model

import "slices"

// none is no state.
const none = ^uint32(0)

// wait is a liveness law on a graph: where a run may be that still waits for
// what the law promises, and by which shortest path it comes there.
type wait[S comparable] struct {
	g   *graph[S]
	law *Law[S]
	// order lists the waiting states, nearest first.
	order []uint32
	// before is, by state, the waiting state before it on a shortest path; the
	// state itself if the wait begins in it; none if no run waits in it.
	before []uint32
	// steps is, by place in order, the number of steps from an initial state.
	steps []uint32

	began     bool // some run begins to wait ...
	satisfied bool // ... or would, were the law not true there at once
}

// newWait finds the waiting states. A run of an Eventually law waits from its
// beginning on, one of a LeadsTo law from any state in which When is true.
func newWait[S comparable](g *graph[S], law *Law[S]) *wait[S] {
	x := &wait[S]{g: g, law: law, before: make([]uint32, g.size())}
	for i := range x.before {
		x.before[i] = none
	}
	begin, end := 0, 0 // the part of order that is one step nearer
	for depth := 0; depth < len(g.level) || begin < end; depth++ {
		for _, v := range x.order[begin:end] {
			from, to := g.row(v)
			for e := from; e < to; e++ {
				x.enter(*g.to.at(e), v, depth)
			}
		}
		begin = end
		if depth < len(g.level) && (law.Kind == LeadsTo || depth == 0) {
			x.beginAt(depth)
		}
		end = len(x.order)
	}
	return x
}

// beginAt enters the states of a level in which a wait begins.
func (x *wait[S]) beginAt(depth int) {
	end := x.g.size()
	if depth+1 < len(x.g.level) {
		end = x.g.level[depth+1]
	}
	for v := x.g.level[depth]; v < end; v++ {
		s := *x.g.states.at(v)
		switch {
		case x.law.Kind == LeadsTo && !x.law.When(&s):
		case x.law.Holds(&s):
			x.satisfied = true
		default:
			x.began = true
			x.enter(uint32(v), uint32(v), depth)
		}
	}
}

// enter adds a state, unless it is there or the wait is over in it.
func (x *wait[S]) enter(v, before uint32, steps int) {
	if x.before[v] != none {
		return
	}
	s := *x.g.states.at(int(v))
	if x.law.Holds(&s) {
		return
	}
	x.before[v] = before
	x.order = append(x.order, v)
	x.steps = append(x.steps, uint32(steps))
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

// path returns a shortest path to a waiting state, that state included.
func (x *wait[S]) path(v uint32) []uint32 {
	var back []uint32
	for ; x.before[v] != v; v = x.before[v] {
		back = append(back, v)
	}
	stem := x.g.pathTo(v)
	for i := len(back) - 1; i >= 0; i-- {
		stem = append(stem, back[i])
	}
	return stem
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
