package explore

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// plainRuns is how often a body runs when nothing is woven.
const plainRuns = 10

// hopeless is after how many schedules without any verdict the exploration is
// given up.
const hopeless = 10

// censuses is in how many schedules of a test native goroutines and packages
// are looked for.
const censuses = 3

// serial keeps one schedule running at a time where races are counted, which
// the detector does for the whole process.
var serial sync.Mutex

// Test runs body under many schedules, each in a bubble of its own, and fails t
// at the first one that fails. It may be called in any test or subtest, also in
// a parallel one, several times, but not inside a bubble. See the package
// comment for what it decides.
func Test(t *testing.T, cfg Config, body func(*T)) {
	t.Helper()
	if err := cfg.complete(); err != nil {
		t.Fatal(err)
	}
	set, err := readSettings()
	if err != nil {
		t.Fatal(err)
	}
	if set.Schedules > 0 {
		cfg.Schedules = set.Schedules
	}
	x := &explorer{t: t, cfg: cfg, set: set, body: body}
	if x.notes, err = openNotes(set.Report); err != nil {
		t.Fatal(err)
	}
	if raced || set.Ahead != "" {
		serial.Lock()
		defer serial.Unlock()
	}
	if x.ahead, err = newAhead(set.Ahead, t.Name()); err != nil {
		t.Fatal(err)
	}
	if x.ahead != nil {
		defer x.ahead.end()
	}
	if set.Replay != "" {
		x.replay()
		return
	}
	x.seeker = newSeeker(&x.cfg, &x.set)
	x.explore()
}

// explorer runs the schedules of one test.
type explorer struct {
	t      *testing.T
	cfg    Config
	set    Settings
	body   func(*T)
	notes  *notes
	ahead  *ahead
	seeker *seeker // nil for a replay
	beat   atomic.Int64
	shown  shown

	tally    tally
	reported time.Time
}

// explore runs the saved schedules of the test, and then those of its seed.
func (x *explorer) explore() {
	x.t.Helper()
	if !x.saved() {
		return
	}
	for i := x.set.Shard; i < x.cfg.Schedules; i += x.set.Shards {
		if x.tally.schedules >= plainRuns && x.tally.points == 0 && !x.set.Woven {
			break
		}
		if x.tally.undecided >= hopeless && x.tally.undecided == x.tally.schedules {
			break
		}
		c, ok := x.seeker.next()
		if !ok {
			break
		}
		if !x.one(c, i) {
			return
		}
	}
	x.conclude()
}

// saved runs the schedules that failed before; it returns false when the test
// is over.
func (x *explorer) saved() (goOn bool) {
	x.t.Helper()
	if x.set.Shard != 0 {
		return true
	}
	files, paths, err := savedFiles(x.t.Name())
	if err != nil {
		x.t.Errorf("%v; delete it, or restore it", err)
	}
	for i, f := range files {
		d := x.follow(f, want{lines: x.set.Check})
		from := origin{number: -1, path: paths[i], how: d.says(), exact: d.How == replay.Exact}
		if !x.take(d.told(), from) {
			return false
		}
	}
	return true
}

// one runs a schedule of the search and takes what it came to; it returns false
// when the test is over.
func (x *explorer) one(c schedule.Chooser, number int) (goOn bool) {
	x.t.Helper()
	out := x.once(c, want{census: x.tally.schedules < censuses, lines: x.set.Check})
	x.tally.add(out)
	x.seeker.done(out)
	return x.take(out, origin{number: number})
}

// take takes what a schedule came to; it returns false when the test is over.
func (x *explorer) take(out *outcome, from origin) (goOn bool) {
	x.t.Helper()
	switch {
	case out.kind == Skipped:
		x.final(Note{Kind: Skipped, Message: out.message})
		x.t.Skip("explore: the body skips: " + out.message)
	case out.kind == Undecided:
		if x.tally.undecided++; x.tally.undecided == 1 {
			x.tally.firstUndecided = out.message
		}
	case out.kind != Held:
		if from.number >= 0 {
			from.by = x.seeker.finder()
		}
		x.failed(out, from)
		return false
	}
	if x.set.Check && x.unstable(out) {
		return false
	}
	if now := time.Now(); now.Sub(x.reported) > noteEvery {
		x.reported = now
		x.notes.write(x.noteOf(Note{}))
	}
	return true
}

// once runs one schedule.
func (x *explorer) once(c schedule.Chooser, w want) *outcome { return x.within(c, w, x.cfg.Watchdog) }

// within runs one schedule with a watchdog of its own.
func (x *explorer) within(c schedule.Chooser, w want, watchdog time.Duration) *outcome {
	b := &bubble{cfg: &x.cfg, name: x.t.Name(), body: x.body, want: w, out: &outcome{}, beat: &x.beat, shown: &x.shown}
	if x.ahead != nil {
		x.ahead.begin()
		b.note = x.ahead.note
	}
	before := x.beat.Load()
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.enter(c)
	}()
	if watch(done, &x.beat, watchdog) {
		return x.hung(b, int(x.beat.Load()-before), watchdog)
	}
	return b.out
}

// hung is the outcome of a schedule that is stuck in real time, and may go on.
func (x *explorer) hung(b *bubble, steps int, watchdog time.Duration) *outcome {
	culprits, stacks := stuck()
	message := fmt.Sprintf("nothing happened for %v of real time: code spins, or waits for what isn't under control (a lock of unwoven code, a real socket)", watchdog)
	for _, c := range culprits {
		message += "\nit is at " + c
	}
	seen := b.census()
	b.mu.Lock()
	defer b.mu.Unlock()
	return &outcome{
		kind: Hang, message: message, stacks: stacks, steps: steps, switches: int(b.switches.Load()),
		choices: slices.Clone(b.out.choices), census: seen,
	}
}

// again runs a list of choices.
func (x *explorer) again(choices []uint32, w want) *outcome {
	return x.once(schedule.NewList(choices), w)
}

// unstable runs the choices of a schedule a second time and fails the test if
// that gives another run.
func (x *explorer) unstable(first *outcome) bool {
	x.t.Helper()
	second := x.again(first.choices, want{lines: true})
	difference := firstDifference(first, second)
	if difference == "" {
		return false
	}
	text := "explore: unstable: the same choices gave another run, so that failures may not replay\n" + difference +
		"\nlook for what isn't chosen: the order of a map, a random number, real time, state that outlives a schedule, a native goroutine" + x.natives()
	x.final(Note{Kind: Unstable, Message: difference, Report: text})
	x.t.Error(text)
	return true
}

// conclude ends a test in which no schedule failed.
func (x *explorer) conclude() {
	x.t.Helper()
	y := &x.tally
	switch {
	case y.points == 0 && x.set.Woven:
		text := "no woven point was reached in " + plural(y.schedules, "schedule", "schedules") + ": weave the packages that the body runs, or leave the test out"
		x.final(Note{Kind: Unwoven, Message: text})
		x.t.Errorf("explore: unwoven: %s", text)
	case y.undecided > 0:
		text := fmt.Sprintf("%d of %d schedules: %s; raise MaxSteps, or make the body smaller", y.undecided, y.schedules, y.firstUndecided)
		x.final(Note{Kind: Undecided, Message: text})
		x.t.Errorf("explore: undecided: %s", text)
	case y.points == 0:
		x.final(Note{Kind: Unwoven})
		x.t.Skipf("explore: not explored: nothing is woven, and the body held %d times in whatever order; \"weir test\" explores", y.schedules)
	default:
		covered := x.seeker.covered(y.adopted > 0 || len(y.natives) > 0)
		x.final(Note{Kind: Held, Covered: covered})
		if covered != "" {
			covered = "; " + covered
		}
		if n := x.shown.len(); n > 0 {
			covered += fmt.Sprintf("; %d different things were seen", n)
		}
		x.t.Logf("explore: held in %s, %d of them distinct, %d steps%s%s", plural(y.schedules, "schedule", "schedules"), len(y.seen), y.steps, covered, x.natives())
	}
}
