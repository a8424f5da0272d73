package schedule_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	wovensync "github.com/weir-dev/weir/faults/schedule/sync"
)

// Each of these leaves a goroutine somewhere; in insists that Teardown ends it.
func TestTeardownEndsWhatIsLeft(t *testing.T) {
	for name, body := range map[string]func(){
		"at a point":  func() { schedule.Await("never", func() bool { return false }) },
		"in a send":   func() { schedule.To(make(chan int)).Send(1) },
		"in a recv":   func() { schedule.Recv(make(chan int)) },
		"nil channel": func() { schedule.Recv[int](nil) },
		"in a select": func() { schedule.Select(false, schedule.CaseRecv(make(chan int)), schedule.CaseRecv[int](nil)) },
		"in select{}": func() { schedule.Block() },
		"asleep":      func() { schedule.Sleep(100 * time.Hour) },
		"in std code": func() { time.Sleep(30 * time.Hour) },
		"in a range": func() {
			for r := schedule.RangeOnly(make(chan int)); r.More(); {
			}
		},
		"in a lock": func() {
			var m wovensync.Mutex
			m.Lock()
			m.Lock()
		},
		"in deferred calls": func() {
			defer schedule.Block()
			defer schedule.Await("never", func() bool { return false })
			defer panic("deferred")
			defer schedule.Go("late", func() { select {} })
			schedule.Block()
		},
		"with the lock given up": func() {
			var m wovensync.Mutex
			m.Lock()
			defer m.Unlock()
			m.Unlock()
			schedule.Block()
		},
		"in a cond": func() {
			var m wovensync.RWMutex
			c := wovensync.NewCond(m.RLocker())
			m.RLock()
			defer m.RUnlock()
			c.Wait()
		},
		"in a group": func() {
			var wg wovensync.WaitGroup
			wg.Go(schedule.Block)
			wg.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			ended := 0
			in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
				s.Go("a", func() { defer func() { ended++ }(); body() })
				if v := s.Run(nil, time.Minute); v.Kind != schedule.Rest || len(v.Tasks) == 0 {
					t.Errorf("got %v %v, want rest with a task left", v, v.Tasks)
				}
				if stuck := s.Teardown(); stuck != 0 {
					t.Errorf("%d stuck", stuck)
				}
			})
			if ended != 1 {
				t.Errorf("deferred calls ran %d times, want once", ended)
			}
		})
	}
}

func TestTeardownBeforeRun(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		s.Go("a", func() { t.Error("a goroutine ran that nobody picked") })
	})
}

// io.Pipe can't be reached by the scheduler; Teardown says so instead of
// hanging.
func TestTeardownCountsWhatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := schedule.New(schedule.Config{Chooser: zeros()})
		if err != nil {
			t.Fatal(err)
		}
		r, w := io.Pipe()
		s.Go("reader", func() { _, _ = io.ReadAll(r) })
		s.Run(nil, 0)
		if stuck := s.Teardown(); stuck != 1 {
			t.Errorf("got %d stuck, want 1", stuck)
		}
		if stuck := s.Teardown(); stuck != 1 {
			t.Errorf("second teardown: got %d stuck, want 1", stuck)
		}
		w.Close() // lets the bubble end
	})
}

// A goroutine that is ended with a lock in hand must not leave it to those
// that live on.
func TestTeardownFreesLocks(t *testing.T) {
	var m wovensync.Mutex
	var rw wovensync.RWMutex
	passed := 0
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		s.Go("holder", func() {
			m.Lock()
			rw.RLock()
			schedule.Block()
		})
		s.Run(nil, 0)
		go func() {
			m.Lock()
			rw.Lock()
			passed++
			rw.Unlock()
			m.Unlock()
		}()
		s.Run(nil, 0)
		if got := s.Tasks(); len(got) != 2 || got[1].String() != "adopted#1 (adopted) parked at lock" {
			t.Errorf("got tasks %v", got)
		}
		s.Teardown()
		synctest.Wait()
		m.Lock()
	})
	if passed != 1 {
		t.Error("the released goroutine didn't get the locks")
	}
}

func TestAfterTeardownPointsDoNothing(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		released := make(chan bool, 2)
		go func() {
			released <- schedule.Await("never", func() bool { return false })
			released <- schedule.Controlled()
		}()
		s.Run(nil, 0)
		s.Teardown()
		awaited, controlled := <-released, <-released
		if awaited || controlled {
			t.Error("a released goroutine is told that it is under control")
		}
		done := make(chan bool)
		go func() {
			schedule.Point("p")
			schedule.To(done).Send(schedule.Controlled())
		}()
		if <-done {
			t.Error("controlled after teardown")
		}
		if other, err := schedule.New(schedule.Config{Chooser: zeros()}); err != nil {
			t.Errorf("New after teardown: %v", err)
		} else {
			other.Teardown()
		}
	})
}

// An adopted goroutine that ended must not lend its identity to the next one
// that the runtime puts on its descriptor.
func TestAdoptedGoroutinesComeAndGo(t *testing.T) {
	var steps []string
	in(t, schedule.Config{Chooser: zeros(), OnStep: names(&steps)}, func(s *schedule.Scheduler) {
		for round := range 50 {
			go schedule.Point("p")
			s.Run(func() bool { return s.Steps() == round+1 }, 0)
		}
		if v := s.Run(nil, 0); v.Kind != schedule.Rest || len(v.Tasks) != 0 {
			t.Errorf("got %v %v, want rest without tasks", v, v.Tasks)
		}
		go func() { schedule.Point("p"); schedule.Point("q") }()
		s.Run(func() bool { return s.Steps() == 51 }, 0)
		if tasks := s.Tasks(); len(tasks) != 1 || tasks[0].Name != "adopted#51" || tasks[0].What != "q" {
			t.Errorf("got %v, want adopted#51 at q", tasks)
		}
	})
	slices.Sort(steps)
	if n := len(slices.Compact(steps)); n != 51 {
		t.Errorf("got %d names of 51 goroutines", n)
	}
}

func TestOutsideAScheduleNothingWaits(t *testing.T) {
	schedule.Point("p")
	if schedule.Await("a", func() bool { t.Error("ready was asked"); return false }) || schedule.Controlled() {
		t.Error("controlled outside a schedule")
	}
	schedule.Wake()
	c := make(chan int, 2)
	schedule.To(c).Send(1)
	if v := schedule.Recv(c); v != 1 {
		t.Errorf("got %d", v)
	}
	if i := schedule.Select(true, schedule.CaseRecv(c)); i != -1 {
		t.Errorf("got case %d, want default", i)
	}
	go schedule.Close(c)
	if i := schedule.Select(false, schedule.CaseRecv(c)); i != 0 {
		t.Errorf("got case %d, want 0", i)
	}
}

func TestMisusePanics(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		s.Go("a", func() { s.Run(nil, 0) })
		if v := s.Run(nil, 0); v.Kind != schedule.Failed || !strings.Contains(v.Message, "Run must be called") {
			t.Errorf("Run in a task: got %v", v)
		}
	})
	in(t, schedule.Config{Chooser: &scripted{answers: []int{2}}}, func(s *schedule.Scheduler) {
		s.Go("a", two)
		s.Go("b", two)
		defer func() {
			if r, _ := recover().(string); !strings.Contains(r, `returned 2 for "step", want 0 to 1`) {
				t.Errorf("got panic %q", r)
			}
		}()
		s.Run(nil, 0)
	})
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		var m wovensync.Mutex
		s.Go("a", func() { m.Lock(); schedule.Block() })
		s.Run(nil, 0)
		defer func() {
			if r, _ := recover().(string); !strings.Contains(r, "the root goroutine would wait in lock") {
				t.Errorf("got panic %q", r)
			}
		}()
		m.Lock()
	})
}

// What the source has to offer changes behind the scheduler's back.
func TestWake(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		box := &mailbox{}
		s.AddSource(box)
		time.AfterFunc(time.Second, func() { box.send("m"); schedule.Wake() })
		start := time.Now()
		if v := s.Run(func() bool { return box.received() == "m" }, time.Hour); v.Kind != schedule.Done || time.Since(start) != time.Second {
			t.Errorf("got %v after %v, want done after 1s", v, time.Since(start))
		}
	})
}
