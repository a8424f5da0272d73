package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// testedTest is what became of a test in all processes.
type testedTest struct {
	name               string
	schedules, steps   int
	seen               map[uint64]struct{}
	distinct           int // of processes that didn't come to their end
	strategies         []strategy.Report
	covered            string        // what is known of all schedules
	adopted            int           // native goroutines that reached a point
	skipped            string        // why
	failure, undecided *explore.Note // of failures the one with the fewest switches
	natives, packages  map[string]bool
	how                string        // of a replay, how it went
	lost               bool          // of a replay, it decides nothing
	crash              *explore.File // the schedule in which a process ended
	unfinished         bool          // in a process that ended
	// file is where the failure was saved, replayed what a fresh process made
	// of it, and race what the race detector said there.
	file, replayed, race string
}

func (p *testedPackage) test(name string) *testedTest {
	if p.tests[name] == nil {
		p.tests[name] = &testedTest{name: name, seen: map[uint64]struct{}{}, natives: map[string]bool{}, packages: map[string]bool{}}
	}
	return p.tests[name]
}

func (p *testedPackage) sorted() []*testedTest {
	var all []*testedTest
	for _, name := range slices.Sorted(maps.Keys(p.tests)) {
		all = append(all, p.tests[name])
	}
	return all
}

// add takes what one process found.
func (t *testedTest) add(n explore.Note) {
	t.schedules += n.Schedules
	t.steps += n.Steps
	t.adopted += n.Adopted
	t.unfinished = t.unfinished || !n.Final
	t.addSearch(n)
	for _, s := range n.Natives {
		t.natives[s] = true
	}
	for _, s := range n.Packages {
		t.packages[s] = true
	}
	t.how, t.lost = n.Replayed, n.Lost
	switch {
	case !n.Final || n.Kind == explore.Held:
	case n.Kind == explore.Skipped:
		t.skipped = n.Message
	case !n.Kind.Decided():
		if t.undecided == nil {
			t.undecided = &n
		}
	case t.failure == nil || n.Switches < t.failure.Switches:
		t.failure = &n
	}
}

// worst is what there is to say about a test that didn't hold, or nil.
func (t *testedTest) worst() *explore.Note {
	if t.failure != nil {
		return t.failure
	}
	return t.undecided
}

// saved is the schedule that a process saved, in dir unless it says where.
func (t *testedTest) saved(dir string) (explore.File, bool) {
	n := t.worst()
	switch {
	case t.crash != nil:
		return *t.crash, true
	case n == nil || n.File == "":
		return explore.File{}, false
	}
	path := n.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := explore.ReadFile(path)
	return f, err == nil
}

// report prints what became of the tests, and returns the exit code.
func (x *exploration) report(ctx context.Context) int {
	var isViolated, isBroken, isUndecided bool
	judged := 0
	seen := map[string]bool{}
	p := printer{out: x.out, colors: hasColors(x.out)}
	for _, pkg := range x.packages {
		p.line("%s", pkg.path)
		for _, t := range pkg.sorted() {
			word, says := x.verdict(ctx, t)
			p.line("  %-10s %s: %s", p.paint(word, fmt.Sprintf("%-10s", word)), t.name, says)
			x.details(p, t)
			if word == "violated" || slices.Contains(x.args.run, "-test.v") {
				t.searchTable(p)
			}
			isViolated = isViolated || word == "violated"
			isBroken = isBroken || word == "broken"
			isUndecided = isUndecided || word == "undecided"
			if word != "skipped" {
				judged++
			}
			maps.Copy(seen, t.packages)
		}
		if pkg.output != "" {
			p.line("%s", strings.TrimSpace(pkg.output))
		}
		for _, f := range pkg.faults {
			p.line("  %-10s %s", p.paint("violated", "violated"), f.what)
			p.line("    %s", strings.ReplaceAll(head(f.output, compilerLines), "\n", "\n    "))
			isViolated = true
		}
	}
	if unreached := x.unreached(seen); len(unreached) > 0 && judged > 0 && !isViolated && !isBroken && !isUndecided {
		if len(unreached) == len(x.woven.Packages) {
			p.line("%s  no point of a woven package was seen to be reached: the tests don't run %s", p.paint("broken", "broken"), strings.Join(unreached, ", "))
			isBroken = true
		} else {
			p.line("woven, but no point was seen to be reached: %s", strings.Join(unreached, ", "))
		}
	}
	switch {
	case isViolated:
		return exitViolated
	case isBroken:
		return exitBroken
	case isUndecided || ctx.Err() != nil:
		return exitUndecided
	case judged == 0:
		p.line("%s  no test was explored", p.paint("undecided", "undecided"))
		return exitUndecided
	}
	return exitHeld
}

// verdict is the word for what became of a test, and what there is to say.
func (x *exploration) verdict(ctx context.Context, t *testedTest) (word, says string) {
	done := plural(t.schedules, "schedule") + ", " + plural(t.steps, "step")
	held := fmt.Sprintf("%s, %s distinct, %s", plural(t.schedules, "schedule"), grouped(len(t.seen)+t.distinct), plural(t.steps, "step"))
	if t.covered != "" {
		held += ": " + t.covered
	}
	switch {
	case t.failure != nil:
		return "violated", fmt.Sprintf("%s, after %s", t.failure.Kind, done)
	case t.undecided != nil && (t.undecided.Kind == explore.Unwoven || t.undecided.Kind == explore.Unstable):
		return "broken", fmt.Sprintf("%s: %s", t.undecided.Kind, t.undecided.Message)
	case t.undecided != nil:
		return "undecided", fmt.Sprintf("%s: %s", t.undecided.Kind, firstLine(t.undecided.Message))
	case t.unfinished && ctx.Err() != nil:
		return "undecided", "interrupted after " + done
	case t.unfinished:
		return "undecided", "a process ended in it, after " + done
	case t.skipped != "":
		return "skipped", t.skipped
	case t.lost:
		return "undecided", "another schedule than the saved one holds: " + t.how
	case x.args.settings.Replay != "":
		return "held", "the saved schedule holds: " + t.how
	}
	return "held", held
}

// details prints the report of a failure.
func (x *exploration) details(p printer, t *testedTest) {
	n := t.worst()
	if n != nil && n.Report != "" {
		text := n.Report
		if file := cmp.Or(t.file, x.args.settings.Replay); file != "" {
			cwd, _ := os.Getwd()
			self, _ := os.Executable()
			// The process that wrote the report knew only its own files.
			text, _, _ = strings.Cut(text, "\nreplay ")
			text += "\n" + t.race
			if t.replayed != "" {
				text += "saved     " + t.replayed + "\n"
			}
			text += "replay    " + testCommandName(self) + " test -replay " + shorter(file, cwd)
		}
		p.line("    %s", strings.ReplaceAll(text, "\n", "\n    "))
	}
	if natives := slices.Sorted(maps.Keys(t.natives)); len(natives) > 0 && (n == nil || n.Report == "") {
		p.line("    beware: native goroutines, which nobody controls, were started by %s; %s reached a point", strings.Join(natives, ", by "), grouped(t.adopted))
	}
}

// testCommandName is how this command is called in a module that isn't weir's.
func testCommandName(self string) string {
	if isGoRun(self) {
		return "weir"
	}
	return self
}

// unreached are the woven packages of which no point was seen.
func (x *exploration) unreached(seen map[string]bool) (out []string) {
	for _, p := range x.woven.Packages {
		if !seen[p] {
			out = append(out, p)
		}
	}
	return out
}
