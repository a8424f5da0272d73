package limiter

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// outcome is what one schedule of body ended with.
type outcome struct {
	verdict schedule.Verdict
	ok      bool
	choices []uint32
	steps   []string
	races   int
}

// once runs body under the chooser.
func once(t *testing.T, chooser schedule.Chooser, body func() bool) (o outcome) {
	synctest.Test(t, func(t *testing.T) {
		s, err := schedule.New(schedule.Config{
			Chooser: schedule.Record(chooser, func(i uint32) { o.choices = append(o.choices, i) }),
			OnStep:  func(s schedule.Step) { o.steps = append(o.steps, s.String()) },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if stuck := s.Teardown(); stuck != 0 {
				t.Errorf("%d goroutines stuck after teardown", stuck)
			}
		}()
		ended := make(chan bool, 1)
		s.Go("body", func() { ended <- body() })
		o.verdict = s.Run(func() bool { return len(ended) == 1 }, time.Hour)
		if len(ended) == 1 {
			o.ok = <-ended
		}
		if o.races = s.Races(); o.races > 0 {
			// The test may end here: the testing package has seen them too.
			fmt.Println("races were counted")
		}
		if s.Points() == 0 {
			t.Fatal("no woven point was reached")
		}
	})
	return o
}

func lossy() bool { return Work(&Limiter{free: 1, Lossy: true}, 2, nil, false) }
func sound() bool { return Work(&Limiter{free: 1}, 3, nil, false) }

func TestLostWakeUpIsFoundAndReplays(t *testing.T) {
	for seed := range uint64(500) {
		found := once(t, schedule.Random(seed), lossy)
		if found.verdict.Kind != schedule.Done {
			t.Fatalf("seed %d: %v %v", seed, found.verdict, found.verdict.Tasks)
		}
		if found.ok {
			continue
		}
		t.Logf("found at seed %d in %d steps", seed, len(found.steps))
		for range 20 {
			list := schedule.NewList(found.choices)
			again := once(t, list, lossy)
			if again.ok || list.Diverged() || list.Left() != 0 || !slices.Equal(again.steps, found.steps) {
				t.Fatalf("replay differs: ok %v, diverged %v, %d left\n%s\nwant\n%s", again.ok, list.Diverged(), list.Left(),
					strings.Join(again.steps, "\n"), strings.Join(found.steps, "\n"))
			}
		}
		return
	}
	t.Fatal("not found in 500 schedules")
}

func TestNoFalseAlarm(t *testing.T) {
	for seed := range uint64(500) {
		if o := once(t, schedule.Random(seed), sound); !o.ok || o.races != 0 {
			t.Fatalf("seed %d: %v %v, %d races", seed, o.verdict, o.verdict.Tasks, o.races)
		}
	}
}

// With a limit of one the limiter orders the workers, and with two it doesn't.
func TestGuardedCounter(t *testing.T) {
	for seed := range uint64(50) {
		c := &Counter{}
		o := once(t, schedule.Random(seed), func() bool { return Work(&Limiter{free: 1}, 2, c, true) })
		if !o.ok || o.races != 0 || c.n != 4 {
			t.Fatalf("seed %d: %v, %d races, counted %d, want 4", seed, o.verdict, o.races, c.n)
		}
	}
}

func TestRacyCounter(t *testing.T) {
	if os.Getenv("WEAVE_RACY") == "" {
		t.Skip("fails on purpose")
	}
	for seed := range uint64(50) {
		once(t, schedule.Random(seed), func() bool { return Work(&Limiter{free: 2}, 2, &Counter{}, true) })
	}
}

func TestDeadlockIsVisible(t *testing.T) {
	for seed := range uint64(500) {
		o := once(t, schedule.Random(seed), func() bool { Deadlock(); return true })
		if o.verdict.Kind != schedule.Rest {
			continue
		}
		want := []string{
			"body#1 (suite) parked at wg.wait",
			"lockBoth#1 (woven) parked at lock",
			"lockBoth#2 (woven) parked at lock",
		}
		if !slices.Equal(o.verdict.Tasks, want) {
			t.Errorf("got %q, want %q", o.verdict.Tasks, want)
		}
		return
	}
	t.Fatal("not found in 500 schedules")
}

func BenchmarkSteps(b *testing.B) {
	steps := 0
	for i := range b.N {
		steps += run(uint64(i))
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
}

func run(seed uint64) (steps int) {
	var t testing.T
	synctest.Test(&t, func(*testing.T) {
		s, _ := schedule.New(schedule.Config{Chooser: schedule.Random(seed)})
		defer s.Teardown()
		ended := make(chan bool, 1)
		s.Go("body", func() { ended <- sound() })
		s.Run(func() bool { return len(ended) == 1 }, time.Hour)
		steps = s.Steps()
	})
	return steps
}
