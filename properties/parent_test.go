package properties

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/protocol"
)

// What a maker does to the test that it was given is not about the
// implementation, and is never held.
func TestExploreFailedTest(t *testing.T) {
	for _, name := range []string{"FailNow", "Errorf"} {
		t.Run(name, func(t *testing.T) {
			s := toyRemoteSuite(toyMaker(nil, func(*toyRemote, *protocol.Result) {
				if isChild() && name == "FailNow" {
					t.FailNow()
				} else if isChild() {
					t.Errorf("toy does not like it")
				}
			}))
			_, r, ok := runToy(t, s, toySettings(t))
			if !ok {
				return
			}
			wantNoFailure(t, r, "the test was failed by its own code in case 1")
			if name == "Errorf" {
				wantNoFailure(t, r, "toy does not like it")
			}
		})
	}
}

// A case that neither ends nor chooses is given up, and says where it is.
func TestExploreStuck(t *testing.T) {
	s := drawnSuite(func(numbers []int, _ *findings) {
		if numbers[0] > 0 {
			time.Sleep(time.Hour)
		}
	})
	set := toySettings(t)
	set.stuck = 300 * time.Millisecond
	_, r, ok := runToy(t, s, set)
	if !ok {
		return
	}
	wantNoFailure(t, r, "stuck in real time for 300ms")
	wantNoFailure(t, r, "TestExploreStuck")
}

// countingToy has counts that panic, on the root of the case.
type countingToy struct{ Remote }

func (countingToy) Stats() protocol.RemoteStats { panic("toy cannot count") }

func TestExploreRootPanics(t *testing.T) {
	s := toyRemoteSuite(func(w *RemoteWorld) Remote { return countingToy{toyMaker(nil, nil)(w)} })
	p, r, ok := runToy(t, s, toySettings(t))
	if !ok {
		return
	}
	wantFailure(t, r, "remote/no-crash", "toy cannot count")
	wantReplay(t, p, r.failure)

}

// A panic of the suite itself is nobody's violation.
func TestExploreSuitePanics(t *testing.T) {
	s := drawnSuite(func(numbers []int, _ *findings) {
		if numbers[3] > 5 {
			panic("a mistake")
		}
	})
	_, r, ok := runToy(t, s, toySettings(t))
	if !ok {
		return
	}
	wantNoFailure(t, r, "the suite panicked in case")
	wantNoFailure(t, r, "a mistake")
}

// A crash is reduced to the choices that it needs.
func TestCrashIsReduced(t *testing.T) {
	s := drawnSuite(func(numbers []int, _ *findings) {
		if numbers[2] >= 3 {
			done := make(chan struct{})
			go func() { panic("beyond control") }()
			<-done
		}
	})
	p, r, ok := runToy(t, s, toySettings(t))
	if !ok {
		return
	}
	wantFailure(t, r, "gateway/no-crash", "beyond control")
	if want := []uint32{0, 0, 3}; !slices.Equal(r.failure.Choices, want) {
		t.Errorf("case is %v, want %v", r.failure.Choices, want)
	}
	if r.failure.Reduced > r.failure.Steps {
		t.Errorf("reduced from %d choices to %d", r.failure.Steps, r.failure.Reduced)
	}
	wantReplay(t, p, r.failure)
}

// A case that nothing is found in is not run again as if it were one.
func TestReplayOfNothing(t *testing.T) {
	s := drawnSuite(func(_ []int, f *findings) { f.judge("gateway/fifo", 0, true, "", "") })
	p, r, ok := runToy(t, s, toySettings(t))
	if !ok {
		return
	}
	wantNoFailure(t, r, "")
	if r.tally.Cases != p.set.cases[Simulated] || r.tally.Judged["gateway/fifo"] != r.tally.Cases || r.tally.Repeated != repeats || r.tally.Diverged != 0 {
		t.Errorf("tally is %+v, want %d cases", *r.tally, p.set.cases[Simulated])
	}
	again := p.replay(job{Network: Simulated, Law: "gateway/fifo", Replay: &replay.Failure{Facts: []replay.Fact{{Name: replay.ChoicesOnly, Value: "of a test"}}}})
	if again.failure != nil || again.undecided != "" || again.tally.Cases != 1 || !strings.HasSuffix(again.tally.Replayed, ": passed") {
		t.Errorf("replay gives %+v", again)
	}
}

// Nothing run is nothing held.
func TestExploreOutOfTime(t *testing.T) {
	set := toySettings(t)
	set.budget = time.Nanosecond
	_, r, ok := runToy(t, drawnSuite(func([]int, *findings) {}), set)
	if !ok {
		return
	}
	wantNoFailure(t, r, "no case was run within 1ns")
}

// orphanVariable makes TestOrphan the parent that is killed.
const orphanVariable = "WEIR_TEST_ORPHAN"

// A child ends when its parent does, however that ends.
func TestOrphan(t *testing.T) {
	if isChild() || os.Getenv(orphanVariable) != "" {
		set := toySettings(t)
		set.stuck = time.Hour // nothing but its parent may end it
		runToy(t, drawnSuite(func([]int, *findings) {
			os.NewFile(3, "alive").Write([]byte("x"))
			time.Sleep(time.Minute)
		}), set)
		return
	}
	alive, held, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestOrphan$")
	cmd.Env = append(os.Environ(), orphanVariable+"=1", "TMPDIR="+t.TempDir())
	// Parent and child both hold the pipe open for as long as they live.
	cmd.ExtraFiles = []*os.File{held}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	held.Close()
	alive.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := alive.Read(make([]byte, 1)); err != nil {
		t.Fatalf("child did not begin: %v", err)
	}
	cmd.Process.Kill()
	cmd.Wait() // killed: the error says so
	alive.SetReadDeadline(time.Now().Add(20 * time.Second))
	if n, err := alive.Read(make([]byte, 1)); n != 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("child has outlived its parent (%v)", err)
	}
}

func TestRows(t *testing.T) {
	tally := newTally()
	tally.Cases, tally.Judged["gateway/fifo"], tally.Seen["gateway/sometimes-no-host"] = 3, 2, true
	failure := &Failure{Law: "gateway/fifo", Observed: "it was so"}
	for _, test := range []struct {
		name, slug, undecided string
		failure               *Failure
		asked                 []string
		want                  rowVerdict
		text                  string
	}{
		{name: "held", slug: "gateway/fifo", want: rowHeld, text: "held: judged 2 times in 3 cases"},
		{name: "unobserved", slug: "gateway/choice", want: rowSkipped, text: "unobserved"},
		{name: "violated", slug: "gateway/fifo", failure: failure, want: rowRed, text: "it was so"},
		{name: "another violated", slug: "gateway/no-crash", failure: failure, want: rowSkipped, text: "ended when gateway/fifo was violated"},
		{name: "not asked for", slug: "gateway/fifo", asked: []string{"gateway/choice"}, want: rowSkipped, text: "not asked for"},
		{name: "asked for", slug: "gateway/fifo", asked: []string{"gateway/choice", "gateway/fifo"}, want: rowHeld, text: "held"},
		{name: "undecided", slug: "gateway/fifo", undecided: "who knows", want: rowRed, text: "undecided: sim: who knows"},
		{name: "undecided before anything was judged", slug: "gateway/no-crash", undecided: "who knows", want: rowRed, text: "who knows"},
		{name: "unobserved in undecided cases", slug: "gateway/choice", undecided: "who knows", want: rowSkipped, text: "unobserved"},
		{name: "seen", slug: "gateway/sometimes-no-host", want: rowHeld, text: "seen"},
		{name: "unseen", slug: "gateway/sometimes-closed", want: rowSkipped, text: "not seen in 3 cases"},
	} {
		l, ok := protocol.LawBySlug(test.slug)
		if !ok {
			t.Fatalf("%s is not in the catalogue", test.slug)
		}
		s := summarize([]result{{network: Simulated, tally: tally, failure: test.failure, undecided: test.undecided}}, test.asked)
		if got := s.row(l); got.verdict != test.want || !strings.Contains(got.text, test.text) {
			t.Errorf("%s: got %d %q, want %d %q", test.name, got.verdict, got.text, test.want, test.text)
		}
	}
}

// A suite looks past the laws that nobody asked for, and a protocol without one
// has nothing to do.
func TestJudgedBy(t *testing.T) {
	of := func(laws ...string) settings {
		s := toySettings(t)
		JudgedBy(laws...)(&s)
		return s
	}
	for _, test := range []struct {
		set             settings
		left            []string
		remote, gateway bool
	}{
		{of(), []string{"remote/link", "remote/order"}, true, true},
		{of("remote/order"), []string{"remote/order"}, true, false},
		{of("remote/frame", "gateway/fifo"), nil, true, true},
	} {
		o := &outcome{found: newFindings()}
		for _, law := range []string{"remote/order", "remote/link"} {
			o.found.judge(law, 1, false, "", "")
		}
		var left []string
		for _, v := range o.judgedBy(test.set.judges).found.violations {
			left = append(left, v.Law)
		}
		slices.Sort(left)
		if !slices.Equal(left, test.left) || test.set.asksFor("remote") != test.remote || test.set.asksFor("gateway") != test.gateway {
			t.Errorf("judged by %v: got %v, remote %t, gateway %t, want %v, %t, %t", test.set.judges, left,
				test.set.asksFor("remote"), test.set.asksFor("gateway"), test.left, test.remote, test.gateway)
		}
	}
	(&outcome{undecided: "stuck"}).judgedBy([]string{"remote/link"}) // has found nothing
}

func TestConclude(t *testing.T) {
	failed := exec.Command(os.Args[0], "-test.no-such-flag").Run()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, test := range []struct {
		name             string
		r                result
		final            bool
		out              string
		err              error
		crash, undecided string
	}{
		{name: "verdict", final: true},
		{name: "no verdict", undecided: "ended without a verdict"},
		{name: "violated, and the test failed", r: result{failure: &Failure{}}, final: true, out: "--- FAIL: TestX", err: failed},
		{name: "panic", out: "goroutine 1\npanic: oops [recovered]\n\nmain.f(0x1)\n", err: failed, crash: "panic: oops in main.f"},
		{name: "race", out: "==\nWARNING: DATA RACE\nRead at 0x00 by goroutine 1:\n  pkg.(*T).Get()\n", err: failed, crash: "WARNING: DATA RACE in pkg.(*T).Get"},
		{name: "crash after the verdict", final: true, out: "fatal error: all goroutines are asleep\n", err: failed, crash: "fatal error: all goroutines are asleep"},
		{name: "test timed out", out: "panic: test timed out after 1s\n", err: failed, undecided: "test timed out"},
		{name: "test failed", out: "--- FAIL: TestX (0.00s)\n", err: failed, undecided: "--- FAIL: TestX"},
		{name: "exit", out: "bye\n", err: failed, crash: "the process ended: exit status 2"},
		{name: "killed", err: ctx.Err(), undecided: "context canceled"},
		{name: "says why", r: result{undecided: "stuck"}, final: true, out: "and more", err: failed, undecided: "stuck\nand more"},
	} {
		r := test.r
		crash := r.conclude(test.final, test.out, test.err)
		if crash != test.crash || (r.undecided == "") != (test.undecided == "") || !strings.Contains(r.undecided, test.undecided) {
			t.Errorf("%s: got crash %q, undecided %q, want %q, %q", test.name, crash, r.undecided, test.crash, test.undecided)
		}
	}
}

func TestSettings(t *testing.T) {
	good := func() settings { return toySettings(t) }
	if err := good().validate(); err != nil {
		t.Errorf("settings are refused: %v", err)
	}
	for want, change := range map[string]func(*settings){
		"no network is given":                  func(s *settings) { s.networks = nil },
		`network "wifi" is unknown`:            func(s *settings) { s.networks = []Network{"wifi"} },
		"0 cases are to be run on network sim": func(s *settings) { Cases(Simulated, 0)(s) },
		"-3 cases":                             func(s *settings) { Cases(Simulated, -3)(s) },
		"budget is -1s":                        func(s *settings) { s.budget = -time.Second },
		`law "gateway/nonsense" is asked for`:  func(s *settings) { JudgedBy("gateway/fifo", "gateway/nonsense")(s) },
		`law "remote/resume-no-loss" is asked`: func(s *settings) { JudgedBy("remote/resume-no-loss")(s) },
		"0 processes":                          func(s *settings) { Workers(0)(s) },
		`command "replay" has no %s`:           func(s *settings) { s.command = "replay" },
	} {
		s := good()
		change(&s)
		if err := s.validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	s := newSettings(t, []Option{On(Virtual), Cases(Virtual, 7)})
	if err := s.validate(); err != nil || !slices.Equal(s.networks, []Network{Virtual}) || s.cases[Virtual] != 7 && !testing.Short() {
		t.Errorf("got %+v (%v)", s, err)
	}
	if got, want := s.commandFor("a b.case"), "go test -run '^TestSettings$' . -weir.replay=a b.case"; got != want {
		t.Errorf("got command %q, want %q", got, want)
	}
}
