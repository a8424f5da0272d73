package model_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/model"
)

var crosscheck = flag.Bool("crosscheck", false, "compare with Spin, which must be installed with a C compiler")

// TestCrosscheck lets Spin count the limiter, from specs of its own in
// testdata, and compares states and time in one run. Spin keeps whole states
// and searches depth first; without NODEAD its specs have one more state for
// every final one.
func TestCrosscheck(t *testing.T) {
	if !*crosscheck {
		t.Skip("needs Spin and a C compiler: run with -args -crosscheck")
	}
	for _, c := range []struct {
		size  lmSize
		depth string
	}{{lmSizeS, "-m1000000"}, {lmSizeO, "-m2000000"}, {lmSizeL, "-m4000000"}} {
		if c.size.name == "l" && !*long {
			continue
		}
		states, took := spin(t, c.size.name, c.depth)
		for _, o := range []model.Options{{Workers: 1}, {Workers: 2}, {Workers: 1, Exact: true}} {
			r := mustCheck(t, c.size.spec("limiter/count", "limiter/once"), o)
			if r.States != states {
				t.Errorf("size %s: got %d states, Spin has %d", c.size.name, r.States, states)
			}
			t.Logf("size %s: %d states; Spin %.2f s, here %.2f s with %d workers, exact %v: x%.1f",
				c.size.name, states, took.Seconds(), r.Elapsed.Seconds(), o.Workers, o.Exact, took.Seconds()/r.Elapsed.Seconds())
		}
	}
}

// spin returns what Spin counts, and how long its verifier runs.
func spin(t *testing.T, size, depth string) (states int, took time.Duration) {
	t.Helper()
	spec, err := filepath.Abs(filepath.Join("testdata", "limiter-"+size+".pml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("spin", "-a", "-DNODEAD", spec)
	run("gcc", "-O3", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c")
	start := time.Now()
	out := run("./pan", "-E", "-w24", depth)
	took = time.Since(start)
	m := regexp.MustCompile(`(\d+) states, stored`).FindStringSubmatch(out)
	if m == nil || !strings.Contains(out, "errors: 0") || strings.Contains(out, "max search depth too small") {
		t.Fatalf("Spin did not finish:\n%s", out)
	}
	states, err = strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return states, took
}
