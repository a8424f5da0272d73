package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// worker is one process that explores the tests of a package.
type worker struct {
	settings explore.Settings
	cmd      *exec.Cmd
	output   clipped
	read     int // bytes of the report
	notes    map[string]explore.Note
	err      error // how the process ended
}

// newWorker prepares a process.
func (x *exploration) newWorker(ctx context.Context, p *testedPackage, set explore.Settings, title string, args ...string) *worker {
	set.Report, set.Keep = x.scratch.file("report "+title), x.scratch.file("keep "+title)
	if keepsAhead {
		set.Ahead = x.scratch.file("ahead " + title)
	}
	w := &worker{settings: set, notes: map[string]explore.Note{}}
	if !hasFlag(args, "-test.timeout") {
		args = append(args, "-test.timeout=0") // each schedule has a watchdog
	}
	w.cmd = x.scratch.command(ctx, p.dir, p.binary, args...)
	// One core runs one schedule at a time: more only contend.
	w.cmd.Env = append(w.cmd.Env, set.Environ()...)
	w.cmd.Env = append(w.cmd.Env, "GOMAXPROCS=1", "GODEBUG="+strings.TrimPrefix(os.Getenv("GODEBUG")+",asynctimerchan=0", ","), "PWD="+p.dir)
	// The detector reports a race each time it happens, or no smaller schedule
	// could be seen to have it.
	w.cmd.Env = append(w.cmd.Env, "GORACE="+strings.TrimSpace(os.Getenv("GORACE")+" suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0"))
	w.cmd.Stdout, w.cmd.Stderr = &w.output, &w.output
	return w
}

func hasFlag(args []string, name string) bool {
	for _, a := range args {
		if strings.HasPrefix(a, name+"=") {
			return true
		}
	}
	return false
}

// explore runs the tests of a package in several processes, and what failed
// once more.
func (x *exploration) explore(ctx context.Context, p *testedPackage) error {
	var workers []*worker
	n := x.args.processes
	ended := make(chan *worker, n)
	for i := range n {
		set := x.args.settings
		set.Shard, set.Shards = i, n
		w := x.newWorker(ctx, p, set, fmt.Sprintf("%s %d", p.path, i), x.args.run...)
		if err := w.cmd.Start(); err != nil {
			return fmt.Errorf("the tests of %s can't be run: %w", p.path, err)
		}
		go func() {
			w.err = w.cmd.Wait()
			ended <- w
		}()
		workers = append(workers, w)
	}
	start := time.Now()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for left := n; left > 0; {
		select {
		case <-ended:
			left--
		case <-tick.C:
			x.live(p, workers, start)
		}
	}
	for _, w := range workers {
		w.follow()
		x.collect(ctx, p, w)
	}
	if slices.Contains(x.args.run, "-test.v") {
		p.output = workers[0].output.String() // the others say the same of other schedules
	}
	if x.args.settings.Replay == "" && ctx.Err() == nil {
		x.keepAndReplay(ctx, p)
	}
	return nil
}

// live shows how far the processes have come.
func (x *exploration) live(p *testedPackage, workers []*worker, start time.Time) {
	schedules, steps := 0, 0
	names := map[string]bool{}
	for _, w := range workers {
		w.follow()
		for test, n := range w.notes {
			schedules += n.Schedules
			steps += n.Steps
			names[test] = true
		}
	}
	x.progress.step("%s: %s, %s schedules, %s schedules/s, %s steps/s", p.path, plural(len(names), "test"), grouped(schedules), rate(schedules, start), rate(steps, start))
}

// follow reads the notes that were added to the report.
func (w *worker) follow() {
	f, err := os.Open(w.settings.Report)
	if err != nil {
		return // not yet written
	}
	defer f.Close()
	if _, err := f.Seek(int64(w.read), 0); err != nil {
		return
	}
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return // a line that is being written is read again
		}
		w.read += len(line)
		var n explore.Note
		if json.Unmarshal(line, &n) != nil {
			continue
		}
		// A test may explore several times; what failed stays.
		if old := w.notes[n.Test]; !old.Final || old.Kind == explore.Held || old.Kind == explore.Skipped {
			w.notes[n.Test] = n
		}
	}
}

// collect takes what a process found when it has ended.
func (x *exploration) collect(ctx context.Context, p *testedPackage, w *worker) {
	for _, n := range w.notes {
		p.test(n.Test).add(n)
	}
	if w.err == nil {
		return
	}
	output := w.output.String()
	crash := crashLine(output)
	test, choices, err := explore.ReadAhead(w.settings.Ahead)
	switch {
	case crash != "" && err == nil && test != "":
		f := explore.File{
			Test: test, Kind: explore.Crash, Message: crash, Loose: "the process ended of it, so that nothing could be tried after it", Failure: replay.Failure{Choices: choices},
		}
		p.test(test).crash = &f
		p.test(test).add(explore.Note{Test: test, Final: true, Kind: explore.Crash, Message: crash, Report: crashReport(f, output)})
	case crash != "":
		p.fault("the process crashed outside a schedule: "+crash, output)
	}
	failed := failedTests(output)
	for _, test := range failed {
		if !w.told(test) {
			p.fault(test+" fails, which is no exploration", outputOf(test, output))
		}
	}
	if crash == "" && len(failed) == 0 && ctx.Err() == nil {
		p.fault(fmt.Sprintf("a process ended with %v", w.err), output)
	}
}

// fault notes what went wrong outside the explorations; the same once, because
// every process runs all tests.
func (p *testedPackage) fault(what, output string) {
	if !slices.ContainsFunc(p.faults, func(f testFault) bool { return f.what == what }) {
		p.faults = append(p.faults, testFault{what, output})
	}
}

// told reports whether an exploration accounts for the failure of a test:
// its own, or that of a subtest.
func (w *worker) told(test string) bool {
	for name, n := range w.notes {
		if (name == test || strings.HasPrefix(name, test+"/")) && n.Final && n.Kind != explore.Held && n.Kind != explore.Skipped {
			return true
		}
	}
	return false
}
