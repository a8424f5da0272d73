package gatewayspec

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// worlds are small ones in which each promise is needed somewhere.
func worlds() []Params {
	var out []Params
	add := func(change func(*Params)) {
		p := Params{Name: "world", Requests: 2, Hosts: 1, Limit: 1, Cap: 1, MaxAttempts: 1, Wire: 1, MaxWait: true}
		change(&p)
		out = append(out, p)
	}
	add(func(p *Params) { p.Hosts, p.MaxAttempts = 2, 2 })
	add(func(p *Params) { p.Limits = Ever })
	add(func(p *Params) { p.Losses, p.Close = 1, true })
	add(func(p *Params) { p.Refusals, p.Drains, p.MaxAttempts = 1, 1, 2 })
	add(func(p *Params) { p.Cap, p.Cancels = 0, 1 })
	add(func(p *Params) { p.Forgeries = 1 })
	add(func(p *Params) { p.Requests, p.Deadlines, p.MaxWait = 1, 1, false })
	return out
}

// promising changes the promises of every law on whole runs: change returns
// what becomes of one, and false if it is taken away.
func promising(sp *model.Spec[State], change func(model.Fair) (model.Fair, bool)) *model.Spec[State] {
	for i := range sp.Laws {
		l := &sp.Laws[i]
		if l.Kind != model.LeadsTo {
			continue
		}
		old := l.Fair
		if old == nil {
			old = sp.Fair
		}
		l.Fair = []model.Fair{}
		for _, f := range old {
			if f, ok := change(f); ok {
				l.Fair = append(l.Fair, f)
			}
		}
	}
	return sp
}

// broken returns a story of the first law on whole runs that is violated, nil
// if they all hold.
func broken(t *testing.T, sp *model.Spec[State]) *model.Trace[State] {
	t.Helper()
	for i := range sp.Laws {
		if sp.Laws[i].Kind != model.LeadsTo {
			continue
		}
		tr, err := model.Story(context.Background(), sp, sp.Laws[i].Slug, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if tr != nil {
			return tr
		}
	}
	return nil
}

// TestPromises takes away one promise at a time: without it some law on whole
// runs is violated, or it is there because the sentences of the laws name it.
func TestPromises(t *testing.T) {
	if underRace {
		t.Skip("the race detector has no time for it")
	}
	needed := map[model.Action]bool{}
	promised := map[model.Action]bool{}
	for _, p := range worlds() {
		all := promising(Spec(p), func(f model.Fair) (model.Fair, bool) {
			promised[f.Action] = true
			return f, true
		})
		if tr := broken(t, all); tr != nil {
			t.Fatalf("%+v: %v", p, tr)
		}
	}
	for a := range promised {
		for _, p := range worlds() {
			less := promising(Spec(p), func(f model.Fair) (model.Fair, bool) { return f, f.Action != a })
			if broken(t, less) != nil {
				needed[a] = true
				break
			}
		}
	}
	// A Cancel spares a host work and frees nothing at the gateway, and nobody
	// has a right to be reassigned.
	spare := []model.Action{WriteCancel, Due}
	for a := range promised {
		if needed[a] == slices.Contains(spare, a) {
			t.Errorf("promise of %s: needed is %v", actionNames[a], needed[a])
		}
	}
}

// TestStrength makes strong promises weak, one at a time, in worlds in which
// what they are about is possible only now and then: the law is then violated
// by a run that goes round for ever.
func TestStrength(t *testing.T) {
	for _, c := range []struct {
		action model.Action
		law    string
		change func(*Params)
	}{
		{Reserve, "gateway/no-lockup", func(p *Params) { p.Hosts, p.Requests, p.Limits = 1, 1, Ever }},
		{Reserve, "gateway/no-lockup", func(p *Params) { p.Hosts, p.Requests, p.Losses = 1, 1, Ever }},
		{Reassign, "gateway/no-lockup", func(p *Params) { p.Limits = Ever }},
		{Sent, "gateway/answered", func(p *Params) { p.Hosts, p.Requests, p.Losses = 1, 1, Ever }},
		{Sent, "gateway/no-lockup", func(p *Params) { p.Hosts, p.MaxAttempts, p.Losses = 1, 1, Ever }},
	} {
		if underRace && c.action == Reassign {
			continue // the race detector has no time for it
		}
		p := base("strength")
		c.change(&p)
		if tr := broken(t, Spec(p)); tr != nil {
			t.Errorf("%s: got %v, want none", actionNames[c.action], tr)
		}
		weak := promising(Only(Spec(p), c.law), func(f model.Fair) (model.Fair, bool) {
			if f.Action == c.action {
				f.Strength = model.Weak
			}
			return f, true
		})
		tr := broken(t, weak)
		if tr == nil || tr.Law != c.law || tr.Loop == len(tr.Steps) {
			t.Errorf("weak %s: got %v, want %s violated by a loop", actionNames[c.action], tr, c.law)
			continue
		}
		golden(t, "weak-"+actionNames[c.action]+"-"+p.recurs()+"-"+strings.TrimPrefix(c.law, "gateway/"), tr.String())
	}
}

// recurs names what happens without end.
func (p *Params) recurs() string {
	if p.Limits == Ever {
		return "limits"
	}
	return "losses"
}
