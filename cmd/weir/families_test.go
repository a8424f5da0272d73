package main

import (
	"testing"

	"github.com/weir-dev/weir/model/gatewayspec"
	"github.com/weir-dev/weir/model/remotespec"
)

func TestFamilies(t *testing.T) {
	var remote, gateway []string
	for _, v := range remotespec.Variants() {
		remote = append(remote, v.String())
	}
	for _, v := range gatewayspec.Variants() {
		gateway = append(gateway, v.String())
	}
	soundFamily(t, remoteFamily(), remote)
	soundFamily(t, gatewayFamily(), gateway)
}

// soundFamily complains of sizes that can't be told apart, of bugs that nothing
// must refute, and of a refutation that judges too many laws or too few.
func soundFamily[S comparable](t *testing.T, f family[S], variants []string) {
	t.Helper()
	names := make(map[string]bool)
	for _, s := range append(f.sizes, f.deep...) {
		if sp := s.spec(""); names[s.name] || sp.Size != s.name || sp.Name != f.name {
			t.Errorf("size %s of the %s is called %s %s, or not the only one", s.name, f.name, sp.Name, sp.Size)
		}
		names[s.name] = true
	}
	if len(f.sizes) == 0 || len(f.deep) == 0 {
		t.Errorf("got %d sizes and %d deep ones of the %s, want some of both", len(f.sizes), len(f.deep), f.name)
	}
	first := make(map[string]string)
	for _, r := range f.refutations {
		sp := r.spec()
		stated := false
		for _, l := range sp.Laws {
			stated = stated || l.Slug == r.law
		}
		stated = stated || lawOf(f.name, "deadlock") == r.law && sp.Done != nil
		if first[r.variant] == "" {
			first[r.variant] = r.law
		}
		if alone := first[r.variant] != r.law; !stated || alone && len(sp.Laws) != 1 || !alone && len(sp.Laws) < 2 {
			t.Errorf("%s by %s at %s: got %d laws; want that one alone exactly if %s is not broken first", r.variant, r.law, sp.Size, len(sp.Laws), r.law)
		}
	}
	for _, v := range variants {
		if first[v] == "" {
			t.Errorf("no refutation of %s", v)
		}
	}
}
