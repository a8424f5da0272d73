package model

import "math"

// lassoEffort bounds the search for a shortest lasso: so many pairs of a state
// and of what was seen on the way to it. Finding a shortest closed walk that
// keeps many promises is as hard as the travelling salesman's problem.
const lassoEffort = 1 << 20

// lasso is a run: to a state, and then round for ever. No loop at all is a run
// that stops in that state.
type lasso struct {
	stem     []uint32 // states
	loop     []int    // steps, by number: from the stem's last state back to it
	shortest bool
}

// steps is the length by which lassos compare.
func (l *lasso) steps() int { return len(l.stem) - 1 + len(l.loop) }

// lassos looks for the shortest lasso of a wait into its fair sets.
type lassos[S comparable] struct {
	x    *wait[S]
	f    *fairSets[S]
	left int         // effort
	last *tourist[S] // of the set that was looked at last
}

// find returns a lasso with the fewest steps, of stem and loop together; should
// that take too long, a short one.
func (s *lassos[S]) find(effort int) *lasso {
	s.left = effort
	var best *lasso
	bound := math.MaxInt
	for i, depth := 0, 0; i < s.x.order.n; i++ {
		for s.x.ends[depth] <= i {
			depth++
		}
		if depth >= bound {
			break
		}
		v := *s.x.order.at(i)
		if s.f.set(v) == 0 {
			continue
		}
		if s.f.quiet.has(v) {
			return s.lasso(v, depth, nil, true) // it may stop here: no loop is shorter
		}
		if best == nil {
			// The nearest state has some loop, which bounds all others.
			best = s.lasso(v, depth, s.tour(v), false)
			bound = best.steps()
		}
		if depth+2 >= bound {
			continue // a loop has two steps at least, and would be no shorter
		}
		loop, ok := s.loop(v, bound-depth-1)
		if !ok {
			return s.unproven(best, i, depth)
		}
		if loop != nil {
			best = s.lasso(v, depth, loop, false)
			bound = best.steps()
		}
	}
	best.shortest = true
	return best
}

// unproven looks at what is left for a state in which a run may stop.
func (s *lassos[S]) unproven(best *lasso, i, depth int) *lasso {
	for ; i < s.x.order.n; i++ {
		for s.x.ends[depth] <= i {
			depth++
		}
		if depth >= best.steps() {
			break
		}
		if v := *s.x.order.at(i); s.f.set(v) != 0 && s.f.quiet.has(v) {
			return s.lasso(v, depth, nil, false)
		}
	}
	return best
}

func (s *lassos[S]) lasso(v uint32, depth int, loop []int, shortest bool) *lasso {
	return &lasso{stem: s.x.path(v, depth), loop: loop, shortest: shortest}
}
