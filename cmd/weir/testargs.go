package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/weave"
)

// testArgs is the command line of weir test.
type testArgs struct {
	weave     weave.Options
	settings  explore.Settings
	processes int
	packages  []string
	// build goes to go test -c, run to the test binaries.
	build, run []string
}

// Flags of go test that take a value, and whom they are for. Those that aren't
// listed are refused, because a flag that is dropped silently does harm.
var (
	buildValues = []string{"mod", "ldflags", "gcflags", "asmflags", "p"}
	buildBools  = []string{"trimpath", "modcacherw", "x", "msan", "asan"}
	runValues   = []string{"run", "skip", "timeout", "count", "parallel"}
	runBools    = []string{"v", "short", "failfast"}
)

// parseTest reads the command line of weir test.
func parseTest(args []string) (testArgs, error) {
	var a testArgs
	var accept, tags, patterns, search string
	var seed uint64
	f := newFlags("test")
	f.StringVar(&patterns, "weave", "", "packages to weave")
	f.StringVar(&accept, "accept", "", "files and packages that may stay as they are")
	f.StringVar(&tags, "tags", "", "build tags")
	f.StringVar(&a.weave.Overlay, "overlay", "", "overlay to start from")
	f.StringVar(&a.weave.Modfile, "modfile", "", "file to use for go.mod")
	f.BoolVar(&a.weave.Race, "race", false, "build with the race detector")
	f.IntVar(&a.settings.Schedules, "schedules", 0, "schedules of each test")
	f.Uint64Var(&seed, "seed", 1, "seed of the schedules")
	f.StringVar(&search, "strategy", "", "how schedules are looked for")
	f.BoolVar(&a.settings.Check, "check-determinism", false, "run each schedule twice")
	f.StringVar(&a.settings.Replay, "replay", "", "schedule to run")
	f.StringVar(&a.settings.Mermaid, "mermaid", "", "file for a sequence diagram")
	f.StringVar(&a.settings.Perfetto, "perfetto", "", "file for a timeline")
	f.IntVar(&a.processes, "processes", runtime.NumCPU(), "processes at a time")
	a.passOn(f)
	var err error
	if a.packages, err = parseMixed(f, args); err != nil {
		return a, err
	}
	switch {
	case a.settings.Schedules < 0:
		return a, usageError{fmt.Errorf("test: -schedules is %d, want 0 (what each test says) or more", a.settings.Schedules)}
	case a.processes < 1:
		return a, usageError{fmt.Errorf("test: -processes is %d, want 1 or more", a.processes)}
	case seed == 0:
		return a, usageError{errors.New("test: -seed is 0, want 1 or more")}
	}
	if err := a.forSearch(f, search); err != nil {
		return a, err
	}
	a.settings.Seed, a.settings.Woven = seed, true
	a.weave.Packages, a.weave.Accept, a.weave.Tags = commas(patterns), commas(accept), commas(tags)
	if len(a.weave.Tags) > 0 {
		a.build = append(a.build, "-tags="+strings.Join(a.weave.Tags, ","))
	}
	if a.weave.Race {
		a.build = append(a.build, "-race")
	}
	if err := a.forDrawing(); err != nil {
		return a, err
	}
	if a.settings.Replay != "" {
		if err := a.forReplay(); err != nil {
			return a, err
		}
	}
	if len(a.weave.Packages) == 0 {
		return a, usageError{errors.New("test: no -weave: say which packages to put under control, as -weave=./limiter,golang.org/x/sync/semaphore")}
	}
	if len(a.packages) == 0 {
		a.packages = []string{"."}
	}
	a.weave.Tests = a.packages
	return a, nil
}

const buildPrefix = "build-"

// key names what is woven and built: two command lines with the same key give
// the same files, so that they may share a directory.
func (a *testArgs) key() string {
	text := fmt.Sprintf("%q %q %q %q %q %q", a.weave.Packages, a.weave.Tests, a.weave.Accept, a.weave.Overlay, a.weave.Modfile, a.build)
	return fmt.Sprintf("%s%x", buildPrefix, sha256.Sum256([]byte(text)))[:len(buildPrefix)+12]
}

// passOn adds the flags of go test.
func (a *testArgs) passOn(f *flag.FlagSet) {
	for _, name := range buildValues {
		f.Func(name, "as in go test", func(v string) error { a.build = append(a.build, "-"+name+"="+v); return nil })
	}
	for _, name := range runValues {
		f.Func(name, "as in go test", func(v string) error { a.run = append(a.run, "-test."+name+"="+v); return nil })
	}
	pass := func(to *[]string, prefix, name string) {
		f.BoolFunc(name, "as in go test", func(v string) error {
			on, err := strconv.ParseBool(v)
			if on {
				*to = append(*to, prefix+name)
			}
			return err
		})
	}
	for _, name := range buildBools {
		pass(&a.build, "-", name)
	}
	for _, name := range runBools {
		pass(&a.run, "-test.", name)
	}
}

// forSearch takes how schedules are looked for. What can't be split runs in one
// process.
func (a *testArgs) forSearch(f *flag.FlagSet, text string) error {
	var err error
	if a.settings.Search, err = explore.ParseSearch(text); err != nil {
		return usageError{fmt.Errorf("test: -strategy: %w", err)}
	}
	if a.settings.Search.Splits() || a.processes == 1 {
		return nil
	}
	f.Visit(func(given *flag.Flag) {
		if given.Name == "processes" {
			err = usageError{fmt.Errorf("test: -processes is %d, want 1: -strategy=%s can't be split", a.processes, a.settings.Search)}
		}
	})
	a.processes = 1
	return err
}

// forReplay takes from the saved schedule what the command line doesn't say.
func (a *testArgs) forReplay() error {
	path, err := filepath.Abs(a.settings.Replay)
	if err != nil {
		return err
	}
	file, err := explore.ReadFile(path)
	if err != nil {
		return usageError{fmt.Errorf("test: -replay: %w", err)}
	}
	a.settings.Replay, a.processes = path, 1
	if len(a.weave.Packages) == 0 {
		a.weave.Packages = file.Weave
	}
	if len(a.packages) == 0 {
		a.packages = []string{filepath.Dir(filepath.Dir(filepath.Dir(path)))}
	}
	if file.Kind == explore.Race && !a.weave.Race {
		a.weave.Race, a.build = true, append(a.build, "-race")
	}
	a.run = append(a.run, "-test.run="+exactly(file.Test))
	return nil
}

// exactly is the pattern that matches a test, or a subtest, and no other.
func exactly(test string) string {
	parts := strings.Split(test, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
