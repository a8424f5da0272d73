package explore

import (
	"fmt"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// seeker hands out the choosers of a test's schedules in one process. The
// first schedule of all goes on wherever it can: what fails there fails without
// any switch. It also shows whether the body is small enough to enumerate.
type seeker struct {
	search   Search
	seed     uint64
	closed   bool
	budget   int
	ways     *ways             // of the schedule without a preemption
	plain    *strategy.Report  // of the schedule without a preemption; nil if this process doesn't run it
	strategy strategy.Strategy // nil until it is needed
	lost     bool              // a schedule that hangs may still be using the strategy
}

// enumerated is the number of steps of the schedule without a preemption up to which
// a portfolio enumerates. An enumerated schedule costs twice what a drawn one
// does, and more where nothing commutes, which only pays where there is hope of
// coming to the end.
const enumerated = 64

// ways goes on wherever it can, and guesses how many schedules there are: as
// many as there would be if every one had the choices of this one (Knuth:
// Estimating the efficiency of backtrack programs, Mathematics of Computation
// 1975). It is nearly always too low, because this one postpones the choices of
// those who wait.
type ways struct{ product float64 }

// Choose implements schedule.Chooser.
func (w *ways) Choose(c *schedule.Choice) int {
	w.product *= float64(c.N)
	return 0
}

func newSeeker(cfg *Config, set *Settings) *seeker {
	k := &seeker{search: set.Search, seed: mix(mix(set.Seed) + 0x9E3779B97F4A7C15*uint64(set.Shard+1)), closed: cfg.Closed, budget: cfg.Schedules}
	if set.Shard == 0 && k.search.Splits() {
		k.plain = &strategy.Report{Name: "no preemption", Preemptions: -1}
	}
	return k
}

// next is the chooser of the next schedule; false when all were seen.
func (k *seeker) next() (schedule.Chooser, bool) {
	if k.plain != nil && k.plain.Schedules == 0 {
		k.ways = &ways{1}
		return k.ways, true
	}
	if k.strategy == nil {
		k.strategy = k.search.strategy(k.seed, false)
	}
	return k.strategy.Next()
}

// done tells what came of the schedule that next began last.
func (k *seeker) done(o *outcome) {
	if o.kind == Hang {
		k.lost = true
		return
	}
	failed := o.kind.failed()
	if k.strategy != nil {
		k.strategy.Done(strategy.Outcome{Failed: failed, News: o.news, At: o.newsAt})
		return
	}
	*k.plain = strategy.Report{Name: k.plain.Name, Schedules: 1, Distinct: 1, Traces: 1, News: o.news, Steps: o.steps, Preemptions: -1}
	if failed {
		k.plain.Failures, k.plain.First = 1, 1
	}
	k.strategy = k.search.strategy(k.seed, k.enumerable(o))
}

// enumerable reports whether all schedules may be seen within the budget, by the
// one without a preemption. Where steps commute nobody knows how many are enough.
func (k *seeker) enumerable(o *outcome) bool {
	controlled := o.points > 0 && o.adopted == 0 && len(o.census.natives) == 0
	return controlled && o.steps <= enumerated && (k.closed || k.ways.product <= float64(k.budget))
}

// reports tells what each strategy has done; nil if that can't be said.
func (k *seeker) reports() (all []strategy.Report) {
	if k.lost {
		return nil
	}
	if k.plain != nil && k.plain.Schedules > 0 {
		all = append(all, *k.plain)
	}
	if k.strategy != nil {
		all = append(all, k.strategy.Report()...)
	}
	return all
}

// finder is the strategy that found the failure, "" if none did.
func (k *seeker) finder() string {
	for _, r := range k.reports() {
		if r.Failures > 0 {
			return r.Name
		}
	}
	return ""
}

// covered says how much of all schedules was seen: all of them, or, where that
// was the point of the search, why not. Empty if there is nothing to say. What
// isn't controlled has orders that no search sees.
func (k *seeker) covered(uncontrolled bool) string {
	for _, r := range k.reports() {
		switch {
		case r.Complete && uncontrolled:
			return "not every schedule was seen: native goroutines have orders that nobody chooses"
		case r.Complete && r.Preemptions >= 0:
			return fmt.Sprintf("every schedule with %s or fewer was seen", plural(r.Preemptions, "preemption", "preemptions"))
		case r.Complete && k.closed:
			return "every schedule was seen, up to the order of steps that commute"
		case r.Complete:
			return "every schedule was seen"
		case k.search.Splits():
		case r.Incomplete != "":
			return "not every schedule was seen: " + r.Incomplete
		default:
			return "not every schedule was seen: there are more than were asked for"
		}
	}
	return ""
}

// mix spreads the seeds, so that no two processes or seeds share schedules. It
// is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
