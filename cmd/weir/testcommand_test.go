package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// limiterSource is a user's limiter of one; lossyWait is how it loses a
// wake-up.
const (
	limiterSource = `// Package limiter lets one in.
package limiter

import "sync"

// Limiter lets one in at a time.
type Limiter struct {
	mu   sync.Mutex
	cond *sync.Cond
	busy bool
}

// New makes a limiter.
func New() *Limiter {
	l := &Limiter{}
	l.cond = sync.NewCond(&l.mu)
	return l
}

// Acquire waits to be let in.
func (l *Limiter) Acquire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy {
		l.cond.Wait()
	}
	l.busy = true
}

// Release lets the next one in.
func (l *Limiter) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	l.cond.Signal()
}
`
	goodWait  = "\t\tl.cond.Wait()\n"
	lossyWait = "\t\tl.mu.Unlock() // nobody waits yet\n\t\tl.mu.Lock()\n\t\tl.cond.Wait()\n"
)

const limiterTests = `package limiter_test

import (
	"testing"
	"time"

	"example.test/user/limiter"
	"github.com/weir-dev/weir/faults/schedule/explore"
)

func TestTaken(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		l := limiter.New()
		done := make(chan bool)
		for range 2 {
			go func() { l.Acquire(); l.Release(); done <- true }()
		}
		l.Acquire()
		l.Release()
		<-done
		<-done
	})
}

func TestCrash(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		l := limiter.New()
		first := 0
		for i := range 2 {
			go func() {
				l.Acquire()
				defer l.Release()
				if first == 0 {
					first = i + 1
				}
				if first == 2 {
					limiter.Native(func() { panic("out of control") })
				}
			}()
		}
		l.Acquire()
		l.Release()
	})
}

func TestNative(t *testing.T) {
	explore.Test(t, explore.Config{Schedules: 50}, func(t *explore.T) {
		l := limiter.New()
		limiter.Native(func() { l.Acquire(); l.Release() })
		l.Acquire()
	})
}

func TestSteps(t *testing.T) {
	explore.Test(t, explore.Config{MaxSteps: 50}, func(t *explore.T) {
		for l := limiter.New(); ; l.Release() {
			l.Acquire()
		}
	})
}

func TestHang(t *testing.T) {
	explore.Test(t, explore.Config{Watchdog: 200 * time.Millisecond}, func(t *explore.T) {
		limiter.New().Acquire()
		limiter.Hang()
	})
}

func TestStuckAtOnce(t *testing.T) {
	explore.Test(t, explore.Config{Watchdog: 200 * time.Millisecond}, func(t *explore.T) { limiter.Hang() })
}

func TestPlainFailure(t *testing.T) { t.Error("it fails") }

func TestSkipped(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) { t.Skip("not today") })
}

func TestState(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		l := limiter.New()
		l.Acquire()
		if runs++; runs == 5 {
			t.Error("the fifth")
		}
	})
}

var runs int

func TestWhole(t *testing.T) {
	explore.Test(t, explore.Config{Closed: true}, func(t *explore.T) {
		l := limiter.New()
		go func() { l.Acquire(); l.Release() }()
		l.Acquire()
		l.Release()
	})
}

func TestRandom(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		for range limiter.Random() {
			limiter.New().Acquire()
		}
	})
}
`

// nativeSource is code that nobody weaves.
const nativeSource = `package native

import (
	"math/rand"
	"sync"
)

// Run runs f in a goroutine.
func Run(f func()) {
	done := make(chan bool)
	go func() { defer close(done); f() }()
	<-done
}

// Hang waits for a lock that nobody gives up.
func Hang() {
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
}

// Random is 1 to 20.
func Random() int { return 1 + rand.Intn(20) }
`

// userModule makes a user's module in a new directory, and goes there.
func userModule(t *testing.T) (dir string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.test/user\n\ngo 1.26.0\n\nrequire github.com/weir-dev/weir v0.0.0\n\nreplace github.com/weir-dev/weir => "+root+"\n")
	write(t, filepath.Join(dir, "native", "native.go"), nativeSource)
	write(t, filepath.Join(dir, "limiter", "limiter.go"), limiterSource)
	write(t, filepath.Join(dir, "limiter", "native.go"), "package limiter\n\nimport \"example.test/user/native\"\n\n// Native runs f out of control.\nfunc Native(f func()) { native.Run(f) }\n\n// Hang hangs.\nfunc Hang() { native.Hang() }\n\n// Random is 1 to 20.\nfunc Random() int { return native.Random() }\n")
	write(t, filepath.Join(dir, "limiter", "limiter_test.go"), limiterTests)
	write(t, filepath.Join(dir, "idle", "idle.go"), "// Package idle is not run.\npackage idle\n\nimport \"sync\"\n\n// Mu is a lock.\nvar Mu sync.Mutex\n")
	write(t, filepath.Join(dir, "plain", "plain.go"), "// Package plain has no explorations.\npackage plain\n")
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "cache"))
	t.Setenv("GOWORK", "off")
	t.Chdir(dir)
	return dir
}

// weir runs the command.
func weir(t *testing.T, args string) (code int, out string) {
	t.Helper()
	var both bytes.Buffer
	code = run(t.Context(), strings.Fields(args), &both, &both)
	return code, both.String()
}

// expect runs the command and compares what it says.
func expect(t *testing.T, args string, want int, says ...string) string {
	t.Helper()
	code, out := weir(t, args)
	if code != want {
		t.Errorf("weir %s: got exit %d, want %d\n%s", args, code, want, out)
	}
	contains(t, "weir "+args, out, says...)
	return out
}

// A lost wake-up is found, made small, saved, and replayed; and when it is
// repaired, its schedule holds.
func TestExplorationFindsALostWakeUp(t *testing.T) {
	dir := userModule(t)
	source := filepath.Join("limiter", "limiter.go")
	write(t, source, strings.Replace(limiterSource, goodWait, lossyWait, 1))
	out := expect(t, "test -weave=./limiter -run Taken ./...", exitViolated,
		"violated   TestTaken: deadlock", "waits to be signalled at l.cond at limiter.go:", "explain   stuck     ", "(a lost wake-up)", "it replays exactly in a fresh process",
		filepath.Join("limiter", "testdata", "weir", "TestTaken-deadlock.schedule"))
	path := filepath.Join(dir, "limiter", "testdata", "weir", "TestTaken-deadlock.schedule")
	f, err := explore.ReadFile(path)
	if err != nil || f.Test != "TestTaken" || f.Loose != "" || len(f.Failure.Orders) == 0 || len(f.Weave) != 1 || f.Weave[0] != "example.test/user/limiter" {
		t.Fatalf("got file %+v, %v\n%s", f, err, out)
	}
	out = expect(t, "test -mermaid=m.mmd -perfetto=p.json -replay="+path, exitViolated, "it was replayed exactly", "example.test/user/limiter")
	mermaid, perfetto := readFile(t, "m.mmd"), readFile(t, "p.json")
	if !strings.HasPrefix(mermaid, "sequenceDiagram\n") || !strings.Contains(mermaid, "nobody waited") || !json.Valid([]byte(perfetto)) || !strings.Contains(perfetto, "cond.wait") || strings.Contains(out, "is not written") {
		t.Errorf("got diagram\n%s\nand timeline\n%s\n%s", mermaid, perfetto, out)
	}
	// What has nothing to do with it doesn't matter, and then its file is
	// the first that an exploration tries, and written anew.
	logged := strings.Replace(limiterSource, "\tl.mu.Lock()\n", "\tseen.Add(1)\n\tl.mu.Lock()\n", 2)
	logged = strings.Replace(logged, "import \"sync\"", "import (\n\t\"sync\"\n\t\"sync/atomic\"\n)\n\nvar seen atomic.Int32", 1)
	write(t, source, strings.Replace(logged, goodWait, lossyWait, 1))
	expect(t, "test -replay="+path, exitViolated, "violated   TestTaken: deadlock", "note      reproduced after an edit, with seed ")
	expect(t, "test -weave=./limiter -run Taken ./limiter", exitViolated, "deadlock in the saved schedule testdata/weir/TestTaken-deadlock.schedule (reproduced after an edit, with seed ",
		"it replays exactly in a fresh process", "replay    ", " test -replay limiter/testdata/weir/TestTaken-deadlock.schedule\n")
	expect(t, "test -weave=./limiter -run Taken ./limiter", exitViolated, "TestTaken-deadlock.schedule (it was replayed exactly)", "it replays exactly in a fresh process")
	write(t, source, logged)
	expect(t, "test -replay="+path, exitHeld, "held       TestTaken: the saved schedule holds: the constraints were kept in ", " runs: passed")
	// Where nobody takes the lock there is nothing that could be followed.
	write(t, source, strings.NewReplacer("\tl.mu.Lock()\n", "", "\tdefer l.mu.Unlock()\n", "", goodWait, "").Replace(strings.Replace(limiterSource, "for l.busy", "if l.busy", 1)))
	expect(t, "test -replay="+path, exitUndecided, "undecided  TestTaken: another schedule than the saved one holds: diverged at constraint 1 (")
	write(t, source, limiterSource)
	expect(t, "test -weave=./limiter -run Taken ./limiter", exitHeld, "held       TestTaken: 1,0")
	left, err := filepath.Glob("*")
	if err != nil || strings.Join(left, " ") != "go.mod idle limiter m.mmd native p.json plain" {
		t.Errorf("the user's tree has %q, %v", left, err)
	}
}

// A file for a drawing is refused before anything is built if it can't be
// written, and one that stayed empty isn't left behind.
func TestDrawingsAreChecked(t *testing.T) {
	userModule(t)
	saved := filepath.Join("limiter", "testdata", "weir", "TestGone-leak.schedule")
	write(t, saved, string(explore.File{Test: "TestGone", Kind: explore.Leak, Weave: []string{"example.test/user/limiter"}}.Marshal()))
	write(t, "old.mmd", "old")
	replay := "test -replay=" + saved
	for args, says := range map[string]string{
		"test -weave=./limiter -mermaid=old.mmd .":       "-mermaid draws a replayed schedule: name its file with -replay",
		replay + " -perfetto=limiter":                    "limiter isn't a file",
		replay + " -mermaid=nowhere/m.mmd":               "nowhere/m.mmd: no such file or directory",
		replay + " -mermaid=m.mmd -perfetto=./m.mmd":     "-perfetto is ./m.mmd, as is -mermaid",
		replay + " -mermaid=" + saved:                    "as is -replay",
		replay + " -mermaid=new.mmd -weave=./nowhere...": "matches no package",
	} {
		expect(t, args, exitUsage, says)
	}
	if old := readFile(t, "old.mmd"); old != "old" {
		t.Errorf("a refused command line left %q in the file, want it as it was", old)
	}
	expect(t, replay+" -mermaid=old.mmd", exitUndecided, "no test was explored", " old.mmd is not written: the schedule was not run, or came to no end")
	if left, err := filepath.Glob("*.mmd"); err != nil || len(left) > 0 {
		t.Errorf("the files %q are left, %v", left, err)
	}
}

// What is no verdict is no success, and each has its exit code.
func TestExplorationVerdicts(t *testing.T) {
	userModule(t)
	expect(t, "test -weave=./limiter -run Crash ./limiter", exitViolated, "violated   TestCrash: crash", "panic: out of control", "it crashes again in a fresh process")
	contains(t, "the file of a crash", readFile(t, filepath.Join("limiter", "testdata", "weir", "TestCrash-crash.schedule")), "verdict crash\nfact test TestCrash\nfact observed panic: out of control\n", "\nfact choices-only the process ended of it")
	expect(t, "test -weave=./limiter -v -run Native|State|Hang|Steps|PlainFailure|Skipped ./limiter", exitViolated,
		"held       TestNative: 50 schedules", "native goroutines, which nobody controls, were started by native.Run native.go:11; 50 reached a point",
		"violated   TestState: violation", "does not replay in a fresh process, which came to held",
		"undecided  TestSteps: undecided: ", "50 steps",
		"TestPlainFailure fails, which is no exploration", "it fails",
		"undecided  TestHang: hang: nothing happened for 200ms", "native.Hang native.go:19 in package example.test/user/native", "it hangs again in a fresh process",
		"skipped    TestSkipped: ", "=== RUN   TestSkipped")
	if err := os.RemoveAll(filepath.Join("limiter", "testdata")); err != nil {
		t.Fatal(err)
	}
	expect(t, "test -weave=./limiter -run Steps ./limiter", exitUndecided, "undecided  TestSteps")
	expect(t, "test -weave=./limiter -run StuckAtOnce ./limiter", exitUndecided, "undecided  TestStuckAtOnce: hang: nothing happened for 200ms")
	expect(t, "test -weave=./limiter -run Skipped ./limiter", exitUndecided, "skipped    TestSkipped", "no test was explored")
	expect(t, "test -weave=./limiter -run Random -check-determinism ./limiter", exitBroken, "broken     TestRandom: unstable", "ended before step")
	expect(t, "test -weave=./idle -run Taken -schedules=20 ./limiter", exitBroken, "no point of a woven package was seen to be reached: the tests don't run example.test/user/idle")
	expect(t, "test -weave=./idle,./limiter -run Taken -schedules=20 ./limiter", exitHeld, "woven, but no point was seen to be reached: example.test/user/idle")
	write(t, filepath.Join("limiter", "bad_test.go"), "package limiter_test\n\nvar x int = \"\"\n")
	expect(t, "test -weave=./limiter ./limiter", exitBroken, "bad_test.go:3")
}

// The table of the strategies comes with a failure and with -v, and what can't
// be split runs in one process and says so.
func TestExplorationReportsItsSearch(t *testing.T) {
	userModule(t)
	whole := "held       TestWhole: "
	out := expect(t, "test -weave=./limiter -run Whole -strategy=exhaustive -v ./limiter", exitHeld,
		"exhaustive can't be split: it runs in one process", whole, " distinct, ", ": every schedule was seen, up to the order of steps that commute\n", "    strategy      schedules", "\n    exhaustive  ")
	if strings.Contains(out, "no preemption") {
		t.Errorf("a schedule was run beside those of the search:\n%s", out)
	}
	out = expect(t, "test -weave=./limiter -run Whole -strategy=pct:2 -processes=2 -schedules=100 ./limiter", exitHeld, whole+"100 schedules, ")
	if strings.Contains(out, "strategy ") || strings.Contains(out, "every schedule") {
		t.Errorf("there is a table although nothing failed, or a claim:\n%s", out)
	}
	expect(t, "test -weave=./limiter -run State -strategy=rarest -processes=1 ./limiter", exitViolated,
		"in schedule 5 of seed 1, by rarest:", "\n    no preemption         1 ", "\n    rarest                4          ", "       1      0.25")
}

// What the processes found is added up, and distinct schedules are counted
// once.
func TestSearchesAreMerged(t *testing.T) {
	p := &testedPackage{tests: map[string]*testedTest{}}
	shown := p.test("TestA")
	one := strategy.Report{Name: "pct d=2", Schedules: 10, Distinct: 4, Traces: 3, Steps: 20, Tasks: 2, Bound: 0.025}
	two := strategy.Report{Name: "pct d=2", Schedules: 30, Distinct: 5, Traces: 4, Steps: 15, Tasks: 3, Bound: 0.02, Failures: 1, First: 30}
	shown.add(explore.Note{Final: true, Kind: explore.Held, Seen: make([]byte, 8), Strategies: []strategy.Report{one}})
	shown.add(explore.Note{Final: true, Kind: explore.Held, Seen: append(make([]byte, 8), 1, 0, 0, 0, 0, 0, 0, 0), Distinct: 2,
		Strategies: []strategy.Report{{Name: "no preemption", Schedules: 1}, two, {Name: "exhaustive"}}, Covered: "all"})
	shown.add(explore.Note{Distinct: 7})
	want := []strategy.Report{{Name: "no preemption", Schedules: 1},
		{Name: "pct d=2", Schedules: 40, Distinct: 9, Traces: 7, Steps: 20, Tasks: 3, Bound: 1.0 / 60, Failures: 1, First: 30}, {Name: "exhaustive"}}
	if !slices.Equal(shown.strategies, want) || len(shown.seen) != 2 || shown.distinct != 7 || shown.covered != "all" {
		t.Errorf("got %+v, %d and %d distinct, covered %q, want\n%+v, 2 and 7, all", shown.strategies, len(shown.seen), shown.distinct, shown.covered, want)
	}
}

func TestExplorationUsage(t *testing.T) {
	userModule(t)
	write(t, "old.schedule", "weir schedule 1\ntest TestTaken\nkind deadlock\nsteps 1\nchoices 0*12\n")
	write(t, "other.schedule", "weir failure 1\nverdict violated\nlaw gateway/fifo\nfact suite gateway\nchoices 1\n")
	for args, says := range map[string]string{
		"test":                                                     "no -weave",
		"test -weave=./nowhere... ./limiter":                       "matches no package",
		"test -weave=./plain ./limiter":                            "has nothing to weave",
		"test -weave=sort ./limiter":                               "standard library",
		"test -weave=./limiter ./plain":                            "no test of ./plain imports",
		"test -weave=./limiter -bench=. .":                         "-bench",
		"test -weave=./limiter -schedules=-1 .":                    "-schedules is -1",
		"test -weave=./limiter -seed=0 .":                          "-seed is 0",
		"test -weave=./limiter -processes=0 .":                     "-processes is 0",
		"test -weave=./limiter -replay=go.mod .":                   "not a saved failure: line 1 is \"module example.test/user\"",
		"test -weave=./limiter -replay=old.schedule .":             "old.schedule: replay: not a saved failure: line 1 is \"weir schedule 1\", want \"weir failure 1\": it is a file of another version of weir; find the failure again to save it anew",
		"test -weave=./limiter -replay=other.schedule .":           "not a saved failure of a test: it has no line that begins with fact test",
		"test -weave=./limiter -strategy=fast .":                   "-strategy: strategy \"fast\" is unknown",
		"test -weave=./limiter -strategy=pct:0 .":                  "wants a number from 1 to 255",
		"test -weave=./limiter -strategy=bounded:1 -processes=2 .": "-processes is 2, want 1: -strategy=bounded:1 can't be split",
		"weave":                 "no pattern",
		"weave ./limiter -fast": "-fast",
	} {
		expect(t, args, exitUsage, says)
	}
}

func TestBuildsAreBounded(t *testing.T) {
	dir := t.TempDir()
	for i := range maxBuilds + 3 {
		if err := pruneBuilds(dir, fmt.Sprint(buildPrefix, i)); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(time.Duration(i-100) * time.Minute)
		if err := os.Chtimes(filepath.Join(dir, fmt.Sprint(buildPrefix, i)), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := pruneBuilds(dir, buildPrefix+"3"); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != maxBuilds || !slices.Contains(left, filepath.Join(dir, buildPrefix+"3")) {
		t.Errorf("got %q, %v, want the last %d, and the one in use", left, err, maxBuilds)
	}
}

func TestOutputOfATest(t *testing.T) {
	for output, want := range map[string]string{
		"ok\n--- FAIL: TestA (0.00s)\n    a_test.go:1: bad\n        worse\n--- FAIL: TestB (0.00s)\n    other\nFAIL\n": "--- FAIL: TestA (0.00s)\n    a_test.go:1: bad\n        worse",
		"=== RUN   TestB\n=== RUN   TestA\n    a_test.go:1: bad\n--- FAIL: TestA (0.00s)\nFAIL\n":                      "=== RUN   TestA\n    a_test.go:1: bad\n--- FAIL: TestA (0.00s)",
		"something else": "something else",
	} {
		if got := outputOf("TestA", output); got != want {
			t.Errorf("of %q: got %q, want %q", output, got, want)
		}
	}
}

func TestWeaveCommand(t *testing.T) {
	userModule(t)
	out := t.TempDir()
	expect(t, "weave ./limiter -o "+out, exitHeld, "wove 2 files of example.test/user/limiter", "and of the tests of example.test/user/limiter", "go test -overlay="+filepath.Join(out, "overlay.json"))
}

func TestExplorationIsInterrupted(t *testing.T) {
	userModule(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	// It is building or exploring by then; either way nothing is decided.
	time.AfterFunc(3*time.Second, cancel)
	var both bytes.Buffer
	if code := run(ctx, strings.Fields("test -weave=./limiter -run Taken -schedules=1000000000 ./limiter"), &both, &both); code != exitUndecided {
		t.Errorf("got exit %d, want %d\n%s", code, exitUndecided, both.String())
	}
	contains(t, "output", both.String(), "interrupted")
}
