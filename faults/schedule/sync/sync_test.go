package sync_test

import (
	"fmt"
	"slices"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

const schedules = 200

// explore runs bodies as controlled goroutines, made afresh by make, under many
// schedules; each must end, and check must pass then.
func explore(t *testing.T, make func() (bodies []func(), check func() error)) {
	t.Helper()
	for seed := range uint64(schedules) {
		synctest.Test(t, func(t *testing.T) {
			s, err := schedule.New(schedule.Config{Chooser: schedule.Random(seed)})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Teardown()
			bodies, check := make()
			for _, b := range bodies {
				s.Go("body", b)
			}
			if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind != schedule.Done {
				t.Fatalf("seed %d: %v %v", seed, v, v.Tasks)
			}
			if err := check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if s.Points() == 0 {
				t.Fatal("no point was reached")
			}
		})
	}
}

func times(n int, f func()) []func() { return slices.Repeat([]func(){f}, n) }

func wantCount(n *int, want int) func() error {
	return func() error {
		if *n != want {
			return fmt.Errorf("counted %d, want %d", *n, want)
		}
		return nil
	}
}

// Under -race these also show that the locks order what they guard: n is a
// plain variable.
func TestMutexExcludes(t *testing.T) {
	explore(t, func() ([]func(), func() error) {
		var m sync.Mutex
		n := 0
		return times(3, func() {
			m.Lock()
			v := n
			schedule.Point("inside")
			n = v + 1
			m.Unlock()
			if m.TryLock() {
				n++
				n--
				m.Unlock()
			}
		}), wantCount(&n, 3)
	})
}

func TestRWMutexExcludesWritersAndAdmitsReaders(t *testing.T) {
	together := 0
	explore(t, func() ([]func(), func() error) {
		var m sync.RWMutex
		var reading, most atomic.Int32
		n := 0
		write := func() {
			m.Lock()
			v := n
			schedule.Point("inside")
			n = v + 1
			m.Unlock()
		}
		read := func() {
			m.RLock()
			before := n
			if r := reading.Add(1); r > most.Load() {
				most.Store(r)
			}
			schedule.Point("inside")
			if n != before {
				schedule.Failf("a writer came in")
			}
			reading.Add(-1)
			m.RUnlock()
		}
		return []func(){write, read, write, read, read}, func() error {
			if most.Load() > 1 {
				together++
			}
			return wantCount(&n, 2)()
		}
	})
	if together == 0 {
		t.Error("readers were never together")
	}
}

// A reader that comes while a writer waits must wait, or a goroutine that locks
// for reading twice would never be seen to deadlock.
func TestWaitingWriterHoldsBackReaders(t *testing.T) {
	deadlocks := 0
	for seed := range uint64(schedules) {
		synctest.Test(t, func(t *testing.T) {
			s, err := schedule.New(schedule.Config{Chooser: schedule.Random(seed)})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Teardown()
			var m sync.RWMutex
			held := 0
			s.Go("reader", func() { m.RLock(); m.RLock(); held++; m.RUnlock(); m.RUnlock() })
			s.Go("writer", func() { m.Lock(); held++; m.Unlock() })
			if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind == schedule.Rest {
				deadlocks++
				if v.Tasks[0] != "reader#1 (suite) parked at rlock" || v.Tasks[1] != "writer#1 (suite) parked at lock" {
					t.Errorf("got tasks %q", v.Tasks)
				}
			}
		})
	}
	if deadlocks == 0 || deadlocks == schedules {
		t.Errorf("%d deadlocks in %d schedules, want some", deadlocks, schedules)
	}
}

func TestCondWakesInOrder(t *testing.T) {
	explore(t, func() ([]func(), func() error) {
		var m sync.Mutex
		c := sync.NewCond(&m)
		var queue, woken []int
		n := 0
		wait := func(id int) func() {
			return func() {
				m.Lock()
				queue = append(queue, id)
				c.Wait()
				woken = append(woken, id)
				n++
				c.Signal()
				m.Unlock()
			}
		}
		signal := func() {
			for {
				m.Lock()
				ready := len(queue) == 3
				m.Unlock()
				if ready {
					c.Signal()
					return
				}
				schedule.Gosched()
			}
		}
		return []func(){wait(1), wait(2), wait(3), signal}, func() error {
			if !slices.Equal(queue, woken) {
				return fmt.Errorf("queued %v, woken %v", queue, woken)
			}
			return wantCount(&n, 3)()
		}
	})
}

func TestWaitGroupOnceMapPool(t *testing.T) {
	explore(t, func() ([]func(), func() error) {
		var wg sync.WaitGroup
		var once sync.Once
		var m sync.Map
		pool := sync.Pool{New: func() any { return new(int) }}
		value := sync.OnceValue(func() int { return 7 })
		var sum atomic.Int64
		n := 0
		body := func() {
			for i := range 3 {
				wg.Go(func() {
					once.Do(func() { n++ })
					p := pool.Get().(*int)
					*p++
					pool.Put(p)
					m.Store(i, i)
					m.Store(i, i+1)
					sum.Add(int64(value()))
				})
			}
			wg.Wait()
			keys := 0
			m.Range(func(k, v any) bool { keys += k.(int)*10 + v.(int); return true })
			if keys != 36 || sum.Load() != 21 {
				schedule.Failf("got %d and %d, want 36 and 21", keys, sum.Load())
			}
		}
		return []func(){body}, wantCount(&n, 1)
	})
}

func TestMisuseIsAVerdict(t *testing.T) {
	for want, body := range map[string]func(){
		"sync: unlock of unlocked mutex":    func() { new(sync.Mutex).Unlock() },
		"sync: Unlock of unlocked RWMutex":  func() { new(sync.RWMutex).Unlock() },
		"sync: RUnlock of unlocked RWMutex": func() { new(sync.RWMutex).RUnlock() },
		"sync: negative WaitGroup counter":  func() { new(sync.WaitGroup).Done() },
	} {
		synctest.Test(t, func(t *testing.T) {
			s, err := schedule.New(schedule.Config{Chooser: schedule.NewList(nil)})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Teardown()
			s.Go("a", body)
			if v := s.Run(nil, 0); v.Kind != schedule.Failed || v.Message != "panic in a#1: "+want {
				t.Errorf("got %v, want %s", v, want)
			}
		})
	}
}

// Outside a schedule many real goroutines use the shims at once.
func TestOutsideASchedule(t *testing.T) {
	var m sync.Mutex
	var rw sync.RWMutex
	var wg sync.WaitGroup
	var once sync.Once
	c := sync.NewCond(&m)
	n, told := 0, false // guarded by m
	r := 0              // guarded by rw
	go func() {
		m.Lock()
		defer m.Unlock()
		for n < 800 {
			c.Wait()
		}
		told = true
		c.Broadcast()
	}()
	for range 8 {
		wg.Go(func() {
			for range 100 {
				m.Lock()
				n++
				m.Unlock()
				c.Signal()
				rw.RLock()
				_ = r
				rw.RUnlock()
				once.Do(func() { rw.Lock(); r++; rw.Unlock() })
			}
		})
	}
	wg.Wait()
	m.Lock()
	for !told {
		c.Wait()
	}
	m.Unlock()
	var _ stdsync.Locker = rw.RLocker()
	failing := sync.OnceFunc(func() { panic("once") })
	for range 2 {
		func() {
			defer func() {
				if got := recover(); got != "once" {
					t.Errorf("got panic %v, want once", got)
				}
			}()
			failing()
		}()
	}
}
