package model_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/weir-dev/weir/model"
)

var crosscheck = flag.Bool("crosscheck", false, "measure the checker on the limiter, beside Spin where that is installed with a C compiler")

// rounds is how often everything is measured; what is reported is the median.
const rounds = 3

// TestCrosscheck checks the limiter in every mode, and lets Spin count it from
// specs of its own in testdata, all in one run and in turn, so that a busy
// machine is unfair to nobody. States must agree. Spin keeps whole states,
// uncompressed, and searches depth first; without NODEAD its specs have one
// more state for every final one.
func TestCrosscheck(t *testing.T) {
	if !*crosscheck {
		t.Skip("takes a minute or two: run with -args -crosscheck, or make crosscheck")
	}
	for _, c := range []struct {
		size  lmSize
		depth string
	}{{lmSizeS, "-m1000000"}, {lmSizeO, "-m2000000"}, {lmSizeL, "-m4000000"}} {
		compare(t, c.size, c.depth)
	}
}

// A row is what was measured of one tool or mode.
type row struct {
	name   string
	states int
	bytes  int64
	times  []time.Duration
}

func (r *row) median() time.Duration {
	slices.Sort(r.times)
	return r.times[len(r.times)/2]
}

// compare prints the table of one size.
func compare(t *testing.T, z lmSize, depth string) {
	t.Helper()
	want := map[string]int{"s": 217_342, "o": 1_562_238, "l": 3_374_515}[z.name]
	pan := compileSpin(t, z.name)
	rows := []*row{}
	if pan != "" {
		rows = append(rows, &row{name: "Spin, exact, depth first, -O3"})
	}
	rows = append(rows, &row{name: "loop by hand/workers=1"})
	for _, m := range modes {
		rows = append(rows, &row{name: m.name})
	}
	for range rounds {
		next := rows
		if pan != "" {
			runSpin(t, pan, depth, next[0])
			next = next[1:]
		}
		began := time.Now()
		next[0].states, _ = byHand(&z, 1)
		next[0].times = append(next[0].times, time.Since(began))
		for i := range modes {
			began := time.Now()
			r := mustCheck(t, modes[i].spec(&z), modes[i].o)
			row := next[1+i]
			row.times, row.bytes, row.states = append(row.times, time.Since(began)), r.Bytes, r.States
			if r.Verdict != model.Held {
				t.Errorf("%s: got %v, want held", row.name, r)
			}
		}
	}
	fmt.Printf("\nlimiter, size %s: %d states of %d bytes; medians of %d rounds\n", z.name, want, unsafe.Sizeof(limiter{}), rounds)
	fmt.Printf("%-32s %10s %9s %12s %9s %8s\n", "", "states", "s", "states/s", "B/state", "x Spin")
	for _, r := range rows {
		reduced := strings.HasPrefix(r.name, "symm") || strings.HasPrefix(r.name, "indep") || strings.HasPrefix(r.name, "both")
		if r.states != want && !reduced {
			t.Errorf("size %s, %s: got %d states, want %d", z.name, r.name, r.states, want)
		}
		s := r.median().Seconds()
		ratio, size := "", ""
		if pan != "" {
			ratio = fmt.Sprintf("%.1f", rows[0].median().Seconds()/s)
		}
		if r.bytes > 0 {
			size = fmt.Sprintf("%.1f", float64(r.bytes)/float64(r.states))
		}
		fmt.Printf("%-32s %10d %9.3f %12.0f %9s %8s\n", r.name, r.states, s, float64(r.states)/s, size, ratio)
	}
}

// compileSpin returns Spin's verifier for a size, or nothing if there are no
// tools to make one.
func compileSpin(t *testing.T, size string) string {
	t.Helper()
	for _, tool := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Printf("Spin is left out: there is no %s (apt-get install spin gcc)\n", tool)
			return ""
		}
	}
	spec, err := filepath.Abs(filepath.Join("testdata", "limiter-"+size+".pml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	command(t, dir, "spin", "-a", "-DNODEAD", spec)
	command(t, dir, "gcc", "-O3", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c")
	return filepath.Join(dir, "pan")
}

func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

var (
	spinStates = regexp.MustCompile(`(\d+) states, stored`)
	spinMemory = regexp.MustCompile(`([\d.]+)\s+total actual memory usage`)
)

// runSpin adds one run of Spin's verifier to the row.
func runSpin(t *testing.T, pan, depth string, r *row) {
	t.Helper()
	start := time.Now()
	out := command(t, filepath.Dir(pan), pan, "-E", "-w24", depth)
	r.times = append(r.times, time.Since(start))
	n, m := spinStates.FindStringSubmatch(out), spinMemory.FindStringSubmatch(out)
	if n == nil || !strings.Contains(out, "errors: 0") || strings.Contains(out, "max search depth too small") {
		t.Fatalf("Spin did not finish:\n%s", out)
	}
	var err error
	if r.states, err = strconv.Atoi(n[1]); err != nil {
		t.Fatal(err)
	}
	if m != nil {
		mib, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		r.bytes = int64(mib * (1 << 20))
	}
}
