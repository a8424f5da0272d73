package schedule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	wovenatomic "github.com/weir-dev/weir/faults/schedule/atomic"
	wovensync "github.com/weir-dev/weir/faults/schedule/sync"
)

// asker tells each choice to ask and answers with what it returns.
type asker struct{ ask func(c *schedule.Choice) int }

func (a asker) Choose(c *schedule.Choice) int { return a.ask(c) }

// told is an event without what depends on the process.
func told(e schedule.Event) string {
	text := e.Name + " " + e.Kind.String()
	if e.Text != "" {
		text += " " + e.Text
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s #%d o%d %v", e.Path(), text, e.Nth, e.Object.Number, e.Access))
}

func TestEventsOfAChoice(t *testing.T) {
	var got []string
	// a starts and locks, m is delivered, a goes on, m is delivered again, and a
	// goes on to its select.
	answers := []int{0, 0, 3, 0, 3, 0, 0, 1}
	c := asker{func(c *schedule.Choice) int {
		var all []string
		for i := range c.N - c.Delays {
			if all = append(all, told(c.Event(i))); c.What != schedule.WhatStep {
				break
			}
		}
		if c.Delays > 0 {
			all = append(all, told(c.Event(c.N-1)))
		}
		got = append(got, c.What+": "+strings.Join(all, ", "))
		if len(got) > len(answers) {
			return 0
		}
		return answers[len(got)-1]
	}}
	box := &mailbox{sent: []string{"m", "m"}}
	in(t, schedule.Config{Chooser: c, Delays: 1}, func(s *schedule.Scheduler) {
		s.AddSource(box)
		var m wovensync.Mutex
		var x wovenatomic.Int32
		s.Go("a", func() {
			m.Lock()
			schedule.Go("child", func() { x.Store(1) })
			schedule.Point("seam")
			m.Unlock()
			schedule.Select(true, schedule.CaseRecv(make(chan int, 1)), schedule.CaseRecv(make(chan int)))
		})
		s.Go("b", func() { m.Lock(); defer m.Unlock() })
		s.Run(func() bool { return len(got) == 9 }, 0)
	})
	want := []string{
		"step: 1 a#1 start #1 o0 none, 2 b#1 start #1 o0 none, deliver m action #1 o0 any, 10s delay #1 o0 any",
		"step: 1 a#1 lock #1 o1 write, 2 b#1 start #1 o0 none, deliver m action #1 o0 any, 10s delay #1 o0 any",
		"step: 1 a#1 go #1 o0 none, 2 b#1 start #1 o0 none, 1.1 child#1 start #1 o0 none, deliver m action #1 o0 any, 10s delay #1 o0 any",
		"step: 1 a#1 go #1 o0 none, 2 b#1 start #1 o0 none, 1.1 child#1 start #1 o0 none, deliver m action #2 o0 any, 10s delay #1 o0 any",
		"step: 1 a#1 point seam #1 o0 any, 2 b#1 start #1 o0 none, 1.1 child#1 start #1 o0 none, deliver m action #2 o0 any, 10s delay #1 o0 any",
		"step: 1 a#1 point seam #1 o0 any, 2 b#1 start #1 o0 none, 1.1 child#1 start #1 o0 none, 10s delay #1 o0 any",
		"step: 1 a#1 select #1 o0 any, 2 b#1 start #1 o0 none, 1.1 child#1 start #1 o0 none, 10s delay #1 o0 any",
		"select: 1 a#1 select #1 o0 any",
		"step: 2 b#1 start #1 o0 none, 1.1 child#1 start #1 o0 none, 10s delay #1 o0 any",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The same program under other schedules: who is who doesn't depend on them.
func TestIdentityIsThePlaceInTheSpawnTree(t *testing.T) {
	identities := func(seed uint64) (events map[string]bool) {
		events = map[string]bool{}
		steps := func(s schedule.Step) {
			e := s.Event
			events[fmt.Sprint(e.Path(), " ", e.Task, " ", e.Kind, " ", e.Nth, " ", e.Text)] = true
		}
		in(t, schedule.Config{Chooser: schedule.Random(seed), OnStep: steps}, func(s *schedule.Scheduler) {
			grand := func() { schedule.Point("grand") }
			child := func() { schedule.Go("same", grand); schedule.Go("same", grand) }
			for range 2 {
				s.Go("same", func() {
					schedule.Go("same", child)
					schedule.AfterFunc(time.Second, child)
					schedule.Sleep(2 * time.Second)
				})
			}
			if v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute); v.Kind != schedule.Done {
				t.Error(v)
			}
		})
		return events
	}
	want := identities(0)
	for seed := range uint64(30) {
		got := identities(seed)
		for e := range got {
			if !want[e] {
				t.Fatalf("seed %d: event %q isn't one of seed 0", seed, e)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("seed %d: %d events, want %d", seed, len(got), len(want))
		}
	}
	tasks := map[string]bool{}
	for e := range want {
		tasks[strings.Fields(e)[0]] = true
		for _, field := range strings.Fields(e)[1:2] {
			tasks[field] = true
		}
	}
	if len(tasks) != 2*16 {
		t.Errorf("got %d paths and numbers of 14 goroutines and 2 timers: %v", len(tasks), tasks)
	}
	if !tasks["1.2"] || !tasks["1.2.2"] || !tasks["1.3"] || tasks["1.4"] {
		t.Errorf("got paths %v", tasks)
	}
}

// taken plays the goroutines that bodies makes and returns each step with all it
// touched.
func taken(t *testing.T, closed bool, bodies func() []func()) (steps []string, all []schedule.Taken) {
	watching := false
	c := asker{func(c *schedule.Choice) int {
		if !watching {
			watching = c.Watch(func(s *schedule.Taken) {
				copied := *s
				copied.Touched = slices.Clone(s.Touched)
				all = append(all, copied)
				steps = append(steps, fmt.Sprint(s.Path(), " ", s.Kind, " ", s.Touched, " ", s.Any))
			})
		}
		return 0
	}}
	in(t, schedule.Config{Chooser: c, Closed: closed}, func(s *schedule.Scheduler) {
		for _, b := range bodies() {
			s.Go("body", b)
		}
		s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
	})
	return steps, all
}

func TestWatchTellsEveryStepAndWhatItTouched(t *testing.T) {
	bodies := func() []func() {
		var m wovensync.Mutex
		var rw wovensync.RWMutex
		var group wovensync.WaitGroup
		var once wovensync.Once
		c := wovensync.NewCond(&m)
		ch, other := make(chan int, 1), make(chan int)
		group.Add(1)
		return []func(){
			func() {
				m.Lock()
				schedule.To(ch).Send(1)
				m.Unlock()
				rw.RLock()
				ch <- <-ch
				rw.RUnlock()
				schedule.Select(true, schedule.CaseRecv(other), schedule.CaseRecv(ch))
				group.Done()
				schedule.Gosched()
			},
			func() {
				group.Wait()
				once.Do(func() {})
				c.L.Lock()
				c.Wait()
				c.L.Unlock()
			},
			func() { c.Signal(); schedule.Point("seam") },
		}
	}
	got, all := taken(t, true, bodies)
	want := []string{
		"1 start [] false", "1 lock [{1 write}] false", "1 send [{2 write} {1 write}] false", "1 rlock [{3 read} {3 read}] false",
		"1 select [{4 write} {2 write} {5 read}] false", "2 start [] false", "2 wg.wait [{5 write}] false",
		"2 once [{6 read}] false", "2 lock [{7 write} {6 write} {7 write}] false", "2 lock [{1 write} {8 write} {1 write}] false",
		"1 yield [] true", "3 start [] false", "3 cond.signal [{8 write} {9 write}] false", "3 point [] true", "2 cond.wait [{9 read}] false", "2 lock [{1 write} {1 write}] true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if all[4].Case != 1 || all[3].Case != -2 {
		t.Errorf("got case %d of the select and %d of a lock, want 1 and -2", all[4].Case, all[3].Case)
	}
	got, _ = taken(t, false, bodies)
	for _, s := range got {
		if !strings.HasSuffix(s, " true") {
			t.Errorf("a run that isn't closed has the step %s, which commutes", s)
		}
	}
}

// Whoever ends a wait at several channels uses them all: at the others nobody
// waits any more.
func TestEndOfASelectTouchesAllItsChannels(t *testing.T) {
	got, _ := taken(t, true, func() []func() {
		a, b := make(chan int), make(chan int)
		return []func(){
			func() {
				schedule.Select(false, schedule.CaseRecv(a), schedule.CaseRecv(b), schedule.CaseRecv[int](nil))
			},
			func() { schedule.To(b).Send(1); schedule.Gosched() },
		}
	})
	want := []string{"1 start [] false", "1 select [{1 write} {2 write}] false", "2 start [] false", "2 send [{2 write} {1 write} {2 write}] false", "1 resume [] true", "2 yield [] true"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCommutes(t *testing.T) {
	step := func(task schedule.TaskID, touched ...schedule.Touch) *schedule.Taken {
		return &schedule.Taken{Event: schedule.Event{Task: task}, Touched: touched}
	}
	read := func(n int) schedule.Touch { return schedule.Touch{Object: n, Access: schedule.AccessRead} }
	write := func(n int) schedule.Touch { return schedule.Touch{Object: n, Access: schedule.AccessWrite} }
	anything := step(4)
	anything.Any = true
	for _, c := range []struct {
		name string
		a, b *schedule.Taken
		want bool
	}{
		{"the same goroutine", step(2), step(2), false},
		{"nothing", step(2), step(3), true},
		{"two reads", step(2, read(1)), step(3, read(1)), true},
		{"a read and a write", step(2, write(5), read(1)), step(3, write(1)), false},
		{"other objects", step(2, write(1), write(3)), step(3, write(2)), true},
		{"anything", step(2), anything, false},
		{"objects without a number of their own", step(2, write(11)), step(3, write(12)), false},
		{"one of them", step(2, write(11)), step(3, write(10)), true},
	} {
		if a, b := c.a.Commutes(c.b, 10), c.b.Commutes(c.a, 10); a != c.want || b != c.want {
			t.Errorf("%s: got %v and %v, want %v", c.name, a, b, c.want)
		}
	}
}

// A Choice that isn't the scheduler's knows nothing.
func TestOtherChoices(t *testing.T) {
	c := &schedule.Choice{N: 3, What: "hosts"}
	if c.Watch(func(*schedule.Taken) {}) || c.Objects() != 0 || c.Current() != 0 || c.Event(1) != (schedule.Event{}) {
		t.Error("a choice without a scheduler tells something")
	}
}

// What Watch is told is the same as what OnStep is, but for the steps before
// the first choice.
func TestWatchThroughARecorder(t *testing.T) {
	var steps, watched []string
	var noted []uint32
	watching := false
	c := schedule.Record(asker{func(c *schedule.Choice) int {
		if !watching {
			watching = c.Watch(func(s *schedule.Taken) { watched = append(watched, s.Name+" "+s.Kind.String()) })
		}
		return c.N - 1
	}}, func(i uint32) { noted = append(noted, i) })
	in(t, schedule.Config{Chooser: c, OnStep: func(s schedule.Step) { steps = append(steps, s.Name+" "+s.Event.Kind.String()) }}, func(s *schedule.Scheduler) {
		s.Go("first", func() {
			schedule.Go("second", func() { schedule.Gosched() })
			schedule.Gosched()
		})
		s.Run(nil, 0)
	})
	if len(steps) < 5 || !slices.Equal(steps[1:], watched) || len(noted) == 0 || len(noted) >= len(steps) {
		t.Errorf("got %q watched of the steps %q, %d choices noted", watched, steps, len(noted))
	}
}
