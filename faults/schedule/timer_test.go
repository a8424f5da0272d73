package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// outcomes are what the body can come to, over all schedules that the strategy
// finds; the body says what by its argument.
func outcomes(t *testing.T, s strategy.Strategy, closed bool, body func(say func(...any))) (seen []string, schedules int) {
	t.Helper()
	for {
		c, ok := s.Next()
		if !ok {
			break
		}
		schedules++
		said := ""
		in(t, schedule.Config{Chooser: c, Closed: closed}, func(s *schedule.Scheduler) {
			s.Go("main", func() { body(func(a ...any) { said += fmt.Sprintln(a...) }) })
			if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind != schedule.Done {
				said += fmt.Sprint(v.Kind, v.Tasks)
			}
		})
		s.Done(strategy.Outcome{})
		if !slices.Contains(seen, said) {
			seen = append(seen, said)
		}
		if schedules > 100000 {
			t.Fatal("too many schedules")
		}
	}
	slices.Sort(seen)
	return seen, schedules
}

func TestTimersOfOneInstant(t *testing.T) {
	for _, test := range []struct {
		name string
		body func(say func(...any))
		want []string
	}{
		{"two timers of one select", func(say func(...any)) {
			a, b := schedule.NewTimer(time.Second), schedule.After(time.Second)
			switch schedule.Select(false, schedule.CaseRecv(a.C), schedule.CaseRecv(b)) {
			case 0:
				say("a")
			case 1:
				say("b")
			}
		}, []string{"a\n", "b\n"}},
		{"timer and deadline", func(say func(...any)) {
			a := schedule.NewTimer(time.Second)
			ctx, cancel := schedule.WithTimeout(context.Background(), time.Second)
			switch schedule.Select(false, schedule.CaseRecv(a.C), schedule.CaseRecv(ctx.Done())) {
			case 0:
				say("timer", schedule.ContextOf(ctx).Err())
			case 1:
				say("done", schedule.ContextOf(ctx).Err(), schedule.TimerOf(a).Stop())
			}
			cancel()
			say(schedule.ContextOf(ctx).Err())
		}, []string{"done context deadline exceeded true\ncontext deadline exceeded\n", "timer <nil>\ncontext canceled\n", "timer context deadline exceeded\ncontext deadline exceeded\n", "timer <nil>\ncontext deadline exceeded\n"}},
		{"stopped when it is due", func(say func(...any)) {
			var wg sync.WaitGroup
			wg.Add(1)
			ran := "not run"
			a := schedule.AfterFunc(time.Second, func() { ran = "run"; wg.Done() })
			schedule.Sleep(time.Second)
			if stopped := schedule.TimerOf(a).Stop(); stopped {
				say("stopped", ran)
				return
			}
			wg.Wait()
			say("late", ran)
		}, []string{"late run\n", "stopped not run\n"}},
		{"due at once", func(say func(...any)) {
			a := schedule.NewTimer(0)
			i := schedule.Select(true, schedule.CaseRecv(a.C))
			say(i, schedule.TimerOf(a).Reset(-1))
			schedule.Recv(a.C)
			say(schedule.TimerOf(a).Stop())
		}, []string{"-1 true\nfalse\n", "0 false\nfalse\n"}},
		{"cancel and deadline", func(say func(...any)) {
			cause := errors.New("late")
			parent, cancel := schedule.WithCancelCause(context.Background())
			ctx, stop := schedule.WithTimeoutCause(parent, time.Second, cause)
			defer stop()
			schedule.Sleep(time.Second)
			cancel(nil)
			say(ctx.Err(), schedule.Cause(ctx), schedule.Cause(parent))
		}, []string{"context canceled context canceled context canceled\n", "context deadline exceeded late context canceled\n"}},
		{"ticker and who stops it", func(say func(...any)) {
			k := schedule.NewTicker(time.Second)
			n := 0
			schedule.Go("stopper", func() { schedule.Sleep(2 * time.Second); schedule.TickerOf(k).Stop() })
			end := schedule.After(5 * time.Second)
			for schedule.Select(false, schedule.CaseRecv(k.C), schedule.CaseRecv(end)) == 0 {
				n++
			}
			say(n)
		}, []string{"1\n", "2\n"}},
	} {
		slices.Sort(test.want)
		for _, closed := range []bool{false, true} {
			got, n := outcomes(t, strategy.Exhaustive(), closed, test.body)
			if !slices.Equal(got, test.want) {
				t.Errorf("%s, closed %v: got %q, want %q", test.name, closed, got, test.want)
			}
			t.Logf("%s, closed %v: %d schedules", test.name, closed, n)
		}
	}
}

// A ticker that nobody receives from ticks once, so that it takes no steps for
// ever; who receives later gets that tick, and the next in time.
func TestTickerThatNobodyReceivesFrom(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros(), Idle: 10 * time.Hour}, func(s *schedule.Scheduler) {
		var ticks []time.Duration
		begun := time.Now()
		s.Go("main", func() {
			k := schedule.NewTicker(2 * time.Millisecond)
			schedule.Sleep(time.Hour + time.Millisecond)
			for range 3 {
				ticks = append(ticks, schedule.Recv(k.C).Sub(begun))
			}
		})
		if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, 5*time.Hour); v.Kind != schedule.Done || s.Steps() > 20 {
			t.Errorf("got %v after %d steps", v, s.Steps())
		}
		if v := s.Run(nil, 5*time.Hour); v.Kind != schedule.Rest || s.Steps() > 20 {
			t.Errorf("got %v after %d steps", v, s.Steps())
		}
		want := []time.Duration{2 * time.Millisecond, time.Hour + 2*time.Millisecond, time.Hour + 4*time.Millisecond}
		if !slices.Equal(ticks, want) {
			t.Errorf("got ticks at %v, want %v", ticks, want)
		}
	})
}

// Woven timers are the runtime's: unwoven code can stop them, and Teardown
// gives them back to whom it releases.
func TestTimersInUnwovenHands(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		ran := false
		s.Go("main", func() {
			var stopper interface{ Stop() bool } = schedule.AfterFunc(time.Second, func() { ran = true })
			if !stopper.Stop() || stopper.Stop() {
				t.Error("an interface's Stop tells something else")
			}
		})
		if v := s.Run(nil, time.Minute); v.Kind != schedule.Rest || len(v.Tasks) > 0 || ran {
			t.Errorf("got %v %v, ran %v", v, v.Tasks, ran)
		}
	})
	var mu stdsync.Mutex
	var got []int
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		s.Go("main", func() {
			for i := range 3 {
				go func() {
					timer, ticker := schedule.NewTimer(time.Hour), schedule.NewTicker(time.Hour)
					ctx, cancel := schedule.WithTimeout(context.Background(), time.Hour)
					defer cancel()
					switch i {
					case 0:
						schedule.Recv(timer.C)
					case 1:
						schedule.Recv(ticker.C)
					case 2:
						schedule.Recv(ctx.Done())
					}
					mu.Lock()
					defer mu.Unlock()
					got = append(got, i)
				}()
			}
		})
		if v := s.Run(nil, time.Minute); len(v.Tasks) != 3 {
			t.Errorf("got %v %v, want three adopted goroutines", v, v.Tasks)
		}
		s.Teardown()
		time.Sleep(time.Hour)
	})
	if slices.Sort(got); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("released goroutines %v went on, want all", got)
	}
}

// What a timer does comes after what set it, and after nothing else that the
// race detector knows of.
func TestTimersOrderMemory(t *testing.T) {
	for seed := range uint64(20) {
		in(t, schedule.Config{Chooser: schedule.Random(seed)}, func(s *schedule.Scheduler) {
			x, y := 0, 0
			timer := schedule.NewTimer(time.Hour)
			s.Go("set", func() { x = 1; schedule.TimerOf(timer).Reset(time.Second) })
			s.Go("func", func() { y = 1; schedule.AfterFunc(time.Second, func() { y++ }) })
			s.Go("recv", func() { schedule.Recv(timer.C); x++ })
			if s.Run(nil, time.Minute); x != 2 || y != 2 || s.Races() != 0 {
				t.Errorf("seed %d: x is %d, y is %d, want 2 and 2; %d races", seed, x, y, s.Races())
			}
		})
	}
}

// A delay ends when a timer is due, which then is late or not.
func TestDelaysAndTimers(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(200) {
		in(t, schedule.Config{Chooser: schedule.Random(seed), Delays: 2}, func(s *schedule.Scheduler) {
			begun := time.Now()
			s.Go("main", func() {
				timer := schedule.NewTimer(5 * time.Millisecond)
				schedule.Gosched()
				schedule.Gosched()
				stopped := schedule.TimerOf(timer).Stop()
				seen[fmt.Sprint(stopped, time.Since(begun))] = true
			})
			s.Run(nil, time.Minute)
		})
	}
	for _, want := range []string{"true 0s", "true 1ms", "true 5ms"} {
		if !seen[want] {
			t.Errorf("never %s: %v", want, seen)
		}
	}
}

// chooseFunc makes a Chooser of a function.
type chooseFunc func(*schedule.Choice) int

func (f chooseFunc) Choose(c *schedule.Choice) int { return f(c) }

// Who is due longest is offered first, and a deadline that was cancelled isn't
// offered at all.
func TestWhatIsDue(t *testing.T) {
	var offered []string
	choose := chooseFunc(func(c *schedule.Choice) int {
		var names []string
		for i := range c.N - c.Delays {
			names = append(names, c.Event(i).Name)
		}
		offered = append(offered, strings.Join(names, " "))
		if len(offered) == 2 || len(offered) == 3 {
			return c.N - c.Delays // 1 ms
		}
		return 0
	})
	in(t, schedule.Config{Chooser: choose, Delays: 2}, func(s *schedule.Scheduler) {
		s.Go("main", func() {
			schedule.AfterFunc(2*time.Millisecond, func() {})
			schedule.AfterFunc(time.Millisecond, func() {})
			_, cancel := schedule.WithTimeout(context.Background(), time.Millisecond)
			cancel()
			schedule.Gosched()
		})
		s.Run(nil, time.Minute)
	})
	want := []string{"main#1", "main#1", "main#1 timer#1 deadline#1", "main#1 timer#1 deadline#1 timer#2", "main#1 timer#1 timer#2", "timer#1 timer#2", "TestWhatIsDue.func#1 timer#2"}
	if !slices.Equal(offered, want) {
		t.Errorf("got offers %q, want %q", offered, want)
	}
}
