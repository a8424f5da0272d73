package model_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// Two processes ask for a lock that either may take while it is free. Weak
// fairness lets one of them be passed over for ever; strong fairness does not.
type lock struct {
	At [2]uint8 // 0 elsewhere, 1 waits, 2 holds the lock
}

const (
	lockAsk model.Action = iota
	lockTake
	lockGive
)

func lockSpec(take model.Strength, by int) *model.Spec[lock] {
	free := func(s *lock) bool { return s.At[0] != 2 && s.At[1] != 2 }
	return &model.Spec[lock]{
		Name: "lock", Init: []lock{{}}, Actions: []string{"ask", "take", "give"},
		Next: func(s *lock, x *model.Next[lock]) {
			for p := range 2 {
				switch {
				case s.At[p] == 0:
					x.Do(lockAsk, p).At[p] = 1
				case s.At[p] == 1 && free(s):
					x.Do(lockTake, p).At[p] = 2
				case s.At[p] == 2:
					x.Do(lockGive, p).At[p] = 0
				}
			}
		},
		Fair: []model.Fair{{Action: lockTake, Strength: take, By: by}, {Action: lockGive}},
		Laws: []model.Law[lock]{
			{Slug: "lock/exclusive", Holds: func(s *lock) bool { return s.At != [2]uint8{2, 2} }},
			{Slug: "lock/first-served", Kind: model.LeadsTo,
				When:  func(s *lock) bool { return s.At[0] == 1 },
				Holds: func(s *lock) bool { return s.At[0] == 2 }},
			{Slug: "lock/somebody-served", Kind: model.LeadsTo,
				When:  func(s *lock) bool { return s.At[0] == 1 || s.At[1] == 1 },
				Holds: func(s *lock) bool { return !free(s) }},
			{Slug: "lock/used", Kind: model.Eventually, Holds: func(s *lock) bool { return !free(s) }},
		},
	}
}

func TestFairness(t *testing.T) {
	for _, c := range []struct {
		strength model.Strength
		by       int
		violated string
	}{
		{model.Weak, 0, "lock/first-served lock/used"},
		{model.Weak, 1, "lock/first-served lock/used"},
		{model.Strong, 0, "lock/first-served lock/used"}, // the other one's turns fulfil it
		{model.Strong, 1, "lock/used"},                   // nobody need ever ask
	} {
		r := mustCheck(t, lockSpec(c.strength, c.by), model.Options{})
		var violated []string
		for _, v := range r.Verdicts {
			if v.Verdict == model.Violated {
				violated = append(violated, v.Law)
			}
		}
		if got := strings.Join(violated, " "); got != c.violated || r.Violation.Law != "lock/used" || len(r.Violation.Steps) != 0 {
			t.Errorf("%v by %d: got %q violated, %v; want %q, told by a run that never begins", c.strength, c.by, got, r.Violation, c.violated)
		}
	}
}

// Each law is judged under its own promises, by Check and by Story; one without a
// list under those of the spec, one with an empty list under none.
func TestFairnessOfLaws(t *testing.T) {
	sp := lockSpec(model.Weak, 1)
	give := model.Fair{Action: lockGive}
	served := sp.Laws[1]
	sp.Laws = sp.Laws[:1]
	add := func(slug string, fair []model.Fair) {
		l := served
		l.Slug, l.Fair = slug, fair
		sp.Laws = append(sp.Laws, l)
	}
	add("lock/weak", nil)
	add("lock/strong", []model.Fair{{Action: lockTake, Strength: model.Strong, By: 1}, give})
	add("lock/promised-nothing", []model.Fair{})
	add("lock/weak-again", []model.Fair{{Action: lockTake, By: 1}, give})
	add("lock/strong-together", []model.Fair{{Action: lockTake, Strength: model.Strong}, give})
	want := map[string]struct{ stem, steps int }{
		"lock/weak": {1, 4}, "lock/promised-nothing": {1, 1}, "lock/weak-again": {1, 4}, "lock/strong-together": {1, 4},
	}
	for _, workers := range []int{1, 2, 8} {
		r := mustCheck(t, sp, model.Options{Workers: workers})
		for _, v := range r.Verdicts {
			w, violated := want[v.Law]
			if got := v.Verdict == model.Violated; got != violated || violated && v.Steps != w.steps {
				t.Errorf("%d workers: got %+v, want violated is %v, by %d steps", workers, v, violated, w.steps)
			}
			if v.Kind != model.LeadsTo {
				continue
			}
			tr, err := model.Story(context.Background(), sp, v.Law, model.Options{Workers: workers})
			if err != nil || (tr != nil) != violated || violated && (len(tr.Steps) != w.steps || tr.Loop != w.stem) {
				t.Errorf("%s: got %v, %v; want a story is %v, of %d and %d steps", v.Law, tr, err, violated, w.stem, w.steps-w.stem)
			}
		}
	}
}

func TestLassoText(t *testing.T) {
	tr, err := model.Story(context.Background(), lockSpec(model.Weak, 1), "lock/first-served", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `law      lock/first-served
verdict  violated by a loop of 3 steps after 1 steps
   0  initial state
      {At:[0 0]}
   1  ask(0)
      {At:[1 0]}
      from here on, round for ever:
   2  ask(1)
      {At:[1 1]}
   3  take(1)
      {At:[1 2]}
   4  give(1)
      {At:[1 0]}
`
	if tr.String() != want || !tr.Short {
		t.Errorf("got\n%v\nwant\n%s", tr, want)
	}
	tr, err = model.Story(context.Background(), lockSpec(model.Weak, 1), "lock/used", model.Options{})
	if err != nil || !strings.Contains(tr.String(), "violated by a run that stops after 0 steps") || !strings.Contains(tr.String(), "here it may stop for ever") {
		t.Errorf("got %v, %v; want a run that stops at once", tr, err)
	}
	if tr, err := model.Story(context.Background(), lockSpec(model.Strong, 1), "lock/first-served", model.Options{}); tr != nil || err != nil {
		t.Errorf("got %v, %v; want no story of a law that holds", tr, err)
	}
}

// The limiter of the oracle: requests are served under the fairness of its TLA+
// module, and not without a promise for reconnecting.
func TestLimiterLiveness(t *testing.T) {
	notUnderRace(t)
	live := func(fair ...model.Fair) *model.Spec[limiter] {
		sp := limiterSpec(limiterBug{})
		sp.Done = nil
		sp.Laws = []model.Law[limiter]{{Slug: "limiter/all-done", Kind: model.Eventually, Holds: lmSizeS.done}}
		sp.Fair = fair
		return sp
	}
	fair := []model.Fair{{Action: lmReserve}, {Action: lmReply, By: 2}, {Action: lmReceive, By: 1}, {Action: lmReconnect, By: 1}}
	if r := mustCheck(t, live(fair...), model.Options{}); r.Verdict != model.Held {
		t.Errorf("got %v, want held", r)
	}
	for i, steps := range []int{0, 2, 4, 2} {
		less := append(append([]model.Fair{}, fair[:i]...), fair[i+1:]...)
		r := mustCheck(t, live(less...), model.Options{})
		if r.Violation == nil || len(r.Violation.Steps) != steps || r.Violation.Loop != steps {
			t.Errorf("without promise %d: got %v, want a run that stops after %d steps", i, r, steps)
		}
	}
}

func TestVacuity(t *testing.T) {
	for _, c := range []struct {
		mend func(*model.Spec[counter])
		want []string
	}{
		{func(sp *model.Spec[counter]) { sp.Dormant = nil }, []string{"action stay never fires"}},
		{func(sp *model.Spec[counter]) { sp.Dormant = []model.Action{0, 1} }, []string{"action add is listed as Dormant but fires"}},
		{func(sp *model.Spec[counter]) {
			sp.Laws[0].When = func(s *counter) bool { return s.N == 77 }
		}, []string{"counter/small has a When that is never true"}},
		{func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind, sp.Laws[0].When = model.LeadsTo, func(s *counter) bool { return s.N == 77 }
		}, []string{"counter/small has a When that is never true"}},
		{func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind, sp.Laws[0].When = model.LeadsTo, func(s *counter) bool { return s.N == 7 }
		}, []string{"counter/small is true at once wherever its When is"}},
		{func(sp *model.Spec[counter]) { sp.Laws[0].Kind = model.Eventually }, []string{"counter/small is true in every initial state"}},
	} {
		sp := counterSpec()
		c.mend(sp)
		r, err := model.Check(context.Background(), sp, model.Options{})
		var vacuity *model.VacuityError
		if r == nil || r.Verdict != model.Held || !errors.As(err, &vacuity) || !strings.Contains(err.Error(), c.want[0]) {
			t.Errorf("got %v, %v; want held beside an error with %q", r, err, c.want)
		}
	}
	sp := counterSpec()
	sp.Laws[0].When = func(s *counter) bool { return s.N == 7 }
	mustCheck(t, sp, model.Options{})
}

// A lasso that keeps many promises is found, and shortest where that can be
// told.
func TestManyPromises(t *testing.T) {
	for _, n := range []int{5, 12, 40, 70} {
		sp := ringSpec(n)
		tr, err := model.Story(context.Background(), sp, "ring/ends", model.Options{})
		if err != nil || tr == nil {
			t.Fatalf("%d: %v, %v; want a lasso", n, tr, err)
		}
		seen := map[string]bool{}
		for _, l := range tr.Path()[tr.Loop:] {
			seen[l] = true
		}
		for i := range n {
			if !seen[fmt.Sprintf("go(%d)", i)] {
				t.Errorf("%d: the loop never goes to %d: %v", n, i, tr.Path())
			}
		}
		if tr.Short != (n <= 64) {
			t.Errorf("%d: got a loop of %d steps, shortest: %v", n, len(tr.Steps)-tr.Loop, tr.Short)
		}
	}
}

// ringSpec is a token that may go forward on a ring, each step with a strong
// promise of its own, or start anew.
func ringSpec(n int) *model.Spec[counter] {
	return &model.Spec[counter]{
		Name: "ring", Init: []counter{{}}, Actions: []string{"go", "anew"},
		Next: func(s *counter, x *model.Next[counter]) {
			x.Do(0, int(s.N)).N = (s.N + 1) % uint8(n)
			x.Do(1).N = 0
		},
		Fair: []model.Fair{{Action: 0, Strength: model.Strong, By: 1}},
		Laws: []model.Law[counter]{{Slug: "ring/ends", Kind: model.Eventually, Holds: func(s *counter) bool { return s.N == 200 }}},
	}
}
