package properties

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

func TestTallyMergesStrategies(t *testing.T) {
	sum := newTally()
	first := &Tally{Strategies: []strategy.Report{{Name: "rapid", Schedules: 3, Distinct: 2, Failures: 1, First: 7, Steps: 9}, {Name: "pos", Traces: 4, Bound: 0.25, Tasks: 2}}}
	sum.add(first)
	sum.add(&Tally{Strategies: []strategy.Report{{Name: "pos", Traces: 1, News: 2, First: 5, Bound: 0.125, Tasks: 5}, {Name: "rapid", Schedules: 10, Distinct: 10, Failures: 1, First: 5, Steps: 4}, {Name: "rarest", Schedules: 1}}})
	want := []strategy.Report{{Name: "rapid", Schedules: 13, Distinct: 12, Failures: 2, First: 5, Steps: 9}, {Name: "pos", Traces: 5, News: 2, First: 5, Bound: 0.125, Tasks: 5}, {Name: "rarest", Schedules: 1}}
	if !reflect.DeepEqual(sum.Strategies, want) {
		t.Errorf("got %+v, want %+v", sum.Strategies, want)
	}
	if first.Strategies[0].Schedules != 3 {
		t.Errorf("what was added has %d schedules now, want 3 as before", first.Strategies[0].Schedules)
	}
}

// Every simulated case counts for the strategy that drew it, and the failing
// one names it.
func TestExploreTellsStrategies(t *testing.T) {
	for _, c := range []struct {
		name, by string
		from     int
	}{{"rapid", rapidName, 1}, {"searched", "", batch + 1}} {
		t.Run(c.name, func(t *testing.T) {
			set := toySettings(t)
			set.cases[Simulated] = 3 * batch
			cases := 0
			s := drawnSuite(func(numbers []int, f *findings) {
				cases++
				// The first cases are run a second time, which counts here, too.
				f.judge("gateway/fifo", 0, cases < c.from+repeats*min(c.from-1, 1), "a late case", "an early one")
			})
			if _, r, ok := runToy(t, s, set); ok {
				wantFound(t, r, c.by, c.from)
			}
		})
	}
}

func wantFound(t *testing.T, r result, by string, from int) {
	t.Helper()
	if r.failure == nil {
		t.Fatalf("no failure from case %d on (undecided: %q)", from, r.undecided)
	}
	sum, found := 0, ""
	for _, s := range r.tally.Strategies {
		sum += s.Schedules
		if s.Failures > 0 {
			found = s.Name
		}
		if s.Distinct > s.Schedules || s.Schedules > 0 && s.Distinct == 0 {
			t.Errorf("%s: %d of %d schedules are distinct", s.Name, s.Distinct, s.Schedules)
		}
	}
	f := r.failure
	if sum != r.tally.Cases || f.Found != r.tally.Cases || f.By != found || found == "" {
		t.Errorf("%d schedules of %+v, found in case %d of %d by %q, want %q", sum, r.tally.Strategies, f.Found, r.tally.Cases, f.By, found)
	}
	if by != "" && f.By != by || by == "" && f.By == rapidName {
		t.Errorf("found by %q, want %q", f.By, by)
	}
	if !strings.Contains(f.Block(), ", drawn by "+f.By+";") {
		t.Errorf("nobody is told to have drawn it:%s", f.Block())
	}
}

// A case that ended its process is told with who drew it, as far as that is
// known.
func TestCrashTellsWhoDrewIt(t *testing.T) {
	for _, c := range []struct {
		by   string
		from int
	}{{rapidName, 1}, {portfolioName, batch + repeats + 1}} {
		t.Run(c.by, func(t *testing.T) {
			set := toySettings(t)
			set.cases[Simulated], set.shrink = 3*batch, false
			cases := 0
			s := drawnSuite(func([]int, *findings) {
				if cases++; cases >= c.from {
					os.Exit(3)
				}
			})
			_, r, ok := runToy(t, s, set)
			if !ok {
				return
			}
			wantCrash(t, r, c.by)
		})
	}
}

func wantCrash(t *testing.T, r result, by string) {
	t.Helper()
	if r.failure == nil || r.failure.Law != "gateway/no-crash" || r.failure.By != by {
		t.Fatalf("got %+v (undecided: %q), want a crash that %s drew", r.failure, r.undecided, by)
	}
	if r.failure.Loose == "" {
		t.Error("nothing says why the case has no constraints")
	}
}

// A case is called minimal only where everything smaller was tried.
func TestReductionIsProven(t *testing.T) {
	for _, c := range []struct {
		name, proof string
		least       int
	}{{"nothing smaller", "minimal, every run with less was tried", 0}, {"too much to try", "no single stretch or choice can be left out", 30}} {
		t.Run(c.name, func(t *testing.T) {
			s := drawnSuite(func(numbers []int, f *findings) {
				sum := 0
				for _, n := range numbers {
					sum += n
				}
				f.judge("gateway/fifo", 0, sum < c.least, "a large sum", "a small one")
			})
			_, r, ok := runToy(t, s, toySettings(t))
			if !ok {
				return
			}
			wantFailure(t, r, "gateway/fifo", "a large sum")
			if got := r.failure.Reduction; got == nil || got.Proof != c.proof || !strings.Contains(r.failure.Block(), "; "+c.proof) {
				t.Errorf("reduced %v, want proof %q", got, c.proof)
			}
		})
	}
}
