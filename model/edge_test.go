package model_test

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/weir-dev/weir/model"
)

// wideNumber is a state with as many steps as a test wants.
type wideNumber struct{ N uint32 }

// Next is tested for purity and for equal labels also where every state has
// more steps than fit into a batch, and where one step of many is explored.
func TestMisuseOfManySteps(t *testing.T) {
	for _, steps := range []int{10, 255, 300, 500, 513, 2000} {
		chance := uint32(0)
		sp := &model.Spec[wideNumber]{
			Name: "wide", Init: []wideNumber{{}}, Actions: []string{"go"},
			Next: func(s *wideNumber, x *model.Next[wideNumber]) {
				chance++
				for i := range steps {
					x.Do(0, i).N = (s.N*7 + uint32(i)) % 4000
				}
				x.Do(0, steps).N = chance % 4000
			},
			Laws: []model.Law[wideNumber]{{Slug: "wide/any", Holds: func(*wideNumber) bool { return true }}},
		}
		if _, err := model.Check(context.Background(), sp, model.Options{Workers: 1}); err == nil || !strings.Contains(err.Error(), "not pure") {
			t.Errorf("%d steps: got %v, want that Next is not pure", steps, err)
		}
		sp.Next = func(s *wideNumber, x *model.Next[wideNumber]) {
			for i := range steps {
				x.Do(0, i).N = (s.N*7 + uint32(i)) % 4000
			}
			x.Do(0, 1).N = 9
		}
		for _, independent := range []func(*wideNumber, model.Label) bool{nil, func(_ *wideNumber, l model.Label) bool { return l.Args[0] == 3 }} {
			sp.Independent = independent
			if _, err := model.Check(context.Background(), sp, model.Options{Workers: 1}); err == nil || !strings.Contains(err.Error(), "both labelled go(1)") {
				t.Errorf("%d steps, independent %v: got %v, want that two labels are equal", steps, independent != nil, err)
			}
		}
	}
}

// Equal steps to the same target, equal labels and all, are one step told twice
// and no mistake; both count as edges.
func TestTwinSteps(t *testing.T) {
	sp := counterSpec()
	sp.Next = func(s *counter, x *model.Next[counter]) {
		for range 2 {
			if s.N < 10 {
				x.Do(0).N++
			}
		}
	}
	if r := mustCheck(t, sp, model.Options{}); r.States != 11 || r.Edges != 20 || r.ActionCounts[0] != 20 {
		t.Errorf("got %v, want 11 states and 20 edges", r)
	}
}

// Very many initial states, and each of them twice.
func TestManyInitialStates(t *testing.T) {
	notUnderRace(t)
	sp := &model.Spec[wideNumber]{
		Name: "many", Actions: []string{"down"},
		Next: func(s *wideNumber, x *model.Next[wideNumber]) {
			if s.N > 0 {
				x.Do(0).N = s.N / 2
			}
		},
		Laws: []model.Law[wideNumber]{
			{Slug: "many/ends", Kind: model.Eventually, Holds: func(s *wideNumber) bool { return s.N == 0 }},
			{Slug: "many/large", Kind: model.Sometimes, Holds: func(s *wideNumber) bool { return s.N == 99_999 }},
		},
		Fair: []model.Fair{{Action: 0}},
	}
	for i := range uint32(200_000) {
		sp.Init = append(sp.Init, wideNumber{i % 100_000})
	}
	for _, o := range []model.Options{{Workers: 1}, {Workers: 3}, {Workers: 2, Exact: true}} {
		r := mustCheck(t, sp, o)
		if v, _ := r.Law("many/large"); r.Verdict != model.Held || r.States != 100_000 || r.GraphStates != 100_000 || r.Depth != 1 || v.Steps != 0 {
			t.Errorf("%+v: got %v, want 100000 states in one level, held", o, r)
		}
	}
	if r := mustCheck(t, sp, model.Options{MaxStates: 50_000}); r.Verdict != model.Undecided || r.Complete {
		t.Errorf("got %v, want undecided for too many initial states", r)
	}
	sp.Fair = nil
	if tr := mustCheck(t, sp, model.Options{}).Violation; tr == nil || tr.Init.N != 1 || len(tr.Steps) != 0 {
		t.Errorf("got %v, want a run that stops in the first initial state but 0", tr)
	}
}

// A state without bytes, judged in every way.
func TestOnlyState(t *testing.T) {
	sp := &model.Spec[struct{}]{
		Name: "only", Init: []struct{}{{}}, Actions: []string{"stay"},
		Next: func(_ *struct{}, x *model.Next[struct{}]) { x.Do(0) },
		Laws: []model.Law[struct{}]{{Slug: "only/never", Kind: model.Eventually, Holds: func(*struct{}) bool { return false }}},
		Done: func(*struct{}) bool { return false },
		Fair: []model.Fair{{Action: 0}},
	}
	for _, o := range []model.Options{{}, {Exact: true}} {
		r := mustCheck(t, sp, o)
		if v, _ := r.Law(model.Deadlock); v.Verdict != model.Held || r.States != 1 || r.Edges != 1 {
			t.Errorf("got %v, want one state and one edge: a step that stays is a successor", r)
		}
		// ... but none that fairness could demand.
		if tr := r.Violation; tr == nil || !tr.Lasso || len(tr.Steps) != 0 {
			t.Errorf("got %v, want a run that stops at once", tr)
		}
	}
}

// The tightest bounds there are end in undecided, not in an error or a verdict.
func TestTightBounds(t *testing.T) {
	for _, o := range []model.Options{{MaxStates: 1}, {MaxBytes: 1}, {MaxBytes: 1, Exact: true}, {MaxStates: 1, MaxBytes: 1}} {
		r := mustCheck(t, wideSpec(func(*wide) {}), o)
		if r.Verdict != model.Undecided || r.Complete || !strings.Contains(r.Verdicts[0].Reason, "raise Max") {
			t.Errorf("%+v: got %v, want undecided", o, r)
		}
	}
	if _, err := model.Check(context.Background(), counterSpec(), model.Options{MaxBytes: -1}); err == nil || !strings.Contains(err.Error(), "MaxBytes is -1") {
		t.Errorf("got %v, want an error that names MaxBytes", err)
	}
	// As many states as allowed are allowed.
	if r := mustCheck(t, counterSpec(), model.Options{MaxStates: 11}); r.Verdict != model.Held {
		t.Errorf("got %v, want held", r)
	}
}

// A promise for an action that never fires binds nobody; that it never fires is
// told on its own.
func TestPromiseOfADormantAction(t *testing.T) {
	sp := counterSpec()
	sp.Laws[0] = model.Law[counter]{Slug: "counter/ten", Kind: model.Eventually, Holds: func(s *counter) bool { return s.N == 10 }}
	sp.Fair = []model.Fair{{Action: 1}, {Action: 1, Strength: model.Strong, By: model.MaxArgs}}
	if r := mustCheck(t, sp, model.Options{}); r.Verdict != model.Violated {
		t.Errorf("got %v, want violated: nobody promised to add", r)
	}
	sp.Fair = append(sp.Fair, model.Fair{Action: 0})
	if r := mustCheck(t, sp, model.Options{}); r.Verdict != model.Held {
		t.Errorf("got %v, want held", r)
	}
	sp.Dormant = nil
	if _, err := model.Check(context.Background(), sp, model.Options{}); err == nil || !strings.Contains(err.Error(), "action stay never fires") {
		t.Errorf("got %v, want an error: stay never fires", err)
	}
}

// Results and stories of laws on whole runs, under promises of their own or of the
// spec, are the same for any number of workers, with symmetry or without.
func TestLiveStoriesForAnyWorkers(t *testing.T) {
	notUnderRace(t)
	for _, symmetric := range []bool{false, true} {
		sp := lmSizeS.spec("limiter/count")
		sp.Laws = append(sp.Laws,
			model.Law[limiter]{Slug: "limiter/all-done", Kind: model.Eventually, Holds: lmSizeS.done},
			model.Law[limiter]{Slug: "limiter/stays-up", Kind: model.LeadsTo,
				When: func(s *limiter) bool { return s.Down[0] }, Holds: func(s *limiter) bool { return s.Breaks == 2 }},
			model.Law[limiter]{Slug: "limiter/comes-back", Kind: model.LeadsTo,
				When: func(s *limiter) bool { return s.Down[1] }, Holds: func(s *limiter) bool { return !s.Down[1] },
				Fair: []model.Fair{{Action: lmReconnect, By: 1}}})
		sp.Fair = []model.Fair{{Action: lmReserve, By: 2}, {Action: lmReply, Strength: model.Strong}, {Action: lmReceive, By: 1}, {Action: lmReconnect, By: 1}}
		if symmetric {
			sp.Symmetry = lmSizeS.symmetry()
		}
		var first *model.Result[limiter]
		var stories []string
		for _, workers := range []int{1, 2, 8} {
			if symmetric && workers == 2 {
				continue
			}
			r := mustCheck(t, sp, model.Options{Workers: workers})
			if r.Elapsed, r.Bytes = 0, 0; first == nil {
				first = r
			} else if !reflect.DeepEqual(first, r) {
				t.Errorf("%d workers: got\n%v\nwith one\n%v", workers, r, first)
			}
			for i, slug := range []string{"limiter/all-done", "limiter/stays-up", "limiter/comes-back"} {
				tr, err := model.Story(context.Background(), sp, slug, model.Options{Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				if tr != nil && model.Replay(sp, tr) != nil {
					t.Errorf("%s: %v is no run of the spec", slug, tr)
				}
				text := "none"
				if tr != nil {
					text = tr.String()
				}
				if workers == 1 {
					stories = append(stories, text)
				} else if text != stories[i] {
					t.Errorf("%d workers: got\n%s\nwith one\n%s", workers, text, stories[i])
				}
			}
		}
		if first.Verdict != model.Violated || stories[1] == "none" || stories[2] != "none" {
			t.Errorf("got %v, want stays-up violated and comes-back held", first)
		}
	}
}

// One spec may be checked many times at once.
func TestConcurrentChecks(t *testing.T) {
	sp := pairSpec()
	sp.Laws = append(sp.Laws, model.Law[pair]{Slug: "pair/ends", Kind: model.Eventually, Holds: sp.Done})
	sp.Fair = []model.Fair{{Action: 0}}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r, err := model.Check(context.Background(), sp, model.Options{Workers: 1 + i%3, Exact: i%2 == 0})
			if err != nil || r.Verdict != model.Held || r.States != 10 || r.GraphStates != 16 {
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	wg.Wait()
}
