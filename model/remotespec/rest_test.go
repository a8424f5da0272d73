package remotespec

import (
	"context"
	"errors"
	"testing"

	"github.com/weir-dev/weir/model"
)

// restWorlds have every part of the world in one of them.
func restWorlds() []Params {
	resume := forgetting(SmallResume())
	resume.Losses, resume.Goroutines, resume.Deadlines, resume.Batch = 1, true, 1, 2
	repeats := withGoroutines(repeating(Small()))
	return []Params{Small(), repeats, resume, calm(ciSends()), endless(SmallResume())}
}

// TestRest holds atRest against the steps that next adds: a state is at rest
// exactly when none of them is internal.
func TestRest(t *testing.T) {
	notUnderRace(t)
	worlds := restWorlds()
	for _, r := range Refutations() {
		worlds = append(worlds, r.Params)
	}
	for _, p := range worlds {
		m := machine{p}
		rests, moves := map[State]bool{}, map[State]bool{}
		spec := Spec(p)
		spec.Laws = []model.Law[State]{{Slug: "rest", Holds: func(s *State) bool {
			rests[*s] = m.atRest(s)
			return true
		}, Step: func(from *State, l model.Label, _ *State) bool {
			moves[*from] = moves[*from] || l.Action <= lastInternal
			return true
		}}}
		spec.Done = nil
		_, err := model.Check(context.Background(), spec, model.Options{Workers: 1})
		if vacuity := new(model.VacuityError); err != nil && !errors.As(err, &vacuity) {
			t.Fatal(err)
		}
		for s, rest := range rests {
			if !s.Crashed && rest == moves[s] {
				t.Fatalf("%s %v: at rest is %v, but an internal step is enabled is %v: %s", p.Name, p.Variant, rest, moves[s], format(&s))
			}
		}
	}
}
