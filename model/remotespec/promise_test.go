package remotespec

import (
	"slices"
	"testing"

	"github.com/weir-dev/weir/model"
)

// answeredWorlds are small worlds in which each promise of remote/answered
// counts somewhere.
func answeredWorlds() []Params {
	sends := calm(ciSends())
	sends.Losses, sends.Refusals = 0, 0
	late := calm(narrow(SmallResume()))
	late.Deadlines = 1
	worlds := []Params{
		endless(withGoroutines(Small())), calm(repeating(Small())), endless(SmallResume()), late, sends, Small(), SmallResume(),
	}
	for i := range worlds {
		worlds[i] = onRuns(worlds[i])
	}
	return worlds
}

func closeWorlds() []Params {
	return []Params{onRuns(Small()), onRuns(SmallResume())}
}

// TestPromises: the laws on whole runs hold under their promises, and without
// any one of them they do not: so none is asked for nothing, and the laws can
// fail.
func TestPromises(t *testing.T) {
	notUnderRace(t)
	for _, c := range []struct {
		law    string
		worlds []Params
	}{
		{"remote/answered", answeredWorlds()},
		{"remote/close-returns", closeWorlds()},
	} {
		for _, p := range c.worlds {
			if v := lasso(t, judged(p, c.law)); v != nil {
				t.Errorf("%s: got\n%v", p.Name, v)
			}
		}
		for i, f := range judged(c.worlds[0], c.law).Laws[0].Fair {
			if !neededBy(t, c.law, c.worlds, i) {
				t.Errorf("%s holds without the %v promise of %s", c.law, f.Strength, actionNames[f.Action])
			}
		}
	}
}

// judged is the spec at p with that law alone, and its promises ready to change.
func judged(p Params, law string) *model.Spec[State] {
	sp := Only(Spec(p), law)
	sp.Laws[0].Fair = slices.Clone(sp.Laws[0].Fair)
	return sp
}

// neededBy is whether the law is violated in some world without promise i.
func neededBy(t *testing.T, law string, worlds []Params, i int) bool {
	for _, p := range worlds {
		sp := judged(p, law)
		sp.Laws[0].Fair = slices.Delete(sp.Laws[0].Fair, i, i+1)
		if lasso(t, sp) != nil {
			return true
		}
	}
	return false
}

// TestStrength: what is promised strongly is not enough if promised weakly.
func TestStrength(t *testing.T) {
	notUnderRace(t)
	const law = "remote/answered"
	world := answeredWorlds()[2]
	for i, f := range judged(world, law).Laws[0].Fair {
		if f.Strength != model.Strong {
			continue
		}
		sp := judged(world, law)
		sp.Laws[0].Fair[i].Strength = model.Weak
		v := lasso(t, sp)
		if v == nil || len(v.Steps) <= v.Loop {
			t.Errorf("%s weakly: got %v, want a loop", actionNames[f.Action], v)
		}
	}
}

func lasso(t *testing.T, sp *model.Spec[State]) *model.Trace[State] {
	t.Helper()
	v := check(t, sp).Violation
	if v != nil && !v.Lasso {
		t.Fatalf("got a story that is no run:\n%v", v)
	}
	return v
}
