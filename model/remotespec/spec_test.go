package remotespec

import (
	"context"
	"errors"
	"testing"

	"github.com/weir-dev/weir/model"
)

// notUnderRace skips what explores too much for the race detector, which makes
// the checker some forty times slower.
func notUnderRace(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("the race detector has time for the small sizes only")
	}
}

// check explores a spec. A law or an action that says nothing is an error,
// except where facts were left out.
func check(t *testing.T, spec *model.Spec[State]) *model.Result[State] {
	t.Helper()
	r, err := model.Check(context.Background(), spec, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkLoosely is check for worlds in which not every action needs to fire.
func checkLoosely(t *testing.T, spec *model.Spec[State]) *model.Result[State] {
	t.Helper()
	r, err := model.Check(context.Background(), spec, model.Options{})
	if vacuity := new(model.VacuityError); err != nil && !errors.As(err, &vacuity) {
		t.Fatal(err)
	}
	return r
}

// withoutFacts leaves out what must be seen: small worlds have room for less.
func withoutFacts(spec *model.Spec[State]) *model.Spec[State] {
	var laws []model.Law[State]
	for _, l := range spec.Laws {
		if l.Kind != model.Sometimes {
			laws = append(laws, l)
		}
	}
	spec.Laws = laws
	return spec
}
