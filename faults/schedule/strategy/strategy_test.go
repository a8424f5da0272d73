package strategy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// busy is a program with everything that a strategy meets: seams, actions,
// delays, selects, seeds, yields, goroutines that come later.
func busy(t *testing.T, c schedule.Chooser) string {
	var steps []string
	synctest.Test(t, func(t *testing.T) {
		s, err := schedule.New(schedule.Config{Chooser: c, Delays: 2, Closed: true, OnStep: func(s schedule.Step) {
			steps = append(steps, s.Name+" "+s.What)
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		left := 3
		s.AddSource(source(func(add func(schedule.Action)) {
			for _, link := range []string{"a", "b"} {
				if left > 0 {
					add(schedule.Action{Name: fmt.Sprintf("deliver %s #%d", link, left), Do: func() { left-- }})
				}
			}
		}))
		var x atomic.Int32
		ch := make(chan int, 1)
		for range 2 {
			s.Go("body", func() {
				schedule.Point("begin")
				schedule.Go("child", func() { x.Add(int32(schedule.Rand().Intn(3))); schedule.To(ch).Send(1) })
				schedule.Gosched()
				late := time.After(time.Second)
				schedule.Select(false, schedule.CaseRecv(ch), schedule.CaseRecv(late))
			})
		}
		s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
		s.Go("second phase", func() { x.Load() })
		s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
	})
	return strings.Join(steps, "\n")
}

type source func(add func(schedule.Action))

func (s source) Enabled(add func(schedule.Action)) { s(add) }

// The same seed gives the same schedules in the same order, and another seed
// gives others.
func TestStrategiesAreDeterministic(t *testing.T) {
	for _, m := range makers {
		search := func(seed uint64) (schedules []string, reports []strategy.Report) {
			s := m.make(seed)
			for range 150 {
				c, ok := s.Next()
				if !ok {
					break
				}
				steps := busy(t, c)
				schedules = append(schedules, steps)
				s.Done(strategy.Outcome{Failed: len(steps)%5 == 0, News: len(steps) % 2})
			}
			return schedules, s.Report()
		}
		a, ra := search(1)
		b, rb := search(1)
		if !slices.Equal(a, b) {
			t.Errorf("%s: the same seed gives other schedules", m.name)
		}
		if !slices.Equal(ra, rb) {
			t.Errorf("%s: the same seed gives other reports:\n%v\n%v", m.name, ra, rb)
		}
		seedless := m.name == "bounded" || m.name == "exhaustive"
		if c, _ := search(2); slices.Equal(a, c) != seedless {
			t.Errorf("%s: another seed gives the same schedules: %v, want %v", m.name, !seedless, seedless)
		}
		distinct := slices.Clone(a)
		slices.Sort(distinct)
		if n := len(slices.Compact(distinct)); n < 75 {
			t.Errorf("%s: %d distinct schedules of %d", m.name, n, len(a))
		}
	}
}

// What a report counts is what was seen.
func TestReport(t *testing.T) {
	p := toys[1]
	s := strategy.Random(5)
	failures, first := 0, 0
	for i := range 200 {
		c, ok := s.Next()
		if !ok {
			t.Fatal("random has nothing left")
		}
		failed := play(t, c, p)
		if failed && first == 0 {
			first = i + 1
		}
		if failed {
			failures++
			s.Done(strategy.Outcome{Failed: true})
		}
		// Done is left out for the others.
	}
	s.Done(strategy.Outcome{})
	r := s.Report()[0]
	if r.Name != "random" || r.Schedules != 200 || r.Failures != failures || r.First != first || r.HitRate() != float64(failures)/200 {
		t.Errorf("got %+v, want %d failures of 200, the first at %d", r, failures, first)
	}
	if r.Distinct < 150 || r.Traces < 3 || r.Traces > 8 || r.Tasks != 4 || r.Complete {
		t.Errorf("got %+v", r)
	}
	for _, part := range []string{"random: 200 schedules", "failed (0."} {
		if !strings.Contains(r.String(), part) {
			t.Errorf("%q doesn't say %q", r, part)
		}
	}
}

// A search that met what it can't enumerate is never complete.
func TestSeedsKeepASearchIncomplete(t *testing.T) {
	for _, s := range []strategy.Strategy{strategy.Exhaustive(), strategy.Bounded(1)} {
		p := toy{start: func() ([]func(), func() bool) {
			return []func(){func() { schedule.Rand().Intn(3) }, func() { noise(1) }}, nil
		}}
		if n := first(t, s, p, 1000); n != 0 {
			t.Errorf("schedule %d failed", n)
		}
		if r := s.Report()[0]; r.Complete || !strings.Contains(r.String(), "never complete: the seed") {
			t.Errorf("got %v", r)
		}
	}
}

// Nor is one of a program that doesn't do the same again.
func TestProgramsThatDoNotRepeatKeepASearchIncomplete(t *testing.T) {
	for _, s := range []strategy.Strategy{strategy.Exhaustive(), strategy.Bounded(1)} {
		runs := 0
		p := toy{start: func() ([]func(), func() bool) {
			runs++
			var x atomic.Int32
			add := func() { x.Add(1) }
			bodies := []func(){add, add, add}
			return bodies[:2+runs%2], nil
		}}
		if n := first(t, s, p, 3000); n != 0 {
			t.Errorf("schedule %d failed", n)
		}
		if r := s.Report()[0]; r.Complete || !strings.Contains(r.String(), "didn't repeat") {
			t.Errorf("got %v", r)
		}
	}
}

// Where time passes although something could go on, another order may let it
// pass elsewhere.
func TestSpinningKeepsASearchIncomplete(t *testing.T) {
	s := strategy.Exhaustive()
	for range 500 {
		c, ok := s.Next()
		if !ok {
			break
		}
		synctest.Test(t, func(t *testing.T) {
			s, err := schedule.New(schedule.Config{Chooser: c, Closed: true, Spin: 4})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Teardown()
			s.Go("a", func() { noise(3) })
			s.Go("b", func() { noise(3) })
			s.Run(nil, 0)
		})
	}
	if r := s.Report()[0]; r.Complete || !strings.Contains(r.Incomplete, "time passed") {
		t.Errorf("got %v", r)
	}
}

// A portfolio gives more to the member that finds news, without forgetting the
// others.
func TestPortfolioFollowsTheNews(t *testing.T) {
	s := strategy.Portfolio(strategy.Random(1), strategy.POS(2), strategy.Rarest(3))
	got := map[string]int{}
	for range 600 {
		c, _ := s.Next()
		play(t, c, toys[1])
		turn, news := strategy.Turn(s), 0
		if turn == "pos" {
			news = 3
		}
		got[turn]++
		s.Done(strategy.Outcome{News: news})
	}
	if got["pos"] < 300 || got["random"] < 60 || got["rarest"] < 60 {
		t.Errorf("got %v of 600 schedules, want most for pos and a tenth for each other", got)
	}
}

// When one member has seen everything there is no more to do.
func TestPortfolioEndsWhenEverythingWasSeen(t *testing.T) {
	s := strategy.Default(1)
	p := toy{start: func() ([]func(), func() bool) {
		var x atomic.Int32
		return []func(){func() { x.Add(1) }, func() { x.Load() }}, nil
	}}
	if n := first(t, s, p, 200); n != 0 {
		t.Errorf("schedule %d failed", n)
	}
	if _, ok := s.Next(); ok {
		t.Error("there is more to do after 200 schedules")
	}
	reports := s.Report()
	if r := reports[len(reports)-1]; r.Name != "exhaustive" || !r.Complete {
		t.Errorf("got %v", reports)
	}
}
