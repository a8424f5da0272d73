package remotespec

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

var update = flag.Bool("update", false, "write the stories in testdata anew")

func check(t *testing.T, spec *model.Spec[State]) *model.Result[State] {
	t.Helper()
	r, err := model.Check(context.Background(), spec, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// only keeps one law of a spec, so that no other ends the search before.
func only(t *testing.T, spec *model.Spec[State], slug string) *model.Spec[State] {
	t.Helper()
	for _, l := range spec.Laws {
		if l.Slug == slug {
			spec.Laws = []model.Law[State]{l}
			return spec
		}
	}
	t.Fatalf("spec has no law %q", slug)
	return nil
}

func TestSizes(t *testing.T) {
	for _, size := range []struct {
		params        Params
		states, edges int
	}{
		{Small(), 9720, 31656},
		{CI(), 1847407, 8712851},
		{CISync(), 796128, 3560114},
	} {
		t.Run(size.params.Name, func(t *testing.T) {
			if underRace && size.params.Name != "small" {
				t.Skip("the race detector has time for the small size only")
			}
			r := check(t, Spec(size.params))
			if r.Verdict != model.Held || !r.Complete {
				t.Errorf("got %v", r)
			}
			if r.States != size.states || r.Edges != size.edges {
				t.Errorf("got %d states and %d edges, want %d and %d", r.States, r.Edges, size.states, size.edges)
			}
			if len(r.NeverFired) != 1 || r.NeverFired[0] != "check-online" {
				t.Errorf("never fired: got %q, want only check-online, which R05 has", r.NeverFired)
			}
		})
	}
}

func TestVariants(t *testing.T) {
	wants := []struct {
		variant Variant
		law     string
		steps   int
	}{
		{R05, "remote/no-crash", 8},
		{R06, "remote/answered", 15},
		{R07, "remote/epoch", 17},
		{R23, "remote/answered", 11},
		{R31, "remote/conservation", 6},
		{R42, "remote/reply-order", 7},
		{R47, "remote/one-outcome", 12},
		{R55, "remote/conservation", 3},
	}
	if len(wants) != len(Variants()) {
		t.Errorf("got %d variants, want %d", len(Variants()), len(wants))
	}
	for _, want := range wants {
		t.Run(want.variant.String(), func(t *testing.T) {
			p := Small()
			p.Variant = want.variant
			v := check(t, Spec(p)).Violation
			if v == nil {
				t.Fatalf("no law is violated, want %s", want.law)
			}
			if v.Law != want.law || len(v.Steps) != want.steps {
				t.Errorf("got %s after %d steps, want %s after %d", v.Law, len(v.Steps), want.law, want.steps)
			}
			golden(t, want.variant.String(), v.String())
		})
	}
}

// TestVariantsBySecondLaw leaves all laws but one out: a bug is seen from more
// than one side.
func TestVariantsBySecondLaw(t *testing.T) {
	for _, want := range []struct {
		variant Variant
		law     string
		steps   int
	}{
		{R07, "remote/link", 17},
		{R31, "remote/answered", 8},
		{R47, "remote/epoch", 13},
		{R55, "remote/answered", 4},
		{R55, "remote/close-complete", 4},
	} {
		t.Run(want.variant.String()+"/"+strings.TrimPrefix(want.law, "remote/"), func(t *testing.T) {
			p := Small()
			p.Variant = want.variant
			v := check(t, only(t, Spec(p), want.law)).Violation
			if v == nil {
				t.Fatal("not caught")
			}
			if len(v.Steps) != want.steps {
				t.Errorf("got %d steps, want %d:\n%v", len(v.Steps), want.steps, v)
			}
		})
	}
}

// golden compares a story with the one in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update to write it", err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSlugs: every law has a name of the catalogue, and doc.go tells of every
// law of the catalogue that has no law here.
func TestSlugs(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	stated := map[string]bool{}
	for _, l := range Spec(CI()).Laws {
		stated[l.Slug] = true
		c, ok := protocol.LawBySlug(l.Slug)
		if !ok {
			t.Errorf("law %q is not in the catalogue", l.Slug)
		}
		if (c.Kind == protocol.Sometimes) != (l.Kind == model.Sometimes) {
			t.Errorf("law %q is %v, the catalogue says %v", l.Slug, l.Kind, c.Kind)
		}
	}
	for _, c := range protocol.LawsOf("remote") {
		if c.Kind != protocol.Sometimes && !stated[c.Slug] && !strings.Contains(string(doc), c.Slug) {
			t.Errorf("doc.go does not say why %q is not stated", c.Slug)
		}
	}
}

// TestRest holds atRest against the steps that next adds: a state is at rest
// exactly when none of them is internal.
func TestRest(t *testing.T) {
	for _, v := range append(Variants(), Correct) {
		p := Small()
		p.Variant = v
		m := machine{p}
		rests, moves := map[State]bool{}, map[State]bool{}
		spec := Spec(p)
		spec.Laws = []model.Law[State]{{Slug: "rest", Holds: func(s *State) bool {
			rests[*s] = m.atRest(s) && !s.Crashed
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
				t.Fatalf("%v: at rest is %v, but an internal step is enabled is %v: %s", v, rest, moves[s], format(&s))
			}
		}
	}
}

func TestValidate(t *testing.T) {
	for _, p := range []Params{CI(), CISync(), Deep(), Small()} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	for want, spoil := range map[string]func(*Params){
		"Messages is 5":     func(p *Params) { p.Messages = 5 },
		"Buffer is 0":       func(p *Params) { p.Buffer = 0 },
		"Window is 9":       func(p *Params) { p.Window = 9 },
		"Wire is 4":         func(p *Params) { p.Wire = 4 },
		"Losses is -1":      func(p *Params) { p.Losses = -1 },
		"Name is empty":     func(p *Params) { p.Name = "" },
		"Mode is":           func(p *Params) { p.Mode = 7 },
		"Window is 2 in sy": func(p *Params) { p.Mode = protocol.Sync },
		"Variant is":        func(p *Params) { p.Variant = variantEnd },
	} {
		p := CI()
		spoil(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Spec took the zero Params, want a panic")
		}
	}()
	Spec(Params{})
}
