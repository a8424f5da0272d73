package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary stand in for a suite's test binary, and for
// the go command.
func TestMain(m *testing.M) {
	if dir := os.Getenv(fakeSuiteVariable); dir != "" {
		os.Exit(fakeSuite(dir, os.Args[1:]))
	}
	if dir := os.Getenv(fakeGoVariable); dir != "" {
		os.Exit(fakeGo(dir, os.Args[1:]))
	}
	// Those that stand in are many and short, and under the race detector each
	// would wait for a second before it ends.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestUsage(t *testing.T) {
	root := fakeCheckout(t, map[string]string{"testdata/planted/R01.patch": patchOf("remote/order", "x", "impl/a.go", "-one", "+two")})
	t.Chdir(root)
	notACase := filepath.Join(root, "not.case")
	write(t, notACase, "hello\n")
	for _, c := range []struct {
		args string
		want int
		says string
	}{
		{"", exitUsage, "weir verify"},
		{"help", exitHeld, "exit codes of verify"},
		{"verify --help", exitHeld, "exit codes of verify"},
		{"verfy", exitUsage, `command "verfy" is unknown`},
		{"verify --fast", exitUsage, "-fast"},
		{"verify now", exitUsage, `argument "now" is not understood`},
		{"verify --seed x", exitUsage, "seed"},
		{"verify --plant R99", exitUsage, `planted bug "R99" is unknown, want one of R01`},
		{"verify --replay x --deep", exitUsage, "neither --json nor --deep"},
		{"verify --replay missing.case", exitUsage, "missing.case"},
		{"verify --replay not.case", exitUsage, "not a case file"},
		{"verify --json no/such/dir/x.json", exitUsage, "no/such/dir is no directory"},
		{"verify --json .", exitUsage, "is a directory, want a file"},
		{"plants now", exitUsage, "not understood"},
		{"plants", exitHeld, "R01   yes    remote/order  x"},
		{"plants --json x", exitUsage, "--json are for --search"},
		{"plants --search R99", exitUsage, `planted bug "R99" is unknown, want one of R01`},
		{"plants --search --seeds 0", exitUsage, "--seeds is 0, want 1 or more"},
		{"plants --search --schedules -1", exitUsage, "--schedules is -1, want 1 or more"},
		{"plants --search --json .", exitUsage, "plants: --json: "},
	} {
		var out, errs bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // a mistake that is not noticed verifies
		defer cancel()
		if got := run(ctx, strings.Fields(c.args), &out, &errs); got != c.want {
			t.Errorf("weir %s: got exit %d, want %d\n%s", c.args, got, c.want, errs.String())
		}
		if text := out.String() + errs.String(); !strings.Contains(text, c.says) {
			t.Errorf("weir %s: got %q, want it to say %q", c.args, text, c.says)
		}
	}
}

func TestNotInACheckout(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	if got := run(t.Context(), []string{"verify"}, &out, &errs); got != exitUsage || !strings.Contains(errs.String(), "is not inside a checkout of "+modulePath) {
		t.Errorf("outside of a checkout: got exit %d and %q", got, errs.String())
	}
}

func TestNoGoCommand(t *testing.T) {
	t.Chdir(fakeCheckout(t, nil))
	t.Setenv("PATH", t.TempDir())
	var out, errs bytes.Buffer
	if got := run(t.Context(), []string{"verify"}, &out, &errs); got != exitBroken || !strings.Contains(errs.String(), "the go command is not in PATH") {
		t.Errorf("without a go command: got exit %d and %q", got, errs.String())
	}
	if left, _ := filepath.Glob(".weir/run-*"); len(left) != 0 {
		t.Errorf("scratch directories are left behind: %q", left)
	}
}

func TestFindRoot(t *testing.T) {
	root := fakeCheckout(t, map[string]string{"cmd/weir/go.mod": "module " + modulePath + "/cmd/weir\n", "cmd/weir/deep/x": ""})
	for _, dir := range []string{"", "cmd/weir", "cmd/weir/deep"} {
		t.Chdir(filepath.Join(root, dir))
		got, err := findRoot()
		if err != nil {
			t.Errorf("in %q: %v", dir, err)
			continue
		}
		a, _ := os.Stat(got)
		b, _ := os.Stat(root)
		if !os.SameFile(a, b) {
			t.Errorf("in %q: got root %s, want %s", dir, got, root)
		}
	}
}

func TestReplayCommand(t *testing.T) {
	for _, c := range []struct{ self, cwd, want string }{
		{"/w/.weir/weir", "/w", ".weir/weir"},
		{"/w/.weir/weir", "/elsewhere", "/w/.weir/weir"},
		{"/w/weir", "/w", "./weir"},
		{"/tmp/go-build123/b001/exe/weir", "/w", "go -C /w/cmd/weir run ."},
		{"", "/w", "go -C /w/cmd/weir run ."},
	} {
		if got := commandName("/w", filepath.FromSlash(c.self), filepath.FromSlash(c.cwd)); got != filepath.FromSlash(c.want) {
			t.Errorf("binary %q called in %s: got command %q, want %q", c.self, c.cwd, got, c.want)
		}
	}
}

func TestInterruptedError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	other := errors.New("signal: killed")
	if got := interruptedOr(ctx, other); got != other {
		t.Errorf("not interrupted: got %v", got)
	}
	cancel()
	if got := interruptedOr(ctx, other); !errors.Is(got, context.Canceled) {
		t.Errorf("interrupted: got %v, want one that wraps %v", got, context.Canceled)
	}
}
