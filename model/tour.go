package model

import "slices"

// kept is what was seen of the promises on a walk within a fair set, a bit for
// each that matters there. The walk may go on round for ever when it is back
// and every promise that it is bound by is fulfilled.
type kept struct {
	// done has the promises that the walk keeps: a step fulfilled it, or, if it
	// is weak, it was not enabled in some state.
	done uint64
	// due has the strong promises that were enabled in some state.
	due uint64
}

// tourist walks within one fair set.
type tourist[S comparable] struct {
	g    *graph[S]
	f    *fairSets[S]
	id   uint32
	weak uint64
	mask []uint64 // by label
	wide bool     // more promises matter than a word has bits
}

// tourist numbers the promises that matter in the set of v: those that are
// enabled somewhere in it.
func (s *lassos[S]) tourist(v uint32) *tourist[S] {
	f := s.f
	if t := s.last; t != nil && t.id == f.set(v) {
		return t
	}
	t := &tourist[S]{g: f.g, f: f, id: f.set(v), mask: make([]uint64, len(f.masks))}
	s.last = t
	ever := make([]uint64, len(f.weak))
	for i := range s.x.order.n {
		u := *s.x.order.at(i)
		if f.set(u) != t.id {
			continue
		}
		t.each(u, func(e int, to uint32) {
			for i, m := range f.masks[*f.g.by.at(e)] {
				ever[i] |= m
			}
		})
	}
	n := 0
	for i := range ever {
		for m := ever[i]; m != 0; m &= m - 1 {
			b := m & -m
			if n == 64 {
				t.wide = true
				return t
			}
			for l, mask := range f.masks {
				if mask[i]&b != 0 {
					t.mask[l] |= 1 << n
				}
			}
			if f.weak[i]&b != 0 {
				t.weak |= 1 << n
			}
			n++
		}
	}
	return t
}

// each calls f for every step out of u that leads elsewhere.
func (t *tourist[S]) each(u uint32, f func(e int, to uint32)) {
	from, end := t.g.row(u)
	for e := from; e < end; e++ {
		if to := *t.g.to.at(e); to != u {
			f(e, to)
		}
	}
}

// enabled is the set of promises that are enabled in u.
func (t *tourist[S]) enabled(u uint32) (m uint64) {
	t.each(u, func(e int, _ uint32) { m |= t.mask[*t.g.by.at(e)] })
	return m
}

// at is k after a visit of u.
func (t *tourist[S]) at(k kept, u uint32) kept {
	m := t.enabled(u)
	return kept{k.done | t.weak&^m, k.due | m&^t.weak}
}

// take is k after a step of that label to u.
func (t *tourist[S]) take(k kept, e int, u uint32) kept {
	k.done |= t.mask[*t.g.by.at(e)]
	k = t.at(k, u)
	k.due |= k.done &^ t.weak // a fulfilled one is as good as never due
	return k
}

// owed has the promises that are still to be kept.
func (t *tourist[S]) owed(k kept, relevant uint64) uint64 {
	return (t.weak&relevant | k.due) &^ k.done
}

// relevant has a bit for each promise that matters.
func (t *tourist[S]) relevant() uint64 {
	var m uint64
	for _, l := range t.mask {
		m |= l
	}
	return m
}

// tour returns some closed walk from v that keeps every promise: each in turn
// on the shortest way, and home again.
func (s *lassos[S]) tour(v uint32) []int {
	t := s.tourist(v)
	if t.wide {
		return s.wideTour(v)
	}
	all := t.relevant()
	k, at := t.at(kept{}, v), v
	var loop []int
	for at != v || len(loop) == 0 || t.owed(k, all) != 0 {
		owed := t.owed(k, all)
		way := t.walk(at, func(e int, to uint32) bool {
			if owed == 0 {
				return to == v
			}
			return t.take(kept{}, e, to).done&owed != 0
		})
		if way == nil {
			panic("model: a fair set does not keep its promises")
		}
		for _, e := range way {
			at = *t.g.to.at(e)
			k = t.take(k, e, at)
			loop = append(loop, e)
		}
	}
	return loop
}

// wideTour visits every state and takes every step of the set, which keeps
// whatever can be kept.
func (s *lassos[S]) wideTour(v uint32) []int {
	t := &tourist[S]{g: s.f.g, f: s.f, id: s.f.set(v)}
	taken := map[int]bool{}
	at := v
	var loop []int
	for {
		way := t.walk(at, func(e int, _ uint32) bool { return !taken[e] })
		if way == nil {
			break
		}
		for _, e := range way {
			taken[e] = true
			at = *t.g.to.at(e)
			loop = append(loop, e)
		}
	}
	if at != v {
		loop = append(loop, t.walk(at, func(_ int, to uint32) bool { return to == v })...)
	}
	return loop
}

// walk returns the steps of a shortest walk from u within the set whose last
// step is wanted, or nil.
func (t *tourist[S]) walk(u uint32, wanted func(e int, to uint32) bool) []int {
	by := map[uint32]int{} // by state: the step that reached it
	from := map[uint32]uint32{}
	queue := []uint32{u}
	for len(queue) > 0 {
		w := queue[0]
		queue = queue[1:]
		found := -1
		t.each(w, func(e int, to uint32) {
			if found >= 0 || t.f.set(to) != t.id {
				return
			}
			if wanted(e, to) {
				found = e
				return
			}
			if _, ok := by[to]; !ok && to != u {
				by[to], from[to] = e, w
				queue = append(queue, to)
			}
		})
		if found < 0 {
			continue
		}
		way := []int{found}
		for ; w != u; w = from[w] {
			way = append(way, by[w])
		}
		slices.Reverse(way)
		return way
	}
	return nil
}

// A stop is a state on a walk, with what the walk has seen.
type stop struct {
	v uint32
	k kept
}

// A hop is how a stop was reached.
type hop struct {
	from stop
	e    int
}

// loop returns the first of the shortest closed walks from v that keep every
// promise, or nil if all have more than limit steps. It is not ok if the
// effort did not suffice.
func (s *lassos[S]) loop(v uint32, limit int) (loop []int, ok bool) {
	t := s.tourist(v)
	if t.wide {
		return nil, false
	}
	all := t.relevant()
	start := stop{v, t.at(kept{}, v)}
	been := map[stop]hop{start: {}}
	level := []stop{start}
	for steps := 0; steps < limit && len(level) > 0; steps++ {
		var next []stop
		for _, p := range level {
			home, found := stop{}, false
			t.each(p.v, func(e int, to uint32) {
				if found || t.f.set(to) != t.id {
					return
				}
				q := stop{to, t.take(p.k, e, to)}
				if _, old := been[q]; !old {
					been[q] = hop{p, e}
					next = append(next, q)
					s.left--
				}
				if to == v && t.owed(q.k, all) == 0 {
					home, found = q, true
				}
			})
			if found {
				return wayHome(been, start, home), true
			}
			if s.left < 0 {
				return nil, false
			}
		}
		level = next
	}
	return nil, true
}

// wayHome follows the hops back from the end of a walk to its start.
func wayHome(been map[stop]hop, start, end stop) []int {
	var way []int
	for at := end; at != start; at = been[at].from {
		way = append(way, been[at].e)
	}
	slices.Reverse(way)
	return way
}
