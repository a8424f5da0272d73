package explore_test

import (
	"math/rand"
	"os"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// plantedVariable lets TestPlanted run: its subtests fail on purpose, each in
// a process of its own.
const plantedVariable = "WEIR_EXPLORE_PLANTED"

// editVariable says how the code was edited since a schedule was saved, in words:
// "points" adds some that have nothing to do with what fails, "fixed" repairs it,
// "ordered" leaves nothing to choose, "unlocked" takes a lock away, and "reworded"
// changes a message.
const editVariable = "WEIR_EXPLORE_EDIT"

func edited(how string) bool { return strings.Contains(os.Getenv(editVariable), how) }

// logged is where an edit may have added points.
func logged() {
	if edited("points") {
		schedule.Point("log")
		point()
	}
}

// lossy is a limiter of one that loses a wake-up, woven by hand.
type lossy struct {
	mu   sync.Mutex
	cond *sync.Cond
	busy bool
}

func newLossy() *lossy {
	l := &lossy{}
	l.cond = sync.NewCond(&l.mu)
	return l
}

func (l *lossy) acquire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy {
		if !edited("fixed") {
			l.mu.Unlock()
			l.mu.Lock() // who releases here signals nobody
		}
		l.cond.Wait()
	}
	l.busy = true
}

func (l *lossy) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	l.cond.Signal()
}

// take acquires and releases in two goroutines and waits for both.
func (l *lossy) take() {
	done := make(chan bool)
	for range 2 {
		schedule.Go("taker", func() {
			logged()
			l.acquire()
			logged()
			l.release()
			schedule.To(done).Send(true)
		})
	}
	schedule.Recv(done)
	schedule.Recv(done)
}

// unordered reports whether the second of two goroutines came first.
func unordered() bool {
	var mu sync.Mutex
	var order []int
	done := make(chan bool)
	for i := range 2 {
		schedule.Go("racer", func() {
			logged()
			isLocked := i == 0 || !edited("unlocked")
			if isLocked {
				mu.Lock()
			}
			order = append(order, i)
			if isLocked {
				mu.Unlock()
			}
			logged()
			schedule.To(done).Send(true)
		})
		if edited("ordered") {
			schedule.Recv(done)
		}
	}
	if !edited("ordered") {
		schedule.Recv(done)
		schedule.Recv(done)
	}
	return order[0] == 1 && !edited("fixed")
}

// brief is for bodies of which nobody asks how small the failure becomes.
var brief = explore.Config{Shrink: 50 * time.Millisecond}

// planted are bodies that fail, by the name of the subtest.
var planted = map[string]struct {
	cfg  explore.Config
	body func(t *explore.T)
}{
	"violation": {body: func(t *explore.T) {
		t.Log("before")
		if unordered() {
			if edited("reworded") {
				t.Errorf("the second came first")
			}
			t.Errorf("order %d came first", 2)
		}
	}},
	"noisy": {body: func(t *explore.T) {
		for range 3 {
			schedule.Go("noise", func() {
				for range 3 {
					point()
				}
			})
		}
		if unordered() {
			t.Error("not in order")
		}
	}},
	// Its runs take long, in real time.
	"slow": {cfg: explore.Config{Shrink: 100 * time.Millisecond}, body: func(t *explore.T) {
		for range 200 {
			<-ticks
		}
		if unordered() {
			t.Error("not in order")
		}
	}},
	// The first schedule fails, and others hang.
	"beside a hang": {cfg: explore.Config{Watchdog: 100 * time.Millisecond, Shrink: 50 * time.Millisecond}, body: func(t *explore.T) {
		if !unordered() {
			t.Error("in order")
			return
		}
		var mu stdsync.Mutex
		mu.Lock()
		mu.Lock()
	}},
	"fatal": {body: func(t *explore.T) {
		if unordered() {
			helperFails(t)
			panic("went on")
		}
	}},
	"failf": {body: func(*explore.T) {
		if unordered() {
			schedule.Failf("not in order")
		}
	}},
	"deadlock": {cfg: brief, body: func(*explore.T) { newLossy().take() }},
	"leak": {body: func(*explore.T) {
		never := make(chan bool)
		logged()
		if edited("fixed") {
			close(never)
		}
		schedule.Go("left", func() { schedule.Recv(never) })
	}},
	"native": {body: func(*explore.T) {
		schedule.Point("woven")
		point()
		go func() { <-make(chan bool) }()
	}},
	"panic": {body: func(t *explore.T) {
		if unordered() {
			panic("nil " + t.Name())
		}
	}},
	"steps": {cfg: explore.Config{MaxSteps: 100}, body: func(*explore.T) {
		for {
			point()
		}
	}},
	"hang": {cfg: explore.Config{Watchdog: 100 * time.Millisecond}, body: func(*explore.T) {
		point()
		var mu stdsync.Mutex
		mu.Lock()
		mu.Lock()
	}},
	"late hang": {cfg: explore.Config{Watchdog: 100 * time.Millisecond}, body: func(*explore.T) {
		if unordered() {
			var mu stdsync.Mutex
			mu.Lock()
			mu.Lock()
		}
	}},
	"run": {body: func(t *explore.T) {
		point()
		t.Run("sub", func(*testing.T) {})
	}},
	"parallel": {body: func(t *explore.T) {
		point()
		t.Parallel()
	}},
	"unstable": {body: func(*explore.T) {
		for range 1 + rand.Intn(20) {
			point()
		}
	}},
	"skip":  {body: func(t *explore.T) { t.Skip("not today") }},
	"plain": {body: func(*explore.T) {}},
	"crash": {body: func(*explore.T) {
		if unordered() {
			done := make(chan bool)
			go func() {
				defer close(done)
				panic("native goroutine")
			}()
			<-done
		}
	}},
	"race": {body: func(*explore.T) {
		n := 0
		for range 2 {
			schedule.Go("racer", func() { n++ })
		}
		point()
	}},
	"cleanup": {body: func(t *explore.T) {
		point()
		t.Cleanup(func() { t.Error("of the cleanup") })
	}},
	"lock": {body: func(*explore.T) {
		var mu sync.Mutex
		mu.Lock()
		defer mu.Unlock()
	}},
	"config": {cfg: explore.Config{Schedules: -1}, body: func(*explore.T) {}},
}

func helperFails(t *explore.T) {
	t.Helper()
	t.Fatal("it was", "fatal")
}

func TestPlanted(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("fails on purpose, in processes of other tests")
	}
	go tick()
	for name, p := range planted {
		t.Run(name, func(t *testing.T) { explore.Test(t, p.cfg, p.body) })
	}
}

// TestPlantedRaces has a race in one of two parallel tests.
func TestPlantedRaces(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("fails on purpose, in processes of other tests")
	}
	for _, name := range []string{"clean", "racy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			explore.Test(t, explore.Config{Schedules: 500}, func(t *explore.T) {
				n := 0
				for range 2 {
					schedule.Go("racer", func() {
						for range 5 {
							point()
						}
						if strings.HasSuffix(t.Name(), "racy") {
							n++
						}
					})
				}
			})
		})
	}
}

// TestPlantedPair fails in one of two parallel tests by its own leak.
func TestPlantedPair(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("fails on purpose, in processes of other tests")
	}
	for _, name := range []string{"clean", "leaky"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			explore.Test(t, explore.Config{Schedules: 300}, func(t *explore.T) {
				stop := make(chan bool)
				schedule.Go("worker", func() { schedule.Recv(stop) })
				go func() { <-stop }()
				if !strings.HasSuffix(t.Name(), "leaky") {
					defer close(stop)
				}
				point()
			})
		})
	}
}

// ticks are sent every millisecond of real time, from outside of all bubbles.
var ticks = make(chan bool)

func tick() {
	for range time.Tick(time.Millisecond) {
		ticks <- true
	}
}

// point is a woven point.
func point() { new(atomic.Int32).Load() }
