package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/properties"
)

// fakeMeasured stands in for what is built and run: each process takes a second
// of processor time, and tells what the maps have by the name of a benchmark or
// test.
type fakeMeasured struct {
	mu     sync.Mutex
	built  []measured
	runs   []string
	bench  map[string]string       // what follows name and n in the line of a benchmark
	notes  map[string]explore.Note // of each shard
	suites map[string]suiteResult
	fail   error // of a process
}

// fakeMeasurement is one in which all is well: rates reach their goals by a
// little, and laws hold.
func fakeMeasurement(t *testing.T, args ...string) (*measurement, *fakeMeasured) {
	t.Helper()
	flags, err := parseMeasure(append([]string{"--count", "2", "--schedules", "300"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeMeasured{
		bench: map[string]string{
			"BenchmarkSwitch":           "250 ns/op",
			"BenchmarkRemote/portfolio": "3 ns/op\t0.75 cuts/op\t 70 points/op\t 3100 schedules/s\t 106.4 steps/op",
			"BenchmarkRemote/random":    "3 ns/op\t0.5 cuts/op\t 70 points/op\t 3100 schedules/s\t 108 steps/op",
			"BenchmarkReplay/remote":    "3 ns/op\t100 identical\t 70 points/op",
			"BenchmarkReplay/gateway":   "3 ns/op\t100 identical\t 70 points/op",
		},
		notes: map[string]explore.Note{
			"TestSemaphore": {Test: "TestSemaphore", Final: true, Kind: explore.Held, Schedules: 150, Steps: 610_000},
			"TestErrgroup":  {Test: "TestErrgroup", Final: true, Kind: explore.Held, Schedules: 150, Steps: 1000},
		},
		suites: map[string]suiteResult{
			"TestReferenceRemote":  {tally: &properties.Tally{Cases: 300, Points: 1}, final: true},
			"TestReferenceGateway": {tally: &properties.Tally{Cases: 300, Points: 1}, final: true},
		},
	}
	dir := t.TempDir()
	m := &measurement{flags: flags, say: func(string, ...any) {}, runners: measureRunners{
		build: func(_ context.Context, what measured) (string, string, error) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.built = append(f.built, what)
			return string(what), dir, nil
		},
		process: f.process,
		suite: func(_ context.Context, path string, s suiteRun) (suiteResult, error) {
			f.runs = append(f.runs, path+" "+s.test)
			return f.suites[s.test], f.fail
		},
		tests:  func() ([]string, error) { return []string{"TestSemaphore", "TestErrgroup"}, nil },
		report: func(title string) string { return filepath.Join(dir, title) },
		keep:   dir,
	}}
	return m, f
}

func (f *fakeMeasured) process(ctx context.Context, path, _ string, env []string, args ...string) (string, time.Duration, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.runs = append(f.runs, path+" "+strings.Join(args, " "))
	if f.fail != nil {
		return "it says why", time.Second, f.fail
	}
	if err := ctx.Err(); err != nil {
		return "", 0, err
	}
	if name := flagOf(args, "test.bench"); name != "" {
		name = strings.NewReplacer("^", "", "$", "").Replace(name)
		return fmt.Sprintf("goos: linux\n%s \t %s\t %s\nPASS\n", name, strings.TrimSuffix(flagOf(args, "test.benchtime"), "x"), f.bench[name]), time.Second, nil
	}
	report := ""
	for _, e := range env {
		if path, ok := strings.CutPrefix(e, "WEIR_REPORT="); ok {
			report = path
		}
	}
	var text []byte
	for name, n := range f.notes {
		if strings.Contains(flagOf(args, "test.run"), name) {
			line, err := json.Marshal(n)
			if err != nil {
				return "", 0, err
			}
			text = append(append(text, line...), '\n')
		}
	}
	return "", time.Second, os.WriteFile(report, text, 0o666)
}

// measureRun runs a measurement and returns its exit code and what it printed.
func measureRun(t *testing.T, m *measurement) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code, err := m.command(t.Context(), &out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return code, out.String()
}

func TestMeasureShowsAllFigures(t *testing.T) {
	noLeaks(t)
	path := filepath.Join(t.TempDir(), "figures.json")
	m, f := fakeMeasurement(t, "--json", path)
	code, text := measureRun(t, m)
	if code != exitHeld {
		t.Errorf("got exit %d, want %d", code, exitHeld)
	}
	want := []string{
		"steps      steps/s, woven limiter                610,000       at least 600,000  reached  x/sync semaphore, random walk, 4066 steps a schedule; 0.15 of bare hand-overs",
		"steps      the same with -race                   610,000       at least 200,000  reached  x/sync semaphore, random walk, 4066 steps a schedule; 0.61 of bare hand-overs",
		"schedules  schedules/s, whole Remote, portfolio  6,000         at least 3,000    reached  async, window 2, 6 messages, 0.75 cuts; all laws judged; 106 steps a schedule",
		"schedules  schedules/s, whole Remote, random     6,000         at least 3,000    reached  async, window 2, 6 messages, 0.50 cuts; all laws judged; 108 steps a schedule",
		"processes  two processes, of one                 2.00x         at least 1.90x    reached  real time, 3,100 schedules/s alone: shown only by a machine that does nothing else",
		"processes  the same, processor time              2.00x         at least 1.90x    reached  what sharing memory and caches costs",
		"alarms     false alarms, remote                  0 in 300      0 in 200,000      so far   drawn worlds, workloads and faults; 19 laws judged",
		"alarms     false alarms, gateway                 0 in 300      0 in 200,000      so far   drawn worlds, workloads and faults; 25 laws judged",
		"alarms     false alarms, golang.org/x/sync       0 in 300      0 in 200,000      so far   each of semaphore, errgroup",
		"replay     identical when replayed, remote       100 of 100    all of 1,000      so far   drawn cases; every record, choice and verdict is compared",
		"replay     identical when replayed, gateway      100 of 100    all of 1,000      so far   drawn cases; every record, choice and verdict is compared",
		"replay     identical when replayed, limiter      150 of 150    all of 1,000      so far   x/sync semaphore; every step is compared",
	}
	for i, law := range []string{"19", "25"} {
		want[6+i] = strings.Replace(want[6+i], law, fmt.Sprint(len(properties.Judges(protocols[i]))), 1)
	}
	_, table, _ := strings.Cut(text, "how\n")
	if got := strings.TrimSpace(table); squeeze(got) != squeeze(strings.Join(want, "\n")) {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	contains(t, "the heading", text, "cores, go", "GOMAXPROCS=1", "2 rounds")
	if len(f.built) != 4 {
		t.Errorf("%v were built, want each of 4 once", f.built)
	}
	checkFigures(t, path)
}

// squeeze makes runs of blanks one: what aligns is for people.
func squeeze(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

// checkFigures checks what machines read.
func checkFigures(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r measureReport
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Figures) != 12 || len(r.Conditions) != 2 {
		t.Fatalf("the file has %d figures and %d conditions, want 12 and 2", len(r.Figures), len(r.Conditions))
	}
	if f := r.Figures[0]; f.Row != "steps" || f.Value != 610_000 || f.Goal != 600_000 || f.Mark != reached {
		t.Errorf("the first figure is %+v", f)
	}
	if f := r.Figures[6]; f.Row != "alarms" || f.Value != 0 || f.Of != 300 || f.Mark != sofar {
		t.Errorf("the seventh figure is %+v", f)
	}
}

func TestMeasureMarks(t *testing.T) {
	failure := suiteResult{tally: &properties.Tally{Cases: 17, Points: 1}, failure: failureOf("remote/order", 17), final: true}
	failure.failure.Command = "weir verify --replay x.case"
	for _, c := range []struct {
		what string
		args []string
		do   func(f *fakeMeasured)
		want int
		says []string
	}{
		{"a slow limiter", []string{"steps"}, func(f *fakeMeasured) {
			f.notes["TestSemaphore"] = explore.Note{Test: "TestSemaphore", Final: true, Kind: explore.Held, Schedules: 100, Steps: 199_999}
		}, exitHeld, []string{"199,999 at least 600,000 missed", "199,999 at least 200,000 missed"}},
		{"a false alarm", []string{"alarms"}, func(f *fakeMeasured) { f.suites["TestReferenceRemote"] = failure }, exitViolated,
			[]string{"remote 1 in 17 0 in 200,000 broken", "gateway 0 in 300", "two, want one", "weir verify --replay x.case"}},
		{"one in x/sync", []string{"alarms"}, func(f *fakeMeasured) {
			f.notes["TestErrgroup"] = explore.Note{Test: "TestErrgroup", Final: true, Kind: explore.Leak, Schedules: 4, Report: "a goroutine is left"}
		}, exitViolated, []string{"golang.org/x/sync 2 in 8 0 in 200,000 broken", "TestErrgroup: leak a goroutine is left"}},
		{"a replay that differs", []string{"replay"}, func(f *fakeMeasured) { f.bench["BenchmarkReplay/gateway"] = "3 ns/op 99 identical 7 points/op" },
			exitViolated, []string{"remote 100 of 100 all of 1,000 so far", "gateway 99 of 100 all of 1,000 broken"}},
		{"a limiter's that differs", []string{"replay"}, func(f *fakeMeasured) {
			f.notes["TestSemaphore"] = explore.Note{Test: "TestSemaphore", Final: true, Kind: explore.Unstable, Schedules: 3, Report: "another run"}
		}, exitViolated, []string{"limiter 2 of 3 all of 1,000 broken", "another run"}},
		{"as many as the goal says", []string{"alarms", "replay", "--schedules", "200000", "--replays", "1000"}, func(f *fakeMeasured) {
			for _, protocol := range []string{"TestReferenceRemote", "TestReferenceGateway"} {
				f.suites[protocol] = suiteResult{tally: &properties.Tally{Cases: 200_000, Points: 1}, final: true}
			}
			for _, protocol := range protocols {
				f.bench["BenchmarkReplay/"+protocol] = "3 ns/op 1000 identical 7 points/op"
			}
		}, exitHeld, []string{"remote 0 in 200,000 0 in 200,000 reached", "x/sync 0 in 300 0 in 200,000 so far", "remote 1,000 of 1,000 all of 1,000 reached"}},
	} {
		m, f := fakeMeasurement(t, c.args...)
		c.do(f)
		code, text := measureRun(t, m)
		if code != c.want {
			t.Errorf("%s: got exit %d, want %d", c.what, code, c.want)
		}
		contains(t, c.what, strings.Join(strings.Fields(text), " "), c.says...)
	}
}

// What says nothing is an error, never a figure.
func TestMeasureRefuses(t *testing.T) {
	other := errors.New("exit status 2")
	for _, c := range []struct {
		what string
		rows string
		do   func(f *fakeMeasured)
		want string
	}{
		{"a process that fails", "schedules", func(f *fakeMeasured) { f.fail = other }, "it says why"},
		{"a suite that can't run", "alarms", func(f *fakeMeasured) { f.fail = other }, "exit status 2"},
		{"a benchmark without a result", "replay", func(f *fakeMeasured) { f.bench["BenchmarkReplay/remote"] = "" }, "printed no result"},
		{"a benchmark of nonsense", "steps", func(f *fakeMeasured) { f.bench["BenchmarkSwitch"] = "x ns/op" }, `"x" is no number`},
		{"a suite that isn't decided", "alarms", func(f *fakeMeasured) {
			f.suites["TestReferenceGateway"] = suiteResult{tally: &properties.Tally{}, undecided: "the cap of steps"}
		}, "undecided: the cap of steps"},
		{"nothing woven in a suite", "alarms", func(f *fakeMeasured) {
			f.suites["TestReferenceGateway"] = suiteResult{tally: &properties.Tally{Cases: 300}, final: true}
		}, "no woven point"},
		{"nothing woven in the Remote", "processes", func(f *fakeMeasured) { f.bench["BenchmarkRemote/portfolio"] = "3 ns/op 0 points/op" }, "no woven point"},
		{"nothing woven in a replay", "replay", func(f *fakeMeasured) { f.bench["BenchmarkReplay/remote"] = "3 ns/op 100 identical" }, "no woven point"},
		{"a limiter without a verdict", "alarms", func(f *fakeMeasured) { delete(f.notes, "TestErrgroup") }, "no verdict about TestErrgroup"},
		{"a limiter that isn't decided", "alarms", func(f *fakeMeasured) {
			f.notes["TestErrgroup"] = explore.Note{Test: "TestErrgroup", Final: true, Kind: explore.Hang}
		}, "no verdict about TestErrgroup: hang"},
		{"a limiter that fails", "steps", func(f *fakeMeasured) {
			f.notes["TestSemaphore"] = explore.Note{Test: "TestSemaphore", Final: true, Kind: explore.Leak, Schedules: 1, Steps: 1}
		}, "TestSemaphore is not held: leak"},
	} {
		m, f := fakeMeasurement(t, c.rows)
		c.do(f)
		if _, err := m.command(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to say %q", c.what, err, c.want)
		}
	}
}

func TestMeasureFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--count 0": "--count is 0", "--schedules -1": "--schedules is -1", "--replays 0": "--replays is 0", "--seed 0": "--seed is 0",
		"steps speed": `row "speed" is unknown, want some of steps, schedules, processes, alarms, replay`, "--json no/such/dir/x": "is no directory", "--fast": "-fast",
	} {
		_, err := parseMeasure(strings.Fields(args))
		var wrong usageError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want a usage error that says %q", args, err, want)
		}
	}
}

// The command is there, and says what it needs.
func TestMeasureCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	for args, want := range map[string]string{"measure": "is not inside a checkout of " + modulePath, "measure speed": `row "speed" is unknown`} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), &out, &errs); code != exitUsage || !strings.Contains(errs.String(), want) {
			t.Errorf("weir %s: got exit %d and %q, want exit %d and %q", args, code, errs.String(), exitUsage, want)
		}
	}
	contains(t, "the help", usage, "weir measure [ROWS]", strings.Join(rowNames(), ", "))
}

// Rows that were not asked for are not run, and what was measured before an
// interruption is shown.
func TestMeasureInterrupted(t *testing.T) {
	noLeaks(t)
	m, f := fakeMeasurement(t, "replay", "processes")
	ctx, cancel := context.WithCancel(t.Context())
	m.say = func(format string, _ ...any) {
		if strings.HasPrefix(format, "replay") {
			cancel()
		}
	}
	var out bytes.Buffer
	if _, err := m.command(ctx, &out); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	contains(t, "the table", out.String(), "two processes, of one")
	for _, run := range f.runs {
		if !strings.Contains(run, "Remote") && !strings.Contains(run, "Replay") {
			t.Errorf("%s was run, though nobody asked for it", run)
		}
	}
}

// The tests of the file are those that the rows are about, and the limiter's is
// one of them.
func TestMeasureFindsXsyncTests(t *testing.T) {
	tests, err := testsIn(filepath.Join("..", "..", "examples", "woven", "xsync_test.go"))
	if err != nil || !strings.Contains(strings.Join(tests, " "), limiterTest) || len(tests) < 3 {
		t.Errorf("got %v and %v, want three or more with %s", tests, err, limiterTest)
	}
	if _, err := testsIn("measure.go"); err == nil {
		t.Error("a file without tests has some")
	}
}
