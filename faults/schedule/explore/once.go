package explore

import (
	"fmt"
	"maps"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/story"

	// Woven code imports the shims: who vendors this package vendors them.
	_ "github.com/weir-dev/weir/faults/schedule/atomic"
	_ "github.com/weir-dev/weir/faults/schedule/sync"
)

// want says what to collect of a schedule besides its verdict.
type want struct {
	lines  bool // each step
	story  bool // what happened, for people
	census bool // native goroutines and packages, by looking at each step
}

// bubble runs one schedule.
type bubble struct {
	cfg   *Config
	name  string
	body  func(*T)
	want  want
	out   *outcome
	beat  *atomic.Int64 // steps, for the watchdog
	shown *shown
	note  func(uint32)

	mu       sync.Mutex // guards the choices and the looker, which a watchdog reads, and the news
	s        *schedule.Scheduler
	t        *T
	ended    atomic.Bool // the body
	hash     uint64      // of the steps
	switches atomic.Int32
	last     schedule.TaskID // who ran last
	recorder *story.Recorder
	looker   looker
	before   int // goroutines of the process
	adopted  map[string]bool
}

// enter runs the schedule in a new bubble and puts what it came to in b.out. It
// is called on a goroutine of its own, which may end in it.
func (b *bubble) enter(c schedule.Chooser) {
	defer func() {
		if r := recover(); r != nil {
			b.burst(r)
		}
	}()
	// A testing.T that nobody sees: what fails is told once, by Test.
	var outer testing.T
	synctest.Test(&outer, func(t *testing.T) { b.run(t, c) })
}

func (b *bubble) run(t *testing.T, c schedule.Chooser) {
	b.before = runtime.NumGoroutine()
	b.t = newT(t, b.name, b.saw)
	cfg := schedule.Config{
		Chooser: schedule.Record(c, b.chosen), MaxSteps: b.cfg.MaxSteps, Closed: b.cfg.Closed, Delays: b.cfg.Delays, Idle: b.cfg.Horizon, OnStep: b.step,
	}
	if b.want.story {
		b.recorder = story.NewRecorder()
		cfg.Trace = b.recorder.Trace
	}
	s, err := schedule.New(cfg)
	if err != nil {
		b.out.fail(Undecided, err.Error())
		return
	}
	b.s = s
	defer func() {
		if n := s.Teardown(); n > 0 && !b.out.kind.failed() {
			b.out.fail(Leak, fmt.Sprintf("%d goroutines can't be ended", n))
		}
	}()
	s.Go("test", func() {
		defer b.ended.Store(true)
		b.t.run(b.body)
	})
	b.judge()
	b.out.steps, b.out.points, b.out.hash, b.out.switches = s.Steps(), s.Points(), b.hash, int(b.switches.Load())
	b.out.adopted = len(b.adopted)
	if b.recorder != nil {
		b.out.told = b.recorder.End(s)
		if left := b.out.told.Left(); len(left) > 0 && len(b.out.left) > 0 {
			b.out.left = left
		}
	}
	b.look()
	b.out.census = b.census()
}

// look takes a part of the census, if there is to be one.
func (b *bubble) look() {
	if b.want.census {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.looker.look()
	}
}

// census is what was seen so far. A schedule that hangs may go on meanwhile.
func (b *bubble) census() census {
	b.mu.Lock()
	defer b.mu.Unlock()
	return census{maps.Clone(b.looker.natives), maps.Clone(b.looker.packages)}
}

// judge runs the schedule to its verdict.
func (b *bubble) judge() {
	v := b.s.Run(b.ended.Load, b.cfg.Horizon)
	b.out.kind = Held
	switch {
	case v.Kind == schedule.Failed:
		b.crashed(v)
	case b.violated():
		b.out.fail(Violation, b.t.text())
	case v.Kind == schedule.Rest:
		b.out.fail(Deadlock, fmt.Sprintf("the body hasn't ended after %v of virtual time, and nothing can run", b.cfg.Horizon))
		b.out.left = v.Tasks
	case v.Kind == schedule.Steps:
		b.out.fail(Undecided, v.Message)
		b.out.left = v.Tasks
	case b.t.Skipped():
		b.out.fail(Skipped, strings.Join(b.t.logs, "\n"))
	default:
		b.settle()
	}
	if b.out.kind == Violation {
		b.out.logs = b.t.logs
	}
	if n := b.s.Races(); n > 0 && !b.out.kind.failed() {
		b.out.fail(Race, fmt.Sprintf("the race detector reported %d; its text is in the output of the process", n))
	}
}

// settle gives what the body left the time to end.
func (b *bubble) settle() {
	v := b.s.Run(nil, b.cfg.Grace)
	switch {
	case v.Kind == schedule.Failed:
		b.crashed(v)
	case b.violated():
		b.out.fail(Violation, b.t.text())
	case v.Kind == schedule.Steps:
		b.out.fail(Undecided, v.Message)
		b.out.left = v.Tasks
	case len(v.Tasks) > 0:
		b.out.fail(Leak, fmt.Sprintf("%s still there %v after the body", plural(len(v.Tasks), "goroutine is", "goroutines are"), b.cfg.Grace))
		b.out.left = v.Tasks
	case runtime.NumGoroutine() > b.before:
		// Perhaps those of a test that runs in parallel.
		if natives := nativesHere(); len(natives) > 0 {
			b.out.fail(Leak, fmt.Sprintf("%s still there %v after the body", plural(len(natives), "native goroutine is", "native goroutines are"), b.cfg.Grace))
			for _, n := range natives {
				b.out.left = append(b.out.left, n.String())
			}
		}
	}
}

// violated reports whether the body failed; a race alone makes the embedded T
// fail, too.
func (b *bubble) violated() bool { return b.t.marked() || b.s.Races() == 0 && b.t.T.Failed() }

func (b *bubble) crashed(v schedule.Verdict) {
	kind := Panic
	if strings.HasPrefix(v.Message, "failure in ") {
		kind = Violation
	}
	b.out.fail(kind, v.Message)
	b.out.stacks = v.Stacks
}

// saw counts what no schedule has shown before.
func (b *bubble) saw(key string) {
	if !b.shown.add(key) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.out.news++
	b.out.newsAt = len(b.out.choices)
}

func (b *bubble) chosen(c uint32) {
	b.mu.Lock()
	b.out.choices = append(b.out.choices, c)
	b.mu.Unlock()
	if b.note != nil {
		b.note(c)
	}
}

func (b *bubble) step(s schedule.Step) {
	b.beat.Add(1)
	b.hash = mix(b.hash*3 + stepHash(s.Event))
	if who := s.Event.Task; who != 0 {
		if who != b.last && b.last != 0 {
			b.switches.Add(1)
		}
		b.last = who
	}
	if strings.HasPrefix(s.Name, "adopted#") {
		if b.adopted == nil {
			b.adopted = map[string]bool{}
		}
		b.adopted[s.Name] = true
	}
	if b.want.lines {
		b.out.lines = append(b.out.lines, s.String())
	}
	b.look()
}

// stepHash tells steps apart: who goes on from where, in any process.
func stepHash(e schedule.Event) uint64 {
	h := uint64(e.Task) ^ uint64(e.Kind)<<56 ^ uint64(e.Nth)<<20
	name := e.Text
	if e.Task == 0 {
		name = e.Name
	}
	for i := range len(name) { // FNV-1a
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return mix(h + 0x9E3779B97F4A7C15)
}

// burst takes the panic of a bubble that can't end: a cleanup of the embedded
// T that waits for ever, or native goroutines that can't be reached.
func (b *bubble) burst(r any) {
	switch {
	case b.s == nil:
		b.out.fail(Undecided, fmt.Sprintf("there is no bubble: %v (with GODEBUG=asynctimerchan=0 there is)", r))
		return
	case b.out.kind.failed():
		return
	}
	b.out.fail(Leak, fmt.Sprintf("the bubble can't end: %v", r))
}

// fail sets the verdict.
func (o *outcome) fail(kind Kind, message string) { o.kind, o.message = kind, message }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
