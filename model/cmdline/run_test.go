package cmdline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/model"
)

func TestHeld(t *testing.T) {
	code, out, errs := checkSpec(t, lockSpec(false), Options{})
	if code != Held || errs != "" {
		t.Errorf("got exit %d and %q, want %d and nothing", code, errs, Held)
	}
	says(t, "report", out, "lock two        kind        verdict\n",
		"lock/exclusive  always      held       in all 8 states\n",
		"lock/taken      sometimes   held       seen after 2 steps\n",
		"lock/served     leads to    held       on all fair runs through 8 states\n",
		"explored    8 states, 14 steps between them; 4 levels, the largest of 3\n",
		"reduced     none; whole runs judged on all 8 states\n",
		"probability of 1.7e-18", "fired       ask 6, take 4, give 4\n", "dormant     steal\n",
		"held: 4 laws in 8 states; 0.0 s; exit 0\n")
	if strings.Contains(out, "never fired") || strings.Contains(out, "growth") || strings.Contains(out, "law      ") {
		t.Errorf("got %s\nwant no story, no growth and nothing that never fired", out)
	}
	_, out, _ = checkSpec(t, lockSpec(false), Options{Exact: true})
	says(t, "exact report", out, "collisions  none: exact\n")
}

func TestViolated(t *testing.T) {
	code, out, errs := checkSpec(t, lockSpec(true), Options{})
	if code != Violated || errs != "" {
		t.Errorf("got exit %d and %q, want %d and nothing", code, errs, Violated)
	}
	says(t, "report", out, "lock/exclusive  always      violated   after 4 steps\n",
		"lock/served     leads to    undecided\n", "undecided   the search ended when lock/exclusive was violated after 4 steps\n",
		`law      lock/exclusive
verdict  violated after 4 steps; no story of it is shorter
   0  initially
        {At:[0 0]}
   1  ask(0)
        At[0] 0 -> 1
`, "violated: lock/exclusive; 0.0 s; exit 1\n")
}

func TestOneLaw(t *testing.T) {
	code, out, _ := checkSpec(t, lockSpec(true), Options{Law: "lock/taken"})
	says(t, "witness", out, "held: 1 law in", "verdict  seen after 2 steps", "   2  take(1)\n        At[1] 1 -> 2\n")
	if code != Held || strings.Contains(out, "lock/exclusive") || strings.Contains(out, model.Deadlock) {
		t.Errorf("got exit %d and\n%s\nwant held, and one law alone", code, out)
	}
	if code, out, _ := checkSpec(t, lockSpec(false), Options{Law: model.Deadlock}); code != Held || !strings.Contains(out, "held: 1 law in 8 states") {
		t.Errorf("deadlock: got exit %d and\n%s", code, out)
	}
	code, out, errs := checkSpec(t, lockSpec(false), Options{Law: "lock/none"})
	if code != Usage || out != "" {
		t.Errorf("a law that there isn't: got exit %d and %q", code, out)
	}
	says(t, "error", errs, `--law: lock two has no law "lock/none", want one of lock/exclusive, lock/taken, lock/served, deadlock`)
	weak := lockSpec(false)
	weak.Fair[0].Strength = model.Weak
	code, out, _ = checkSpec(t, weak, Options{Law: "lock/served"})
	if code != Violated {
		t.Errorf("a lasso: got exit %d, want %d", code, Violated)
	}
	says(t, "lasso", out, "violated by a loop of 3 steps after 1 step; no story of it is shorter", "      from here on, round for ever:\n   2  ask(1)\n")
	weak.Fair = nil
	_, out, _ = checkSpec(t, weak, Options{Law: "lock/served"})
	says(t, "stop", out, "violated by a run that stops after 1 step;", "      here it may stop for ever: nothing fair is enabled\n")
}

func TestUndecided(t *testing.T) {
	for name, c := range map[string]struct {
		o    Options
		says string
	}{
		"states": {Options{MaxStates: 2000}, "more than 2000 states"},
		"bytes":  {Options{MaxBytes: 1 << 20}, "of memory needed"},
		"time":   {Options{Timeout: time.Millisecond}, "the time of 1ms is over"},
	} {
		code, out, errs := checkSpec(t, endless(), c.o)
		if code != Undecided || errs != "" {
			t.Errorf("%s: got exit %d and %q, want %d", name, code, errs, Undecided)
		}
		says(t, name, strings.Join(strings.Fields(out), " "), c.says, "undecided: 1 law of 1;", "exit 3", "endless/counts always undecided undecided")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("somebody pressed ctrl-C"))
	code, out, _ := checkWithin(ctx, endless(), Options{})
	if code != Undecided {
		t.Errorf("interrupted: got exit %d, want %d", code, Undecided)
	}
	says(t, "interrupted", strings.Join(strings.Fields(out), " "), "somebody pressed ctrl-C")
	if got := growth([]int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3072, 1536}); got != "from level 3 on 4 8 (x2.00) 16 (x2.00) 32 (x2.00) 64 (x2.00) 128 (x2.00) 256 (x2.00) 512 (x2.00) 1,024 (x2.00) 2,048 (x2.00) 3,072 (x1.50) 1,536 (x0.50)" {
		t.Errorf("growth: got %s", got)
	}
}

func TestBroken(t *testing.T) {
	vacuous := lockSpec(false)
	vacuous.Dormant = nil
	code, out, _ := checkSpec(t, vacuous, Options{})
	if code != Broken {
		t.Errorf("an action that never fires: got exit %d, want %d", code, Broken)
	}
	says(t, "report", out, "never fired steal\n", "broken      action steal never fires", "broken: no law is violated, but 1 thing in the spec says nothing; 0.0 s; exit 4")

	misused := lockSpec(false)
	misused.Init = nil
	code, out, errs := checkSpec(t, misused, Options{})
	if code != Broken || out != "" {
		t.Errorf("a spec without a beginning: got exit %d and %q", code, out)
	}
	says(t, "error", errs, "Init is empty")
	if code, _, errs := checkSpec[lock](t, nil, Options{Law: "x"}); code != Broken || !strings.Contains(errs, "the spec is nil") {
		t.Errorf("no spec: got exit %d and %q", code, errs)
	}

	panics := lockSpec(true)
	panics.Format = func(*lock) string { panic("not printable") }
	if code, _, errs := checkSpec(t, panics, Options{}); code != Broken || !strings.Contains(errs, "not printable") {
		t.Errorf("a Format that panics: got exit %d and %q", code, errs)
	}
}

func TestCommandLine(t *testing.T) {
	run := func(spec func() (*model.Spec[lock], error), args ...string) (int, string) {
		var out bytes.Buffer
		code := Main(t.Context(), args, spec, &out, &out)
		return code, out.String()
	}
	good := Sure(func() *model.Spec[lock] { return lockSpec(false) })
	for _, c := range []struct {
		spec func() (*model.Spec[lock], error)
		args string
		code int
		says string
	}{
		{good, "--workers 2 --exact --max-bytes 1GiB --timeout 1m", Held, "held: 4 laws"},
		{good, "--law lock/taken", Held, "seen after 2 steps"},
		{good, "-h", Held, "-max-bytes"},
		{good, "--fast", Usage, "-fast"},
		{good, "--max-bytes much", Usage, "want a positive number of bytes, as in 500MB or 2GiB"},
		{good, "now", Usage, `argument "now" is not understood`},
		{good, "--workers 1000", Usage, "--workers is 1000, want 1 to 256"},
		{func() (*model.Spec[lock], error) { return nil, errors.New("no lock") }, "", Broken, "the spec can't be made: no lock"},
		{func() (*model.Spec[lock], error) { panic("no lock") }, "", Broken, "panic: no lock"},
	} {
		if code, out := run(c.spec, strings.Fields(c.args)...); code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%q: got exit %d and\n%s\nwant %d and %q", c.args, code, out, c.code, c.says)
		}
	}
}

// A diagram has the parties of the spec, and what they panic with is told.
func TestParties(t *testing.T) {
	sp := lockSpec(true)
	sp.Parties = func(_ *lock, l model.Label, _ *lock) (actor, other string) {
		return [...]string{"ann", "bob"}[l.Args[0]], "lock"
	}
	o := Options{Mermaid: filepath.Join(t.TempDir(), "s.mmd")}
	if code, _, errs := checkSpec(t, sp, o); code != Violated || errs != "" {
		t.Errorf("got exit %d and %q", code, errs)
	}
	text, err := os.ReadFile(o.Mermaid)
	if err != nil {
		t.Fatal(err)
	}
	says(t, "mermaid", string(text), "participant p0 as ann\n", "p0->>p1: ask(0)\n", "p2->>p1: take(1)\n")
	sp.Parties = func(*lock, model.Label, *lock) (actor, other string) { panic("nobody") }
	if code, _, errs := checkSpec(t, sp, o); code != Broken || !strings.Contains(errs, "panic: nobody") {
		t.Errorf("got exit %d and %q, want %d", code, errs, Broken)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	o := Options{DOT: filepath.Join(dir, "g.dot"), JSON: filepath.Join(dir, "g.json"), Mermaid: filepath.Join(dir, "s.mmd"), Result: filepath.Join(dir, "r.json")}
	if code, _, errs := checkSpec(t, lockSpec(true), o); code != Violated || errs != "" {
		t.Fatalf("got exit %d and %q", code, errs)
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	says(t, "dot", read(o.DOT), `digraph "lock (two)" {`, `[label="take(1)"]`)
	says(t, "json", read(o.JSON), `"spec":"lock"`, `"label":"take(1)"`)
	says(t, "mermaid", read(o.Mermaid), "sequenceDiagram\n", "Note over p0: take(1)", "lock/exclusive, it ends")
	var r record
	if err := json.Unmarshal([]byte(read(o.Result)), &r); err != nil {
		t.Fatal(err)
	}
	if r.Verdict != "violated" || r.Exit != Violated || len(r.Laws) != 4 || r.Laws[0].Steps != 4 || r.Actions[0] != (actionRecord{"ask", r.Actions[0].Fired}) ||
		r.Story == nil || len(r.Story.Steps) != 4 || r.Story.Loop != -1 || !r.Story.Short || r.Story.Steps[3].State != "{At:[2 2]}" {
		t.Errorf("got %+v", r)
	}

	// What is held has no story, and what was told before is taken away.
	code, _, errs := checkSpec(t, lockSpec(false), Options{Mermaid: o.Mermaid, Result: o.Result})
	if code != Held || !strings.Contains(errs, "there is no story for ") {
		t.Errorf("held: got exit %d and %q", code, errs)
	}
	if _, err := os.Stat(o.Mermaid); !os.IsNotExist(err) {
		t.Errorf("the story of an earlier run is still there: %v", err)
	}
	says(t, "result", read(o.Result), `"exit": 0`, `"story": null`, `"problems": []`, `"reduced": []`)

	code, out, errs := checkSpec(t, lockSpec(false), Options{DOT: o.DOT, GraphStates: 5})
	if code != Usage || !strings.Contains(errs, "--graph-states bounds the states to 5") || !strings.Contains(out, "exit 2") {
		t.Errorf("a graph that is too large: got exit %d, %q and\n%s", code, errs, out)
	}
	if code, _, _ := checkSpec(t, lockSpec(true), Options{DOT: o.DOT, GraphStates: 2}); code != Violated {
		t.Errorf("a graph that is too large, of what is violated: got exit %d, want %d", code, Violated)
	}
}

func TestOptionsAreRefused(t *testing.T) {
	dir := t.TempDir()
	for want, o := range map[string]Options{
		"--workers is -1":                      {Workers: -1},
		"--max-states is -1":                   {MaxStates: -1},
		"--max-bytes is -1":                    {MaxBytes: -1},
		"--timeout is -1s":                     {Timeout: -time.Second},
		"--graph-states is -1":                 {GraphStates: -1},
		"is a directory, want a file":          {DOT: dir},
		"is no directory, so that x can't be":  {JSON: filepath.Join(dir, "none", "x")},
		"is named twice: one result would rep": {JSON: filepath.Join(dir, "x"), DOT: dir + "/./x"},
	} {
		if code, out, errs := checkSpec(t, lockSpec(false), o); code != Usage || out != "" || !strings.Contains(errs, want) {
			t.Errorf("got exit %d and %q, want %d and %q", code, errs, Usage, want)
		}
	}
}

// A report that can't be written is no success.
func TestClosedOutput(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	var errs bytes.Buffer
	if code := Run(t.Context(), lockSpec(false), Options{}, w, &errs); code != Usage {
		t.Errorf("got exit %d and %q, want %d", code, errs.String(), Usage)
	}
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "10B": 10, "2KiB": 2048, "500MB": 500e6, "1.5 GiB": 3 << 29, "1gb": 1e9, "1TiB": 1 << 40} {
		if got, err := parseBytes(text); got != want || err != nil {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "x", "GiB", "NaN", "Inf", "1PiB", "99999999999TB", "1 2"} {
		if got, err := parseBytes(text); err == nil {
			t.Errorf("%q: got %d, want an error", text, got)
		}
	}
}
