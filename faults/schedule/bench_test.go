package schedule_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// limiter is what the weaver makes of a limiter with a queue.
type limiter struct {
	mu      sync.Mutex
	free    int
	waiters []chan struct{}
}

func (l *limiter) acquire(d time.Duration) bool {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return true
	}
	ch := make(chan struct{}, 1)
	l.waiters = append(l.waiters, ch)
	l.mu.Unlock()
	return schedule.Select(false, schedule.CaseRecv(ch), schedule.CaseRecv(schedule.After(d))) == 0
}

func (l *limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiters) > 0 {
		schedule.To(l.waiters[0]).Send(struct{}{})
		l.waiters = l.waiters[1:]
		return
	}
	l.free++
}

// BenchmarkLimiter shows how many steps of woven code a second one core takes:
// workers that take turns by a limiter, under random schedules, with the start
// and the end of each schedule. With -cpu 1, which is how schedules are run.
func BenchmarkLimiter(b *testing.B) {
	for _, size := range []struct {
		name           string
		workers, turns int
	}{{"short", 3, 2}, {"long", 4, 20}} {
		b.Run(size.name, func(b *testing.B) {
			steps, schedules := 0, 0
			for b.Loop() {
				steps += takeTurns(b, uint64(schedules), size.workers, size.turns)
				schedules++
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
			b.ReportMetric(float64(schedules)/b.Elapsed().Seconds(), "schedules/s")
		})
	}
}

// takeTurns runs one schedule and returns its steps.
func takeTurns(b *testing.B, seed uint64, workers, turns int) (steps int) {
	var bubble testing.T
	synctest.Test(&bubble, func(*testing.T) {
		s, err := schedule.New(schedule.Config{Chooser: schedule.Random(seed)})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Teardown()
		var over atomic.Bool
		s.Go("main", func() {
			defer over.Store(true)
			l := &limiter{free: 1}
			ended := make(chan bool)
			for range workers {
				schedule.Go("worker", func() {
					for range turns {
						if l.acquire(time.Second) {
							l.release()
						}
					}
					schedule.To(ended).Send(true)
				})
			}
			for range workers {
				schedule.Recv(ended)
			}
		})
		if v := s.Run(over.Load, time.Hour); v.Kind != schedule.Done {
			b.Fatal(v, v.Tasks)
		}
		steps = s.Steps()
	})
	return steps
}
