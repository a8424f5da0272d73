package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/weave"
)

// testCommand weaves, builds and explores the tests of packages.
func testCommand(ctx context.Context, args []string, out, errs io.Writer) (int, error) {
	a, err := parseTest(args)
	if err != nil {
		return 0, err
	}
	dir, err := cacheOf("test")
	if err != nil {
		return 0, err
	}
	s, err := newScratch(dir)
	if err != nil {
		return 0, err
	}
	defer s.remove()
	a.weave.Out = filepath.Join(dir, a.key())
	if err := pruneBuilds(dir, a.key()); err != nil {
		return 0, err
	}
	x := &exploration{args: a, scratch: s, progress: newProgress(errs), out: out}
	defer x.progress.end()
	return x.run(ctx)
}

// exploration is one run of weir test.
type exploration struct {
	args     testArgs
	scratch  scratch
	progress *progress
	out      io.Writer

	woven    weave.Result
	packages []*testedPackage
}

// testedPackage is a package with tests to explore.
type testedPackage struct {
	path, dir, binary string
	tests             map[string]*testedTest
	// faults are what went wrong outside the explorations.
	faults []testFault
	// output is what a process printed, if -v asks for it.
	output string
}

// testFault is a process that failed beside what its tests reported.
type testFault struct {
	what, output string
}

// run is the exit code of the exploration, or the error that ended it.
func (x *exploration) run(ctx context.Context) (int, error) {
	stop := x.progress.while("weaving %s", strings.Join(x.args.weave.Packages, ", "))
	err := x.weave(ctx)
	stop()
	if err != nil {
		return 0, interruptedOr(ctx, err)
	}
	for _, p := range x.packages {
		stop := x.progress.while("building the tests of %s", p.path)
		// What is there and still right is not linked again.
		p.binary = filepath.Join(x.args.weave.Out, "bin", strings.ReplaceAll(p.path, "/", "-")+".test")
		err := x.build(ctx, p)
		stop()
		if err != nil {
			return 0, interruptedOr(ctx, err)
		}
	}
	if s := x.args.settings; !s.Search.Splits() && s.Replay == "" {
		x.progress.say("%s can't be split: it runs in one process", s.Search)
	}
	if err := x.args.blank(); err != nil {
		return 0, err
	}
	defer x.drawn()
	for _, p := range x.packages {
		if err := x.explore(ctx, p); err != nil {
			return 0, interruptedOr(ctx, err)
		}
	}
	x.progress.end()
	return x.report(ctx), nil
}

func (x *exploration) weave(ctx context.Context) error {
	var err error
	if x.woven, err = weave.Weave(x.args.weave); err != nil {
		return weaveError(err)
	}
	for _, w := range x.woven.Warnings {
		x.progress.say("left alone: %s", w)
	}
	if len(x.woven.Tests) == 0 {
		return usageError{fmt.Errorf("test: no test of %s imports %s/faults/schedule/explore: there is nothing to explore", strings.Join(x.args.packages, " "), modulePath)}
	}
	list := []string{"list", "-find", "-f", "{{.ImportPath}}\t{{.Dir}}"}
	if x.args.weave.Modfile != "" {
		list = append(list, "-modfile="+x.args.weave.Modfile)
	}
	text, err := x.scratch.command(ctx, "", "go", append(list, x.woven.Tests...)...).Output()
	if err != nil {
		return fmt.Errorf("go list: %w", withStderr(err))
	}
	for line := range strings.Lines(string(text)) {
		path, dir, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		x.packages = append(x.packages, &testedPackage{path: path, dir: dir, tests: map[string]*testedTest{}})
	}
	return nil
}

// maxBuilds bounds what is kept of a module's builds.
const maxBuilds = 6

// pruneBuilds removes the builds in dir that were used longest ago, and marks
// the one that is about to be used.
func pruneBuilds(dir, used string) error {
	at := filepath.Join(dir, used)
	if err := os.MkdirAll(at, 0o777); err != nil {
		return err
	}
	now := time.Now()
	if err := os.Chtimes(at, now, now); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type build struct {
		name string
		age  time.Duration
	}
	var builds []build
	for _, e := range entries {
		if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), buildPrefix) {
			builds = append(builds, build{e.Name(), now.Sub(info.ModTime())})
		}
	}
	slices.SortFunc(builds, func(a, b build) int { return cmp.Compare(a.age, b.age) })
	for _, b := range builds[min(len(builds), maxBuilds):] {
		if err := os.RemoveAll(filepath.Join(dir, b.name)); err != nil {
			return err
		}
	}
	return nil
}

// build builds a package's tests.
func (x *exploration) build(ctx context.Context, p *testedPackage) error {
	args := append([]string{"test", "-c", "-o", p.binary}, x.args.build...)
	args = append(append(args, x.woven.Flags()...), p.path)
	text, err := x.scratch.command(ctx, "", "go", args...).CombinedOutput()
	if err == nil {
		if _, err = os.Stat(p.binary); err == nil {
			return nil
		}
		err = errors.New("there are no tests to build")
	}
	hint := ""
	if strings.Contains(string(text), "schedule/sync.") || strings.Contains(string(text), "schedule/atomic.") {
		hint = "\na type of sync or sync/atomic passes between a woven package and one that isn't: weave both"
	}
	return fmt.Errorf("the tests of %s can't be built woven: %w\n%s%s", p.path, err, head(string(text), compilerLines), hint)
}
