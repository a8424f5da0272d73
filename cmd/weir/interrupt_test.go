package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/weir-dev/weir/properties"
)

func TestInterrupted(t *testing.T) {
	for name, c := range map[string]struct {
		before string
		exit   int
	}{
		"undecided": {note(t, properties.Note{Progress: heldTally("gateway")}), exitUndecided},
		"violated":  {note(t, properties.Note{Failure: failureOf("gateway/count", 3)}), exitViolated},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFaked(t, verifyFlags{})
			f.script(t, "reference", testOf("gateway"), properties.Simulated, c.before+"hang\n")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			pid := make(chan int, 1)
			go func() { // presses ctrl-C once the suite hangs
				defer cancel()
				pid <- waitForPid(ctx, filepath.Join(f.scripts, "pid"))
			}()
			code, result, out := f.verify(t, ctx)
			if code != c.exit {
				t.Errorf("got exit %d, want %d", code, c.exit)
			}
			contains(t, "output", out, "interrupted, ")
			if counts := verdictsOf(result); counts["undecided"] == 0 || counts["held"] == 0 {
				t.Errorf("got verdicts %v, want some held and the rest undecided", counts)
			}
			if name == "undecided" {
				contains(t, "output", out, plural(remoteLaws, "law")+" undecided: interrupted before remote over gRPC in virtual time came to its end",
					plural(gatewayLaws, "law")+" undecided: gateway under schedules: interrupted")
			}
			gone(t, <-pid)
		})
	}
}

func TestInterruptedWhilePlanting(t *testing.T) {
	f := newFaked(t, verifyFlags{})
	f.script(t, "R31", testOf("remote"), properties.Simulated, "hang\n")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pid := make(chan int, 1)
	go func() {
		defer cancel()
		pid <- waitForPid(ctx, filepath.Join(f.scripts, "pid"))
	}()
	code, result, out := f.verify(t, ctx)
	if code != exitUndecided {
		t.Errorf("got exit %d, want %d", code, exitUndecided)
	}
	contains(t, "output", out, "interrupted, undecided: not all was run to its end", "1 of 2 planted bugs caught", "more   code           not run")
	if planted := result["planted"].([]any); len(planted) != 1 {
		t.Errorf("got planted bugs %v, want the one that was decided", planted)
	}
	gone(t, <-pid)
}

// waitForPid reads a process id once it was written.
func waitForPid(ctx context.Context, path string) int {
	for ctx.Err() == nil {
		if b, err := os.ReadFile(path); err == nil && len(b) > 0 {
			n, _ := strconv.Atoi(string(b))
			return n
		}
		time.Sleep(time.Millisecond)
	}
	return 0
}

// gone fails the test if a process is still there after a while.
func gone(t *testing.T, pid int) {
	t.Helper()
	if pid == 0 {
		t.Fatal("the suite did not start its process")
	}
	for range 500 {
		state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		zombie := err == nil && strings.Contains(string(state), ") Z ")
		if p, err := os.FindProcess(pid); err != nil || zombie || p.Signal(syscall.Signal(0)) != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d, which a suite has started, is left behind", pid)
}

func TestOverrun(t *testing.T) {
	f := newFaked(t, verifyFlags{})
	s := suiteOf("gateway", properties.Simulated, 1)
	s.plain, s.keep = true, f.casesDir(bug{})
	pid := make(chan int, 1)
	f.runner.within = func(ctx context.Context, limit time.Duration, cause error) (context.Context, context.CancelFunc) {
		if limit != s.budget+plainOverrun {
			t.Errorf("the suite is given %v, want %v", limit, s.budget+plainOverrun)
		}
		ctx, cancel := context.WithCancelCause(ctx)
		go func() { // the time is up once the suite hangs
			pid <- waitForPid(ctx, filepath.Join(f.scripts, "pid"))
			cancel(cause)
		}()
		return ctx, func() { cancel(nil) }
	}
	f.script(t, "reference", s.test, properties.Simulated, note(t, properties.Note{Progress: heldTally("gateway")})+"hang\n")
	binary, _ := f.build(t.Context(), woven, nil)
	r, err := f.runner.run(t.Context(), binary.path, s)
	if err != nil || !strings.Contains(r.undecided, errOverrun.Error()) || r.tally.Cases != 1200 {
		t.Errorf("got undecided %q after %d cases, error %v; want it given up", r.undecided, r.tally.Cases, err)
	}
	gone(t, <-pid)
}
