package gatewayspec

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

var update = flag.Bool("update", false, "write the stories in testdata anew")

// small is what the race detector has time for.
func small() Params {
	return Params{Name: "small", Requests: 2, Hosts: 2, Limit: 1, Cap: 0, MaxAttempts: 2, Wire: 1}
}

// patient is the size in which the two historic bugs have no shorter story than
// their own: by a reassign, and no caller gives up.
func patient() Params {
	p := CI()
	p.Cancels = 0
	return p
}

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
		never         []string // actions that this size has no room for
	}{
		{small(), 4238, 14980, []string{"rejected", "reader-end", "host-reply", "cancel", "lose", "attach", "forge"}},
		{CI(), 1650892, 9702806, []string{"rejected", "host-reply", "forge"}},
		{CIHostile(), 1233616, 6969847, nil},
		{CILimit2(), 1524604, 8539868, []string{"rejected", "cancel", "forge"}},
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
			if !slices.Equal(r.NeverFired, size.never) {
				t.Errorf("never fired: got %q, want %q", r.NeverFired, size.never)
			}
		})
	}
}

func TestVariants(t *testing.T) {
	wants := []struct {
		variant Variant
		params  Params
		law     string
		steps   int
	}{
		{G01, CI(), "gateway/count", 4},
		{G02, patient(), "gateway/count", 8},
		{G10, CI(), "gateway/count", 4},
		{G15, CI(), "gateway/count", 6},
		{G31, CILimit2(), "gateway/choice", 6},
		{G45, CIHostile(), "gateway/right-reply", 5},
	}
	if len(wants) != len(Variants()) {
		t.Errorf("got %d variants, want %d", len(Variants()), len(wants))
	}
	for _, want := range wants {
		t.Run(want.variant.String(), func(t *testing.T) {
			p := want.params
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
// than one side. The first is the lock-up as it was met: nothing is wrong with
// any request, and a host is never used again.
func TestVariantsBySecondLaw(t *testing.T) {
	for _, want := range []struct {
		variant Variant
		params  Params
		law     string
		steps   int
	}{
		{G01, patient(), "gateway/no-lockup", 6},
		{G01, patient(), "gateway/no-leak", 6},
		{G02, patient(), "gateway/released-once", 8},
		{G02, patient(), "gateway/late", 8},
		{G10, CI(), "gateway/no-lockup", 6},
		{G10, CI(), "gateway/answered", 5},
		{G15, CI(), "gateway/paused", 6},
		{G31, CILimit2(), "gateway/reassign-bounds", 6},
		{G45, CIHostile(), "gateway/isolation", 5},
	} {
		name := want.variant.String() + "-" + strings.TrimPrefix(want.law, "gateway/")
		t.Run(name, func(t *testing.T) {
			p := want.params
			p.Variant = want.variant
			v := check(t, only(t, Spec(p), want.law)).Violation
			if v == nil {
				t.Fatal("not caught")
			}
			if len(v.Steps) != want.steps {
				t.Errorf("got %d steps, want %d", len(v.Steps), want.steps)
			}
			golden(t, name, v.String())
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
	for _, p := range []Params{CI(), CIHostile(), CILimit2()} {
		for _, l := range Spec(p).Laws {
			stated[l.Slug] = true
			c, ok := protocol.LawBySlug(l.Slug)
			if !ok {
				t.Errorf("law %q is not in the catalogue", l.Slug)
			}
			if (c.Kind == protocol.Sometimes) != (l.Kind == model.Sometimes) {
				t.Errorf("law %q is %v, the catalogue says %v", l.Slug, l.Kind, c.Kind)
			}
		}
	}
	for _, c := range protocol.LawsOf("gateway") {
		if c.Kind != protocol.Sometimes && !stated[c.Slug] && !strings.Contains(string(doc), c.Slug) {
			t.Errorf("doc.go does not say why %q is not stated", c.Slug)
		}
	}
}

// TestRest holds atRest against the steps that next adds: a state is at rest
// exactly when none of them is internal.
func TestRest(t *testing.T) {
	broken := small()
	broken.Requests, broken.Losses = 1, 1
	for _, p := range []Params{small(), broken} {
		for _, v := range append(Variants(), Correct) {
			p.Variant = v
			m := machine{p}
			rests, moves := map[State]bool{}, map[State]bool{}
			spec := Spec(p)
			spec.Laws = []model.Law[State]{{Slug: "rest", Holds: func(s *State) bool {
				rests[*s] = m.atRest(s)
				return int(s.Hosts[0].Reserved) < 3 && s.Hosts[0].Reserved > -3
			}, Step: func(from *State, l model.Label, _ *State) bool {
				moves[*from] = moves[*from] || l.Action <= lastInternal
				return true
			}}}
			spec.Done = nil
			r, err := model.Check(context.Background(), spec, model.Options{Workers: 1, MaxStates: 200_000})
			if vacuity := new(model.VacuityError); err != nil && !errors.As(err, &vacuity) {
				t.Fatal(err)
			}
			if !r.Complete {
				t.Fatalf("%v: not complete: %v", v, r)
			}
			for s, rest := range rests {
				if rest == moves[s] {
					t.Fatalf("%v: at rest is %v, but an internal step is enabled is %v: %s", v, rest, moves[s], m.format(&s))
				}
			}
		}
	}
}

func TestValidate(t *testing.T) {
	for _, p := range []Params{CI(), CIHostile(), CILimit2(), Deep(), small()} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	for want, spoil := range map[string]func(*Params){
		"Requests is 4":    func(p *Params) { p.Requests = 4 },
		"Hosts is 0":       func(p *Params) { p.Hosts = 0 },
		"Limit is 3":       func(p *Params) { p.Limit = 3 },
		"Mark is 1":        func(p *Params) { p.Mark = 1 },
		"Cap is -1":        func(p *Params) { p.Cap = -1 },
		"MaxAttempts is 3": func(p *Params) { p.MaxAttempts = 3 },
		"Wire is 0":        func(p *Params) { p.Wire = 0 },
		"Losses is 4":      func(p *Params) { p.Losses = 4 },
		"Cancels is 3":     func(p *Params) { p.Cancels = 3 },
		"Forgeries is 2":   func(p *Params) { p.Forgeries = 2 },
		"Name is empty":    func(p *Params) { p.Name = "" },
		"Variant is":       func(p *Params) { p.Variant = variantEnd },
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
