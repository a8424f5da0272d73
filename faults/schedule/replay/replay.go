package replay

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// How says how a replay ended.
type How uint8

const (
	// Passed means that the failure didn't come in any run.
	Passed How = iota
	// Exact means that the choices led to the failure as they were recorded.
	Exact
	// Reproduced means that the failure came under the constraints.
	Reproduced
	// Diverged means that the failure came in a run that left the constraints,
	// or under choices that no longer fit.
	Diverged
)

// String is "passed", "exact", "reproduced" or "diverged".
func (h How) String() string { return [...]string{"passed", "exact", "reproduced", "diverged"}[h] }

// Result is what a replay came to.
type Result struct {
	How How
	// Runs is how often the program was run.
	Runs int
	// Seed is that of the scheduler that went on where the constraints left a
	// choice, in the run that failed; if none did, in the first.
	Seed uint64
	// Aligned says that goroutines or points had to be found again, because an
	// edit had moved them.
	Aligned bool
	// Order is the constraint at which the run diverged, counted from 1; 0 is
	// none. Text is its text and Reason why it did, also for a divergence that
	// isn't at a constraint.
	Order        int
	Text, Reason string
	// Choices replay the run that failed; empty if none did.
	Choices []uint32
	// Loose says that only the choices were tried, because the failure has the
	// fact ChoicesOnly.
	Loose bool
}

// Failed reports whether the failure came.
func (r Result) Failed() bool { return r.How != Passed }

// String says it in one line.
func (r Result) String() string {
	came := "failed"
	if !r.Failed() {
		came = "passed"
	}
	switch {
	case r.How == Exact:
		return "exact"
	case r.How == Reproduced:
		return fmt.Sprintf("reproduced after an edit, with seed %d in run %d", r.Seed, r.Runs)
	case r.Order > 0:
		return fmt.Sprintf("diverged at constraint %d (%s): %s; went on with seed %d: %s", r.Order, r.Text, r.Reason, r.Seed, came)
	case r.Reason != "":
		return fmt.Sprintf("diverged: %s; went on with seed %d: %s", r.Reason, r.Seed, came)
	case r.Loose:
		return "the choices fit, and there are no constraints: " + came
	}
	return fmt.Sprintf("the constraints were kept in %d runs: %s", r.Runs, came)
}

// mostRuns is how often a replay runs the program at most, and seedsTried how
// many schedules that agree on the constraints it tries first.
const mostRuns, seedsTried = 64, 4

// Replay brings the failure back: on the same code by its choices, on edited
// code by its constraints. It runs the program at most 64 times, and once if the
// failure has the fact [ChoicesOnly].
func (f *Failure) Replay(run Run) Result {
	r := &replayer{failure: f, run: run}
	if r.byChoices() || r.result.Loose {
		return r.result
	}
	listed := r.result // the failure may have come though the choices didn't fit
	r.result = Result{Runs: r.result.Runs}
	if len(f.Orders)+len(f.Ways)+len(f.Delays) > 0 || len(f.Draws) > 0 || !listed.Failed() {
		if r.byConstraints() {
			return r.result
		}
	}
	if listed.Failed() {
		listed.Runs = r.result.Runs
		return listed
	}
	return r.result
}

// replayer is one replay.
type replayer struct {
	failure *Failure
	run     Run
	result  Result
	kept    bool // result is that of a run that diverged and failed

	plans    []plan // that were tried
	probe    *namer // of the run that kept most constraints
	bestKept int
}

// byChoices reports whether the choices still lead to the failure, all of them
// and no others.
func (r *replayer) byChoices() bool {
	list := schedule.NewList(r.failure.Choices)
	r.result.Runs++
	failed := r.run(list)
	if failed {
		r.result.How, r.result.Choices = Exact, r.failure.Choices
	}
	why := r.failure.Fact(ChoicesOnly)
	r.result.Loose = why != ""
	if !list.Diverged() && list.Left() == 0 {
		return failed
	}
	r.result.Reason = "the choices no longer fit the program"
	if r.result.Loose {
		r.result.Reason += ", and there are no constraints (" + why + ")"
	}
	if failed {
		r.result.How = Diverged
	}
	return false
}

// byConstraints reports whether the failure came under the constraints. A run
// that diverges and fails counts if none that keeps to them does.
func (r *replayer) byConstraints() bool {
	p := r.failure.plan()
	r.plans = append(r.plans, p)
	if r.tries(p, seedsTried) {
		return true
	}
	r.result.Aligned = true
	for probe := (*namer)(nil); probe != r.probe; {
		// What a better run did tells more than what a worse one did.
		probe = r.probe
		known := likenesses{}
		for _, g := range guesses(r.failure, probe) {
			if r.result.Runs == mostRuns {
				return r.kept
			}
			p := r.failure.planBy(align(r.failure, probe, g, known).find)
			if !slices.ContainsFunc(r.plans, func(q plan) bool { return reflect.DeepEqual(p, q) }) {
				r.plans = append(r.plans, p)
				if r.tries(p, seedsTried/2) {
					return true
				}
			}
		}
	}
	return r.kept
}

// tries reports whether the failure came, under the plan, in one of n runs.
func (r *replayer) tries(p plan, n int) bool {
	for seed := range uint64(n) {
		if r.result.Runs == mostRuns {
			return false
		}
		f, failed := r.follow(p, seed)
		if failed && f.diverged == nil {
			return true
		}
		if r.probe == nil || f.kept > r.bestKept {
			r.probe, r.bestKept = f.namer, f.kept
		}
	}
	return false
}

// follow runs the program once under a plan.
func (r *replayer) follow(p plan, seed uint64) (f *follower, failed bool) {
	f = newFollower(p, seed)
	var list []uint32
	r.result.Runs++
	failed = r.run(schedule.Record(f, func(i uint32) { list = append(list, i) }))
	f.finish()
	if r.kept && (!failed || f.diverged != nil) {
		return f, failed
	}
	if failed {
		r.result.How, r.result.Choices = Reproduced, list
		r.result.Order, r.result.Text, r.result.Reason = 0, "", ""
	}
	if failed || r.result.Runs <= 2 {
		r.result.Seed = seed
		if d := f.diverged; d != nil {
			r.note(d)
			if failed {
				r.result.How, r.kept = Diverged, true
			}
		}
	}
	return f, failed
}

func (r *replayer) note(d *divergence) {
	r.result.Reason = d.reason
	if d.index >= 0 {
		o := r.failure.Orders[d.index]
		r.result.Order = d.index + 1
		r.result.Text = fmt.Sprintf("%s before %s", r.failure.Text(o.Before), r.failure.Text(o.After))
	}
}
