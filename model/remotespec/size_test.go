package remotespec

import (
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

var deep = flag.Bool("deep", false, "explore the deep sizes too, which takes minutes")

func TestSizes(t *testing.T) {
	sizes := append([]Params{Small(), SmallResume()}, Sizes()...)
	if *deep {
		sizes = append(sizes, DeepSizes()...)
	}
	for _, p := range sizes {
		t.Run(p.Name, func(t *testing.T) {
			if p.Name != "small" {
				notUnderRace(t)
			}
			r := check(t, Spec(p))
			if r.Verdict != model.Held || !r.Complete {
				t.Errorf("got %v", r)
			}
			if states, edges := p.Recorded(); r.States != states || r.Edges != edges {
				t.Errorf("got {%d, %d} states and edges, want {%d, %d}", r.States, r.Edges, states, edges)
			}
		})
	}
}

// TestSizesState: together the sizes state every law and fact of the catalogue,
// and nothing else; what is not stated NotStated lists.
func TestSizesState(t *testing.T) {
	stated := map[string]model.Kind{}
	for _, p := range Sizes() {
		if !strings.HasPrefix(p.Name, "ci") {
			t.Errorf("%s: want a name that begins with ci", p.Name)
		}
		for _, l := range Spec(p).Laws {
			stated[l.Slug] = max(stated[l.Slug], l.Kind)
			if _, ok := protocol.LawBySlug(l.Slug); !ok {
				t.Errorf("%s: law %q is not in the catalogue", p.Name, l.Slug)
			}
		}
	}
	for _, c := range protocol.LawsOf("remote") {
		kind, ok := stated[c.Slug]
		unstated := slices.ContainsFunc(NotStated(), func(u Unstated) bool { return u.Law == c.Slug })
		if ok == unstated {
			t.Errorf("%s: stated is %v, but listed as not stated is %v", c.Slug, ok, unstated)
		}
		if ok && ((kind == model.LeadsTo) != (c.Kind == protocol.Eventually) || (kind == model.Sometimes) != (c.Kind == protocol.Sometimes)) {
			t.Errorf("%s is %v, the catalogue says %v", c.Slug, kind, c.Kind)
		}
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range append(Sizes(), DeepSizes()...) {
		if err := p.Validate(); err != nil {
			t.Error(err)
		}
		if seen[p.Name] {
			t.Errorf("two sizes are named %q", p.Name)
		}
		seen[p.Name] = true
	}
	for _, p := range DeepSizes() {
		if !strings.HasPrefix(p.Name, "deep") {
			t.Errorf("%s: want a name that begins with deep", p.Name)
		}
	}
}

func TestValidate(t *testing.T) {
	for want, spoil := range map[string]func(*Params){
		"Messages is 6":     func(p *Params) { p.Messages = 6 },
		"Buffer is 0":       func(p *Params) { p.Buffer = 0 },
		"Window is 9":       func(p *Params) { p.Window = 9 },
		"Batch is 3":        func(p *Params) { p.Batch = 3 },
		"Wire is 4":         func(p *Params) { p.Wire = 4 },
		"Cache is 1":        func(p *Params) { p.Cache = 1 },
		"Cache is 0":        func(p *Params) { p.Delivery, p.Cache = protocol.Resume, 0 },
		"Losses is -2":      func(p *Params) { p.Losses = -2 },
		"Refusals is 4":     func(p *Params) { p.Refusals = 4 },
		"Forgets is -1":     func(p *Params) { p.Forgets = -1 },
		"4 together":        func(p *Params) { p.Losses, p.Refusals = 2, 1 },
		"Repeats is 4":      func(p *Params) { p.Repeats = 4 },
		"Deadlines is -1":   func(p *Params) { p.Deadlines = -1 },
		"TimesToLive is 4":  func(p *Params) { p.TimesToLive = 4 },
		"Sends is 4":        func(p *Params) { p.Sends = 4 },
		"Name is empty":     func(p *Params) { p.Name = "" },
		"Mode is":           func(p *Params) { p.Mode = 7 },
		"Delivery is":       func(p *Params) { p.Delivery = 7 },
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
