package gatewayspec

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// worlds are small ones in which each promise of fair is needed somewhere.
func worlds() []Params {
	var out []Params
	for _, promise := range []Promise{GatewayFair, HostHalf, HostsFair} {
		add := func(change func(*Params)) {
			p := Params{Name: "world", Requests: 2, Hosts: 1, Limit: 1, Cap: 1, MaxAttempts: 1, Wire: 1, MaxWait: true, Promise: promise}
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
	}
	return out
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
		fair := Spec(p).Fair
		if tr := broken(t, Spec(p)); tr != nil {
			t.Fatalf("%+v: %v", p, tr)
		}
		for i, f := range fair {
			less := Spec(p)
			less.Fair = slices.Delete(slices.Clone(fair), i, i+1)
			promised[f.Action] = true
			needed[f.Action] = needed[f.Action] || broken(t, less) != nil
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
		{Sent, "gateway/answered", func(p *Params) { p.Hosts, p.Requests, p.Losses, p.Promise = 1, 1, Ever, HostsFair }},
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
		weak := Spec(p)
		weak.Fair = slices.Clone(weak.Fair)
		for i := range weak.Fair {
			if weak.Fair[i].Action == c.action {
				weak.Fair[i].Strength = model.Weak
			}
		}
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
