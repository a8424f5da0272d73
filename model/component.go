package model

// A run that never comes to a state it ought to come to ends up going round in
// a strongly connected set of the states that it may visit instead. Such a set
// is fair if some run that visits all of it again and again, and nothing else,
// keeps every promise:
//
//   - weak: the promise is fulfilled by a step within the set, or there is a
//     state in which it is not enabled;
//   - strong: it is fulfilled by a step within the set, or it is not enabled in
//     any state.
//
// Every state may also be repeated: a single state is a set in which no
// promise is ever fulfilled. A set that only misses a strong promise may
// contain a smaller fair one, without the states in which that is enabled;
// hence the recursion, after Emerson and Lei, "Modalities for model checking"
// (1987), and Lichtenstein and Pnueli (1985). Components are Tarjan's (1972).

// fairSets finds the maximal fair sets among some states of a graph.
type fairSets[S comparable] struct {
	g       *graph[S]
	part    []uint32 // by state: the problem that it belongs to, 0: none
	num     []uint32 // by state: Tarjan's number, 0: not yet
	low     []uint32 // by state: Tarjan's low link; of a finished component its root's number
	parts   uint32
	stack   []uint32
	calls   []call
	masks   [][]uint64 // by label
	weak    []uint64
	strong  []uint64
	enabled []uint64 // scratch
	always  []uint64 // promises enabled in every state of the component
	ever    []uint64 // in some
	taken   []uint64 // fulfilled within

	set  []uint32 // by state: the fair set that it belongs to, 0: none
	sets uint32
	work [][]uint32 // subproblems
}

type call struct {
	v    uint32
	next int
}

func newFairSets[S comparable](g *graph[S]) *fairSets[S] {
	f := &fairSets[S]{g: g}
	n := g.size()
	f.part, f.num, f.low, f.set = make([]uint32, n), make([]uint32, n), make([]uint32, n), make([]uint32, n)
	f.masks, f.weak, f.strong = g.masks()
	k := g.words()
	f.enabled, f.always, f.ever, f.taken = make([]uint64, k), make([]uint64, k), make([]uint64, k), make([]uint64, k)
	return f
}

// find looks among the states and reports whether there is a fair set.
func (f *fairSets[S]) find(states []uint32) bool {
	clear(f.part)
	clear(f.set)
	f.parts, f.sets = 0, 0
	f.work = append(f.work[:0], states)
	for len(f.work) > 0 {
		part := f.work[len(f.work)-1]
		f.work = f.work[:len(f.work)-1]
		f.split(part)
	}
	return f.sets > 0
}

// split takes a set of states apart into components and judges each.
func (f *fairSets[S]) split(states []uint32) {
	f.parts++
	for _, v := range states {
		f.part[v], f.num[v] = f.parts, 0
	}
	next := uint32(1)
	for _, v := range states {
		if f.num[v] == 0 {
			next = f.tarjan(v, next)
		}
	}
}

// finished is Tarjan's number of a state whose component was judged.
const finished = ^uint32(0)

// tarjan judges the components that can be reached from root, numbering states
// from next on.
func (f *fairSets[S]) tarjan(root, next uint32) uint32 {
	part := f.part[root]
	visit := func(v uint32) {
		f.num[v], f.low[v] = next, next
		next++
		f.stack = append(f.stack, v)
		first, _ := f.g.row(v)
		f.calls = append(f.calls, call{v, first})
	}
	visit(root)
	for len(f.calls) > 0 {
		c := &f.calls[len(f.calls)-1]
		v := c.v
		_, end := f.g.row(v)
		deeper := false
		for c.next < end {
			w := *f.g.to.at(c.next)
			c.next++
			if f.part[w] != part {
				continue
			}
			if f.num[w] == 0 {
				visit(w)
				deeper = true
				break
			}
			f.low[v] = min(f.low[v], f.num[w]) // finished ones are never lower
		}
		if deeper {
			continue
		}
		f.calls = f.calls[:len(f.calls)-1]
		if k := len(f.calls); k > 0 {
			p := f.calls[k-1].v
			f.low[p] = min(f.low[p], f.low[v])
		}
		if f.low[v] == f.num[v] {
			f.close(v)
		}
	}
	return next
}

// close takes the component whose root is v off the stack and judges it.
func (f *fairSets[S]) close(v uint32) {
	k := len(f.stack) - 1
	for f.stack[k] != v {
		k--
	}
	members := f.stack[k:]
	f.stack = f.stack[:k]
	root := f.num[v]
	for _, w := range members {
		f.low[w] = root
	}
	f.judge(members, root)
	for _, w := range members {
		f.num[w] = finished
	}
}

// judge decides whether a component is fair, is not, or may contain a smaller
// set that is.
func (f *fairSets[S]) judge(members []uint32, root uint32) {
	for i := range f.always {
		f.always[i], f.ever[i], f.taken[i] = ^uint64(0), 0, 0
	}
	part := f.part[members[0]]
	for _, w := range members {
		clear(f.enabled)
		first, end := f.g.row(w)
		for e := first; e < end; e++ {
			to := *f.g.to.at(e)
			if to == w {
				continue
			}
			mask := f.masks[*f.g.by.at(e)]
			inside := f.part[to] == part && f.num[to] != finished && f.num[to] != 0 && f.low[to] == root
			for i, m := range mask {
				f.enabled[i] |= m
				if inside {
					f.taken[i] |= m
				}
			}
		}
		for i, m := range f.enabled {
			f.always[i] &= m
			f.ever[i] |= m
		}
	}
	missed := false
	for i := range f.taken {
		if f.weak[i]&f.always[i]&^f.taken[i] != 0 {
			return // no part of it keeps that promise either
		}
		f.ever[i] &= f.strong[i] &^ f.taken[i]
		missed = missed || f.ever[i] != 0
	}
	if !missed {
		f.sets++
		for _, w := range members {
			f.set[w] = f.sets
		}
		return
	}
	if rest := f.without(members, f.ever); len(rest) > 0 {
		f.work = append(f.work, rest)
	}
}

// without returns the members in which none of the promises is enabled.
func (f *fairSets[S]) without(members []uint32, promises []uint64) []uint32 {
	var rest []uint32
	for _, w := range members {
		if !f.enables(w, promises) {
			rest = append(rest, w)
		}
	}
	return rest
}

// enables reports whether one of the promises is enabled in w.
func (f *fairSets[S]) enables(w uint32, promises []uint64) bool {
	first, end := f.g.row(w)
	for e := first; e < end; e++ {
		if *f.g.to.at(e) == w {
			continue
		}
		for i, m := range f.masks[*f.g.by.at(e)] {
			if m&promises[i] != 0 {
				return true
			}
		}
	}
	return false
}
