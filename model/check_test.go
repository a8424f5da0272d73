package model_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

func TestSameForAnyWorkers(t *testing.T) {
	sp := limiterSpec(limiterBug{noDeduct: true}, "limiter/no-leak", "limiter/once")
	var first *model.Result[limiter]
	for _, workers := range []int{1, 2, 4} {
		r := mustCheck(t, sp, model.Options{Workers: workers})
		r.Elapsed, r.Bytes = 0, 0
		if first == nil {
			first = r
		} else if !reflect.DeepEqual(r, first) {
			t.Errorf("%d workers: got\n%v\nwith 1 worker\n%v", workers, r, first)
		}
	}
	if len(first.Violation.Steps) != 10 {
		t.Errorf("got a story of %d steps, want 10", len(first.Violation.Steps))
	}
}

func TestSometimesThatNeverHappens(t *testing.T) {
	sp := counterSpec()
	sp.Laws = append(sp.Laws,
		model.Law[counter]{Slug: "counter/five", Kind: model.Sometimes, Holds: func(s *counter) bool { return s.N == 5 }},
		model.Law[counter]{Slug: "counter/twenty", Kind: model.Sometimes, Holds: func(s *counter) bool { return s.N == 20 }})
	r := mustCheck(t, sp, model.Options{})
	if r.Verdict != model.Violated || r.Violation != nil || !r.Complete {
		t.Errorf("got %v, want violated, complete, without a story", r)
	}
	if v, ok := r.Law("counter/five"); !ok || v.Verdict != model.Held || v.Steps != 5 {
		t.Errorf("got %+v, want held after 5 steps", v)
	}
	if v, ok := r.Law("counter/twenty"); !ok || v.Verdict != model.Violated || !strings.Contains(v.Reason, "never happens in all 11 states") {
		t.Errorf("got %+v, want violated: never happens in all 11 states", v)
	}
	if got := fmt.Sprint(r.NeverFired, r.ActionCounts); got != "[stay] [10 0]" {
		t.Errorf("got %s never fired and counts, want [stay] [10 0]", got)
	}
	tr, err := model.Story(context.Background(), sp, "counter/five", model.Options{})
	if err != nil || len(tr.Path()) != 5 || tr.Last().N != 5 || !strings.Contains(tr.String(), "seen after 5 steps") {
		t.Errorf("got %v, %v; want the witness of counter/five", tr, err)
	}
	if tr, err := model.Story(context.Background(), sp, "counter/twenty", model.Options{}); tr != nil || err != nil {
		t.Errorf("got %v, %v; want no story", tr, err)
	}
}

func TestSometimesUndecidedWhenCutShort(t *testing.T) {
	sp := counterSpec()
	sp.Laws = []model.Law[counter]{{Slug: "counter/nine", Kind: model.Sometimes, Holds: func(s *counter) bool { return s.N == 9 }}}
	r := mustCheck(t, sp, model.Options{MaxStates: 5})
	if v := r.Verdicts[0]; v.Verdict != model.Undecided || r.Verdict != model.Undecided || !strings.Contains(v.Reason, "more than 5 states") {
		t.Errorf("got %+v, want undecided: more than 5 states", v)
	}
}

func TestDeadlock(t *testing.T) {
	sp := counterSpec()
	sp.Done = func(s *counter) bool { return s.N == 10 }
	if r := mustCheck(t, sp, model.Options{}); r.Verdict != model.Held || len(r.Verdicts) != 2 {
		t.Errorf("got %v, want held with a verdict on deadlock", r)
	}
	sp.Done = func(s *counter) bool { return s.N == 11 }
	r := mustCheck(t, sp, model.Options{})
	if r.Violation == nil || r.Violation.Law != model.Deadlock || r.Violation.Last().N != 10 {
		t.Errorf("got %v, want a deadlock after 10 steps", r)
	}
}

// Of a deadlock and a broken law that show in the same level the deadlock is
// one step nearer, whatever the order of the laws.
func TestNearestViolationFirst(t *testing.T) {
	sp := counterSpec()
	sp.Next = func(s *counter, x *model.Next[counter]) {
		if s.N == 0 {
			x.Do(0).N = 2
			x.Do(1).N = 3
		}
		if s.N == 2 {
			x.Do(0).N = 200
		}
	}
	sp.Done = func(s *counter) bool { return false }
	r := mustCheck(t, sp, model.Options{})
	if r.Violation == nil || r.Violation.Law != model.Deadlock || strings.Join(r.Violation.Path(), " ") != "stay" {
		t.Errorf("got %v, want the deadlock after stay", r)
	}
	if v, _ := r.Law("counter/small"); v.Verdict != model.Violated || v.Steps != 2 {
		t.Errorf("got %+v, want counter/small violated after 2 steps too", v)
	}
}

func TestViolationAtTheStart(t *testing.T) {
	sp := counterSpec()
	sp.Init = []counter{{}, {N: 99}}
	r := mustCheck(t, sp, model.Options{})
	if r.Violation == nil || len(r.Violation.Steps) != 0 || r.Violation.Init.N != 99 || r.Depth != 0 {
		t.Errorf("got %v, want the second initial state", r)
	}
}

func TestMaxStates(t *testing.T) {
	for _, c := range []struct {
		max  int
		want model.Verdict
	}{{1_000, model.Undecided}, {217_341, model.Undecided}, {217_342, model.Held}} {
		r := mustCheck(t, limiterSpec(limiterBug{}, "limiter/count"), model.Options{Workers: 2, MaxStates: c.max})
		if r.Verdict != c.want || r.Complete != (c.want == model.Held) {
			t.Errorf("at most %d states: got %v, want %v", c.max, r, c.want)
		}
		if r.States > c.max+5_000 {
			t.Errorf("at most %d states: went on to %d", c.max, r.States)
		}
	}
}

func TestInterruptedBetweenLevels(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var seen []model.Progress
	r, err := model.Check(ctx, limiterSpec(limiterBug{}, "limiter/count"), model.Options{Progress: func(p model.Progress) {
		if n := len(seen); n == 0 || seen[n-1].Depth < p.Depth {
			seen = append(seen, p)
		}
		if p.Depth == 5 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != model.Undecided || r.Complete || r.Depth < 5 || r.Depth > 6 || r.States < 100 {
		t.Errorf("got %v, want undecided in level 5", r)
	}
	for _, v := range r.Verdicts {
		if v.Verdict != model.Undecided || !strings.Contains(v.Reason, "interrupted in level") || v.Steps != -1 {
			t.Errorf("got %+v, want undecided: interrupted", v)
		}
	}
	if len(seen) < 5 || seen[0].Depth != 1 || seen[0].Spec != "limiter" || seen[0].States < 2 || seen[0].Frontier == 0 {
		t.Errorf("got progress %+v, want one a level from the first", seen)
	}
}

// wide has levels of 1, 300, 90,000 and 27,000,000 states, so that only a stop
// within a level ends a search soon.
type wide struct{ Path, Level uint64 }

func wideSpec(visit func(*wide)) *model.Spec[wide] {
	return &model.Spec[wide]{
		Name: "wide", Init: []wide{{}}, Actions: []string{"grow"},
		Next: func(s *wide, x *model.Next[wide]) {
			visit(s)
			for i := range 300 {
				t := x.Do(0, i)
				t.Path, t.Level = s.Path*300+uint64(i), s.Level+1
			}
		},
		Laws: []model.Law[wide]{{Slug: "wide/any", Holds: func(*wide) bool { return true }}},
	}
}

func TestInterruptedWithinALevel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sp := wideSpec(func(s *wide) {
		if s.Level == 2 {
			cancel()
		}
	})
	r, err := model.Check(ctx, sp, model.Options{MaxStates: 5_000_000})
	if err != nil || r.Verdict != model.Undecided || r.Depth != 3 || r.States < 90_301 || r.States > 5_000_000 {
		t.Errorf("got %v, %v; want undecided soon after 90,301 states", r, err)
	}
	if !strings.Contains(r.Verdicts[0].Reason, "interrupted in level 3") {
		t.Errorf("got reason %q, want interrupted in level 3", r.Verdicts[0].Reason)
	}
	r, err = model.Check(ctx, sp, model.Options{})
	if err != nil || r.Verdict != model.Undecided || r.Depth != 0 || r.States != 1 {
		t.Errorf("cancelled before: got %v, %v; want undecided with the initial state alone", r, err)
	}
}

func TestMaxStatesWithinALevel(t *testing.T) {
	r := mustCheck(t, wideSpec(func(*wide) {}), model.Options{Workers: 2, MaxStates: 10_000})
	if r.Verdict != model.Undecided || r.States <= 10_000 || r.States > 15_000 {
		t.Errorf("got %v, want undecided soon after 10,000 states", r)
	}
}
