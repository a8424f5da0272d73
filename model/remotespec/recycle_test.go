package remotespec

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/weir-dev/weir/model"
)

// TestRecycledEpochs: a world whose epochs are used again is the same as the one
// in which each link has its own, but for the numbers. Every state of the
// second, with its dead links taken out, is a state of the first, and there are
// no others.
func TestRecycledEpochs(t *testing.T) {
	notUnderRace(t)
	resume := forgetting(SmallResume())
	resume.Losses, resume.Refusals, resume.Close = 1, 1, false
	forgets := calm(withGoroutines(Small()))
	forgets.Losses, forgets.Forgets = 1, 1
	for _, p := range []Params{Small(), SmallResume(), resume, forgets} {
		own := reachable(t, p)
		p.rule = recycledEpochs
		again := reachable(t, p)
		m := machine{p}
		renamed := map[State]bool{}
		for s := range own {
			m.bury(&s)
			renamed[s] = true
			if !again[s] {
				t.Fatalf("%s: with epochs used again this is not reached: %s", p.Name, format(&s))
			}
		}
		for s := range again {
			if !renamed[s] {
				t.Fatalf("%s: only with epochs used again this is reached: %s", p.Name, format(&s))
			}
		}
		if len(again) >= len(own) {
			t.Errorf("%s: got %d states with epochs used again, %d without: want fewer", p.Name, len(again), len(own))
		}
	}
}

// reachable returns every state of the spec at p.
func reachable(t *testing.T, p Params) map[State]bool {
	t.Helper()
	var mu sync.Mutex
	seen := map[State]bool{}
	spec := Spec(p)
	spec.Laws = []model.Law[State]{{Slug: "seen", Holds: func(s *State) bool {
		mu.Lock()
		defer mu.Unlock()
		seen[*s] = true
		return true
	}}}
	_, err := model.Check(context.Background(), spec, model.Options{})
	if vacuity := new(model.VacuityError); err != nil && !errors.As(err, &vacuity) {
		t.Fatal(err)
	}
	return seen
}
