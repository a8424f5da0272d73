package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// stage is what the goroutines of a random program share.
type stage struct {
	parent, ctx context.Context
	cancel      context.CancelCauseFunc
	stop        context.CancelFunc
	timer       *time.Timer
	ticker      *time.Ticker
	ch          chan int
	begun       time.Time
}

var errCause = errors.New("cause")

// act is what a goroutine can do; the result is what it saw.
type act struct {
	name string
	do   func(s *stage) string
}

// theme is a kind of programs.
type theme struct {
	start func(s *stage)
	acts  []act
}

var (
	sleep1 = act{"sleep 1", func(*stage) string { schedule.Sleep(time.Second); return "" }}
	sleep2 = act{"sleep 2", func(*stage) string { schedule.Sleep(2 * time.Second); return "" }}
	send   = act{"send", func(s *stage) string { return fmt.Sprint(schedule.Select(true, schedule.To(s.ch).Case(1))) }}
	length = act{"len", func(s *stage) string { return fmt.Sprint(schedule.Len(s.ch)) }}
)

func offer(ch chan int) { schedule.Select(true, schedule.To(ch).Case(1)) }

var themes = []theme{
	{func(s *stage) { s.timer = schedule.NewTimer(time.Second) }, []act{
		sleep1,
		{"stop", func(s *stage) string { return fmt.Sprint(schedule.TimerOf(s.timer).Stop()) }},
		{"reset 1", func(s *stage) string { return fmt.Sprint(schedule.TimerOf(s.timer).Reset(time.Second)) }},
		{"reset 0", func(s *stage) string { return fmt.Sprint(schedule.TimerOf(s.timer).Reset(0)) }},
		{"try", func(s *stage) string { return fmt.Sprint(schedule.Select(true, schedule.CaseRecv(s.timer.C))) }},
		{"timer", func(s *stage) string { schedule.Recv(s.timer.C); return s.now() }},
	}},
	{func(s *stage) { s.timer = schedule.AfterFunc(time.Second, func() { offer(s.ch) }) }, []act{
		sleep1, send, length,
		{"stop", func(s *stage) string { return fmt.Sprint(schedule.TimerOf(s.timer).Stop()) }},
		{"reset 1", func(s *stage) string { return fmt.Sprint(schedule.TimerOf(s.timer).Reset(time.Second)) }},
		{"recv", func(s *stage) string { schedule.Recv(s.ch); return s.now() }},
		{"after or recv", func(s *stage) string {
			return fmt.Sprint(schedule.Select(false, schedule.CaseRecv(schedule.After(time.Second)), schedule.CaseRecv(s.ch)), s.now())
		}},
	}},
	{func(s *stage) { s.ticker = schedule.NewTicker(time.Second) }, []act{
		sleep1, sleep2,
		{"tick", func(s *stage) string { schedule.Recv(s.ticker.C); return s.now() }},
		{"halt", func(s *stage) string { schedule.TickerOf(s.ticker).Stop(); return "" }},
		{"twice as slow", func(s *stage) string { schedule.TickerOf(s.ticker).Reset(2 * time.Second); return "" }},
		{"try", func(s *stage) string { return fmt.Sprint(schedule.Select(true, schedule.CaseRecv(s.ticker.C))) }},
	}},
	{func(s *stage) {
		s.parent, s.cancel = schedule.WithCancelCause(context.Background())
		s.ctx, s.stop = schedule.WithTimeout(s.parent, time.Second)
	}, []act{
		sleep1, send, length,
		{"cancel", func(s *stage) string { s.cancel(errCause); return "" }},
		{"stop", func(s *stage) string { s.stop(); return "" }},
		{"err", func(s *stage) string { return fmt.Sprint(schedule.ContextOf(s.ctx).Err()) }},
		{"cause", func(s *stage) string { return fmt.Sprint(schedule.Cause(s.ctx)) }},
		{"parent", func(s *stage) string { return fmt.Sprint(schedule.ContextOf(s.parent).Err()) }},
		{"done", func(s *stage) string { schedule.Recv(s.ctx.Done()); return s.now() }},
		{"over", func(s *stage) string { return fmt.Sprint(schedule.Select(true, schedule.CaseRecv(s.ctx.Done()))) }},
		{"done or recv", func(s *stage) string {
			return fmt.Sprint(schedule.Select(false, schedule.CaseRecv(s.ctx.Done()), schedule.CaseRecv(s.ch)), s.now())
		}},
		{"at the end", func(s *stage) string { schedule.ContextAfterFunc(s.ctx, func() { offer(s.ch) }); return "" }},
		{"not at the end", func(s *stage) string {
			return fmt.Sprint(schedule.ContextAfterFunc(s.ctx, func() { offer(s.ch) })())
		}},
	}},
}

// program is what each of its goroutines does.
type program struct {
	theme  theme
	bodies [][]act
}

func randomProgram(seed uint64) program {
	rng := rand.New(rand.NewPCG(seed, 1))
	p := program{themes[seed%uint64(len(themes))], make([][]act, 2)}
	for i := range p.bodies {
		for range 1 + rng.IntN(2) {
			p.bodies[i] = append(p.bodies[i], p.theme.acts[rng.IntN(len(p.theme.acts))])
		}
	}
	return p
}

// telling are programs, by the number of their theme, that show the order of
// each pair of uses.
var telling = []struct {
	theme int
	text  string
}{
	{0, "sleep 1, stop | try, try"}, {0, "sleep 1, reset 1 | timer, try"}, {0, "sleep 1, stop | timer"}, {0, "reset 0, try | try"},
	{1, "sleep 1, stop | sleep 1, len"}, {1, "send | len, len"}, {1, "after or recv | sleep 1, stop"},
	{2, "halt | sleep 1, try"}, {2, "sleep 1, twice as slow | tick, tick"},
	{3, "err, err | cancel"}, {3, "cause, cause | cancel"}, {3, "parent, parent | stop, cancel"}, {3, "over, over | stop"},
	{3, "sleep 1, err | sleep 1, over"}, {3, "done or recv | sleep 1, send"}, {3, "not at the end, len | cancel"},
	{3, "at the end, len | cancel, send"}, {3, "done, len | sleep 1, send"}, {3, "sleep 1, cause | sleep 1, cancel"},
}

func parse(t *testing.T, theme int, text string) program {
	p := program{theme: themes[theme]}
	for body := range strings.SplitSeq(text, " | ") {
		var acts []act
		for name := range strings.SplitSeq(body, ", ") {
			i := slices.IndexFunc(p.theme.acts, func(a act) bool { return a.name == name })
			if i < 0 {
				t.Fatalf("%s: there is no act %q", text, name)
			}
			acts = append(acts, p.theme.acts[i])
		}
		p.bodies = append(p.bodies, acts)
	}
	return p
}

func (p program) String() string {
	var bodies []string
	for _, b := range p.bodies {
		var list []string
		for _, a := range b {
			list = append(list, a.name)
		}
		bodies = append(bodies, strings.Join(list, ", "))
	}
	return strings.Join(bodies, " | ")
}

func (s *stage) now() string { return fmt.Sprint(time.Since(s.begun)) }

// perform plays a program once and says what all of them saw.
func perform(t *testing.T, c schedule.Chooser, closed bool, p program) (saw string) {
	in(t, schedule.Config{Chooser: c, Closed: closed}, func(s *schedule.Scheduler) {
		seen := make([][]string, len(p.bodies))
		s.Go("main", func() {
			st := &stage{ch: make(chan int, 1), begun: time.Now()}
			p.theme.start(st)
			var all sync.WaitGroup
			all.Add(len(p.bodies))
			for i, does := range p.bodies {
				schedule.Go("actor", func() {
					defer all.Done()
					for _, a := range does {
						seen[i] = append(seen[i], a.do(st))
					}
				})
			}
			all.Wait()
		})
		v := s.Run(func() bool { return len(s.Tasks()) == 0 }, 5*time.Second)
		saw = fmt.Sprintf("%v %q", v.Kind, seen)
	})
	return saw
}

// everything is what the program can come to, in all schedules that the
// strategy runs, unless these are more than most.
func everything(t *testing.T, s strategy.Strategy, closed bool, p program, most int) (saw map[string]bool, schedules int, ok bool) {
	saw = map[string]bool{}
	for {
		c, more := s.Next()
		if !more {
			return saw, schedules, s.Report()[0].Complete
		}
		if schedules++; schedules > most {
			return nil, 0, false
		}
		saw[perform(t, c, closed, p)] = true
		s.Done(strategy.Outcome{})
	}
}

// mostSchedules is how many schedules a program may have to be looked at.
const mostSchedules = 800

// What a search leaves out because steps commute shows nothing else: timers,
// tickers, deadlines and contexts are in the footprints.
func TestStepsWithTimersAndContextsCommuteOnlyIfTheyDo(t *testing.T) {
	compared, all, reduced, different := 0, 0, 0, 0
	var list []program
	for _, p := range telling {
		list = append(list, parse(t, p.theme, p.text))
	}
	for seed := range uint64(programs) {
		list = append(list, randomProgram(seed))
	}
	for _, p := range list {
		want, n, ok := everything(t, strategy.Exhaustive(), false, p, mostSchedules)
		if !ok {
			continue
		}
		compared, all = compared+1, all+n
		if len(want) > 1 {
			different++
		}
		for _, s := range []strategy.Strategy{strategy.Exhaustive(), strategy.Bounded(100)} {
			got, n, ok := everything(t, s, true, p, 1<<20)
			reduced += n
			if !ok {
				t.Errorf("%s: the search isn't complete: %v", p, s.Report()[0])
			}
			for w := range want {
				if !got[w] {
					t.Errorf("%s: %s is lost", p, w)
				}
			}
			for g := range got {
				if !want[g] {
					t.Errorf("%s: %s shows in no schedule", p, g)
				}
			}
		}
	}
	t.Logf("%d programs, %d of which come to different ends: %d schedules, %d reduced, twice", compared, different, all, reduced)
	if compared < len(list)/2 || different < compared/4 || reduced >= all {
		t.Error("the programs are too few or too simple")
	}
}
