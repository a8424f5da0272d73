package strategy_test

import (
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// spinning is a program whose goroutines poll without a yield for what another
// one does after a few steps of its own; it reports whether a run ended.
func spinning(t *testing.T, c schedule.Chooser, poll func(w *world)) (ended bool) {
	bubble(t, func() {
		s, err := schedule.New(schedule.Config{Chooser: c, MaxSteps: 2000, Closed: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		w := &world{}
		s.Go("main", func() {
			var all sync.WaitGroup
			all.Add(4)
			for range 3 {
				schedule.Go("poller", func() { defer all.Done(); poll(w) })
			}
			schedule.Go("setter", func() {
				defer all.Done()
				var own atomic.Int32
				for range 5 {
					own.Add(1)
				}
				w.atomics[0].Store(1)
				w.locks[0].Lock()
				w.plain[0] = 1
				w.locks[0].Unlock()
			})
			all.Wait()
		})
		ended = s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute).Kind == schedule.Done
	})
	return ended
}

// pollers wait without giving way: at one point, and at several in turn.
var pollers = map[string]func(w *world){
	"atomic": func(w *world) {
		for w.atomics[0].Load() == 0 {
		}
	},
	"swap": func(w *world) {
		for !w.atomics[0].CompareAndSwap(1, 1) {
		}
	},
	"lock and atomic": func(w *world) {
		for {
			w.locks[0].Lock()
			is := w.plain[0]
			w.locks[0].Unlock()
			if is == 1 && w.atomics[0].Load() == 1 {
				return
			}
			w.atomics[1].Load()
		}
	},
}

// Those who poll don't keep whom they wait for from going on.
func TestPollersStarveNobody(t *testing.T) {
	for name, poll := range pollers {
		for _, m := range makers {
			if m.name == "bounded" || m.name == "exhaustive" || m.name == "portfolio" {
				continue // a search that enumerates goes round with them
			}
			s := m.make(1)
			capped := 0
			for range 20 * thorough {
				c, _ := s.Next()
				if !spinning(t, c, poll) {
					capped++
				}
				s.Done(strategy.Outcome{})
			}
			if capped > 0 {
				t.Errorf("%s: %s: %d of %d schedules reached the cap of steps", name, m.name, capped, 20*thorough)
			}
		}
	}
}
