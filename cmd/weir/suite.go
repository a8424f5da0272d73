package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/weir-dev/weir/properties"
)

// suiteRun is one run of a suite's test in a test binary.
type suiteRun struct {
	// title names it to people, and in the book: it is the check that has judged
	// the laws in judges and looked out for those in witnesses.
	title, test       string
	protocol          string
	judges, witnesses []string
	network           properties.Network
	cases             int
	budget            time.Duration
	seed              uint64
	// planted is the bug to run it on; empty is the reference implementation.
	planted string
	// alone is whether it has one process, and others run beside it.
	alone bool
	// replay is the case to run, instead of drawing some.
	replay string
	// plain leaves out making a failing case small: only whether and when counts.
	plain bool
	// keep is the directory for failing cases.
	keep string
}

// anyNumber of cases: the budget ends a suite.
const anyNumber = 1 << 30

// suiteResult is what a run came to.
type suiteResult struct {
	tally   *properties.Tally
	failure *properties.Failure
	// undecided says why nothing can be said; empty if something can.
	undecided string
	// final is whether the suite has come to an end.
	final bool
	// took is how long it ran.
	took time.Duration
}

// errOverrun ends a suite that does not end by itself.
var errOverrun = errors.New("the suite did not end in time")

// args are the flags of the test binary.
func (s suiteRun) args(report string) []string {
	args := []string{"-test.run=^" + s.test + "$", fmt.Sprintf("-test.timeout=%v", 2*s.limit()), "-weir.report=" + report,
		"-weir.dir=" + s.keep, fmt.Sprintf("-weir.seed=%d", s.seed), "-weir.command=%s"}
	if s.planted != "" {
		args = append(args, "-weir.planted="+s.planted)
	}
	if s.replay != "" {
		return append(args, "-weir.replay="+s.replay)
	}
	args = append(args, "-weir.net="+string(s.network), fmt.Sprintf("-weir.cases=%d", s.cases), fmt.Sprintf("-weir.budget=%v", s.budget))
	if s.planted != "" {
		args = append(args, "-weir.judges="+s.judges[0])
	}
	if s.plain {
		args = append(args, "-weir.shrink=false")
	}
	if s.alone {
		args = append(args, "-weir.workers=1")
	}
	return args
}

// limit is when the suite is ended from outside.
func (s suiteRun) limit() time.Duration {
	if s.plain {
		return s.budget + plainOverrun
	}
	return s.budget + overrun
}

// runner runs suites.
type runner struct {
	root     string
	scratch  scratch
	progress *progress
	// patience is when the report is looked at again; 0 means often enough for
	// the eye.
	patience time.Duration
	// within ends a context when a time is up; nil is context.WithTimeoutCause.
	within func(context.Context, time.Duration, error) (context.Context, context.CancelFunc)
}

// run runs a suite and follows what it reports. The error is that of a suite
// that could not be run to a verdict, though nobody stopped it.
func (r runner) run(ctx context.Context, binary string, s suiteRun) (suiteResult, error) {
	res := suiteResult{tally: &properties.Tally{}}
	report := r.scratch.file("report " + s.title)
	if err := os.Remove(report); err != nil && !os.IsNotExist(err) {
		return res, err
	}
	within := r.within
	if within == nil {
		within = context.WithTimeoutCause
	}
	limited, cancel := within(ctx, s.limit(), errOverrun)
	defer cancel()
	cmd := r.scratch.command(limited, filepath.Join(r.root, "properties"), binary, s.args(report)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return res, fmt.Errorf("%s: %w", s.title, err)
	}
	defer r.progress.leave(s.title)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	exit, err := r.follow(report, s, &res, ended)
	res.took = time.Since(start)
	if res.failure != nil {
		asInTheTree(res.failure)
	}
	switch {
	case err != nil:
		return res, fmt.Errorf("%s: %w", s.title, err)
	case res.final:
	case ctx.Err() != nil:
		res.undecided = "interrupted"
	case limited.Err() != nil:
		res.undecided = fmt.Sprintf("%v: it was given %v, and %v more to finish", errOverrun, s.budget, s.limit()-s.budget)
	default:
		return res, fmt.Errorf("%s ended without a verdict (%v):\n%s", s.title, exit, head(out.String(), compilerLines))
	}
	return res, nil
}

// follow reads the report until the process has ended.
func (r runner) follow(report string, s suiteRun, res *suiteResult, ended <-chan error) (exit, err error) {
	every := r.patience
	if every == 0 {
		every = 200 * time.Millisecond
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	start := time.Now()
	for {
		select {
		case exit = <-ended:
			return exit, res.read(report)
		case <-tick.C:
		}
		// A line that is wrong now is so at the end.
		if res.read(report) == nil {
			r.progress.stepOf(s.title, "%s: %s", s.title, res.rates(s, start))
		}
	}
}

// laws says what is judged: the law, or how many.
func (s suiteRun) laws() string {
	if len(s.judges) == 1 {
		return s.judges[0]
	}
	return plural(len(s.judges), "law")
}

// rates says what was done and how fast it goes.
func (r *suiteResult) rates(s suiteRun, start time.Time) string {
	laws, t := s.laws(), r.tally
	switch {
	case t.Cases == 0:
		return laws + ", starting"
	case s.network == properties.Simulated:
		return fmt.Sprintf("%s, %s schedules, %s schedules/s, %s steps/s", laws, grouped(t.Cases), rate(t.Cases, start), rate(t.Steps, start))
	}
	return fmt.Sprintf("%s, %s cases, %s messages, %s messages/s", laws, grouped(t.Cases), grouped(t.Messages), rate(t.Messages, start))
}

// done says what was done in the end.
func (r *suiteResult) done(s suiteRun) string {
	t := r.tally
	switch {
	case s.network != properties.Simulated:
		return fmt.Sprintf("%s cases, %s messages, %s faults", grouped(t.Cases), grouped(t.Messages), grouped(t.Fired))
	case t.Steps == 0:
		return fmt.Sprintf("%s schedules", grouped(t.Cases))
	}
	return fmt.Sprintf("%s schedules, %s steps, %s faults; %d of %d repeated exactly",
		grouped(t.Cases), grouped(t.Steps), grouped(t.Fired), t.Repeated-t.Diverged, t.Repeated)
}
