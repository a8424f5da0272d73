package main

import (
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/gatewayspec"
	"github.com/weir-dev/weir/model/remotespec"
	"github.com/weir-dev/weir/protocol"
)

// Every law of the catalogue is either stated by a size for every change, or
// says why no model states it.
func TestEveryLawIsModelledOrSaysWhyNot(t *testing.T) {
	stated := make(map[string]bool)
	stateLaws(stated, remoteFamily())
	stateLaws(stated, gatewayFamily())
	for _, complaint := range unaccounted(protocol.Laws(), stated) {
		t.Error(complaint)
	}
}

// The reasons are those that the specs give.
func TestReasonsAreThoseOfTheSpecs(t *testing.T) {
	want := make(map[string]string)
	for _, u := range remotespec.NotStated() {
		want[u.Law] = u.Why
	}
	for _, u := range gatewayspec.NotStated() {
		want[u.Law] = u.Why
	}
	for _, l := range protocol.Laws() {
		if l.Unmodelled != want[l.Slug] {
			t.Errorf("law %s: got %q in the catalogue for why no model states it, want %q as its spec says", l.Slug, l.Unmodelled, want[l.Slug])
		}
		delete(want, l.Slug)
	}
	for slug := range want {
		t.Errorf("a spec does not state %s, which is not in the catalogue", slug)
	}
}

// stateLaws notes the laws that a family states.
func stateLaws[S comparable](stated map[string]bool, f family[S]) {
	for _, s := range f.sizes {
		sp := s.spec("")
		for _, l := range sp.Laws {
			stated[l.Slug] = true
		}
		if sp.Done != nil {
			stated[lawOf(f.name, model.Deadlock)] = true
		}
	}
}

// unaccounted complains of laws that are neither stated nor excused, or both.
func unaccounted(laws []protocol.Law, stated map[string]bool) (complaints []string) {
	for _, l := range laws {
		switch {
		case stated[l.Slug] && l.Unmodelled != "":
			complaints = append(complaints, l.Slug+" is stated by a model: want Unmodelled empty in the catalogue, got "+l.Unmodelled)
		case !stated[l.Slug] && l.Unmodelled == "":
			complaints = append(complaints, l.Slug+" is stated by no size of a model: want the reason as Unmodelled in the catalogue")
		}
	}
	return complaints
}

func TestUnaccounted(t *testing.T) {
	laws := []protocol.Law{{Slug: "a/stated"}, {Slug: "a/excused", Unmodelled: "because"}, {Slug: "a/both", Unmodelled: "because"}, {Slug: "a/neither"}}
	got := strings.Join(unaccounted(laws, map[string]bool{"a/stated": true, "a/both": true}), "|")
	if want := "a/both is stated by a model: want Unmodelled empty in the catalogue, got because|a/neither is stated by no size of a model: want the reason as Unmodelled in the catalogue"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
