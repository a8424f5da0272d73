package model_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// pair is a state with something to rename.
type pair [2]uint8

// pairSpec has two counters that go to three, in any order.
func pairSpec() *model.Spec[pair] {
	return &model.Spec[pair]{
		Name: "pair", Init: []pair{{}}, Actions: []string{"go"},
		Next: func(s *pair, x *model.Next[pair]) {
			for i := range s {
				if s[i] < 3 {
					x.Do(0, i)[i]++
				}
			}
		},
		Laws: []model.Law[pair]{{Slug: "pair/small", Holds: func(s *pair) bool { return s[0] <= 3 }}},
		Done: func(s *pair) bool { return *s == pair{3, 3} },
		Symmetry: &model.Symmetry[pair]{
			Canon: func(s *pair) {
				if s[1] < s[0] {
					s[0], s[1] = s[1], s[0]
				}
			},
			Swaps: []func(*pair){func(s *pair) { s[0], s[1] = s[1], s[0] }},
		},
	}
}

func TestPairIsSound(t *testing.T) {
	if r := mustCheck(t, pairSpec(), model.Options{}); r.Verdict != model.Held || r.States != 10 {
		t.Errorf("got %v, want 10 representatives, held", r)
	}
	p, err := model.ProveSymmetry(context.Background(), pairSpec(), model.Options{})
	if err != nil || p != (model.SymmetryProof{Representatives: 10, OrbitSum: 16, States: 16}) {
		t.Errorf("got %+v, %v; want 16 states in 10 orbits", p, err)
	}
}

// A panic in any function of a spec is an error that names the line, and where
// there is one the state; with any number of workers.
func TestPanics(t *testing.T) {
	boom := func(s *pair) bool {
		if s[0] == 2 && s[1] == 2 {
			panic("boom")
		}
		return true
	}
	for name, mend := range map[string]func(*model.Spec[pair]){
		"Next": func(sp *model.Spec[pair]) {
			next := sp.Next
			sp.Next = func(s *pair, x *model.Next[pair]) { boom(s); next(s, x) }
		},
		"Holds": func(sp *model.Spec[pair]) { sp.Laws[0].Holds = boom },
		"When":  func(sp *model.Spec[pair]) { sp.Laws[0].When = boom },
		"Sometimes": func(sp *model.Spec[pair]) {
			sp.Laws[0].Kind, sp.Laws[0].Holds = model.Sometimes, func(s *pair) bool { return !boom(s) }
		},
		"Step": func(sp *model.Spec[pair]) {
			sp.Laws[0].Step = func(s *pair, _ model.Label, _ *pair) bool { return boom(s) }
		},
		"Done": func(sp *model.Spec[pair]) {
			// Done is asked in states without a step.
			sp.Next = func(s *pair, x *model.Next[pair]) {
				if *s == (pair{}) {
					*x.Do(0) = pair{2, 2}
				}
			}
			sp.Done = boom
		},
		"Canon": func(sp *model.Spec[pair]) {
			canon := sp.Symmetry.Canon
			sp.Symmetry.Canon = func(s *pair) { boom(s); canon(s) }
		},
		"Swap": func(sp *model.Spec[pair]) {
			swap := sp.Symmetry.Swaps[0]
			sp.Symmetry.Swaps[0] = func(s *pair) { boom(s); swap(s) }
		},
		"Independent": func(sp *model.Spec[pair]) { sp.Independent = func(s *pair, _ model.Label) bool { return !boom(s) } },
		"Eventually":  func(sp *model.Spec[pair]) { sp.Laws[0].Kind, sp.Laws[0].Holds = model.Eventually, boom },
		"LeadsTo": func(sp *model.Spec[pair]) {
			sp.Laws[0].Kind, sp.Laws[0].When = model.LeadsTo, boom
		},
		"Format, too": func(sp *model.Spec[pair]) {
			sp.Laws[0].Holds = boom
			sp.Format = func(*pair) string { panic("no print") }
		},
	} {
		for _, workers := range []int{1, 4} {
			sp := pairSpec()
			if name != "Canon" && name != "Swap" {
				sp.Symmetry = nil
			}
			mend(sp)
			r, err := model.Check(context.Background(), sp, model.Options{Workers: workers})
			var misuse *model.MisuseError
			if r != nil || !errors.As(err, &misuse) {
				t.Errorf("%s, %d workers: got %v, %v; want a MisuseError", name, workers, r, err)
				continue
			}
			state := "; in state [2 2]"
			if sp.Symmetry != nil {
				state = "; in state [1 2]" // the one before: its step was renamed
			}
			for _, part := range []string{"spec pair: panic: boom, at ", "panic_test.go:", state} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%s, %d workers: got %q, want %q in it", name, workers, err, part)
				}
			}
		}
	}
}

// What ProveSymmetry and ProveIndependent refuse of a pair, and in which words.
func TestProofsOfAPair(t *testing.T) {
	all := func(*pair, model.Label) bool { return true }
	for _, c := range []struct {
		mend func(*model.Spec[pair])
		want string
	}{
		{func(sp *model.Spec[pair]) { sp.Symmetry = nil }, "there is no Symmetry to prove"},
		{func(sp *model.Spec[pair]) { sp.Symmetry.Swaps[0] = func(*pair) {} }, "the orbits of 10 representatives have 10 states, but 16 can be reached"},
		{func(sp *model.Spec[pair]) { sp.Init = []pair{{1, 0}} }, "the orbits of 9 representatives have 15 states, but 12 can be reached"},
		{func(sp *model.Spec[pair]) {
			sp.Laws[0].When, sp.Laws[0].Holds = func(s *pair) bool { return s[0] == 1 }, func(*pair) bool { return true }
		}, "law pair/small reads differently after swap 0"},
	} {
		sp := pairSpec()
		c.mend(sp)
		if _, err := model.ProveSymmetry(context.Background(), sp, model.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ProveSymmetry: got %v, want an error with %q", err, c.want)
		}
	}
	for _, c := range []struct {
		mend func(*model.Spec[pair])
		want string // empty: it is proven
	}{
		{func(sp *model.Spec[pair]) {}, ""},
		{func(sp *model.Spec[pair]) { sp.Independent = nil }, "there is no Independent to prove"},
		{func(sp *model.Spec[pair]) {
			sp.Laws[0].Holds = func(s *pair) bool { return s[0] != 2 }
		}, "law pair/small sees go(0)"},
		{func(sp *model.Spec[pair]) {
			sp.Laws[0].Step = func(s *pair, l model.Label, _ *pair) bool { return l.Args[0] == 1 || s[0] < 2 }
		}, "law pair/small sees go(0)"},
		{func(sp *model.Spec[pair]) { sp.Done = func(s *pair) bool { return s[0] == 3 } }, "Done sees go(0)"},
		{func(sp *model.Spec[pair]) {
			sp.Independent = func(s *pair, l model.Label) bool { return l.Args[0] == 0 && s[1] != 2 }
		}, "go(0) is not independent any more after go(1)"},
		{func(sp *model.Spec[pair]) {
			sp.Next = func(s *pair, x *model.Next[pair]) {
				x.Do(0, 0)[0] = s[1]
				x.Do(0, 1)[1] = (s[1] + 1) % 3
			}
		}, "go(0) and go(1) do not commute"},
		{func(sp *model.Spec[pair]) {
			sp.Next = func(s *pair, x *model.Next[pair]) {
				if s[0] == 0 {
					x.Do(0, 0)[0] = 1
					x.Do(0, 1)[1] = 1
				}
			}
		}, "go(0) disables go(1)"},
		{func(sp *model.Spec[pair]) {
			sp.Next = func(s *pair, x *model.Next[pair]) {
				x.Do(0, 0)[0] = (s[0] + 1) % 3
				x.Do(0, 1)[1] = 1
			}
		}, "close a cycle"},
		{func(sp *model.Spec[pair]) {
			sp.Next = func(s *pair, x *model.Next[pair]) { x.Do(0, 0) } // a step to itself
		}, "close a cycle"},
	} {
		sp := pairSpec()
		sp.Done = nil
		sp.Independent = func(s *pair, l model.Label) bool { return all(s, l) && l.Args[0] == 0 }
		c.mend(sp)
		err := model.ProveIndependent(context.Background(), sp, model.Options{})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("ProveIndependent: got %v, want an error with %q", err, c.want)
		}
	}
}
