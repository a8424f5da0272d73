package explore_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// process is what a test of this binary came to in a process of its own.
type process struct {
	dir, out string
	failed   bool
	notes    map[string]explore.Note // the last of each test
}

// run runs a test in a new process, in dir or in a new directory.
func run(t *testing.T, dir, test string, set explore.Settings) process {
	t.Helper()
	if dir == "" {
		dir = t.TempDir()
	}
	p := process{dir: dir, notes: map[string]explore.Note{}}
	set.Report = filepath.Join(t.TempDir(), "report")
	parts := strings.Split(test, "/")
	cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^"+strings.Join(parts, "$/^")+"$")
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), plantedVariable+"=1", "GORACE="+cmp.Or(os.Getenv("GORACE"), "atexit_sleep_ms=0")), set.Environ()...)
	out, err := cmd.CombinedOutput()
	p.out, p.failed = string(out), err != nil
	text, _ := os.ReadFile(set.Report)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var n explore.Note
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			t.Errorf("note %q: %v", lines.Text(), err)
		}
		p.notes[n.Test] = n
	}
	return p
}

// Each planted body comes to its verdict, and the report says what happened
// and where.
func TestVerdicts(t *testing.T) {
	for name, c := range map[string]struct {
		set   explore.Settings
		kind  explore.Kind
		says  []string
		saved bool
	}{
		"violation": {kind: explore.Violation, saved: true, says: []string{"planted_test.go:", "order 2 came first", "logs      planted_test.go:", "before", "> racer#2  (started by test#1", "send done, waits  planted_test.go:", "schedule.To(done).Send(true)", "recv done = true  planted_test.go:"}},
		"fatal":     {kind: explore.Violation, saved: true, says: []string{"it was fatal"}},
		"failf":     {kind: explore.Violation, saved: true, says: []string{"not in order"}},
		"deadlock": {kind: explore.Deadlock, saved: true, says: []string{"left      test#1 waits to receive from done at planted_test.go:", "waits to be signalled at l.cond at planted_test.go:", "started by test#1 at planted_test.go:",
			"story     ", " goroutines, 1h0m0s of virtual time", "= taker#", "explain   stuck     2 goroutines are left after 1h0m0s", "cond.signal l.cond: nobody waited", "(a lost wake-up)"}},
		"leak":     {kind: explore.Leak, saved: true, says: []string{"1 goroutine is still there 10s after the body", "left#1 waits to receive from never at planted_test.go:", "started by test#1 at", "explain   stuck     1 goroutine is left after 10s", "nobody ever sent to it or closed it"}},
		"native":   {kind: explore.Leak, saved: true, says: []string{"native goroutine (chan receive", "started by"}},
		"panic":    {kind: explore.Panic, saved: true, says: []string{"panic in test#1: nil TestPlanted/panic", "stack"}},
		"steps":    {kind: explore.Undecided, says: []string{"100 steps", "raise MaxSteps"}},
		"hang":     {kind: explore.Hang, saved: true, says: []string{"100ms of real time", "it is at explore_test.init.func", "in package github.com/weir-dev/weir/faults/schedule/explore_test", "planted_test.go:"}},
		"run":      {kind: explore.Panic, saved: true, says: []string{`T.Run("sub") inside a body`}},
		"parallel": {kind: explore.Panic, saved: true, says: []string{"T.Parallel inside a body"}},
		"unstable": {kind: explore.Unstable, set: explore.Settings{Check: true}, says: []string{"first run ", "second run ", "ended before step"}},
		"plain":    {kind: explore.Unwoven, set: explore.Settings{Woven: true}, says: []string{"no woven point was reached in 1000 schedules"}},
		"cleanup":  {kind: explore.Violation, saved: true, says: []string{"of the cleanup"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := run(t, "", "TestPlanted/"+name, c.set)
			n := p.notes["TestPlanted/"+name]
			if !p.failed || !n.Final || n.Kind != c.kind {
				t.Fatalf("got failed %v, note %+v, want %s\n%s", p.failed, n, c.kind, p.out)
			}
			for _, want := range c.says {
				if !strings.Contains(p.out, want) {
					t.Errorf("output lacks %q:\n%s", want, p.out)
				}
			}
			if (n.File != "") != c.saved {
				t.Errorf("got file %q, want one: %v", n.File, c.saved)
			}
		})
	}
}

func TestConfigIsChecked(t *testing.T) {
	if p := run(t, "", "TestPlanted/config", explore.Settings{}); !p.failed || !strings.Contains(p.out, "Schedules is -1, want 0 or more") {
		t.Errorf("got %s", p.out)
	}
	t.Setenv("WEIR_SCHEDULES", "many")
	cmd := exec.Command(os.Args[0], "-test.run=^TestPlanted$/^plain$")
	cmd.Env = append(os.Environ(), plantedVariable+"=1")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), `WEIR_SCHEDULES is "many", want a number`) {
		t.Errorf("got %v %s", err, out)
	}
}

// A run without weaving, where nobody expects it, and a body that skips say so
// and don't pass.
func TestNeverSilentSuccess(t *testing.T) {
	for name, says := range map[string]string{"plain": "not explored: nothing is woven, and the body held 10 times", "skip": "the body skips: planted_test.go:"} {
		p := run(t, "", "TestPlanted/"+name, explore.Settings{})
		if p.failed || !strings.Contains(p.out, says) || !strings.Contains(p.out, "--- SKIP: TestPlanted/"+name) {
			t.Errorf("%s: got %s", name, p.out)
		}
	}
}

// Without bubbles nothing is decided.
func TestNoBubble(t *testing.T) {
	t.Setenv("GODEBUG", "asynctimerchan=1")
	p := run(t, "", "TestPlanted/violation", explore.Settings{})
	if !p.failed || !strings.Contains(p.out, "explore: undecided: 10 of 10 schedules: there is no bubble") {
		t.Errorf("got %s", p.out)
	}
}

// A race is found although the schedule runs one goroutine at a time.
func TestRaceIsFound(t *testing.T) {
	p := run(t, "", "TestPlanted/race", explore.Settings{})
	n := p.notes["TestPlanted/race"]
	if want := map[bool]explore.Kind{true: explore.Race, false: explore.Held}[explore.Raced]; n.Kind != want {
		t.Errorf("got %s, want %s\n%s", n.Kind, want, p.out)
	}
	if !explore.Raced {
		return
	}
	both := run(t, "", "TestPlantedRaces", explore.Settings{})
	if clean, racy := both.notes["TestPlantedRaces/clean"], both.notes["TestPlantedRaces/racy"]; clean.Kind != explore.Held || racy.Kind != explore.Race {
		t.Errorf("got %s and %s, want held and race\n%s", clean.Kind, racy.Kind, both.out)
	}
	t.Setenv("GORACE", "suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0")
	small := run(t, "", "TestPlanted/race", explore.Settings{Seed: 2})
	if n := small.notes["TestPlanted/race"]; n.Kind != explore.Race || n.Switches != 2 || strings.Contains(small.out, "once a process") {
		t.Errorf("got %+v, want a race with the two switches that two goroutines take\n%s", n, small.out)
	}
}

// The file that a failure is saved in repeats it to the step in a process of
// its own, is run first by the next exploration, and says so when the code has
// changed.
func TestSavedScheduleReplays(t *testing.T) {
	for _, name := range []string{"violation", "deadlock", "leak", "panic"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test := "TestPlanted/" + name
			found := run(t, "", test, explore.Settings{Seed: 5})
			n := found.notes[test]
			path := filepath.Join(found.dir, n.File)
			replayed := run(t, "", test, explore.Settings{Replay: path}).notes[test]
			if !replayed.Exact || replayed.Kind != n.Kind || replayed.Trace != n.Trace || replayed.Schedules != 1 {
				t.Errorf("got replay %+v, want it exactly as %+v", replayed, n)
			}
			again := run(t, found.dir, test, explore.Settings{})
			if got := again.notes[test]; got.Schedules != 1 || !strings.Contains(again.out, "in the saved schedule") {
				t.Errorf("the saved schedule was not run first: %+v\n%s", got, again.out)
			}
			f, err := explore.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f.Failure.Choices = append(f.Failure.Choices, 1, 1, 1)
			if err := os.WriteFile(path, f.Marshal(), 0o666); err != nil {
				t.Fatal(err)
			}
			if other := run(t, "", test, explore.Settings{Replay: path}).notes[test]; other.Exact {
				t.Errorf("a list with too many choices was replayed exactly: %+v", other)
			}
			f.Loose, f.Failure.Orders = "it is a test", nil
			if err := os.WriteFile(path, f.Marshal(), 0o666); err != nil {
				t.Fatal(err)
			}
			if other := run(t, "", test, explore.Settings{Replay: path}).notes[test]; other.Exact || other.Kind != n.Kind || !strings.Contains(other.Replayed, "there are no constraints (it is a test)") {
				t.Errorf("without constraints: got %+v", other)
			}
		})
	}
}

// A saved schedule has what brings its failure back after an edit, or says why
// not. Its replay says whether it was exact, came back after an edit, or diverged,
// and where; so does the next exploration, which saves it anew.
func TestSavedScheduleOutlivesEdits(t *testing.T) {
	for _, c := range []struct {
		name, edit string
		kind       explore.Kind
		says       string
	}{
		{"violation", "", explore.Violation, "it was replayed exactly"},
		{"violation", "points", explore.Violation, "reproduced after an edit, with seed 0 in run 2"},
		{"violation", "fixed", explore.Held, "the constraints were kept in 5 runs: passed"},
		{"violation", "ordered", explore.Held, `diverged at constraint 1 (1.2 "racer#2" at lock:2 1 before 1.1 "racer#1" at lock:2 1): the second happened first, when nothing else could go on; went on with seed 0: passed`},
		{"violation", "points and unlocked", explore.Violation, `went on with seed 0: failed`},
		{"violation", "reworded", explore.Violation, "it fails in another way than when it was saved: "},
		{"deadlock", "", explore.Deadlock, "it was replayed exactly"},
		{"deadlock", "points", explore.Deadlock, "reproduced after an edit"},
		{"deadlock", "fixed", explore.Held, ": passed"},
		{"leak", "", explore.Leak, "it was replayed exactly"},
		{"leak", "points", explore.Leak, "it was replayed exactly"}, // there is nothing to choose,
		{"leak", "fixed", explore.Held, ": passed"},
		{"panic", "points", explore.Panic, "reproduced after an edit"},
		{"panic", "ordered", explore.Held, "diverged at constraint 1 ("},
	} {
		t.Run(c.name+" "+c.edit, func(t *testing.T) {
			test := "TestPlanted/" + c.name
			found := run(t, "", test, explore.Settings{})
			path := filepath.Join(found.dir, found.notes[test].File)
			saved, err := explore.ReadFile(path)
			if err != nil || saved.Loose != "" || len(saved.Failure.Tasks) == 0 || (len(saved.Failure.Orders) == 0) != (c.name == "leak") {
				t.Fatalf("got %v\n%s", err, saved.Marshal())
			}
			t.Setenv(editVariable, c.edit)
			p := run(t, "", test, explore.Settings{Replay: path})
			n := p.notes[test]
			isLost := c.kind == explore.Held && strings.HasPrefix(c.says, "diverged")
			if !strings.Contains(n.Replayed, c.says) || !strings.Contains(p.out, c.says) {
				t.Errorf("got %q, want %q\n%s", n.Replayed, c.says, p.out)
			}
			if n.Kind != c.kind || n.Exact != strings.HasSuffix(c.says, "exactly") || isLost != strings.Contains(p.out, "--- SKIP") || isLost && !n.Lost {
				t.Errorf("got %+v, want %s\n%s", n, c.kind, p.out)
			}
			again := run(t, found.dir, test, explore.Settings{Schedules: 20})
			if c.kind == explore.Held {
				if again.failed || strings.Contains(again.out, "saved schedule") {
					t.Errorf("the next exploration: %s", again.out)
				}
				return
			}
			if !strings.Contains(again.out, "in the saved schedule testdata") || !strings.Contains(again.out, n.Replayed) {
				t.Errorf("the next exploration lacks %q: %s", n.Replayed, again.out)
			}
			if now := run(t, "", test, explore.Settings{Replay: filepath.Join(found.dir, again.notes[test].File)}).notes[test]; !now.Exact {
				t.Errorf("what it saved is replayed so: %+v", now)
			}
		})
	}
}

// Where no constraints can be had the file says why.
func TestLooseSchedules(t *testing.T) {
	t.Setenv("GORACE", "suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0")
	for name, why := range map[string]string{
		"hang": "leaves goroutines behind", "beside a hang": "another schedule hangs", "race": "the race detector remembers", "native": "",
	} {
		if name == "race" && !explore.Raced {
			continue
		}
		test := strings.ReplaceAll("TestPlanted/"+name, " ", "_")
		p := run(t, "", test, explore.Settings{})
		f, err := explore.ReadFile(filepath.Join(p.dir, p.notes[test].File))
		if err != nil || !strings.Contains(f.Loose, why) || (f.Loose == "") != (why == "") || why != "" && len(f.Failure.Tasks) > 0 {
			t.Errorf("%s: got %v, want %q\n%s%s", name, err, why, f.Marshal(), p.out)
		}
	}
}

// A test whose runs are slow is told of in time, with all constraints.
func TestConstraintsAreBounded(t *testing.T) {
	t.Parallel()
	test := "TestPlanted/slow"
	start := time.Now()
	p := run(t, "", test, explore.Settings{})
	took := time.Since(start)
	f, err := explore.ReadFile(filepath.Join(p.dir, p.notes[test].File))
	if err != nil || f.Loose != "" || len(f.Failure.Orders) == 0 {
		t.Errorf("got %v, want constraints\n%s%s", err, f.Marshal(), p.out)
	}
	if took > 10*time.Second {
		t.Errorf("it took %v, want 10s at most", took)
	}
}

// A replayed schedule is drawn, and what can't be drawn fails the test.
func TestReplayIsDrawn(t *testing.T) {
	test := "TestPlanted/deadlock"
	found := run(t, "", test, explore.Settings{})
	set := explore.Settings{Replay: filepath.Join(found.dir, found.notes[test].File), Mermaid: filepath.Join(found.dir, "m"), Perfetto: filepath.Join(found.dir, "p")}
	replayed := run(t, "", test, set)
	mermaid, err1 := os.ReadFile(set.Mermaid)
	perfetto, err2 := os.ReadFile(set.Perfetto)
	if err1 != nil || err2 != nil || !bytes.HasPrefix(mermaid, []byte("sequenceDiagram\n")) || !bytes.Contains(mermaid, []byte("taker#35;1")) || !json.Valid(perfetto) || !bytes.Contains(perfetto, []byte("taker#1")) {
		t.Errorf("got diagram %s, %v\nand timeline %s, %v\n%s", mermaid, err1, perfetto, err2, replayed.out)
	}
	set.Perfetto = found.dir
	if p := run(t, "", test, set); !strings.Contains(p.out, "explore: the story can't be drawn: open "+found.dir) || p.notes[test].Kind != explore.Deadlock {
		t.Errorf("a timeline in a folder: got %s", p.out)
	}
	test = "TestPlanted/hang"
	set.Replay = filepath.Join(found.dir, "hang.schedule")
	if err := os.WriteFile(set.Replay, explore.File{Test: test, Kind: explore.Hang}.Marshal(), 0o666); err != nil {
		t.Fatal(err)
	}
	if p := run(t, "", test, set); !strings.Contains(p.out, "explore: nothing is drawn: the schedule came to no end") {
		t.Errorf("a hang: got %s", p.out)
	}
	set.Replay = ""
	if p := run(t, "", test, set); !p.failed || !strings.Contains(p.out, "draw the schedule of WEIR_REPLAY, which is empty") {
		t.Errorf("without a schedule: got %s", p.out)
	}
}

// A hang that is replayed hangs where it did, with the stacks, and tells which
// packages it came through, so that the run isn't taken for an unwoven one.
func TestHangReplays(t *testing.T) {
	test := "TestPlanted/late_hang"
	found := run(t, "", test, explore.Settings{Woven: true})
	n := found.notes[test]
	set := explore.Settings{Woven: true, Replay: filepath.Join(found.dir, n.File)}
	p := run(t, "", test, set)
	r := p.notes[test]
	if r.Kind != explore.Hang || r.Kind.Decided() || !r.Exact || !r.Final || r.Message != n.Message {
		t.Errorf("got %+v, want it exactly as %+v", r, n)
	}
	if len(r.Packages) != 1 || !strings.HasSuffix(r.Packages[0], "explore_test") {
		t.Errorf("got packages %q, want that of the body", r.Packages)
	}
	for _, want := range []string{"observed  nothing happened for 100ms", "stack     goroutine", "planted_test.go:", "it was replayed exactly"} {
		if !strings.Contains(p.out, want) {
			t.Errorf("output lacks %q:\n%s", want, p.out)
		}
	}
	f, err := explore.ReadFile(set.Replay)
	if err != nil {
		t.Fatal(err)
	}
	f.Failure.Choices = append(f.Failure.Choices, 1)
	if err := os.WriteFile(set.Replay, f.Marshal(), 0o666); err != nil {
		t.Fatal(err)
	}
	if p := run(t, "", test, set); p.notes[test].Exact || !strings.Contains(p.out, "diverged: the choices no longer fit the program") {
		t.Errorf("with other choices: got %+v", p.notes[test])
	}
}

// Every kind of point tells in which package it is.
func TestLocksArePoints(t *testing.T) {
	test := "TestPlanted/lock"
	if n := run(t, "", test, explore.Settings{}).notes[test]; n.Kind != explore.Held || len(n.Packages) != 1 {
		t.Errorf("got %+v, want it held, in a package", n)
	}
}

// What is left of a schedule that is shrunk still fails, with no more switches
// than it takes.
func TestShrinking(t *testing.T) {
	for seed := range uint64(2) {
		p := run(t, "", "TestPlanted/noisy", explore.Settings{Seed: 1 + seed})
		if n := p.notes["TestPlanted/noisy"]; n.Kind != explore.Violation || n.Switches != 3 || !strings.Contains(p.out, "none with fewer switches fails") {
			t.Errorf("seed %d: got %s with %d switches, want 3\n%s", 1+seed, n.Kind, n.Switches, p.out)
		}
	}
}

// A saved schedule is that of one test.
func TestReplayLeavesOtherTestsOut(t *testing.T) {
	f := explore.File{Test: "TestPlanted/violation", Kind: explore.Violation}
	path := filepath.Join(t.TempDir(), f.Name())
	if err := os.WriteFile(path, f.Marshal(), 0o666); err != nil {
		t.Fatal(err)
	}
	p := run(t, "", "TestPlanted/deadlock", explore.Settings{Replay: path})
	if p.failed || !strings.Contains(p.out, "is a schedule of TestPlanted/violation") {
		t.Errorf("got %s", p.out)
	}
}

// A leak is blamed on the test that has it, also while another runs in
// parallel.
func TestLeakIsAttributed(t *testing.T) {
	p := run(t, "", "TestPlantedPair", explore.Settings{})
	clean, leaky := p.notes["TestPlantedPair/clean"], p.notes["TestPlantedPair/leaky"]
	if clean.Kind != explore.Held || leaky.Kind != explore.Leak {
		t.Errorf("got %s and %s, want held and leak\n%s", clean.Kind, leaky.Kind, p.out)
	}
	if len(clean.Natives) != 1 || !strings.Contains(clean.Natives[0], "TestPlantedPair") {
		t.Errorf("got native goroutines %q, want the one of the body", clean.Natives)
	}
}

// A crash leaves the choices of its schedule behind.
func TestChoicesOutliveACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ahead")
	p := run(t, "", "TestPlanted/crash", explore.Settings{Ahead: path})
	if !p.failed || !strings.Contains(p.out, "panic: native goroutine") {
		t.Fatalf("got %s", p.out)
	}
	test, choices, err := explore.ReadAhead(path)
	if err != nil || test != "TestPlanted/crash" || len(choices) == 0 {
		t.Fatalf("got test %q with choices %v, %v", test, choices, err)
	}
	f := explore.File{Test: test, Kind: explore.Crash, Message: "panic", Loose: "it crashed", Failure: replay.Failure{Choices: choices}}
	saved := filepath.Join(p.dir, f.Name())
	if err := os.WriteFile(saved, f.Marshal(), 0o666); err != nil {
		t.Fatal(err)
	}
	if again := run(t, "", test, explore.Settings{Replay: saved}); !strings.Contains(again.out, "panic: native goroutine") {
		t.Errorf("the crash did not replay: %s", again.out)
	}
	held := filepath.Join(t.TempDir(), "ahead")
	run(t, "", "TestPlanted/plain", explore.Settings{Ahead: held})
	if test, _, err := explore.ReadAhead(held); test != "" || err != nil {
		t.Errorf("after a process that ended well: got test %q, %v", test, err)
	}
}

// The shards of a seed share no schedule, and two runs of a seed are the same.
func TestSeedsAndShards(t *testing.T) {
	test := "TestPlanted/plain"
	whole := run(t, "", test, explore.Settings{Schedules: 50, Woven: true}).notes[test]
	sum := 0
	for i := range 3 {
		sum += run(t, "", test, explore.Settings{Schedules: 50, Woven: true, Shard: i, Shards: 3}).notes[test].Schedules
	}
	if whole.Schedules != 50 || sum != 50 {
		t.Errorf("got %d schedules in one process and %d in three, want 50", whole.Schedules, sum)
	}
	test = "TestPlanted/violation"
	a, b := run(t, "", test, explore.Settings{Seed: 9}).notes[test], run(t, "", test, explore.Settings{Seed: 9}).notes[test]
	if a.Schedules != b.Schedules || a.Trace != b.Trace {
		t.Errorf("one seed gave %+v and %+v", a, b)
	}
}

// The T of a schedule behaves as that of a test.
func TestT(t *testing.T) {
	outer := t.Name()
	schedules := 0
	explore.Test(t, explore.Config{Schedules: 20}, func(t *explore.T) {
		schedules++
		var order []string
		ctx := t.Context()
		t.Cleanup(func() {
			if ctx.Err() == nil {
				t.Error("the context lives at the cleanup")
			}
			if got := strings.Join(order, " "); got != "second" {
				t.Errorf("got %q, want the cleanups in reverse", got)
			}
		})
		stop := make(chan bool)
		schedule.Go("server", func() { schedule.Recv(stop) })
		t.Cleanup(func() { order = append(order, "second"); close(stop) })
		if t.Name() != outer || t.Failed() || t.Skipped() || ctx.Err() != nil {
			t.Errorf("name %q, failed %v, skipped %v, context %v", t.Name(), t.Failed(), t.Skipped(), ctx.Err())
		}
		if dir := t.TempDir(); dir == "" {
			t.Error("no temporary directory")
		}
		var tb testing.TB = t
		tb.Helper()
		start := time.Now()
		schedule.Sleep(time.Hour)
		if d := time.Since(start); d != time.Hour {
			t.Errorf("slept %v, want 1h of virtual time", d)
		}
	})
	if schedules != 20 {
		t.Errorf("ran %d schedules, want 20", schedules)
	}
}
