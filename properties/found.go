package properties

import (
	"slices"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// rapidName is the name of rapid among the strategies.
const rapidName = "rapid"

// maxDistinct bounds the table of the cases that rapid drew.
const maxDistinct = 1 << 20

// rapidBook counts what rapid drew, as a strategy counts its schedules.
type rapidBook struct {
	report strategy.Report
	seen   map[uint64]struct{}
}

func newRapidBook() *rapidBook {
	return &rapidBook{strategy.Report{Name: rapidName, Preemptions: -1}, map[uint64]struct{}{}}
}

// count adds a case. Two are distinct if their choices differ.
func (b *rapidBook) count(o *outcome, failed bool, news int) {
	r := &b.report
	r.Schedules++
	r.News += news
	r.Steps = max(r.Steps, o.steps)
	key := hashOf(o.list)
	if _, ok := b.seen[key]; !ok && len(b.seen) < maxDistinct {
		b.seen[key] = struct{}{}
		r.Distinct++
	}
	if failed {
		r.Failures++
		if r.First == 0 {
			r.First = r.Schedules
		}
	}
}

// hashOf tells lists of choices apart: FNV-1a, of words (Fowler, Noll, Vo).
func hashOf(list []uint32) uint64 {
	sum := uint64(14695981039346656037)
	for _, c := range trim(list) {
		sum = (sum ^ uint64(c)) * 1099511628211
	}
	return sum
}

// strategies tells what each strategy has done, rapid first.
func (e *explorer) strategies() []strategy.Report {
	if e.job.Network != Simulated {
		return nil
	}
	var all []strategy.Report
	if e.rapid.report.Schedules > 0 {
		all = append(all, e.rapid.report)
	}
	if e.search != nil {
		all = append(all, e.search.Report()...)
	}
	return all
}

// foundBy names the strategy that drew the failing case, one of two if rapid
// didn't.
func (e *explorer) foundBy() string {
	for _, r := range e.strategies() {
		if r.Failures > 0 {
			return r.Name
		}
	}
	return rapidName
}

// addStrategies merges reports by their names. What one process has seen may
// have been seen by another as well, so that distinct schedules and news of
// separate processes are at most their sum.
func addStrategies(sum, more []strategy.Report) []strategy.Report {
	for _, r := range more {
		i := slices.IndexFunc(sum, func(s strategy.Report) bool { return s.Name == r.Name })
		if i < 0 {
			sum = append(slices.Clip(sum), r)
			continue
		}
		s := &sum[i]
		s.Schedules += r.Schedules
		s.Distinct += r.Distinct
		s.Traces += r.Traces
		s.News += r.News
		s.Failures += r.Failures
		s.First = leastNonZero(s.First, r.First)
		s.Bound = leastNonZero(s.Bound, r.Bound)
		s.Steps, s.Tasks = max(s.Steps, r.Steps), max(s.Tasks, r.Tasks)
		s.Complete = s.Complete && r.Complete
		if s.Incomplete == "" {
			s.Incomplete = r.Incomplete
		}
	}
	return sum
}

// leastNonZero is the smaller of two numbers that aren't zero; zero is none.
func leastNonZero[T int | float64](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
