package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/remotespec"
	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
)

// faked is a verification of a fake checkout whose suites follow scripts.
type faked struct {
	*verification
	flags    verifyFlags
	scripts  string
	progress *bytes.Buffer
	out      bytes.Buffer
}

// How many laws the suites judge.
var remoteLaws, gatewayLaws = len(properties.Judges("remote")), len(properties.Judges("gateway"))

// smallRefutation is a bug in a small world.
func smallRefutation(variant, law string, steps int) refutation[remotespec.State] {
	return refutation[remotespec.State]{variant, law, steps, func() *model.Spec[remotespec.State] {
		p := remotespec.Small()
		for _, v := range remotespec.Variants() {
			if v.String() == variant {
				p.Variant = v
			}
		}
		return remotespec.Spec(p)
	}}
}

// newFaked makes one in which everything holds and both planted bugs are
// caught.
func newFaked(t *testing.T, flags verifyFlags) *faked {
	noLeaks(t)
	flags.seed = 1
	root := fakeCheckout(t, map[string]string{
		"testdata/planted/G01.patch": patchOf("gateway/count", "g", "impl/a.go", "-one", "+two"),
		"testdata/planted/R31.patch": patchOf("remote/conservation", "r", "impl/a.go", "-one", "+two"),
	})
	f := &faked{flags: flags, scripts: t.TempDir(), progress: &bytes.Buffer{}}
	t.Setenv(fakeSuiteVariable, f.scripts)
	f.verification = newVerification(root, flags, newProgress(f.progress))
	f.runner.patience = time.Millisecond
	f.plan.models = []modelCheck{specCheck(remotespec.Spec(remotespec.Small()), 0, 0)}
	f.plan.refuted = []modelCheck{smallRefutation("R05", "remote/no-crash", 8).check(), smallRefutation("R06", "remote/answered", 15).check()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f.cores = 1
	f.build = func(context.Context, buildKind, []bug) (built, error) { return built{path: self}, nil }
	if f.runner.scratch, err = newScratch(workDir(root)); err != nil {
		t.Fatal(err)
	}
	for _, p := range protocols {
		for _, n := range properties.Networks() {
			f.script(t, "reference", testOf(p), n, note(t, properties.Note{Held: heldTally(p)}))
		}
	}
	f.script(t, "reference", "TestReferenceLimiter", properties.Simulated, note(t, properties.Note{Held: heldTally("gateway")}))
	f.script(t, "G01", testOf("gateway"), properties.Simulated, note(t, properties.Note{Failure: failureOf("gateway/count", 4)}))
	f.script(t, "R31", testOf("remote"), properties.Simulated, note(t, properties.Note{Failure: failureOf("remote/conservation", 11)}))
	return f
}

// script says what a suite is to do.
func (f *faked) script(t *testing.T, in, test string, n properties.Network, text string) {
	t.Helper()
	write(t, filepath.Join(f.scripts, in+"-"+test+"-"+string(n)), text)
}

// verify runs it and returns exit code and result.
func (f *faked) verify(t *testing.T, ctx context.Context) (int, map[string]any, string) {
	t.Helper()
	if f.flags.replay == "" {
		f.flags.json = filepath.Join(t.TempDir(), "result.json")
	}
	code, err := f.command(ctx, f.flags, &f.out)
	if err != nil {
		t.Fatal(err)
	}
	var result map[string]any
	if b, err := os.ReadFile(f.flags.json); err != nil {
		t.Fatal(err)
	} else if err := json.Unmarshal(b, &result); err != nil {
		t.Fatal(err)
	}
	if got := result["exit"]; got != float64(code) {
		t.Errorf("got exit %v in the JSON, want %d", got, code)
	}
	return code, result, f.out.String()
}

// verdictsOf counts the verdicts.
func verdictsOf(result map[string]any) map[string]int {
	counts := make(map[string]int)
	for _, l := range result["laws"].([]any) {
		counts[l.(map[string]any)["verdict"].(string)]++
	}
	return counts
}

func TestAllHeld(t *testing.T) {
	f := newFaked(t, verifyFlags{})
	code, result, out := f.verify(t, t.Context())
	if code != exitHeld {
		t.Errorf("got exit %d, want %d\n%s", code, exitHeld, out)
	}
	contains(t, "output", out, "held: every checked law; ", " 0 violated, 0 undecided, ", "2 of 2 planted bugs caught", "exit 0\n",
		"G01    code           caught      gateway/count          4          pos", "all    remote spec    caught                             2 of 2 bugs refuted, shortest stories of 8 to 15 steps")
	contains(t, "progress", f.progress.String(), "weir verify --seed 1 on ", "gateway under schedules: "+plural(gatewayLaws, "law")+" held in 1,200 schedules",
		"remote over TCP: "+plural(remoteLaws, "law")+" held in 1,200 cases, 3,400 messages", "planted bugs: 2 of 2 caught, the last one, R31, at schedule 11")
	if got := len(result["planted"].([]any)); got != 2 {
		t.Errorf("got %d planted bugs in the JSON, want 2", got)
	}
}

func TestExitCodes(t *testing.T) {
	violation := properties.Note{Failure: failureOf("gateway/count", 3)}
	for name, c := range map[string]struct {
		change func(t *testing.T, f *faked)
		exit   int
		says   []string
	}{
		"a law is violated": {func(t *testing.T, f *faked) {
			f.script(t, "reference", testOf("gateway"), properties.Simulated, note(t, violation))
		}, exitViolated, []string{"all    code           not run                            because a law is violated", "planted bugs not run",
			"law       gateway/count", "--replay /cases/gateway-count.case", "exit 1\n",
			plural(gatewayLaws-1, "law") + " undecided: gateway under schedules ended when gateway/count was violated",
			plural(len(properties.Witnesses("gateway")), "law") + " undecided: gateway/count was violated before gateway under schedules came to its end"}},
		"the ledger is not linearizable": {func(t *testing.T, f *faked) {
			bad := failureOf("gateway/linearizable", 3)
			bad.File = ""
			f.script(t, "reference", "TestReferenceLimiter", properties.Simulated, note(t, properties.Note{Failure: bad}))
		}, exitViolated, []string{"violated: gateway/linearizable", "verify --seed 1"}},
		"a law is violated and the suite is broken": {func(t *testing.T, f *faked) {
			f.script(t, "reference", testOf("remote"), properties.Loopback, "exit\n")
			f.script(t, "reference", testOf("gateway"), properties.Simulated, note(t, violation))
		}, exitViolated, []string{"broken  remote over TCP ended without a verdict (exit status 1)"}},
		"a suite ends without a verdict": {func(t *testing.T, f *faked) {
			f.script(t, "reference", testOf("remote"), properties.Loopback, "say panic: oh\nexit\n")
		}, exitBroken, []string{"broken  remote over TCP ended without a verdict (exit status 1):\n        panic: oh", "exit 4\n",
			"undecided: the suite broke before remote over TCP came to its end"}},
		"a report is garbled": {func(t *testing.T, f *faked) {
			f.script(t, "reference", testOf("remote"), properties.Simulated, "{]\n"+note(t, properties.Note{Held: heldTally("remote")}))
		}, exitBroken, []string{"line 1 of its report is not a note"}},
		"nothing is woven": {func(t *testing.T, f *faked) {
			tally := heldTally("remote")
			tally.Points = 0
			f.script(t, "reference", testOf("remote"), properties.Simulated, note(t, properties.Note{Held: tally}))
		}, exitBroken, []string{"no point in woven code was reached"}},
		"cases do not repeat": {func(t *testing.T, f *faked) {
			tally := heldTally("remote")
			tally.Diverged = 1
			f.script(t, "reference", testOf("remote"), properties.Simulated, note(t, properties.Note{Held: tally}))
		}, exitBroken, []string{"1 of 20 cases gave another history"}},
		"a suite is undecided": {func(t *testing.T, f *faked) {
			f.script(t, "reference", testOf("remote"), properties.Virtual, note(t, properties.Note{Undecided: "stuck in real time\nstacks"}))
		}, exitUndecided, []string{plural(remoteLaws, "law") + " undecided: remote over gRPC in virtual time: stuck in real time", "undecided: " + plural(remoteLaws, "law"), "exit 3\n"}},
		"a law is judged in no case": {func(t *testing.T, f *faked) {
			for _, n := range properties.Networks() {
				f.script(t, "reference", testOf("remote"), n, note(t, properties.Note{Held: heldTally("remote", "remote/frame")}))
			}
		}, exitUndecided, []string{"frame undecided: not judged in any case"}},
		"a sometimes law is not seen": {func(t *testing.T, f *faked) {
			for _, n := range properties.Networks() {
				f.script(t, "reference", testOf("remote"), n, note(t, properties.Note{Held: heldTally("remote", "remote/sometimes-dispatcher-refused")}))
			}
		}, exitUndecided, []string{"sometimes-dispatcher-refused undecided: not seen in any case"}},
		"a planted bug is missed": {func(t *testing.T, f *faked) {
			all := heldTally("remote")
			all.Cases = plantSchedules
			f.script(t, "R31", testOf("remote"), properties.Simulated, note(t, properties.Note{Held: all}))
		}, exitBroken, []string{"planted bug R31 was not caught: remote/conservation held in 20,000 schedules", "1 of 2 planted bugs caught"}},
		"there is no time for a planted bug": {func(t *testing.T, f *faked) {
			f.script(t, "R31", testOf("remote"), properties.Simulated, note(t, properties.Note{Held: heldTally("remote")}))
		}, exitUndecided, []string{"R31    code           undecided   remote/conservation    see below\n",
			"undecided  planted bug R31: remote/conservation held in 1,200 schedules, and there was no time for more",
			"undecided: not all was run to its end", "1 of 2 planted bugs caught"}},
		"a planted bug is undecided": {func(t *testing.T, f *faked) {
			f.script(t, "R31", testOf("remote"), properties.Simulated, note(t, properties.Note{Undecided: "stuck in real time\nstacks"}))
		}, exitUndecided, []string{"undecided  planted bug R31: stuck in real time\n"}},
		"a planted bug does not build": {func(t *testing.T, f *faked) {
			build := f.build
			f.build = func(ctx context.Context, kind buildKind, bugs []bug) (built, error) {
				b, err := build(ctx, kind, bugs)
				b.unbuilt = map[string]error{"R31": errors.New("does not build: impl/a.go:3:1: syntax error")}
				return b, err
			}
		}, exitBroken, []string{"planted bug R31 was not caught: does not build: impl/a.go:3:1: syntax error", "G01    code           caught", "1 of 2 planted bugs caught"}},
		"a planted bug is caught by another law": {func(t *testing.T, f *faked) {
			f.script(t, "R31", testOf("remote"), properties.Simulated, note(t, properties.Note{Failure: failureOf("remote/order", 2)}))
		}, exitBroken, []string{"planted bug R31 was not caught: remote/order was violated at schedule 2, want remote/conservation"}},
		"a planted bug does not apply": {func(t *testing.T, f *faked) {
			write(t, filepath.Join(f.root, "testdata", "planted", "G01.patch"), patchOf("gateway/count", "g", "impl/a.go", "-four", "+two"))
		}, exitBroken, []string{"planted bug G01 no longer applies to impl/a.go"}},
		"a patch is no planted bug": {func(t *testing.T, f *faked) {
			write(t, filepath.Join(f.root, "testdata", "planted", "G01.patch"), "law: gateway/counting\ntitle: g\n")
		}, exitBroken, []string{`G01.patch: law "gateway/counting" is not in the catalogue`}},
		"the implementation does not compile": {func(t *testing.T, f *faked) {
			f.build = func(context.Context, buildKind, []bug) (built, error) {
				return built{}, errors.New("go test -c: exit status 1\nimpl/a.go:3:1: syntax error")
			}
		}, exitBroken, []string{"broken  the implementation can't be built: go test -c: exit status 1\n        impl/a.go:3:1: syntax error", "because the implementation can't be built", "suite itself, 1 fault;"}},
		"a spec does not refute a bug": {func(t *testing.T, f *faked) {
			f.plan.refuted = []modelCheck{smallRefutation("", "remote/no-crash", 8).check()}
		}, exitBroken, []string{"model remote small with : held, want remote/no-crash violated"}},
		"a spec refutes a bug by a longer story": {func(t *testing.T, f *faked) {
			f.plan.refuted = []modelCheck{smallRefutation("R05", "remote/no-crash", 7).check()}
		}, exitBroken, []string{"remote/no-crash is violated after 8 steps, want remote/no-crash after 7"}},
		"a spec refutes a bug by another law": {func(t *testing.T, f *faked) {
			f.plan.refuted = []modelCheck{smallRefutation("R05", "remote/order", 8).check(), smallRefutation("R06", "remote/answered", 15).check()}
		}, exitBroken, []string{"remote/no-crash is violated after 8 steps, want remote/order after 8", "1 of 2 bugs refuted, shortest stories of 15 steps"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFaked(t, verifyFlags{})
			c.change(t, f)
			code, result, out := f.verify(t, t.Context())
			if code != c.exit {
				t.Errorf("got exit %d, want %d", code, c.exit)
			}
			contains(t, "output", out, c.says...)
			if planted := result["planted"].([]any); code == exitViolated && len(planted) != 0 {
				t.Errorf("got planted bugs %v though a law is violated, want none run", planted)
			}
		})
	}
}

// noted makes a verification note what it builds.
func (f *faked) noted() *[]string {
	var noted []string
	build := f.build
	f.build = func(ctx context.Context, kind buildKind, bugs []bug) (built, error) {
		text := string(kind)
		for _, in := range bugs {
			text += " " + in.name()
		}
		noted = append(noted, text)
		return build(ctx, kind, bugs)
	}
	return &noted
}

func TestBuiltWithAllBugs(t *testing.T) {
	f := newFaked(t, verifyFlags{})
	noted := f.noted()
	f.verify(t, t.Context())
	if got := strings.Join(*noted, "|"); got != "woven G01 R31|race" {
		t.Errorf("got builds %q, want all bugs in the woven one", got)
	}
}

func TestOnePlantedBug(t *testing.T) {
	for name, c := range map[string]struct {
		note properties.Note
		exit int
		says []string
	}{
		"caught": {properties.Note{Failure: failureOf("gateway/count", 4)}, exitViolated,
			[]string{"gateway/count  always      violated", "only G01 was run", "verify --plant G01 --replay /cases/gateway-count.case", "\nviolated: gateway/count; 0."}},
		"not caught": {properties.Note{Held: heldTally("gateway")}, exitBroken, []string{"planted bug G01 was not caught: gateway/count held in 1,200 schedules"}},
		"undecided":  {properties.Note{Undecided: "stuck"}, exitUndecided, []string{"count undecided: gateway under schedules with G01: stuck"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFaked(t, verifyFlags{plant: "G01"})
			noted := f.noted()
			f.script(t, "G01", testOf("gateway"), properties.Simulated, note(t, c.note))
			code, result, out := f.verify(t, t.Context())
			if code != c.exit {
				t.Errorf("got exit %d, want %d", code, c.exit)
			}
			contains(t, "output", out, c.says...)
			if strings.Contains(out, "gateway/epoch") || strings.Contains(out, "remote") {
				t.Errorf("got output on what was not run:\n%s", out)
			}
			if got := strings.Join(*noted, "|"); got != "woven G01 R31" {
				t.Errorf("got builds %q, want the one that all runs take", got)
			}
			if got := verdictsOf(result); got["unchecked"] != len(protocol.Laws())-1 {
				t.Errorf("got verdicts %v, want one law checked", got)
			}
		})
	}
}

func TestOnePlantedBugThatDoesNotBuild(t *testing.T) {
	f := newFaked(t, verifyFlags{plant: "G01"})
	f.build = func(context.Context, buildKind, []bug) (built, error) {
		return built{unbuilt: map[string]error{"G01": errors.New("does not build: impl/a.go:3:1: syntax error")}}, nil
	}
	code, _, out := f.verify(t, t.Context())
	if code != exitBroken {
		t.Errorf("got exit %d, want %d", code, exitBroken)
	}
	contains(t, "output", out, "broken  the implementation with G01 can't be built: does not build: impl/a.go:3:1: syntax error")
}

func TestReplay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.case")
	write(t, file, "weir failure 1\nverdict violated\nlaw gateway/count\nfact suite gateway\nfact network sim\nchoices 1 2\n")
	for _, c := range []struct {
		note properties.Note
		exit int
		says string
	}{
		{properties.Note{Failure: failureOf("gateway/count", 1)}, exitViolated, "law       gateway/count"},
		{properties.Note{Held: heldTally("gateway")}, exitHeld, "the law of this case holds in it, with no bug planted"},
		{properties.Note{Undecided: "stuck"}, exitUndecided, "undecided: stuck"},
	} {
		f := newFaked(t, verifyFlags{replay: file})
		write(t, filepath.Join(f.scripts, "reference-TestReferenceGateway-"), note(t, c.note))
		code, err := f.command(t.Context(), f.flags, &f.out)
		if err != nil || code != c.exit {
			t.Errorf("got exit %d, error %v, want exit %d", code, err, c.exit)
		}
		contains(t, "output", f.out.String(), c.says)
	}
}
