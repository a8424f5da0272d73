package schedule_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// in runs body in a bubble with a scheduler, tears down and insists that
// nothing is left.
func in(t *testing.T, cfg schedule.Config, body func(s *schedule.Scheduler)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := schedule.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if stuck := s.Teardown(); stuck != 0 {
				t.Errorf("%d goroutines stuck after teardown, want 0", stuck)
			}
		}()
		body(s)
	})
}

func zeros() schedule.Chooser { return schedule.NewList(nil) }

// mailbox is a source that delivers what was sent, in the order of sending.
type mailbox struct {
	mu              sync.Mutex
	sent, delivered []string
}

func (m *mailbox) send(message string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, message)
}

// received is the first message delivered, or empty.
func (m *mailbox) received() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.delivered) == 0 {
		return ""
	}
	return m.delivered[0]
}

func (m *mailbox) Enabled(add func(schedule.Action)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sent) > 0 {
		add(schedule.Action{Name: "deliver " + m.sent[0], Do: m.deliver})
	}
}

func (m *mailbox) deliver() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.delivered = append(m.delivered, m.sent[0])
	m.sent = m.sent[1:]
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	if _, err := schedule.New(schedule.Config{Chooser: zeros()}); !errors.Is(err, schedule.ErrNoBubble) {
		t.Errorf("New outside a bubble: got %v, want ErrNoBubble", err)
	}
	if _, err := schedule.New(schedule.Config{}); err == nil || !strings.Contains(err.Error(), "Chooser") {
		t.Errorf("New without a chooser: got %v", err)
	}
	if _, err := schedule.New(schedule.Config{Chooser: zeros(), MaxSteps: -1}); err == nil || !strings.Contains(err.Error(), "-1 steps") {
		t.Errorf("New with MaxSteps -1: got %v", err)
	}
	in(t, schedule.Config{Chooser: zeros()}, func(*schedule.Scheduler) {
		if _, err := schedule.New(schedule.Config{Chooser: zeros()}); !errors.Is(err, schedule.ErrTaken) {
			t.Errorf("second New in a bubble: got %v, want ErrTaken", err)
		}
	})
}

func TestPhases(t *testing.T) {
	var trace []string
	cfg := schedule.Config{Chooser: zeros(), OnStep: func(s schedule.Step) { trace = append(trace, s.String()) }}
	in(t, cfg, func(s *schedule.Scheduler) {
		box := &mailbox{}
		s.AddSource(box)
		var got atomic.Value
		s.Go("caller", func() {
			schedule.Point("send")
			box.send("m1")
			if !schedule.Await("recv", func() bool { return box.received() != "" }) {
				t.Error("Await in a controlled goroutine returned false")
			}
			got.Store(box.received())
			time.Sleep(time.Second)
			schedule.Point("end")
		})
		if v := s.Run(func() bool { return got.Load() == "m1" }, time.Hour); v.Kind != schedule.Done {
			t.Fatalf("first phase: got %v, want done", v)
		}
		if v := s.Run(nil, 500*time.Millisecond); v.Kind != schedule.Rest || len(v.Tasks) != 1 {
			t.Fatalf("second phase: got %v %v, want rest with one task", v, v.Tasks)
		}
		if v := s.Run(nil, 0); v.Kind != schedule.Rest || len(v.Tasks) != 1 {
			t.Fatalf("phase without time: got %v %v, want rest with one task", v, v.Tasks)
		}
		if v := s.Run(nil, time.Hour); v.Kind != schedule.Rest || len(v.Tasks) != 0 {
			t.Fatalf("last phase: got %v %v, want rest without tasks", v, v.Tasks)
		}
	})
	want := []string{
		"1 0s task caller#1 start", "2 0s task caller#1 send", "3 0s action deliver m1",
		"4 0s task caller#1 recv", "5 1s task caller#1 end",
	}
	if !slices.Equal(trace, want) {
		t.Errorf("got steps\n%s\nwant\n%s", strings.Join(trace, "\n"), strings.Join(want, "\n"))
	}
}

func TestPanicIsAVerdict(t *testing.T) {
	for range 2 {
		in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
			s.Go("caller", func() {
				m := map[string]int(nil)
				if len(m) > 0 {
					m = make(map[string]int)
				}
				schedule.Point("write")
				m["x"] = 1
			})
			v := s.Run(nil, time.Hour)
			if v.Kind != schedule.Failed || v.Message != "panic in caller#1: assignment to entry in nil map" {
				t.Errorf("got %v", v)
			}
			if len(v.Stacks) != 1 || !strings.HasPrefix(v.Stacks[0], "schedule_test.TestPanicIsAVerdict.func1.1 scheduler_test.go:") || strings.Contains(v.Stacks[0], "0x") {
				t.Errorf("got stacks %q", v.Stacks)
			}
			if v := s.Run(nil, time.Hour); v.Kind != schedule.Failed {
				t.Errorf("next phase after a failure: got %v, want failed", v)
			}
		})
	}
}

func TestPanicMessageHasNoAddress(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		s.Go("caller", func() { panic(fmt.Errorf("bad pointer %p", new(int))) })
		if v := s.Run(nil, 0); v.Message != "panic in caller#1: bad pointer 0x?" {
			t.Errorf("got %v", v)
		}
	})
}

func TestFailf(t *testing.T) {
	in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
		s.Go("caller#7", func() {
			schedule.Failf("got %d, want %d", 1, 2)
			t.Error("Failf returned in a controlled goroutine")
		})
		if v := s.Run(nil, time.Hour); v.String() != "failed: failure in caller#7: got 1, want 2" {
			t.Errorf("got %v", v)
		}
	})
	in(t, schedule.Config{Chooser: zeros(), OnRest: func() { schedule.Failf("leak") }}, func(s *schedule.Scheduler) {
		if v := s.Run(nil, time.Hour); v.String() != "failed: failure in root: leak" {
			t.Errorf("got %v", v)
		}
	})
	defer func() {
		if r := fmt.Sprint(recover()); !strings.Contains(r, "outside a schedule: lost") {
			t.Errorf("Failf outside a schedule: got panic %v", r)
		}
	}()
	schedule.Failf("lost")
}

// bomb panics at the n-th choice.
type bomb struct{ left int }

func (b *bomb) Choose(*schedule.Choice) int {
	if b.left--; b.left < 0 {
		panic("invalid data")
	}
	return 0
}

func TestPanicOfTheChooserPassesThroughRun(t *testing.T) {
	for n := range 12 {
		unwound := 0
		in(t, schedule.Config{Chooser: &bomb{left: n}, Delays: 1}, func(s *schedule.Scheduler) {
			for range 3 {
				s.Go("caller", func() {
					defer func() { unwound++ }()
					schedule.Point("a")
					schedule.Point("b")
					schedule.Await("never", func() bool { return false })
				})
			}
			func() {
				defer func() {
					if r := recover(); r != "invalid data" {
						t.Errorf("after %d choices: got panic %v, want the chooser's", n, r)
					}
				}()
				v := s.Run(nil, time.Minute)
				if n < 9 {
					t.Errorf("after %d choices: got %v, want a panic", n, v)
				}
				panic("invalid data")
			}()
			if left := len(s.Tasks()); left != 3 {
				t.Errorf("after %d choices: %d tasks, want 3", n, left)
			}
		})
		if n >= 7 && unwound != 3 {
			t.Errorf("after %d choices: %d goroutines ran their deferred calls, want 3", n, unwound)
		}
	}
}
