package story_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/story"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// A traced run makes the same choices among as many alternatives, and two
// traced runs tell the same.
func TestTraceChangesNothing(t *testing.T) {
	bodies := map[string]func(){"passed": passed}
	for name, body := range toys {
		bodies[name] = body
	}
	for name, body := range bodies {
		for seed := range uint64(20) {
			questions := func(tell bool) (log []string, told *story.Story) {
				c := asked{schedule.Random(seed), &log}
				v, told := run(t, c, body, tell, nil)
				return append(log, v.Kind.String(), strings.Join(v.Tasks, "\n")), told
			}
			plain, _ := questions(false)
			traced, told := questions(true)
			if !reflect.DeepEqual(plain, traced) {
				t.Fatalf("%s, seed %d: plain %q, traced %q", name, seed, plain, traced)
			}
			_, again := questions(true)
			if a, b := told.Text(story.Layout{})+told.Explain(), again.Text(story.Layout{})+again.Explain(); a != b {
				t.Fatalf("%s, seed %d: told\n%s\nthen\n%s", name, seed, a, b)
			}
		}
	}
}

// asked logs the choices.
type asked struct {
	schedule.Chooser
	log *[]string
}

func (a asked) Choose(c *schedule.Choice) int {
	i := a.Chooser.Choose(c)
	*a.log = append(*a.log, fmt.Sprint(i, c.N, c.What, c.Event(i).Object))
	return i
}

// loud has methods that must not be called for display.
type loud struct{ n int }

func (loud) String() string { panic("String was called") }
func (loud) Error() string  { panic("Error was called") }

// Values are told without calling their methods or following pointers, on one
// line and bounded.
func TestValues(t *testing.T) {
	values := []any{
		7, "one\ntwo", true, 1.5, 3 * time.Second, loud{4}, &loud{5}, errors.New("plain"), struct {
			a int
			b string
		}{1, "x"}, []int{1}, nil, time.Unix(3661, 5e8), strings.Repeat("long", 30),
	}
	body := func() {
		ch := make(chan any, 1)
		for _, v := range values {
			schedule.To(ch).Send(v)
			schedule.Recv(ch)
		}
	}
	_, told := run(t, schedule.NewList(nil), body, true, nil)
	var got []string
	for _, step := range told.Steps {
		for _, u := range step.Uses {
			if u.Verb == story.Sends {
				got = append(got, u.Value)
			}
			if u.Verb == story.Receives && u.From != step.Number-1 {
				t.Errorf("step %d received what was sent in step %d, want %d", step.Number, u.From, step.Number-1)
			}
		}
	}
	want := []string{
		"7", "'one?two'", "true", "1.5", "3s", "{4}", "*story_test.loud", "*errors.errorString", "{1 'x'}", "[]int", "nil", "01:01:01.5", "'" + strings.Repeat("long", 9) + "...",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A long story is folded to the lines that are wanted, and keeps what the
// explanation names, however few they are.
func TestFold(t *testing.T) {
	told := stuck(t, long)
	for _, lines := range []int{0, 60, 1, 10000} {
		text := told.Text(story.Layout{Lines: lines, Width: 60})
		want := max(lines, 20)
		if lines == 0 {
			want = 150
		}
		got := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if len(got) > want {
			t.Errorf("%d lines, want at most %d", len(got), want)
		}
		for _, line := range got {
			if n := len([]rune(line)); n > 60 {
				t.Errorf("a line has %d characters, want at most 60: %q", n, line)
			}
		}
		if n := strings.Count(text, "private"); lines == 10000 && (n < 2 || n > 40) {
			t.Errorf("an object of one goroutine is named %d times, want only the ends of runs", n)
		}
		for _, w := range told.Waits {
			for _, h := range w.Holders {
				if lines != 1 && !strings.Contains(text, fmt.Sprintf("\n  %4d ", h.Step)) {
					t.Errorf("%d lines: step %d, in which the lock was taken, isn't told:\n%s", lines, h.Step, text)
				}
			}
		}
	}
	_, busy := run(t, schedule.NewList(nil), func() {
		for i := range 100 {
			schedule.Point(fmt.Sprint("look ", i))
		}
	}, true, nil)
	text := busy.Text(story.Layout{Lines: 30})
	if n := strings.Count(text, "\n"); n != 30 || !strings.Contains(text, "... 75 lines more ...") || !strings.Contains(text, "look 99") {
		t.Errorf("%d lines, want 30 with the end:\n%s", n, text)
	}
	golden(t, "long.text", told.Text(story.Layout{Lines: 20}))
}

// Who waits for a lock of unwoven code, or was started by it, is told too.
func TestAdopted(t *testing.T) {
	golden(t, "adopted.explained", stuck(t, foreign).Explain())
}

// Who could go on when the run was cut short is not said to wait, since the step
// in which it was started.
func TestCutShort(t *testing.T) {
	golden(t, "cut.explained", cutShort(t, crossed, 2).Explain())
}

// BenchmarkTrace compares a run that is told with one that isn't.
func BenchmarkTrace(b *testing.B) {
	body := func() {
		l := &limiter{}
		l.free = sync.NewCond(&l.mu)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for range 5 {
					l.mu.Lock()
					l.busy = !l.busy
					l.mu.Unlock()
					l.free.Signal()
				}
			})
		}
		wg.Wait()
	}
	for _, tell := range []bool{false, true} {
		b.Run(fmt.Sprintf("tell=%v", tell), func(b *testing.B) {
			steps := 0
			for i := range b.N {
				synctest.Test(&testing.T{}, func(*testing.T) {
					cfg := schedule.Config{Chooser: schedule.Random(uint64(i))}
					rec := story.NewRecorder()
					if tell {
						cfg.Trace = rec.Trace
					}
					s, err := schedule.New(cfg)
					if err != nil {
						panic(err)
					}
					defer s.Teardown()
					s.Go("main", body)
					s.Run(nil, time.Second)
					steps += s.Steps()
					if tell {
						rec.End(s)
					}
				})
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(steps), "µs/step")
		})
	}
}
