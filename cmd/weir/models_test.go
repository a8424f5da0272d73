package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/remotespec"
)

func TestEnterSpec(t *testing.T) {
	c := modelCheck{title: "model remote x", laws: []string{"remote/answered", "remote/order", "remote/sometimes-replied", "remote/sometimes-late-reply", "remote/close-returns"}}
	b := newBook()
	for _, slug := range c.laws {
		b.expect(slug, c.title)
	}
	b.enterSpec(c, "remote", 100, 120, []model.LawVerdict{
		{Law: "remote/answered", Kind: model.Always, Verdict: model.Held},
		{Law: "remote/order", Kind: model.Always, Verdict: model.Undecided, Reason: "more than 100 states"},
		{Law: "remote/sometimes-replied", Kind: model.Sometimes, Verdict: model.Held},
		{Law: "remote/sometimes-late-reply", Kind: model.Sometimes, Verdict: model.Undecided},
		{Law: model.Deadlock, Kind: model.Always, Verdict: model.Held},
		{Law: "remote/close-returns", Kind: model.LeadsTo, Verdict: model.Held},
		{Law: "remote/none", Kind: model.Always, Verdict: model.Held},
	})
	b.settle("interrupted")
	for slug, want := range map[string]lawResult{
		// Two verdicts are about it, on the same states.
		"remote/answered":          {Verdict: held, Evidence: evidence{States: 100}},
		"remote/order":             {Verdict: undecided, Evidence: evidence{States: 100}, why: "model remote x: more than 100 states"},
		"remote/sometimes-replied": {Verdict: held, Evidence: evidence{States: 100}},
		// Judged on the whole graph.
		"remote/close-returns":        {Verdict: held, Evidence: evidence{States: 120}},
		"remote/sometimes-late-reply": {Verdict: undecided, why: "interrupted before model remote x came to its end"},
	} {
		got := lawIn(t, b, slug)
		if got.Verdict != want.Verdict || got.Evidence != want.Evidence || got.why != want.why {
			t.Errorf("%s: got %+v, want %+v", slug, got, want)
		}
	}
	if got := strings.Join(b.faults(), "|"); !strings.Contains(got, "remote/none, which is not in the catalogue") {
		t.Errorf("got faults %q, want one about remote/none", got)
	}
}

func TestViolatedSpec(t *testing.T) {
	v := newVerification(t.TempDir(), verifyFlags{}, quiet())
	p := remotespec.Small()
	p.Variant = remotespec.R05
	v.plan.models = []modelCheck{specCheck(remotespec.Spec(p), 0, 0)}
	v.plan.refuted = nil
	v.announce()
	v.modelStage(t.Context())
	if got := lawIn(t, v.book, "remote/no-crash"); got.Verdict != violated || !strings.Contains(got.why, "after 8 steps") {
		t.Errorf("got %s (%s), want it violated after 8 steps", got.Verdict, got.why)
	}
	if len(v.specs) != 1 || v.specs[0].verdict != "violated" || !strings.Contains(v.specs[0].story, "remote/no-crash") {
		t.Errorf("got specs %+v, want one with the story", v.specs)
	}
}

func TestInterruptedModels(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	v := newVerification(t.TempDir(), verifyFlags{}, quiet())
	v.run(ctx)
	r := v.report(ctx)
	if r.Exit != exitUndecided || len(r.broken) != 0 {
		t.Errorf("got exit %d and faults %q, want %d and none", r.Exit, r.broken, exitUndecided)
	}
	if slices.ContainsFunc(r.Laws, func(l lawResult) bool { return l.Verdict == held }) {
		t.Error("a law is held though nothing ran")
	}
}

func TestSummarize(t *testing.T) {
	rows := []variantResult{
		{Bug: "R01", Spec: "remote", Steps: 9, Ran: true, Caught: true},
		{Bug: "R02", Spec: "remote", Steps: 5, Ran: true}, // by one law, and not by another
		{Bug: "R02", Spec: "remote", Steps: 4, Ran: true, Caught: true},
		{Bug: "R03", Spec: "remote", Steps: 7},
		{Bug: "R04", Spec: "remote", Steps: 7, Ran: true},
		{Bug: "G01", Spec: "gateway", Steps: 2, Ran: true, Caught: true},
	}
	for spec, want := range map[string]string{
		"remote":  "1 of 4 bugs refuted, shortest stories of 4 to 9 steps",
		"gateway": "1 of 1 bug refuted, shortest stories of 2 steps",
		"none":    "0 of 0 bugs refuted",
	} {
		if got := summarize(rows, spec).String(); got != want {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
	if s := summarize(rows, "remote"); s.ran != 3 {
		t.Errorf("got %d bugs that were looked for, want 3", s.ran)
	}
}

// A spec that grew or shrank is told, and not taken for the one that was looked
// at.
func TestRecordedCounts(t *testing.T) {
	p := remotespec.Small()
	states, edges := p.Recorded()
	for _, c := range []struct{ states, edges int }{{states, edges}, {states, edges + 1}, {states - 1, edges}, {0, 0}} {
		v := newVerification(t.TempDir(), verifyFlags{}, quiet())
		v.plan.models, v.plan.refuted = []modelCheck{specCheck(remotespec.Spec(p), c.states, c.edges)}, nil
		v.announce()
		v.modelStage(t.Context())
		changed := c.states != 0 && (c.states != states || c.edges != edges)
		if got := strings.Join(v.book.faults(), "|"); strings.Contains(got, "the protocol has changed") != changed {
			t.Errorf("recorded %v: got faults %q, want one about a change: %v", c, got, changed)
		}
	}
	for _, s := range append(remoteFamily().sizes, remoteFamily().deep...) {
		if s.states == 0 || s.edges == 0 {
			t.Errorf("remote/%s has no counts on record", s.name)
		}
	}
	for _, s := range append(gatewayFamily().sizes, gatewayFamily().deep...) {
		if s.states == 0 || s.edges == 0 {
			t.Errorf("gateway/%s has no counts on record", s.name)
		}
	}
}
