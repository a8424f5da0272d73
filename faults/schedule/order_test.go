package schedule_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// scripted answers from a script and tells what it was asked.
type scripted struct {
	answers []int
	asked   []string
}

func (s *scripted) Choose(c *schedule.Choice) int {
	s.asked = append(s.asked, fmt.Sprintf("%s %d", c.What, c.N))
	if len(s.answers) == 0 {
		return 0
	}
	i := s.answers[0]
	s.answers = s.answers[1:]
	return i
}

// names collects the names of the steps.
func names(to *[]string) func(schedule.Step) {
	return func(s schedule.Step) { *to = append(*to, s.Name) }
}

func wantNames(t *testing.T, got []string, want string) {
	t.Helper()
	if strings.Join(got, " ") != want {
		t.Errorf("got steps %s, want %s", strings.Join(got, " "), want)
	}
}

// step is the choice of a step among n.
func step(n int) *schedule.Choice { return &schedule.Choice{N: n, What: schedule.WhatStep} }

func two() { schedule.Point("one"); schedule.Point("two") }

func TestZeroGoesOn(t *testing.T) {
	var steps []string
	c := &scripted{}
	in(t, schedule.Config{Chooser: c, OnStep: names(&steps)}, func(s *schedule.Scheduler) {
		s.Go("a", two)
		s.Go("b", two)
		s.Run(nil, 0)
	})
	wantNames(t, steps, "a#1 a#1 a#1 b#1 b#1 b#1")
	if want := []string{"step 2", "step 2", "step 2"}; !slices.Equal(c.asked, want) {
		t.Errorf("asked %q, want %q: nothing once one task is left", c.asked, want)
	}
}

func TestOrderOfOffers(t *testing.T) {
	var steps []string
	// Start b; then a, c and the action are behind it in this order.
	c := &scripted{answers: []int{1, 1, 2, 3}}
	box := &mailbox{sent: []string{"m"}}
	in(t, schedule.Config{Chooser: c, OnStep: names(&steps)}, func(s *schedule.Scheduler) {
		s.AddSource(box)
		s.Go("a", two)
		s.Go("b", two)
		s.Go("c", two)
		s.Run(func() bool { return s.Steps() == 4 }, 0)
	})
	wantNames(t, steps, "b#1 a#1 c#1 deliver m")
	if want := []string{"step 4", "step 4", "step 4", "step 4"}; !slices.Equal(c.asked, want) {
		t.Errorf("asked %q, want %q", c.asked, want)
	}
}

func TestYieldIsOfferedLast(t *testing.T) {
	var steps []string
	in(t, schedule.Config{Chooser: zeros(), OnStep: names(&steps)}, func(s *schedule.Scheduler) {
		s.Go("a", func() { schedule.Gosched(); schedule.Gosched() })
		s.Go("b", two)
		s.Go("c", two)
		s.Run(nil, 0)
	})
	wantNames(t, steps, "a#1 b#1 b#1 b#1 a#1 c#1 c#1 c#1 a#1")
}

// Two goroutines poll for what a third does; taking 0 for ever must not starve it.
func TestSpinningStarvesNobody(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros(), Spin: 20}, func(s *schedule.Scheduler) {
		var set atomic.Bool
		poll := func() {
			for !set.Load() {
				schedule.Point("poll")
			}
		}
		s.Go("a", poll)
		s.Go("b", poll)
		s.Go("c", func() { schedule.Point("set"); set.Store(true) })
		if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind != schedule.Done {
			t.Errorf("got %v %v, want done", v, v.Tasks)
		}
	})
	in(t, schedule.Config{Chooser: zeros(), MaxSteps: 100}, func(s *schedule.Scheduler) {
		s.Go("a", func() {
			for {
				schedule.Point("poll")
			}
		})
		if v := s.Run(nil, time.Minute); v.Kind != schedule.Steps || len(v.Tasks) != 1 || len(v.Stacks) != 1 || !strings.Contains(v.Stacks[0], "TestSpinningStarvesNobody") {
			t.Errorf("got %v %q %q, want steps", v, v.Tasks, v.Stacks)
		}
	})
}

func TestDelaysLetTimeoutsRace(t *testing.T) {
	for _, c := range []struct {
		delays  int
		answers []int
		want    string
	}{
		{0, nil, "worked"},
		{1, nil, "worked"},
		{1, []int{0, 5}, "timed out"}, // the fourth of five lengths is 1s
	} {
		got := ""
		script := &scripted{answers: c.answers}
		in(t, schedule.Config{Chooser: script, Delays: c.delays}, func(s *schedule.Scheduler) {
			s.Go("caller", func() {
				timeout := time.After(time.Second)
				work := make(chan bool, 1)
				schedule.Go("work", func() { schedule.To(work).Send(true) })
				done, late := schedule.CaseRecv(work), schedule.CaseRecv(timeout)
				got = [...]string{"worked", "timed out"}[schedule.Select(false, done, late)]
			})
			if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind != schedule.Done {
				t.Errorf("got %v", v)
			}
		})
		if got != c.want {
			t.Errorf("%d delays, choices %v: got %q, want %q (asked %q)", c.delays, c.answers, got, c.want, script.asked)
		}
	}
}

func TestSelectDrawsAmongItsCases(t *testing.T) {
	for first, want := range []int{0, 2, 3} {
		c := &scripted{answers: []int{first}}
		got := -1
		in(t, schedule.Config{Chooser: c}, func(s *schedule.Scheduler) {
			s.Go("a", func() {
				ch := make(chan int, 3)
				schedule.To(ch).Send(1)
				got = schedule.Select(true, schedule.CaseRecv(ch), schedule.CaseRecv[int](nil), schedule.To(ch).Case(2), schedule.To(ch).Case(3))
			})
			s.Run(nil, 0)
		})
		if got != want || !slices.Equal(c.asked, []string{"select 3"}) {
			t.Errorf("choice %d: took case %d, want %d; asked %q", first, got, want, c.asked)
		}
	}
}

func TestMapsAndGeneratorsAreTheSameInEveryRun(t *testing.T) {
	run := func() (text string) {
		in(t, schedule.Config{Chooser: schedule.NewList([]uint32{77})}, func(s *schedule.Scheduler) {
			s.Go("a", func() {
				type key struct {
					host string
					n    int8
				}
				for it := schedule.MapRangeOnly(map[key]bool{{"b", 1}: true, {"a", 2}: false, {"a", -1}: true}); it.More(); {
					text += fmt.Sprint(it.K, it.V)
				}
				text += fmt.Sprint(schedule.Rand().Intn(1000), schedule.Rand2().IntN(1000), schedule.RandN(time.Hour))
			})
			s.Run(nil, 0)
		})
		return text
	}
	first := run()
	if !strings.HasPrefix(first, "{a -1} true{a 2} false{b 1} true") {
		t.Errorf("got order %s", first)
	}
	for range 5 {
		if again := run(); again != first {
			t.Errorf("got %s, then %s", first, again)
		}
	}
}

func first()  { two() }
func second() { two() }
func third()  { two() }
func fourth() { two() }

// The runtime fires timers of one instant in random order.
func TestTimersOfOneInstantKeepTheirOrder(t *testing.T) {
	for range 20 {
		var steps []string
		in(t, schedule.Config{Chooser: zeros(), OnStep: names(&steps)}, func(s *schedule.Scheduler) {
			s.Go("a", func() {
				for _, f := range []func(){first, second, third, fourth} {
					schedule.AfterFunc(time.Second, f)
				}
				schedule.Sleep(time.Second)
			})
			s.Run(nil, time.Minute)
		})
		wantNames(t, steps, "a#1 a#1 a#1 timer#1 first#1 first#1 first#1 timer#2 second#1 second#1 second#1 timer#3 third#1 third#1 third#1 timer#4 fourth#1 fourth#1 fourth#1")
	}
}

// Who is woken from a real wait must not run beside who woke it.
func TestOneRunsAtATime(t *testing.T) {
	var steps []string
	in(t, schedule.Config{Chooser: zeros(), OnStep: func(s schedule.Step) { steps = append(steps, s.Name+" "+s.What) }}, func(s *schedule.Scheduler) {
		ch := make(chan int)
		s.Go("recv", func() { schedule.Recv(ch) })
		s.Go("select", func() { schedule.Select(false, schedule.CaseRecv(ch)) })
		s.Go("send", func() { schedule.To(ch).Send(1); schedule.Close(ch) })
		s.Run(nil, 0)
	})
	want := []string{"recv#1 start", "recv#1 recv", "select#1 start", "select#1 select", "send#1 start", "send#1 send", "send#1 close", "recv#1 resume", "select#1 resume"}
	if !slices.Equal(steps, want) {
		t.Errorf("got %q, want %q", steps, want)
	}
}

func TestList(t *testing.T) {
	l := schedule.NewList([]uint32{1, 9})
	if a, d := l.Choose(step(2)), l.Diverged(); a != 1 || d {
		t.Errorf("recorded choice: got %d, diverged %v", a, d)
	}
	if a, d := l.Choose(step(3)), l.Diverged(); a != 0 || !d || l.Left() != 0 {
		t.Errorf("choice out of range: got %d, diverged %v, %d left", a, d, l.Left())
	}
	l = schedule.NewList(nil)
	if a, d := l.Choose(step(3)), l.Diverged(); a != 0 || !d {
		t.Errorf("choice of an empty list: got %d, diverged %v", a, d)
	}
}

func TestRandomIsSeededAndInRange(t *testing.T) {
	stays := map[bool]int{}
	for seed := range uint64(40) {
		a, b := schedule.Random(seed), schedule.Random(seed)
		zero := 0
		for i := range 200 {
			c := step(3)
			if i%4 == 0 {
				c.N, c.Delays = 3+schedule.Ladder, schedule.Ladder
			}
			x, y := a.Choose(c), b.Choose(c)
			if x != y || x < 0 || x >= c.N {
				t.Fatalf("seed %d: got %d and %d of %d", seed, x, y, c.N)
			}
			if x == 0 {
				zero++
			}
		}
		stays[zero > 100]++
	}
	if stays[true] == 0 || stays[false] == 0 {
		t.Errorf("the bias to stay doesn't vary: %v", stays)
	}
}
