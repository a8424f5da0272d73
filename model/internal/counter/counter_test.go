package counter

import (
	"testing"

	"github.com/weir-dev/weir/model"
)

func TestOnce(t *testing.T) {
	r, err := model.Check(t.Context(), Once(), model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != model.Held || r.States != 100 || r.Edges != 340 {
		t.Error(r)
	}
}

func TestForgetfulServerIsRefuted(t *testing.T) {
	r, err := model.Check(t.Context(), Spec(), model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if v := r.Violation; v == nil || v.Law != "counter/at-most-once" || len(v.Steps) != 4 {
		t.Error(r)
	}
}

func TestSymmetry(t *testing.T) {
	proof, err := model.ProveSymmetry(t.Context(), Symmetric(), model.Options{})
	if err != nil || proof.States != 100 || proof.Representatives != 55 {
		t.Errorf("got %+v, %v; want 55 representatives of 100 states", proof, err)
	}
}
