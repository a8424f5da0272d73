package strategy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

func commute(a, b *schedule.Taken) bool { return a.Epoch == b.Epoch && a.Commutes(b, 1<<30) }

// normalForm is the lexicographically least order of the steps of the same
// trace, found by looking at all pairs: slow, and unlike what the strategies do.
func normalForm(steps []schedule.Taken) string {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = fmt.Sprint(s.Path(), s.Kind, s.Nth, s.Case, " ", s.Epoch)
		if s.Task == 0 {
			names[i] += s.Name
		}
	}
	after := make([]int, len(steps)) // how many that must come before
	for i := range steps {
		for j := range i {
			if !commute(&steps[i], &steps[j]) {
				after[i]++
			}
		}
	}
	var out []string
	taken := make([]bool, len(steps))
	for range steps {
		best := -1
		for i := range steps {
			if !taken[i] && after[i] == 0 && (best < 0 || names[i] < names[best]) {
				best = i
			}
		}
		taken[best] = true
		out = append(out, names[best])
		for i := best + 1; i < len(steps); i++ {
			if !taken[i] && !commute(&steps[i], &steps[best]) {
				after[i]--
			}
		}
	}
	return strings.Join(out, " ")
}

// everything runs every schedule of a script, without leaving any out, and
// returns the traces and the outcomes, by the fewest preemptions that show
// them; false if there are more than most.
func everything(t *testing.T, p script, closed bool, most int) (traces, outcomes map[string]int, schedules int, ok bool) {
	traces, outcomes = map[string]int{}, map[string]int{}
	keep := func(m map[string]int, key string, n int) {
		if old, ok := m[key]; !ok || n < old {
			m[key] = n
		}
	}
	var list []uint32
	for {
		r := enact(t, schedule.NewList(list), p, closed)
		schedules++
		if schedules > most {
			return nil, nil, 0, false
		}
		keep(traces, normalForm(r.steps), r.preempt)
		keep(outcomes, r.outcome, r.preempt)
		for len(list) < len(r.sizes) {
			list = append(list, 0)
		}
		at := len(r.sizes) - 1
		for at >= 0 && int(list[at]) == r.sizes[at]-1 {
			at--
		}
		if at < 0 {
			return traces, outcomes, schedules, true
		}
		list = list[:at+1]
		list[at]++
	}
}

// all runs every schedule of a strategy, or the first most.
func all(t *testing.T, s strategy.Strategy, p script, closed bool, most int) (traces, outcomes map[string]bool) {
	traces, outcomes = map[string]bool{}, map[string]bool{}
	for range most {
		c, ok := s.Next()
		if !ok {
			return traces, outcomes
		}
		r := enact(t, c, p, closed)
		s.Done(strategy.Outcome{})
		traces[normalForm(r.steps)] = true
		outcomes[r.outcome] = true
	}
	return traces, outcomes
}

// scripts is how many random programs the searches are compared on, those with
// more than mostSchedules left out.
const scripts, mostSchedules = 40 * thorough, 150

// Exhaustive leaves out no behaviour, and Bounded none with so many preemptions
// or fewer: their traces and outcomes are those of all schedules.
func TestSearchesLoseNothing(t *testing.T) {
	checked, total, reduced, traces, left := 0, 0, 0, 0, 0
	var programs []script
	for _, text := range telling {
		p := parse(t, text)
		programs = append(programs, p)
		p.join = true
		programs = append(programs, p)
	}
	for seed := range uint64(scripts) {
		programs = append(programs, randomScript(seed, 5))
	}
	for i, p := range programs {
		most := mostSchedules
		if i < 2*len(telling) {
			most = 4000
		}
		want, outcomes, schedules, ok := everything(t, p, true, most)
		if !ok {
			if i < 2*len(telling) {
				t.Errorf("%v has more than %d schedules", p, most)
			}
			continue
		}
		checked++
		s := strategy.Exhaustive()
		got, seen := all(t, s, p, true, 1<<20)
		r := s.Report()[0]
		compare(t, p, "trace", want, got, 1<<30)
		compare(t, p, "outcome", outcomes, seen, 1<<30)
		if !r.Complete || r.Traces != len(want) {
			t.Errorf("%v: got %v, want it complete with %d traces", p, r, len(want))
		}
		total, reduced, traces = total+schedules, reduced+r.Schedules, traces+r.Traces
		for b := range 3 {
			s := strategy.Bounded(b)
			got, seen := all(t, s, p, true, 1<<20)
			r := s.Report()[0]
			compare(t, p, "trace", want, got, b)
			compare(t, p, "outcome", outcomes, seen, b)
			if !r.Complete {
				t.Errorf("%v: not complete: %v", p, r)
			}
			if r.Preemptions == b {
				left++
			} else if r.Traces != len(want) {
				t.Errorf("%v: says that the bound left nothing out, with %d of %d traces", p, r.Traces, len(want))
			}
		}
	}
	t.Logf("%d programs: %d schedules, %d traces; exhaustive ran %d schedules; %d bounds left something out", checked, total, traces, reduced, left)
	if checked < scripts/2 || reduced >= total || traces < 3*checked || left < checked/4 {
		t.Error("the programs are too few or too simple")
	}
}

// Where there are too many schedules to run them all, Exhaustive and Bounded with
// more preemptions than a schedule can have, which share nothing but the steps,
// visit the same traces.
func TestSearchesAgree(t *testing.T) {
	agreed, traces := 0, 0
	for seed := range uint64(scripts) {
		p := randomScript(seed, 7)
		var got [2]map[string]bool
		for i, s := range []strategy.Strategy{strategy.Exhaustive(), strategy.Bounded(100)} {
			got[i], _ = all(t, s, p, true, mostSchedules)
			if !s.Report()[0].Complete {
				got[i] = nil
				break
			}
		}
		if got[0] == nil || got[1] == nil {
			continue
		}
		agreed++
		traces += len(got[0])
		for trace := range got[1] {
			if !got[0][trace] {
				t.Errorf("%v: exhaustive loses %s", p, trace)
				break
			}
		}
		if len(got[0]) != len(got[1]) {
			t.Errorf("%v: exhaustive visits %d traces, bounded %d", p, len(got[0]), len(got[1]))
		}
	}
	t.Logf("%d programs, %d traces", agreed, traces)
	if agreed < scripts/4 {
		t.Errorf("%d programs of %d were compared", agreed, scripts)
	}
}

// compare reports what was lost of what shows with so many preemptions.
func compare(t *testing.T, p script, what string, want map[string]int, got map[string]bool, bound int) {
	t.Helper()
	for w, preemptions := range want {
		if preemptions <= bound && !got[w] {
			t.Errorf("%v: with %d preemptions the %s %s is lost", p, preemptions, what, w)
			return
		}
	}
	for g := range got {
		if _, ok := want[g]; !ok {
			t.Errorf("%v: the %s %s shows in no schedule", p, what, g)
			return
		}
	}
}

// Where a run isn't closed nothing commutes, and every schedule is a trace.
func TestExhaustiveWithoutClosedRunsEverySchedule(t *testing.T) {
	p := script{bodies: [][]op{{{0, 0}, {0, 0}}, {{0, 1}}}}
	_, _, schedules, _ := everything(t, p, false, 3000)
	s := strategy.Exhaustive()
	all(t, s, p, false, 1<<20)
	r := s.Report()[0]
	if r.Schedules != schedules || r.Distinct != schedules || r.Traces != schedules || !r.Complete {
		t.Errorf("got %v, want %d schedules, all distinct", r, schedules)
	}
}
