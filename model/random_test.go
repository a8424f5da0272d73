package model

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// Small random specs are checked twice: by this package, and by a map and a
// queue over the same rules, which share none of its code.

// cell is the state of a random spec: five small counters. The rest is there
// so that the fingerprint has words and a tail to read.
type cell struct {
	V   [5]uint8
	Pad [14]uint8
}

// rule is one guarded step of a random spec: if V[If] == Is, or always, then
// V[To] becomes (V[From] + Add) mod the range of V[To].
type rule struct {
	always         bool
	ifVar          int
	is             uint8
	to, from       int
	add            uint8
	action, a0, a1 int
}

func (r *rule) apply(s cell, mod [5]uint8) (cell, bool) {
	if !r.always && s.V[r.ifVar] != r.is {
		return s, false
	}
	s.V[r.to] = (s.V[r.from] + r.add) % mod[r.to]
	s.Pad[r.to*2] = s.V[r.to] // the hash sees the same counter twice
	return s, true
}

// randomSpec is a spec as data.
type randomSpec struct {
	mod   [5]uint8
	rules []rule
	init  []cell
	laws  []Law[cell]
	done  func(*cell) bool
}

func newRandomSpec(seed uint64) *randomSpec {
	rng := rand.New(rand.NewPCG(seed, 1))
	rs := &randomSpec{}
	for i := range rs.mod {
		rs.mod[i] = uint8(2 + rng.IntN(4))
	}
	v := func(i int) uint8 { return uint8(rng.IntN(int(rs.mod[i]))) }
	for i := range 6 + rng.IntN(10) {
		r := rule{always: rng.IntN(4) == 0, ifVar: rng.IntN(5), to: rng.IntN(5), from: rng.IntN(5), add: uint8(rng.IntN(3)), action: rng.IntN(3), a0: i, a1: -rng.IntN(300)}
		r.is = v(r.ifVar)
		rs.rules = append(rs.rules, r)
	}
	for range 1 + rng.IntN(3) {
		var c cell
		for i := range 2 {
			c.V[i] = v(i)
			c.Pad[i*2] = c.V[i]
		}
		rs.init = append(rs.init, c)
	}
	pair := func() func(*cell) bool {
		i, j := rng.IntN(5), rng.IntN(5)
		a, b := v(i), v(j)
		return func(s *cell) bool { return s.V[i] == a && s.V[j] == b }
	}
	triple := func() func(*cell) bool {
		p, q := pair(), pair()
		return func(s *cell) bool { return p(s) && q(s) }
	}
	onStep := func(want bool) func(from *cell, l Label, to *cell) bool {
		p, q, a := pair(), pair(), Action(rng.IntN(3))
		return func(from *cell, l Label, to *cell) bool { return (l.Action == a && p(from) && q(to)) == want }
	}
	for i := range rng.IntN(3) {
		bad := triple()
		rs.laws = append(rs.laws, Law[cell]{Slug: fmt.Sprintf("always/%d", i), Holds: func(s *cell) bool { return !bad(s) }})
	}
	if rng.IntN(6) == 0 {
		rs.laws = append(rs.laws, Law[cell]{Slug: "always/step", Step: onStep(false)})
	}
	if rng.IntN(2) == 0 || len(rs.laws) == 0 {
		rs.laws = append(rs.laws, Law[cell]{Slug: "sometimes/state", Kind: Sometimes, Holds: pair()})
	}
	if rng.IntN(4) == 0 {
		rs.laws = append(rs.laws, Law[cell]{Slug: "sometimes/step", Kind: Sometimes, Step: onStep(true)})
	}
	switch rng.IntN(6) {
	case 0:
		rs.done = pair()
	case 1:
		rs.done = func(*cell) bool { return true }
	}
	return rs
}

func (rs *randomSpec) spec() *Spec[cell] {
	return &Spec[cell]{
		Name: "random", Init: rs.init, Laws: rs.laws, Done: rs.done,
		Actions: []string{"a", "b", "c"},
		Next: func(s *cell, x *Next[cell]) {
			for i := range rs.rules {
				r := &rs.rules[i]
				if t, ok := r.apply(*s, rs.mod); ok {
					*x.Do(Action(r.action), r.a0, r.a1) = t
				}
			}
		},
	}
}

// naive is what a map and a queue find in the whole state space.
type naive struct {
	depth map[cell]int
	out   map[cell]int // edges out of a state
	hit   []int        // by law, deadlock last: least steps, or -1
}

func explore(rs *randomSpec) *naive {
	n := &naive{depth: map[cell]int{}, out: map[cell]int{}}
	n.hit = make([]int, len(rs.laws)+1)
	for i := range n.hit {
		n.hit[i] = -1
	}
	seen := func(law, steps int) {
		if n.hit[law] < 0 || steps < n.hit[law] {
			n.hit[law] = steps
		}
	}
	var queue []cell
	visit := func(s cell, depth int) {
		if _, ok := n.depth[s]; ok {
			return
		}
		n.depth[s] = depth
		queue = append(queue, s)
		for i, l := range rs.laws {
			if l.Holds != nil && l.Holds(&s) == (l.Kind == Sometimes) {
				seen(i, depth)
			}
		}
	}
	for _, s := range rs.init {
		visit(s, 0)
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		d := n.depth[s]
		for _, r := range rs.rules {
			t, ok := r.apply(s, rs.mod)
			if !ok {
				continue
			}
			n.out[s]++
			for i, l := range rs.laws {
				if l.Step != nil && l.Step(&s, Label{Action: Action(r.action), N: 2, Args: [4]int16{int16(r.a0), int16(r.a1)}}, &t) == (l.Kind == Sometimes) {
					seen(i, d+1)
				}
			}
			visit(t, d+1)
		}
		if n.out[s] == 0 && rs.done != nil && !rs.done(&s) {
			seen(len(rs.laws), d)
		}
	}
	return n
}

// expect is the result that the checker must come to: it stops at the end of
// the level in which the first counterexample shows.
func (n *naive) expect(rs *randomSpec) *Result[cell] {
	levels := 0
	for _, d := range n.depth {
		levels = max(levels, d+1)
	}
	stop, first := levels, -1
	for i, steps := range n.hit {
		if steps < 0 || i < len(rs.laws) && rs.laws[i].Kind == Sometimes {
			continue
		}
		at := steps
		if i == len(rs.laws) {
			at++ // a deadlock shows when its state is expanded
		}
		stop = min(stop, at)
		if first < 0 || steps < n.hit[first] {
			first = i
		}
	}
	r := &Result[cell]{Depth: stop, Complete: stop == levels}
	for s, d := range n.depth {
		if d <= stop {
			r.States++
		}
		if d < stop {
			r.Edges += n.out[s]
		}
	}
	if first >= 0 {
		r.Violation = &Trace[cell]{Law: Deadlock, Steps: make([]Step[cell], n.hit[first])}
		if first < len(rs.laws) {
			r.Violation.Law = rs.laws[first].Slug
		}
	}
	for i, steps := range n.hit {
		v, kind := LawVerdict{Law: Deadlock, Steps: steps}, Always
		at := steps
		if i < len(rs.laws) {
			v.Law, kind = rs.laws[i].Slug, rs.laws[i].Kind
		} else if rs.done == nil {
			break
		} else {
			at++
		}
		v.Kind = kind
		switch {
		case steps >= 0 && at <= stop && kind == Always:
			v.Verdict = Violated
		case steps >= 0 && at <= stop:
			v.Verdict = Held
		default:
			v.Steps = -1
			if r.Complete && kind == Always {
				v.Verdict = Held
			} else if r.Complete {
				v.Verdict = Violated
			}
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return r
}

func TestRandomSpecs(t *testing.T) {
	tiny := tuning{places: 1, batch: 3, chunk: 2, careful: 5}
	onHeap := tiny
	onHeap.heap = true
	variants := []Options{
		{Workers: 1, tune: tiny},
		{Workers: 2, tune: tiny},
		{Workers: 4, tune: tiny},
		{Workers: 2},
		{Workers: 2, Exact: true, tune: tiny},
		{Workers: 1, Exact: true},
		{Workers: 3, tune: onHeap},
		{Workers: 3, Exact: true, tune: onHeap},
	}
	var outcomes [3]int
	states := 0
	seeds := uint64(2000)
	if testing.Short() || underRace {
		seeds = 100
	}
	for seed := range seeds {
		rs := newRandomSpec(seed)
		found := explore(rs)
		want := found.expect(rs)
		sp := rs.spec()
		var base *Result[cell]
		for _, o := range variants {
			got, err := Check(context.Background(), sp, o)
			if got == nil || (err != nil) != (got.Verdict == Held && len(got.NeverFired) > 0) {
				t.Fatalf("seed %d, %+v: %v", seed, o, err)
			}
			compareToNaive(t, seed, rs, got, want)
			got.Elapsed, got.Bytes, got.CollisionProbability = 0, 0, 0
			if base == nil {
				base = got
			} else if !reflect.DeepEqual(base, got) {
				t.Errorf("seed %d: %+v gives\n%v\nand %+v gives\n%v", seed, variants[0], base, o, got)
			}
		}
		outcomes[base.Verdict]++
		states += base.States
		compareStories(t, seed, rs, sp, found)
		if t.Failed() {
			return
		}
	}
	t.Logf("verdicts %v (undecided, held, violated), %d states", outcomes, states)
	if n := int(seeds) / 4; outcomes[Held] < n || outcomes[Violated] < n {
		t.Errorf("the random specs are one-sided: %v", outcomes)
	}
}

func compareToNaive(t *testing.T, seed uint64, rs *randomSpec, got, want *Result[cell]) {
	t.Helper()
	if got.States != want.States || got.Edges != want.Edges || got.Depth != want.Depth || got.Complete != want.Complete {
		t.Errorf("seed %d: got %d states, %d edges, %d levels, complete %v; want %d, %d, %d, %v", seed, got.States, got.Edges, got.Depth, got.Complete, want.States, want.Edges, want.Depth, want.Complete)
	}
	for i, v := range got.Verdicts {
		v.Reason = ""
		if i >= len(want.Verdicts) || v != want.Verdicts[i] {
			t.Errorf("seed %d: got %+v, want %+v", seed, got.Verdicts, want.Verdicts)
			break
		}
	}
	if (got.Violation == nil) != (want.Violation == nil) {
		t.Errorf("seed %d: got story %v, want %v", seed, got.Violation, want.Violation)
	} else if got.Violation != nil {
		if got.Violation.Law != want.Violation.Law || len(got.Violation.Steps) != len(want.Violation.Steps) {
			t.Errorf("seed %d: got a story of %s in %d steps, want %s in %d", seed, got.Violation.Law, len(got.Violation.Steps), want.Violation.Law, len(want.Violation.Steps))
		}
		checkStory(t, seed, rs, got.Violation)
	}
}

// compareStories asks for each law's story.
func compareStories(t *testing.T, seed uint64, rs *randomSpec, sp *Spec[cell], n *naive) {
	t.Helper()
	for i, l := range rs.laws {
		tr, err := Story(context.Background(), sp, l.Slug, Options{})
		if err != nil || (tr == nil) != (n.hit[i] < 0) {
			t.Errorf("seed %d: story of %s: %v, %v; want %d steps", seed, l.Slug, tr, err, n.hit[i])
		} else if tr != nil {
			if len(tr.Steps) != n.hit[i] {
				t.Errorf("seed %d: story of %s has %d steps, want %d", seed, l.Slug, len(tr.Steps), n.hit[i])
			}
			checkStory(t, seed, rs, tr)
		}
	}
}

// checkStory replays a story by the rules and judges its end.
func checkStory(t *testing.T, seed uint64, rs *randomSpec, tr *Trace[cell]) {
	t.Helper()
	started := false
	for _, c := range rs.init {
		started = started || c == tr.Init
	}
	at, before := tr.Init, tr.Init
	for i, st := range tr.Steps {
		r := rs.rules[st.Label.Args[0]]
		to, ok := r.apply(at, rs.mod)
		if !ok || to != st.State || Action(r.action) != st.Label.Action || int(st.Label.Args[1]) != r.a1 {
			t.Fatalf("seed %d: step %d of\n%vis none of the rules'", seed, i+1, tr)
		}
		before, at = at, to
	}
	hit := false
	for _, l := range rs.laws {
		if l.Slug == tr.Law && l.Holds != nil {
			hit = l.Holds(&at) == (l.Kind == Sometimes)
		} else if l.Slug == tr.Law && len(tr.Steps) > 0 {
			hit = l.Step(&before, tr.Steps[len(tr.Steps)-1].Label, &at) == (l.Kind == Sometimes)
		}
	}
	if tr.Law == Deadlock {
		hit = !rs.done(&at)
		for _, r := range rs.rules {
			_, ok := r.apply(at, rs.mod)
			hit = hit && !ok
		}
	}
	if !started || !hit || at != tr.Last() {
		t.Fatalf("seed %d: starts in an initial state: %v, ends in what it tells of: %v:\n%v", seed, started, hit, tr)
	}
}

// A level that was not expanded to its end leaves the search incomplete, also
// if nothing was found in it.
func TestStoppedLevelIsNotComplete(t *testing.T) {
	sp := (&randomSpec{init: make([]cell, 1), laws: []Law[cell]{{Slug: "any", Holds: func(*cell) bool { return true }}}}).spec()
	o, err := Options{}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	s := newSearch(sp, o)
	s.stop.Store(true)
	if err := s.run(context.Background()); err != nil || s.complete {
		t.Errorf("got complete %v, %v; want an incomplete search", s.complete, err)
	}
}
