package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Laws on whole runs of small random specs are judged twice: by this package,
// and by the definition. A law is violated if and only if some closed walk
// among the states that still wait keeps every promise; the naive checker
// looks for one from each state, remembering of every promise what the walk
// has seen. It knows nothing of components, and shares no code with the rest.

// liveRandomSpec is a random spec of a few dozen states, and promises for those of
// its laws that have none of their own. Each law is stated twice: under these, and
// under its own.
func liveRandomSpec(seed uint64) (*randomSpec, []Fair) {
	rng := rand.New(rand.NewPCG(seed, 2))
	rs := &randomSpec{mod: [5]uint8{uint8(2 + rng.IntN(2)), uint8(2 + rng.IntN(2)), uint8(1 + rng.IntN(3)), 1, 1}}
	v := func(i int) uint8 { return uint8(rng.IntN(int(rs.mod[i]))) }
	for i := range 3 + rng.IntN(6) {
		r := rule{always: rng.IntN(5) == 0, ifVar: rng.IntN(3), to: rng.IntN(3), from: rng.IntN(3), add: uint8(rng.IntN(3)), action: rng.IntN(3), a0: i, a1: rng.IntN(2)}
		r.is = v(r.ifVar)
		rs.rules = append(rs.rules, r)
	}
	for range 1 + rng.IntN(2) {
		var c cell
		c.V[0], c.V[1] = v(0), v(1)
		c.Pad[0], c.Pad[2] = c.V[0], c.V[1]
		rs.init = append(rs.init, c)
	}
	pair := func() func(*cell) bool {
		i, j := rng.IntN(3), rng.IntN(3)
		a, b := v(i), v(j)
		return func(s *cell) bool { return s.V[i] == a && s.V[j] == b }
	}
	either := func() func(*cell) bool {
		p, q := pair(), pair()
		return func(s *cell) bool { return p(s) || q(s) }
	}
	rs.laws = []Law[cell]{
		{Slug: "live/eventually", Kind: Eventually, Holds: either()},
		{Slug: "live/leads-to", Kind: LeadsTo, When: pair(), Holds: either()},
	}
	fair := func() []Fair {
		out := []Fair{}
		for a := range 3 {
			if rng.IntN(3) > 0 {
				out = append(out, Fair{Action: Action(a), Strength: Strength(rng.IntN(2)), By: rng.IntN(2)})
			}
		}
		return out
	}
	forAll := fair()
	for _, l := range rs.laws[:2] {
		l.Slug, l.Fair = l.Slug+"-own", fair()
		rs.laws = append(rs.laws, l)
	}
	return rs, forAll
}

// walker is the naive checker.
type walker struct {
	states []cell
	depth  []int
	edges  [][]naiveStep
	fair   []Fair
	// promised lists the promises as pairs of an index in fair and a rule, or
	// -1 where the action as a whole has one.
	promised [][2]int
}

type naiveStep struct{ to, rule int }

func newWalker(rs *randomSpec, fair []Fair) *walker {
	w := &walker{fair: fair}
	number := map[cell]int{}
	enter := func(s cell, depth int) int {
		n, ok := number[s]
		if !ok {
			n = len(w.states)
			number[s] = n
			w.states, w.depth = append(w.states, s), append(w.depth, depth)
		}
		return n
	}
	for _, s := range rs.init {
		enter(s, 0)
	}
	for i := 0; i < len(w.states); i++ {
		var steps []naiveStep
		for k, r := range rs.rules {
			if t, ok := r.apply(w.states[i], rs.mod); ok {
				steps = append(steps, naiveStep{enter(t, w.depth[i]+1), k})
			}
		}
		w.edges = append(w.edges, steps)
	}
	for i, f := range fair {
		if f.By == 0 {
			w.promised = append(w.promised, [2]int{i, -1})
			continue
		}
		for k, r := range rs.rules {
			if Action(r.action) == f.Action {
				w.promised = append(w.promised, [2]int{i, k})
			}
		}
	}
	return w
}

// fulfils reports whether a step of rule k fulfils promise p.
func (w *walker) fulfils(rs *randomSpec, p, k int) bool {
	f, only := w.fair[w.promised[p][0]], w.promised[p][1]
	return Action(rs.rules[k].action) == f.Action && (only < 0 || only == k)
}

// see is what the walk knows of the promises, a digit each, after a visit of
// state i. Weak: 1 kept. Strong: 1 was enabled, 2 was taken.
func (w *walker) see(rs *randomSpec, seen []uint8, i int) {
	for p := range w.promised {
		enabled := false
		for _, e := range w.edges[i] {
			enabled = enabled || e.to != i && w.fulfils(rs, p, e.rule)
		}
		switch strong := w.fair[w.promised[p][0]].Strength == Strong; {
		case strong && enabled && seen[p] == 0:
			seen[p] = 1
		case !strong && !enabled:
			seen[p] = 1
		}
	}
}

// keeps reports whether a walk that has seen this, and is back, may go on so
// for ever.
func (w *walker) keeps(seen []uint8) bool {
	for p := range w.promised {
		if strong := w.fair[w.promised[p][0]].Strength == Strong; strong && seen[p] == 1 || !strong && seen[p] == 0 {
			return false
		}
	}
	return true
}

// closed returns the number of steps of the shortest closed walk from i among
// the waiting states that keeps every promise, or -1.
func (w *walker) closed(rs *randomSpec, waits []bool, i int) int {
	type at struct {
		i    int
		seen [16]uint8
	}
	start := at{i: i}
	w.see(rs, start.seen[:], i)
	if w.keeps(start.seen[:]) {
		return 0
	}
	been := map[at]bool{start: true}
	queue := []at{start}
	for steps := 1; len(queue) > 0; steps++ {
		var next []at
		for _, p := range queue {
			for _, e := range w.edges[p.i] {
				if e.to == p.i || !waits[e.to] {
					continue
				}
				q := at{e.to, p.seen}
				for k := range w.promised {
					if w.fulfils(rs, k, e.rule) {
						q.seen[k] = 1 + uint8(w.fair[w.promised[k][0]].Strength)
					}
				}
				w.see(rs, q.seen[:], e.to)
				if q.i == i && w.keeps(q.seen[:]) {
					return steps
				}
				if !been[q] {
					been[q] = true
					next = append(next, q)
				}
			}
		}
		queue = next
	}
	return -1
}

// judge returns the steps of the shortest lasso that violates the law, or -1,
// and whether any run waits for it.
func (w *walker) judge(rs *randomSpec, l *Law[cell]) (steps int, waited bool) {
	const far = 1 << 30
	waits := make([]bool, len(w.states))
	dist := make([]int, len(w.states))
	for i := range w.states {
		waits[i] = !l.Holds(&w.states[i])
		dist[i] = far
		if waits[i] && (l.Kind == Eventually && w.depth[i] == 0 || l.Kind == LeadsTo && l.When(&w.states[i])) {
			dist[i], waited = w.depth[i], true
		}
	}
	for range w.states { // Bellman and Ford, for want of anything simpler
		for i := range w.states {
			for _, e := range w.edges[i] {
				if waits[e.to] && dist[i] < far {
					dist[e.to] = min(dist[e.to], dist[i]+1)
				}
			}
		}
	}
	steps = far
	for i := range w.states {
		if dist[i] < steps {
			if n := w.closed(rs, waits, i); n >= 0 {
				steps = min(steps, dist[i]+n)
			}
		}
	}
	if steps == far {
		return -1, waited
	}
	return steps, waited
}

func TestRandomLiveness(t *testing.T) {
	seeds := uint64(5000)
	if testing.Short() || underRace {
		seeds = 500
	}
	tiny := tuning{places: 1, batch: 3, chunk: 2, careful: 5}
	violated, held, stops, differ := [4]int{}, [4]int{}, 0, 0
	for seed := range seeds {
		rs, fair := liveRandomSpec(seed)
		var walkers []*walker
		promised := 0
		for i := range rs.laws {
			under := rs.laws[i].Fair
			if under == nil {
				under = fair
			}
			walkers = append(walkers, newWalker(rs, under))
			promised = max(promised, len(walkers[i].promised))
		}
		if promised > 6 {
			continue // too many for a naive checker
		}
		sp := rs.spec()
		sp.Fair = fair
		tiny.heap = seed%3 == 0
		r, err := Check(context.Background(), sp, Options{Workers: 1 + int(seed%4), tune: tiny})
		var vacuity *VacuityError
		if r == nil || err != nil && !errors.As(err, &vacuity) {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i, w := range walkers {
			steps, waited := w.judge(rs, &rs.laws[i])
			v := r.Verdicts[i]
			if want := (steps >= 0); v.Verdict == Undecided || (v.Verdict == Violated) != want || v.Steps != steps {
				t.Fatalf("seed %d: %s: got %+v, want a lasso of %d steps", seed, v.Law, v, steps)
			}
			if (v.Vacuous == "") != waited {
				t.Fatalf("seed %d: %s: vacuous %q, but a run waits: %v", seed, v.Law, v.Vacuous, waited)
			}
			if i >= 2 && v.Verdict != r.Verdicts[i-2].Verdict {
				differ++
			}
			if v.Verdict == Held {
				held[i]++
				continue
			}
			violated[i]++
			tr, err := Story(context.Background(), sp, v.Law, Options{tune: tiny})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			checkLasso(t, seed, rs, w, &rs.laws[i], tr)
			if tr.Loop == len(tr.Steps) {
				stops++
			}
		}
	}
	t.Logf("violated %v, held %v (eventually, leads to; under own promises), %d of the runs stop, %d verdicts depend on whose promises", violated, held, stops, differ)
	if slices.Min(violated[:]) < int(seeds)/10 || slices.Min(held[:]) < int(seeds)/10 || stops == 0 || differ < int(seeds)/20 {
		t.Errorf("the random specs are one-sided: violated %v, held %v, %d stop, %d verdicts depend on whose promises", violated, held, stops, differ)
	}
}

// checkLasso replays a lasso by the rules and holds its loop against the
// promises.
func checkLasso(t *testing.T, seed uint64, rs *randomSpec, w *walker, l *Law[cell], tr *Trace[cell]) {
	t.Helper()
	fail := func(why string) { t.Fatalf("seed %d: %s:\n%v", seed, why, tr) }
	if !slices.Contains(rs.init, tr.Init) || !tr.Lasso || !tr.Short {
		fail("it is no lasso from an initial state")
	}
	at, from := tr.Init, tr.Init // from: where the loop begins
	waiting := (l.Kind == Eventually || l.When(&at)) && !l.Holds(&at)
	number := func(s cell) int { return slices.Index(w.states, s) }
	var seen [16]uint8
	for i, st := range tr.Steps {
		if i == tr.Loop {
			from = at
			w.see(rs, seen[:], number(at))
		}
		k := int(st.Label.Args[0])
		to, ok := rs.rules[k].apply(at, rs.mod)
		if !ok || to != st.State {
			fail(fmt.Sprintf("step %d is none of the rules'", i+1))
		}
		if i >= tr.Loop && to != at {
			for p := range w.promised {
				if w.fulfils(rs, p, k) {
					seen[p] = 1 + uint8(w.fair[w.promised[p][0]].Strength)
				}
			}
			w.see(rs, seen[:], number(to))
		}
		at = to
		waiting = !l.Holds(&at) && (waiting || l.Kind == LeadsTo && l.When(&at))
	}
	if tr.Loop == len(tr.Steps) {
		from = at
		w.see(rs, seen[:], number(at))
	}
	if !waiting || from != at || !w.keeps(seen[:]) {
		fail(fmt.Sprintf("waits at its end %v, is closed %v, keeps every promise %v", waiting, from == at, w.keeps(seen[:])))
	}
}
