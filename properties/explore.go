package properties

import (
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// suite is one protocol under test.
type suite struct {
	protocol string
	// run draws a case and runs it.
	run func(t *testing.T, network Network, c *choices) *outcome
}

// batch is how many cases rapid checks at a time.
const batch = 10

// repeats is how many cases of an exploration are run a second time.
const repeats = 20

// explorer runs the cases of one child process.
type explorer struct {
	t      *testing.T
	suite  suite
	job    job
	report *reporter
	ahead  *os.File
	tally  *Tally

	law    string // of the first violation; pinned from then on
	found  int
	drawn  byte // who draws the cases now, of byRapid and byPortfolio
	first  *outcome
	last   *outcome
	rapid  *rapidBook
	edges  *edges            // that the histories have shown
	search strategy.Strategy // of schedules; nil before the first searched case
	// broken says why nothing that follows can be trusted; empty if it can.
	broken string
	beat   atomic.Int64
}

// child does the job of a child process.
func child(t *testing.T, s suite, j job) {
	r, err := newReporter(j.Report)
	if err != nil {
		t.Fatal(err)
	}
	e := &explorer{t: t, suite: s, job: j, report: r, tally: newTally(), rapid: newRapidBook(), edges: newEdges(), law: j.Law}
	if j.Ahead != "" {
		if e.ahead, err = os.Create(j.Ahead); err != nil {
			t.Fatal(err)
		}
	}
	go func() {
		// The parent holds the other end for as long as it wants this child.
		io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	stop := make(chan struct{})
	defer close(stop)
	go e.watch(stop)
	if j.Replay != nil {
		e.replay()
		return
	}
	e.explore()
}

// one runs one case.
func (e *explorer) one(source schedule.Chooser) *outcome {
	if e.ahead != nil {
		e.ahead.Truncate(0)
		e.ahead.Seek(0, 0)
		header := binary.LittleEndian.AppendUint32(nil, uint32(e.tally.Cases+1))
		e.ahead.Write(append(header, e.drawn))
	}
	c := &choices{source: beating{source, &e.beat}, ahead: e.ahead}
	defer e.beat.Add(1)
	o := e.suite.run(e.t, e.job.Network, c).judgedBy(e.job.Judges)
	if e.t.Failed() && e.broken == "" {
		e.broken = fmt.Sprintf("the test was failed by its own code in case %d, with t.Error or t.Fatal:", e.tally.Cases+1)
	}
	return o
}

// explore runs cases until one violates a law, there were enough, or the time
// is up.
func (e *explorer) explore() {
	set := func(name, value string) {
		if err := flag.Set(name, value); err != nil {
			e.t.Fatalf("rapid does not take -%s=%s: %v", name, value, err)
		}
	}
	set("rapid.nofailfile", "true")
	set("rapid.shrinktime", shrinkTime.String())
	if e.job.Plain {
		set("rapid.shrinktime", "0s")
	}
	deadline := time.Now().Add(e.job.Budget)
	for i := uint64(0); e.tally.Cases < e.job.Cases && e.law == "" && e.broken == "" && time.Now().Before(deadline); i++ {
		n := min(batch, e.job.Cases-e.tally.Cases)
		if e.job.Network == Simulated && i%2 == 1 {
			e.searchBatch(n, deadline)
			e.tally.Strategies = e.strategies()
			continue
		}
		if testing.Short() {
			n *= 5 // rapid divides by it
		}
		set("rapid.checks", strconv.Itoa(n))
		set("rapid.seed", strconv.FormatUint(1+e.job.Seed*1_000_003+i*7919, 10))
		before := e.tally.Cases
		check(func(rt *rapid.T) { e.property(rt, deadline) })
		e.tally.Strategies = e.strategies()
		if e.tally.Cases == before && e.broken == "" && time.Now().Before(deadline) {
			e.broken = fmt.Sprintf("rapid ran no case after case %d", before)
		}
	}
	switch {
	case e.broken != "":
		e.report.write(Note{Progress: e.tally})
		e.report.write(Note{Undecided: e.broken})
	case e.law != "":
		e.fail()
	default:
		e.report.write(Note{Held: e.tally})
	}
}

// property is what rapid checks: no law is violated. It fails at one place
// and with the name of the law only, because rapid takes failures for the same
// when their tracebacks and messages are.
func (e *explorer) property(rt *rapid.T, deadline time.Time) {
	if e.broken != "" || e.law == "" && time.Now().After(deadline) {
		return
	}
	defer e.guard()
	e.drawn = byRapid
	counts := e.law == "" // and what is shrunk isn't a case
	o := e.one(newRapidSource(rt))
	violated := e.violates(o)
	if counts {
		e.rapid.count(o, violated, e.edges.news(o.records))
	}
	if violated {
		rt.Fatalf("%s", e.law)
	}
}

// violates counts a case and tells whether it violates a law, the one that is
// pinned if one is.
func (e *explorer) violates(o *outcome) bool {
	if e.law == "" {
		e.tally.count(o)
		e.report.progress(e.tally)
		if e.tally.Repeated < repeats && e.job.Network == Simulated {
			e.repeat(o)
		}
	}
	v, violated := o.violation(e.law)
	if !violated {
		return false
	}
	if e.law == "" {
		e.law, e.found, e.first = v.Law, e.tally.Cases, o
	}
	e.last = o
	return true
}

// guard notes a panic of the suite itself, which rapid would take for a
// failed check. Its own panics steer its shrinker and pass.
func (e *explorer) guard() {
	thrown := recover()
	if thrown == nil {
		return
	}
	if isRapid(thrown) {
		panic(thrown)
	}
	e.broken = fmt.Sprintf("the suite panicked in case %d: %v\n%s", e.tally.Cases+1, thrown, debug.Stack())
}

// isRapid tells whether a panic is one that rapid throws.
func isRapid(thrown any) bool {
	return strings.HasPrefix(strings.TrimPrefix(fmt.Sprintf("%T", thrown), "*"), "rapid.")
}

// repeat runs a case again and compares the histories.
func (e *explorer) repeat(o *outcome) {
	again := e.one(schedule.NewList(o.list))
	e.tally.Repeated++
	if !reflect.DeepEqual(o.records, again.records) {
		e.tally.Diverged++
	}
}

// draw saves the picture of an outcome, if it has one, and returns its path.
func (e *explorer) draw(o *outcome, law string) string {
	if o.picture == nil || e.job.Dir == "" {
		return ""
	}
	b, err := o.picture()
	path := filepath.Join(e.job.Dir, strings.ReplaceAll(law, "/", "-")+".html")
	if err == nil {
		err = os.MkdirAll(e.job.Dir, 0o777)
	}
	if err == nil {
		err = os.WriteFile(path, b, 0o666)
	}
	if err != nil {
		return "not drawn: " + err.Error()
	}
	return path
}

// describe makes a failure of an outcome.
func describe(o *outcome, law string, network Network) *Failure {
	v, _ := o.violation(law)
	f := &Failure{Law: v.Law, Network: network, Observed: v.Observed, Allowed: v.Allowed,
		World: o.world, Load: o.load, Plan: o.plan.String(), Choices: o.list, Parked: o.parked, Reduced: o.steps}
	f.Story = story(o.records, v)
	return f
}
