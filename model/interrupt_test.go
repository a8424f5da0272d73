package model_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/weir-dev/weir/model"
)

var errEnough = errors.New("enough")

// liveLimiter is size s with a law on whole runs that holds, and calls seen with
// every state that this law is asked about.
func liveLimiter(seen func(*limiter)) *model.Spec[limiter] {
	sp := lmSizeS.spec("limiter/count")
	sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/all-done", Kind: model.Eventually, Holds: func(s *limiter) bool {
		seen(s)
		return lmSizeS.done(s)
	}})
	sp.Fair = []model.Fair{{Action: lmReserve}, {Action: lmReply, By: 2}, {Action: lmReceive, By: 1}, {Action: lmReconnect, By: 1}}
	return sp
}

// Whenever the context ends, what is known by then stays known, and the rest is
// undecided, saying how far it came and why it ended.
func TestInterruptedLiveness(t *testing.T) {
	for _, workers := range []int{1, 3} {
		if model.UnderRace && workers == 1 {
			continue
		}
		// While the graph is built.
		ctx, cancel := context.WithCancelCause(context.Background())
		r, err := model.Check(ctx, liveLimiter(func(*limiter) {}), model.Options{Workers: workers, Progress: func(p model.Progress) {
			if p.Graph && p.Depth == 7 {
				cancel(errEnough)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		interrupted(t, r, "the whole graph is needed: interrupted at ", "in level 8: enough")

		// While the law is judged.
		ctx, cancel = context.WithCancelCause(context.Background())
		var n atomic.Int64
		r, err = model.Check(ctx, liveLimiter(func(*limiter) {
			if n.Add(1) == 1000 {
				cancel(errEnough)
			}
		}), model.Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		interrupted(t, r, "interrupted at 217342 states and 779312 steps of the graph", "enough")
	}
}

func interrupted(t *testing.T, r *model.Result[limiter], want ...string) {
	t.Helper()
	if v := r.Verdicts[0]; v.Verdict != model.Held || r.Verdict != model.Undecided {
		t.Errorf("got %v, want the law on states held and all in all undecided", r)
	}
	for _, part := range want {
		if v := r.Verdicts[1]; v.Verdict != model.Undecided || v.Steps != -1 || !strings.Contains(v.Reason, part) {
			t.Errorf("got %+v, want undecided: %s", v, part)
		}
	}
}

// A context that ends after the violation was found costs the story, not the
// verdict; the story can be told later.
func TestInterruptedStory(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sp := limiterSpec(limiterBug{noDeduct: true}, "limiter/no-leak")
	judge := sp.Laws[0].Holds
	sp.Laws[0].Holds = func(s *limiter) bool {
		ok := judge(s)
		if !ok {
			cancel()
		}
		return ok
	}
	r, err := model.Check(ctx, sp, model.Options{Workers: 2})
	if err != nil || r.Verdict != model.Violated || r.Violation != nil || r.Verdicts[0].Steps != 10 {
		t.Errorf("got %v, %v; want violated after 10 steps, without a story", r, err)
	}
	if _, err := model.Story(ctx, sp, "limiter/no-leak", model.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	tr, err := model.Story(context.Background(), sp, "limiter/no-leak", model.Options{})
	if err != nil || len(tr.Steps) != 10 {
		t.Errorf("got %v, %v; want the story of 10 steps", tr, err)
	}
	for slug, o := range map[string]model.Options{"MaxStates": {MaxStates: 100}, "MaxBytes": {MaxBytes: 1 << 18}} {
		if tr, err := model.Story(context.Background(), sp, "limiter/no-leak", o); tr != nil || err == nil || !strings.Contains(err.Error(), slug) {
			t.Errorf("got %v, %v; want an error that names %s", tr, err, slug)
		}
	}
}

// The other functions that search end with the context, too.
func TestInterruptedProofs(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errEnough)
	sp := liveLimiter(func(*limiter) {})
	sp.Symmetry, sp.Independent = lmSizeS.symmetry(), (*limiter).independent
	_, proof := model.ProveSymmetry(ctx, sp, model.Options{})
	_, explored := model.Explore(ctx, sp, 1000)
	_, told := model.Story(ctx, sp, "limiter/all-done", model.Options{})
	for name, err := range map[string]error{
		"ProveSymmetry": proof, "ProveIndependent": model.ProveIndependent(ctx, sp, model.Options{}), "Explore": explored, "Story": told,
	} {
		if !errors.Is(err, errEnough) {
			t.Errorf("%s: got %v, want the context's cause", name, err)
		}
	}
}

// Progress tells of the graph, too, and when it will be there.
func TestProgressOfTheGraph(t *testing.T) {
	notUnderRace(t)
	for _, workers := range []int{1, 2} {
		var last model.Progress
		estimates, before := 0, 0
		r := mustCheck(t, liveLimiter(func(*limiter) {}), model.Options{Workers: workers, Progress: func(p model.Progress) {
			if !p.Graph {
				before++
				return
			}
			if p.States < last.States || p.Edges < last.Edges || p.Depth < last.Depth || p.Bytes == 0 || p.Left < 0 || p.Spec != "limiter" {
				t.Errorf("got %+v after %+v", p, last)
			}
			if p.Left > 0 {
				estimates++
			}
			last = p
		}})
		if r.Verdict != model.Held || before < 22 || estimates < 15 || last.States != 217_342 || last.Edges != 779_312 || last.Left != 0 {
			t.Errorf("got %v, %d reports of the search, %d estimates of the graph, at last %+v", r, before, estimates, last)
		}
	}
}
