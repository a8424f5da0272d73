package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Reductions of small random specs are held against the unreduced search, which
// other tests hold against a naive one.

// crowd is a few processes that differ in nothing but their number, and
// something that they share.
type crowd struct {
	At     [3]uint8
	Shared uint8
}

// crowdRule is a step that any process may take.
type crowdRule struct {
	at, shared     int // where the process and what is shared must be, -1: anywhere
	to, add        uint8
	other, becomes int // some other process must be there, and comes to here; -1: none
}

func crowdSpec(seed uint64) *Spec[crowd] {
	const ats, shareds = 3, 3
	rng := rand.New(rand.NewPCG(seed, 4))
	maybe := func(n int) int { return rng.IntN(n+1) - 1 }
	var rules []crowdRule
	for range 3 + rng.IntN(5) {
		rules = append(rules, crowdRule{at: rng.IntN(ats), shared: maybe(shareds), to: uint8(rng.IntN(ats)), add: uint8(rng.IntN(2)), other: maybe(ats), becomes: maybe(ats)})
	}
	count := func(s *crowd, at uint8) (n int) {
		for _, a := range s.At {
			if a == at {
				n++
			}
		}
		return n
	}
	sp := &Spec[crowd]{
		Name: "crowd", Init: []crowd{{}}, Actions: []string{"step"},
		Next: func(s *crowd, x *Next[crowd]) {
			for i, r := range rules {
				for p := range s.At {
					if int(s.At[p]) != r.at || r.shared >= 0 && int(s.Shared) != r.shared {
						continue
					}
					for q := range s.At {
						if r.other < 0 && q > 0 || r.other >= 0 && (q == p || int(s.At[q]) != r.other) {
							continue
						}
						t := x.Do(0, i, p, q)
						t.At[p], t.Shared = r.to, (s.Shared+r.add)%shareds
						if r.other >= 0 && r.becomes >= 0 {
							t.At[q] = uint8(r.becomes)
						}
					}
				}
			}
		},
		Symmetry: &Symmetry[crowd]{
			Canon: func(s *crowd) { slices.Sort(s.At[:]) },
			Swaps: []func(*crowd){
				func(s *crowd) { s.At[0], s.At[1] = s.At[1], s.At[0] },
				func(s *crowd) { s.At[1], s.At[2] = s.At[2], s.At[1] },
			},
		},
	}
	predicate := func() func(*crowd) bool {
		at, n, shared := uint8(rng.IntN(ats)), 1+rng.IntN(3), uint8(rng.IntN(shareds))
		return func(s *crowd) bool { return count(s, at) == n && s.Shared == shared }
	}
	bad, odd := predicate(), predicate()
	for _, l := range []Law[crowd]{
		{Slug: "crowd/never", Holds: func(s *crowd) bool { return !bad(s) }},
		{Slug: "crowd/some", Kind: Sometimes, Holds: predicate()},
		{Slug: "crowd/step", Step: func(from *crowd, l Label, to *crowd) bool { return !odd(from) || from.Shared == to.Shared }},
		{Slug: "crowd/comes", Kind: Eventually, Holds: func(s *crowd) bool { return s.At[0] != 0 }}, // not symmetric
	} {
		if len(sp.Laws) == 0 || rng.IntN(3) == 0 {
			sp.Laws = append(sp.Laws, l)
		}
	}
	sp.Fair = []Fair{{Action: 0, By: 2, Strength: Strength(rng.IntN(2))}}
	if rng.IntN(3) == 0 {
		sp.Done = predicate()
	}
	return sp
}

// checkBoth checks a spec reduced and unreduced; verdicts must agree, and the
// lengths of stories where the reduction keeps them.
func checkBoth[S comparable](t *testing.T, seed uint64, sp *Spec[S], shortest bool) (reduced, whole *Result[S]) {
	t.Helper()
	var vacuity *VacuityError
	tune := tuning{places: 1, batch: 3, chunk: 2, careful: 1 << 20}
	reduced, err := Check(context.Background(), sp, Options{Workers: 1 + int(seed%3), tune: tune})
	if reduced == nil || err != nil && !errors.As(err, &vacuity) {
		t.Fatalf("seed %d: %v", seed, err)
	}
	whole, err = Check(context.Background(), sp, Options{Workers: 1, Unreduced: true, tune: tune})
	if whole == nil || err != nil && !errors.As(err, &vacuity) {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for i, v := range whole.Verdicts {
		got := reduced.Verdicts[i]
		if !whole.Complete {
			// Where the searches ended, others may be undecided or not.
			if whole.Violation.Law != v.Law {
				continue
			}
		}
		if got.Verdict != v.Verdict || shortest && got.Steps != v.Steps {
			t.Fatalf("seed %d: reduced\n%vbut\n%v", seed, reduced, whole)
		}
	}
	if tr := reduced.Violation; (tr == nil) != (whole.Violation == nil) {
		t.Fatalf("seed %d: reduced\n%vbut\n%v", seed, reduced, whole)
	} else if tr != nil {
		if err := Replay(sp, tr); err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, tr)
		}
		if shortest && len(tr.Steps) != len(whole.Violation.Steps) {
			t.Fatalf("seed %d: got\n%vbut\n%v", seed, tr, whole.Violation)
		}
	}
	return reduced, whole
}

func TestRandomSymmetry(t *testing.T) {
	seeds := uint64(1500)
	if testing.Short() || underRace {
		seeds = 150
	}
	var outcomes [3]int
	fewer := 0
	for seed := range seeds {
		sp := crowdSpec(seed)
		reduced, whole := checkBoth(t, seed, sp, true)
		outcomes[whole.Verdict]++
		if !whole.Complete {
			continue
		}
		orbits := map[crowd]bool{}
		g, err := Explore(context.Background(), sp, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range g.States {
			slices.Sort(s.At[:])
			orbits[s] = true
		}
		if reduced.States != len(orbits) || whole.States != len(g.States) {
			t.Fatalf("seed %d: got %d states, %d unreduced; want %d, %d", seed, reduced.States, whole.States, len(orbits), len(g.States))
		}
		p, err := ProveSymmetry(context.Background(), sp, Options{})
		if want := (SymmetryProof{len(orbits), len(g.States), len(g.States)}); err != nil || p != want {
			t.Fatalf("seed %d: got %+v, %v; want %+v", seed, p, err, want)
		}
		if len(orbits) < len(g.States) {
			fewer++
		}
	}
	t.Logf("verdicts %v (undecided, held, violated), %d of them with fewer states", outcomes, fewer)
	if n := int(seeds) / 20; outcomes[Held] < n || outcomes[Violated] < n || fewer < n {
		t.Errorf("the random specs are one-sided: %v, %d with fewer states", outcomes, fewer)
	}
}

// Whatever ProveIndependent lets pass is sound; what is unsound it refuses.
func TestRandomIndependence(t *testing.T) {
	seeds := uint64(2500)
	if testing.Short() || underRace {
		seeds = 300
	}
	proven, fewer, unsound := 0, 0, 0
	var outcomes [3]int
	for seed := range seeds {
		rs := newRandomSpec(seed)
		rng := rand.New(rand.NewPCG(seed, 5))
		// The last counter becomes one that is nobody's business: it goes to two
		// and stays. But some rule may make it its own.
		nobodys := len(rs.rules)
		for i := range rs.rules {
			r := &rs.rules[i]
			for _, v := range []*int{&r.ifVar, &r.to, &r.from} {
				if *v == 4 && rng.IntN(10) > 0 {
					*v = rng.IntN(4)
				}
			}
		}
		for k := range uint8(2) {
			rs.rules = append(rs.rules, rule{ifVar: 4, is: k, to: 4, from: 4, add: 1, action: 0, a0: nobodys + int(k)})
		}
		rs.mod[4] = 3
		if rng.IntN(10) == 0 {
			rs.rules[nobodys+1].add = 2 // back to none: a cycle
		}
		sp := rs.spec()
		sp.Independent = func(_ *cell, l Label) bool { return int(l.Args[0]) >= nobodys }
		if err := ProveIndependent(context.Background(), sp, Options{}); err != nil {
			var misuse *MisuseError
			if !errors.As(err, &misuse) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			unsound++
			continue
		}
		proven++
		reduced, whole := checkBoth(t, seed, sp, false)
		outcomes[whole.Verdict]++
		if reduced.States < whole.States {
			fewer++
		}
	}
	text := fmt.Sprintf("%d proven, %d refused, verdicts %v (undecided, held, violated), %d with fewer states", proven, unsound, outcomes, fewer)
	t.Log(text)
	if n := int(seeds) / 200; fewer < n || outcomes[Held] < n || outcomes[Violated] < n || unsound < n {
		t.Errorf("the random specs are one-sided: %s", text)
	}
}
