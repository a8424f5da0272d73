package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/weave"
)

// measureRunners are what a measurement builds and runs with.
type measureRunners struct {
	// build makes a test binary, and returns where it is and where it runs.
	build func(ctx context.Context, what measured) (path, dir string, err error)
	// process runs one with one core; cpu is the processor time that it took.
	process func(ctx context.Context, path, dir string, env []string, args ...string) (output string, cpu time.Duration, err error)
	suite   func(ctx context.Context, path string, s suiteRun) (suiteResult, error)
	// tests are those of examples/woven about golang.org/x/sync.
	tests func() ([]string, error)
	// report is the path of a file for what nobody needs afterwards, keep the
	// directory for failing cases.
	report func(title string) string
	keep   string
}

// measured is a test binary that something is measured with.
type measured string

const (
	// suiteWoven and suiteRaced are the suites of package properties: with the
	// implementations woven, and under the race detector as they are.
	suiteWoven measured = "suite woven"
	suiteRaced measured = "suite race"
	// xsyncWoven and xsyncRaced are the tests of examples/woven with
	// golang.org/x/sync woven; the second under the race detector, too.
	xsyncWoven measured = "xsync woven"
	xsyncRaced measured = "xsync race"
)

// newMeasureRunners builds and runs in earnest.
func newMeasureRunners(b *builder, p *progress) measureRunners {
	return measureRunners{
		build: func(ctx context.Context, what measured) (string, string, error) {
			stop := p.while("building: %s", what)
			defer stop()
			switch what {
			case suiteWoven, suiteRaced:
				kind := woven
				if what == suiteRaced {
					kind = raced
				}
				made, err := b.build(ctx, kind, nil)
				return made.path, filepath.Join(b.root, "properties"), err
			}
			path, err := b.buildXsync(ctx, what == xsyncRaced)
			return path, filepath.Join(b.root, "examples", "woven"), err
		},
		process: func(ctx context.Context, path, dir string, env []string, args ...string) (string, time.Duration, error) {
			cmd := b.scratch.command(ctx, dir, path, args...)
			cmd.Env = append(append(cmd.Env, env...), "GOMAXPROCS=1", "GODEBUG=asynctimerchan=0", "GORACE=atexit_sleep_ms=0", "PWD="+dir)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			err := cmd.Run()
			if cmd.ProcessState == nil {
				return out.String(), 0, err
			}
			return out.String(), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), err
		},
		suite: func(ctx context.Context, path string, s suiteRun) (suiteResult, error) {
			r, err := runner{root: b.root, scratch: b.scratch, progress: p}.run(ctx, path, s)
			if r.failure != nil {
				(&verification{root: b.root, seed: s.seed}).complete(r.failure)
			}
			return r, err
		},
		tests: func() ([]string, error) {
			return testsIn(filepath.Join(b.root, "examples", "woven", "xsync_test.go"))
		},
		report: b.scratch.file,
		keep:   filepath.Join(b.dir, "cases", bug{}.name()),
	}
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(\w+ \*testing\.T\)`)

// testsIn are the names of the tests in a file. There must be one.
func testsIn(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range testFunction.FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]))
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no tests", path)
	}
	return names, nil
}

// buildXsync builds the tests of examples/woven with golang.org/x/sync woven.
func (b *builder) buildXsync(ctx context.Context, raced bool) (string, error) {
	stem := "xsync-woven"
	if raced {
		stem = "xsync-race"
	}
	dir := filepath.Join(b.root, "examples")
	r, err := weave.Weave(weave.Options{Dir: dir, Packages: []string{"golang.org/x/sync/..."}, Tests: []string{"./woven"}, Out: filepath.Join(b.dir, stem), Race: raced})
	if err != nil {
		return "", fmt.Errorf("weaving golang.org/x/sync: %w", err)
	}
	path := b.scratch.file(stem + ".test")
	args := []string{"test", "-c", "-o", path}
	if raced {
		args = append(args, "-race")
	}
	args = append(append(args, r.Flags()...), "./woven")
	if out, err := b.scratch.command(ctx, dir, b.goTool, args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, head(string(out), compilerLines))
	}
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return path, nil
}

// builtBinary is a test binary, and where it runs.
type builtBinary struct{ path, dir string }

// binary is a test binary, built when it is first asked for.
func (m *measurement) binary(ctx context.Context, what measured) (builtBinary, error) {
	m.building.Lock()
	defer m.building.Unlock()
	if b, ok := m.built[what]; ok {
		return b, nil
	}
	path, dir, err := m.runners.build(ctx, what)
	if err != nil {
		return builtBinary{}, err
	}
	if m.built == nil {
		m.built = make(map[measured]builtBinary)
	}
	m.built[what] = builtBinary{path, dir}
	return m.built[what], nil
}

// benchRun is one run of a benchmark.
type benchRun struct {
	n       int
	metrics map[string]float64
	cpu     time.Duration
}

// rate is how many runs of the body fit into a second of processor time.
func (r benchRun) rate() float64 { return float64(r.n) / r.cpu.Seconds() }

// bench runs n rounds of a benchmark in a process of its own.
func (m *measurement) bench(ctx context.Context, what measured, name string, n int) (benchRun, error) {
	b, err := m.binary(ctx, what)
	if err != nil {
		return benchRun{}, err
	}
	pattern := "^" + strings.ReplaceAll(name, "/", "$/^") + "$"
	output, cpu, err := m.runners.process(ctx, b.path, b.dir, nil, "-test.run=^$", "-test.bench="+pattern, fmt.Sprintf("-test.benchtime=%dx", n), "-test.timeout=0")
	if err != nil {
		return benchRun{}, fmt.Errorf("%s: %w\n%s", name, err, head(output, compilerLines))
	}
	r, err := parseBench(output, name)
	r.cpu = max(cpu, time.Microsecond)
	return r, err
}

// parseBench finds the result of a benchmark in what a test binary printed.
func parseBench(output, name string) (benchRun, error) {
	for line := range strings.Lines(output) {
		words := strings.Fields(line)
		if len(words) < 4 || words[0] != name {
			continue
		}
		r := benchRun{metrics: make(map[string]float64)}
		var err error
		if r.n, err = strconv.Atoi(words[1]); err != nil || r.n < 1 {
			continue
		}
		for i := 2; i+1 < len(words); i += 2 {
			if r.metrics[words[i+1]], err = strconv.ParseFloat(words[i], 64); err != nil {
				return r, fmt.Errorf("%s: %q is no number in %q", name, words[i], strings.TrimSpace(line))
			}
		}
		return r, nil
	}
	return benchRun{}, fmt.Errorf("%s printed no result:\n%s", name, head(output, compilerLines))
}

// explored is what exploring tests in one process came to.
type explored struct {
	notes map[string]explore.Note // the last ones, by test
	cpu   time.Duration
}

// errNoVerdict is returned when a test of examples/woven was not explored to
// its end.
var errNoVerdict = errors.New("no verdict")

// explore explores tests of examples/woven in one process. A test that fails is
// no error.
func (m *measurement) explore(ctx context.Context, what measured, set explore.Settings, tests ...string) (explored, error) {
	b, err := m.binary(ctx, what)
	if err != nil {
		return explored{}, err
	}
	set.Woven, set.Report, set.Keep = true, m.runners.report(fmt.Sprintf("measure %s %d", what, set.Shard)), m.runners.keep
	if err := os.Remove(set.Report); err != nil && !os.IsNotExist(err) {
		return explored{}, err
	}
	output, cpu, failed := m.runners.process(ctx, b.path, b.dir, set.Environ(), "-test.run=^("+strings.Join(tests, "|")+")$", "-test.timeout=0")
	w := &worker{settings: set, notes: make(map[string]explore.Note)}
	w.follow()
	for _, test := range tests {
		if n := w.notes[test]; !n.Final || n.Kind != explore.Unstable && !n.Kind.Decided() {
			return explored{}, fmt.Errorf("%w about %s: %s %s (%v)\n%s", errNoVerdict, test, n.Kind, n.Message, failed, head(output, compilerLines))
		}
	}
	return explored{w.notes, max(cpu, time.Microsecond)}, nil
}
