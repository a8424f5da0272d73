package gatewayspec

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

var (
	update = flag.Bool("update", false, "write the stories in testdata anew")
	deep   = flag.Bool("deep", false, "explore the deep sizes too, for minutes")
)

// small is what the race detector has time for.
func small() Params {
	return Params{Name: "small", Requests: 2, Hosts: 2, Limit: 1, MaxAttempts: 2, Wire: 1, MaxWait: true, Close: true}
}

func check(t *testing.T, spec *model.Spec[State]) *model.Result[State] {
	t.Helper()
	r, err := model.Check(context.Background(), spec, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRefutations: each variant violates its law first, by a story of just that
// length.
func TestRefutations(t *testing.T) {
	seen := map[Variant]bool{}
	for _, want := range Refutations() {
		name := want.Variant.String()
		spec := Spec(want.Params)
		if seen[want.Variant] {
			name += "-" + strings.TrimPrefix(want.Law, "gateway/")
			spec = Only(spec, want.Law)
		}
		seen[want.Variant] = true
		t.Run(name, func(t *testing.T) {
			v := check(t, spec).Violation
			if v == nil {
				t.Fatalf("no law is violated, want %s", want.Law)
			}
			if v.Law != want.Law || len(v.Steps) != want.Steps {
				t.Errorf("got %s after %d steps, want %s after %d", v.Law, len(v.Steps), want.Law, want.Steps)
			}
			golden(t, name, v.String())
		})
	}
	for _, v := range Variants() {
		if !seen[v] {
			t.Errorf("variant %v is not refuted", v)
		}
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

// TestSizes pins what each size has: a changed count is a changed protocol.
func TestSizes(t *testing.T) {
	sizes := append([]Params{small()}, Sizes()...)
	if *deep {
		sizes = append(sizes, DeepSizes()...)
	}
	total, judged := 0, 0
	for _, p := range sizes {
		t.Run(p.Name, func(t *testing.T) {
			if underRace && p.Name != "small" {
				t.Skip("the race detector has time for the small size only")
			}
			start := time.Now()
			r := check(t, Spec(p))
			if r.Verdict != model.Held || !r.Complete {
				t.Errorf("got %v", r)
			}
			if states, edges := p.Recorded(); r.States != states || r.Edges != edges {
				t.Errorf("got {%d, %d} states and edges, want {%d, %d}", r.States, r.Edges, states, edges)
			}
			total += r.States
			judged++
			t.Logf("%.1f s, %.1f s of them for laws on single steps", time.Since(start).Seconds(), r.Elapsed.Seconds())
		})
	}
	if judged == len(sizes) && !underRace && total < 600_000 {
		t.Errorf("got %d states in all, want 600000 at least", total)
	}
}

// TestSlugs: every law has a name and a kind of the catalogue, every law and
// every fact of the catalogue is stated at some size for every change or
// listed in NotStated, and none is both.
func TestSlugs(t *testing.T) {
	stated := map[string]bool{}
	for _, p := range Sizes() {
		for _, l := range Spec(p).Laws {
			stated[l.Slug] = true
			c, ok := protocol.LawBySlug(l.Slug)
			if !ok {
				t.Errorf("law %q is not in the catalogue", l.Slug)
			}
			want := map[model.Kind]protocol.LawKind{model.Always: protocol.Always, model.LeadsTo: protocol.Eventually, model.Sometimes: protocol.Sometimes}[l.Kind]
			if c.Kind != want {
				t.Errorf("law %q is %v, the catalogue says %v", l.Slug, l.Kind, c.Kind)
			}
		}
	}
	missing := map[string]bool{}
	for _, u := range NotStated() {
		missing[u.Law] = true
		if u.Why == "" {
			t.Errorf("%s: no word on why it is not stated", u.Law)
		}
	}
	for _, c := range protocol.LawsOf("gateway") {
		if stated[c.Slug] == missing[c.Slug] {
			t.Errorf("%s: stated is %v, listed as not stated is %v", c.Slug, stated[c.Slug], missing[c.Slug])
		}
	}
}

// TestActions: every action is taken at some size for every change.
func TestActions(t *testing.T) {
	dormant := map[model.Action]int{}
	for _, p := range Sizes() {
		for _, a := range Spec(p).Dormant {
			dormant[a]++
		}
	}
	for a, n := range dormant {
		if n == len(Sizes()) {
			t.Errorf("%s is dormant at every size", actionNames[a])
		}
	}
}

// tiny are worlds for tests that keep every step in memory.
func tiny() []Params {
	var out []Params
	add := func(change func(*Params)) {
		p := Params{Name: "tiny", Requests: 1, Hosts: 2, Limit: 1, Cap: 1, MaxAttempts: 2, Wire: 1, MaxWait: true}
		change(&p)
		out = append(out, p)
	}
	add(func(p *Params) { p.Requests, p.Cap = 2, 0 })
	add(func(p *Params) { p.Losses, p.LateAnswers, p.Deadlines = 1, true, 1 })
	add(func(p *Params) { p.Losses, p.Close, p.WriteFailures, p.Failures, p.Hosts = 1, true, true, 1, 1 })
	add(func(p *Params) { p.Refusals, p.Drains = Ever, 1 })
	add(func(p *Params) { p.Limits, p.Burst, p.Waiting, p.Requests = 1, 1, 1, 2 })
	add(func(p *Params) { p.Forgeries, p.Losses, p.NonIdempotent = 1, 1, 1 })
	return out
}

// edge is one step of a spec.
type edge struct {
	from  State
	label model.Label
	to    State
}

// edges returns every step of a machine, up to a bound.
func edges(t *testing.T, m machine) []edge {
	t.Helper()
	var out []edge
	spec := m.spec()
	spec.Done, spec.Fair = nil, nil
	spec.Laws = []model.Law[State]{{Slug: "steps", Step: func(from *State, l model.Label, to *State) bool {
		out = append(out, edge{*from, l, *to})
		return true
	}}}
	r, err := model.Check(context.Background(), spec, model.Options{Workers: 1, MaxStates: 200_000})
	if vacuity := new(model.VacuityError); err != nil && !errors.As(err, &vacuity) {
		t.Fatal(err)
	}
	if !r.Complete {
		t.Fatalf("%v: not complete: %v", m.Params, r)
	}
	return out
}

// TestRest holds atRest against the steps that next adds: a state is at rest
// exactly when none of them is internal.
func TestRest(t *testing.T) {
	for _, p := range tiny() {
		for _, v := range append(Variants(), Correct) {
			if underRace && v != Correct {
				continue
			}
			p.Variant = v
			m := machine{Params: p}
			moves := map[State]bool{}
			for _, e := range edges(t, m) {
				moves[e.from] = moves[e.from] || e.label.Action <= lastInternal
			}
			for s, moves := range moves {
				if m.atRest(&s) == moves {
					t.Fatalf("%v: at rest is %v, but an internal step is enabled is %v: %s", v, !moves, moves, m.format(&s))
				}
			}
		}
	}
}

// TestTidy: what tidy forgets makes no difference. With and without it the
// steps are the same, and lead to states that are the same when tidied.
func TestTidy(t *testing.T) {
	for _, p := range tiny() {
		m := machine{Params: p}
		tidied := func(s State) State {
			m.tidy(&s)
			return s
		}
		want, degree := map[edge]bool{}, map[State]int{}
		for _, e := range edges(t, m) {
			want[e] = true
			degree[e.from]++
		}
		got, out := map[edge]bool{}, map[State]int{}
		for _, e := range edges(t, machine{Params: p, untidy: true}) {
			out[e.from]++
			e.from, e.to = tidied(e.from), tidied(e.to)
			if got[e] = true; !want[e] {
				t.Fatalf("%+v: without tidy there is %s, which leads to %s", p, m.spec().LabelString(e.label), m.format(&e.to))
			}
		}
		if len(got) != len(want) || len(out) <= len(degree) {
			t.Errorf("%+v: got %d steps of %d states, want %d of more than %d", p, len(got), len(out), len(want), len(degree))
		}
		for s, n := range out {
			if degree[tidied(s)] != n {
				t.Fatalf("%+v: got %d steps, want %d: %s", p, n, degree[tidied(s)], m.format(&s))
			}
		}
	}
}

func TestValidate(t *testing.T) {
	for _, p := range append(append(Sizes(), DeepSizes()...), small()) {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	for want, spoil := range map[string]func(*Params){
		"Requests is 4":                    func(p *Params) { p.Requests = 4 },
		"Hosts is 0":                       func(p *Params) { p.Hosts = 0 },
		"Limit is 3":                       func(p *Params) { p.Limit = 3 },
		"Mark is 1":                        func(p *Params) { p.Mark = 1 },
		"Cap is -1":                        func(p *Params) { p.Cap = -1 },
		"MaxAttempts is 3":                 func(p *Params) { p.MaxAttempts = 3 },
		"Wire is 0":                        func(p *Params) { p.Wire = 0 },
		"NonIdempotent is 3":               func(p *Params) { p.NonIdempotent = 3 },
		"Waiting is 4":                     func(p *Params) { p.Waiting = 4 },
		"Deadlines is 3":                   func(p *Params) { p.Deadlines = 3 },
		"Burst is 3":                       func(p *Params) { p.Burst = 3 },
		"Ratio is 1":                       func(p *Params) { p.Ratio = 1 },
		"Losses is 4, want 0 to 3 or Ever": func(p *Params) { p.Losses = 4 },
		"Cancels is 3":                     func(p *Params) { p.Cancels = 3 },
		"Failures is 255":                  func(p *Params) { p.Failures = Ever },
		"Refusals is -1":                   func(p *Params) { p.Refusals = -1 },
		"Drains is 254":                    func(p *Params) { p.Drains = 254 },
		"Limits is 4":                      func(p *Params) { p.Limits = 4 },
		"Forgeries is 3":                   func(p *Params) { p.Forgeries = 3 },
		"Name is empty":                    func(p *Params) { p.Name = "" },
		"Variant is":                       func(p *Params) { p.Variant = variantEnd },
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
