package remotespec

import (
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
		endless(withGoroutines(Small())), calm(repeating(Small())), endless(SmallResume()), late, sends,
	}
	for i := range worlds {
		worlds[i] = onRuns(Answered, worlds[i])
	}
	return worlds
}

func closeWorlds() []Params {
	return []Params{onRuns(CloseReturns, Small()), onRuns(CloseReturns, SmallResume())}
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
			if v := lasso(t, Spec(p), c.law); v != nil {
				t.Errorf("%s: got\n%v", p.Name, v)
			}
		}
		for i, f := range Spec(c.worlds[0]).Fair {
			if !neededBy(t, c.law, c.worlds, i) {
				t.Errorf("%s holds without the %v promise of %s", c.law, f.Strength, actionNames[f.Action])
			}
		}
	}
}

// neededBy is whether the law is violated in some world without promise i.
func neededBy(t *testing.T, law string, worlds []Params, i int) bool {
	for _, p := range worlds {
		sp := Spec(p)
		sp.Fair = append(append([]model.Fair{}, sp.Fair[:i]...), sp.Fair[i+1:]...)
		if lasso(t, sp, law) != nil {
			return true
		}
	}
	return false
}

// TestStrength: what is promised strongly is not enough if promised weakly.
func TestStrength(t *testing.T) {
	notUnderRace(t)
	for i, f := range Spec(answeredWorlds()[2]).Fair {
		if f.Strength != model.Strong {
			continue
		}
		sp := Spec(answeredWorlds()[2])
		sp.Fair[i].Strength = model.Weak
		v := lasso(t, sp, "remote/answered")
		if v == nil || len(v.Steps) <= v.Loop {
			t.Errorf("%s weakly: got %v, want a loop", actionNames[f.Action], v)
		}
	}
}

func lasso(t *testing.T, sp *model.Spec[State], law string) *model.Trace[State] {
	t.Helper()
	v := check(t, Only(sp, law)).Violation
	if v != nil && !v.Lasso {
		t.Fatalf("got a story that is no run:\n%v", v)
	}
	return v
}
