package strategy_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// toy is a small concurrent program; start returns its goroutines and what is
// true at the end if the bug showed. A deadlock shows it too.
type toy struct {
	name  string
	depth int // ordering constraints that the bug needs
	start func() (bodies []func(), failed func() bool)
}

// play runs a toy once and reports whether its bug showed.
func play(t testing.TB, c schedule.Chooser, p toy) (failed bool) {
	bubble(t, func() {
		s, err := schedule.New(schedule.Config{Chooser: c, Closed: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if stuck := s.Teardown(); stuck != 0 {
				t.Errorf("%s: %d goroutines stuck", p.name, stuck)
			}
		}()
		bodies, wrong := p.start()
		s.Go("main", func() {
			var all sync.WaitGroup
			all.Add(len(bodies))
			for _, b := range bodies {
				schedule.Go("body", func() { defer all.Done(); b() })
			}
			all.Wait()
		})
		v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
		failed = v.Kind != schedule.Done || wrong != nil && wrong()
	})
	return failed
}

// bubble is synctest.Test for tests and benchmarks.
func bubble(t testing.TB, f func()) {
	if test, ok := t.(*testing.T); ok {
		synctest.Test(test, func(*testing.T) { f() })
		return
	}
	var test testing.T
	synctest.Test(&test, func(*testing.T) { f() })
}

// noise are steps that have nothing to do with the bug.
func noise(n int) {
	var x atomic.Int32
	for range n {
		x.Add(1)
	}
}

var toys = []toy{
	{"use before set", 1, func() ([]func(), func() bool) {
		var set, early atomic.Bool
		return []func(){
			func() { noise(3); set.Store(true) },
			func() { noise(5); early.Store(!set.Load()) },
			func() { noise(4) },
		}, func() bool { return early.Load() }
	}},
	{"check then act", 2, func() ([]func(), func() bool) {
		var free atomic.Int32
		free.Store(1)
		took := func() {
			noise(3)
			if free.Load() > 0 {
				free.Add(-1)
			}
			noise(3)
		}
		return []func(){took, took, func() { noise(6) }}, func() bool { return free.Load() < 0 }
	}},
	{"locks in both orders", 2, func() ([]func(), func() bool) {
		var a, b sync.Mutex
		both := func(first, second *sync.Mutex) func() {
			return func() {
				noise(4)
				first.Lock()
				defer first.Unlock()
				second.Lock()
				defer second.Unlock()
			}
		}
		return []func(){both(&a, &b), both(&b, &a), func() { noise(6) }}, nil
	}},
	{"lost wake-up", 2, func() ([]func(), func() bool) {
		var m sync.Mutex
		ready := false
		c := sync.NewCond(&m)
		return []func(){
			func() {
				noise(2)
				m.Lock()
				was := ready
				m.Unlock()
				if !was { // the lock is given up between the check and the wait
					m.Lock()
					c.Wait()
					m.Unlock()
				}
			},
			func() {
				noise(4)
				m.Lock()
				ready = true
				m.Unlock()
				c.Signal()
			},
			func() { noise(5) },
		}, nil
	}},
	{"three locks in a ring", 2, func() ([]func(), func() bool) {
		var a, b, c sync.Mutex
		both := func(first, second *sync.Mutex) func() {
			return func() {
				noise(2)
				first.Lock()
				defer first.Unlock()
				second.Lock()
				defer second.Unlock()
			}
		}
		return []func(){both(&a, &b), both(&b, &c), both(&c, &a)}, nil
	}},
	{"there and back", 3, thereAndBack(false)},
	{"there, back and there", 4, thereAndBack(true)},
}

// thereAndBack makes a bug that shows if a reader sees x while it is 1, then y
// while it is 1: the writer, the reader and the writer again must be stopped
// where only the other can go on, the writer a third time if y goes back.
func thereAndBack(again bool) func() ([]func(), func() bool) {
	return func() ([]func(), func() bool) {
		var x, y atomic.Int32
		seen := false
		return []func(){
			func() {
				noise(2)
				x.Store(1)
				noise(2)
				x.Store(0)
				noise(2)
				y.Store(1)
				if again {
					noise(2)
					y.Store(0)
				}
			},
			func() {
				noise(2)
				first := x.Load()
				noise(1)
				second := y.Load()
				seen = first == 1 && second == 1
			},
		}, func() bool { return seen }
	}
}

// makers are the strategies by name.
var makers = []struct {
	name string
	make func(seed uint64) strategy.Strategy
}{
	{"random", strategy.Random},
	{"pct d=2", func(seed uint64) strategy.Strategy { return strategy.PCT(seed, 2) }},
	{"pct d=3", func(seed uint64) strategy.Strategy { return strategy.PCT(seed, 3) }},
	{"pos", strategy.POS},
	{"rarest", strategy.Rarest},
	{"urw", strategy.URW},
	{"deeper", strategy.Deeper},
	{"bounded", func(uint64) strategy.Strategy { return strategy.Bounded(2) }},
	{"exhaustive", func(uint64) strategy.Strategy { return strategy.Exhaustive() }},
	{"portfolio", strategy.Default},
}

// first is the schedule that shows the bug first, counted from 1; 0 if none of
// the most does.
func first(t testing.TB, s strategy.Strategy, p toy, most int) int {
	for i := 1; i <= most; i++ {
		c, ok := s.Next()
		if !ok {
			return 0
		}
		failed := play(t, c, p)
		s.Done(strategy.Outcome{Failed: failed})
		if failed {
			return i
		}
	}
	return 0
}
