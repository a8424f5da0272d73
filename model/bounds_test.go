package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/model"
)

// A search that would need more memory than it may have ends undecided, never
// with a verdict, and says how far it came.
func TestMaxBytes(t *testing.T) {
	sp := lmSizeS.spec("limiter/count")
	for _, o := range []model.Options{
		{MaxBytes: 1}, {MaxBytes: 1 << 20}, {MaxBytes: 5 << 20}, {MaxBytes: 5 << 20, Exact: true}, {MaxBytes: 1 << 20, Exact: true, Workers: 1},
	} {
		r := mustCheck(t, sp, o)
		if r.Verdict != model.Undecided || r.Complete || r.Bytes > o.MaxBytes || r.States >= 217_342 {
			t.Errorf("%+v: got %v with %d bytes, want undecided", o, r, r.Bytes)
		}
		if why := r.Verdicts[0].Reason; !strings.Contains(why, "of memory needed in level") || !strings.Contains(why, "raise MaxBytes") {
			t.Errorf("%+v: got reason %q", o, why)
		}
		if why := r.Verdicts[0].Reason; o.MaxBytes > 1<<20 && !strings.Contains(why, "they grow, but ever more slowly") && !strings.Contains(why, "shrink, which leaves about") {
			t.Errorf("%+v: got reason %q, want how the levels grow", o, why)
		}
	}
	for _, exact := range []bool{false, true} {
		if r := mustCheck(t, sp, model.Options{MaxBytes: 32 << 20, Exact: exact}); r.Verdict != model.Held || r.Bytes > 32<<20 || r.Bytes < 217_342*8 {
			t.Errorf("exact %v: got %v with %d bytes, want held", exact, r, r.Bytes)
		}
	}
}

// The graph needs more than the search before it: then only the laws on whole
// runs are undecided.
func TestMaxBytesOfTheGraph(t *testing.T) {
	sp := lmSizeS.spec("limiter/count")
	sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/all-done", Kind: model.Eventually, Holds: lmSizeS.done})
	r := mustCheck(t, sp, model.Options{MaxBytes: 16 << 20})
	if v := r.Verdicts[1]; r.Verdict != model.Undecided || v.Verdict != model.Undecided || !strings.Contains(v.Reason, "the whole graph is needed: the 16.0 MiB that MaxBytes allows are used up") {
		t.Errorf("got %v, want the law on whole runs undecided", r)
	}
	if v := r.Verdicts[0]; v.Verdict != model.Held {
		t.Errorf("got %+v, want held", v)
	}
}

func TestProgressEstimates(t *testing.T) {
	var last model.Progress
	estimates := 0
	mustCheck(t, lmSizeS.spec("limiter/count"), model.Options{Progress: func(p model.Progress) {
		if p.Left > 0 && p.Frontier > 0 {
			estimates++
		}
		if p.Left < 0 || p.Left > time.Hour || p.Bytes == 0 || p.States < last.States {
			t.Errorf("got %+v", p)
		}
		last = p
	}})
	if estimates < 10 {
		t.Errorf("got %d estimates in 22 levels", estimates)
	}
}

// Laws on whole runs are judged several at a time, each under its own promises, but
// what one worker has the memory for, many have, too.
func TestMaxBytesOfManyLaws(t *testing.T) {
	notUnderRace(t)
	sp := liveLimiter(func(*limiter) {})
	for _, slug := range []string{"limiter/again", "limiter/and-again"} {
		l := sp.Laws[1]
		l.Slug, l.Fair = slug, append([]model.Fair{{Action: lmReserve, Strength: model.Strong}}, sp.Fair...)
		sp.Laws = append(sp.Laws, l)
	}
	need := mustCheck(t, sp, model.Options{Workers: 1}).Bytes
	if r := mustCheck(t, sp, model.Options{Workers: 3, MaxBytes: need}); r.Verdict != model.Held {
		t.Errorf("got %v, want held within the %d bytes that one worker needs", r, need)
	}
	if r := mustCheck(t, sp, model.Options{Workers: 3, MaxBytes: need - 1<<20}); r.Verdict != model.Undecided || !strings.Contains(r.Verdicts[1].Reason, "steps of the graph, in level ") {
		t.Errorf("got %v, want undecided with less", r)
	}
}
