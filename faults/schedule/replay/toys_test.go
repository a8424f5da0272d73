package replay_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/reduce"
	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// toy is a small concurrent program with a bug; start returns its goroutines
// and what is true at the end if the bug showed. A deadlock shows it too.
type toy struct {
	name   string
	delays int
	start  func() (bodies []func(), wrong func() bool)
}

// play runs a toy once and reports whether its bug showed.
func play(t testing.TB, c schedule.Chooser, p toy) (failed bool) {
	synctest.Test(t.(*testing.T), func(t *testing.T) {
		s, err := schedule.New(schedule.Config{Chooser: c, Closed: true, Delays: p.delays})
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
			for _, b := range bodies {
				all.Go(b)
			}
			all.Wait()
		})
		v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
		failed = v.Kind != schedule.Done || wrong != nil && wrong()
	})
	return failed
}

// noise are steps that have nothing to do with the bug.
func noise(n int) {
	var x atomic.Int32
	for range n {
		x.Add(1)
	}
}

var toys = []toy{
	{"check then act", 0, func() ([]func(), func() bool) {
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
	{"locks in both orders", 0, func() ([]func(), func() bool) {
		var a, b sync.Mutex
		moved := 0
		both := func(first, second *sync.Mutex) func() {
			return func() {
				noise(4)
				first.Lock()
				second.Lock()
				moved++
				second.Unlock()
				first.Unlock()
				noise(2)
			}
		}
		return []func(){both(&a, &b), both(&b, &a), func() { noise(6) }}, nil
	}},
	{"lost wake-up", 0, func() ([]func(), func() bool) {
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
	{"there and back", 0, func() ([]func(), func() bool) {
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
			},
			func() {
				noise(2)
				first := x.Load()
				noise(1)
				second := y.Load()
				seen = first == 1 && second == 1
			},
		}, func() bool { return seen }
	}},
	{"which case first", 0, func() ([]func(), func() bool) {
		a, b := make(chan int, 1), make(chan int, 1)
		wrong := false
		return []func(){
			func() { schedule.To(a).Send(1) },
			func() { schedule.To(b).Send(2) },
			func() {
				first := schedule.CaseRecv(a)
				second := schedule.CaseRecv(b)
				took := schedule.Select(true, first, second)
				wrong = took == 1 && len(a) == 1
			},
		}, func() bool { return wrong }
	}},
	{"time runs out", 2, func() ([]func(), func() bool) {
		var early atomic.Bool
		done := make(chan int, 1)
		return []func(){
			func() { noise(3); schedule.To(done).Send(1) },
			func() {
				after := time.NewTimer(5 * time.Millisecond)
				defer after.Stop()
				if schedule.Select(false, schedule.CaseRecv(done), schedule.CaseRecv(after.C)) == 1 {
					early.Store(true)
				}
			},
		}, func() bool { return early.Load() }
	}},
	// The third never runs where it fails, so that no step of his is known.
	{"over before the third comes", 0, func() ([]func(), func() bool) {
		var x atomic.Int32
		return []func(){
			func() { x.Store(1) },
			func() {
				if x.Load() == 1 {
					schedule.Failf("seen")
				}
			},
			func() { x.Store(2) },
		}, nil
	}},
}

// find is a failing list of choices of a toy, found with the seed.
func find(t testing.TB, p toy, seed uint64) []uint32 {
	s := strategy.Random(seed)
	for range 20000 {
		c, ok := s.Next()
		if !ok {
			break
		}
		var list []uint32
		failed := play(t, schedule.Record(c, func(i uint32) { list = append(list, i) }), p)
		s.Done(strategy.Outcome{Failed: failed})
		if failed {
			return list
		}
	}
	t.Fatalf("%s: no failing schedule was found", p.name)
	return nil
}

// small is find, reduced.
func small(t testing.TB, p toy, seed uint64) []uint32 {
	r, err := reduce.Reduce(find(t, p, seed), func(c schedule.Chooser) reduce.Outcome {
		return reduce.Outcome{Same: play(t, c, p)}
	}, reduce.Limit{Runs: 500, Proof: 1})
	if err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	t.Logf("%s: %v", p.name, r)
	return r.Choices
}
