package strategy

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// Strategy decides which schedules to try. It isn't for concurrent use, and
// one schedule ends before the next begins.
type Strategy interface {
	// Next makes the Chooser of the next schedule. It returns false when the
	// strategy has nothing left to try.
	Next() (schedule.Chooser, bool)
	// Done tells what came of the schedule that Next began last. Where it isn't
	// called the schedule counts as one that didn't fail.
	Done(Outcome)
	// Report tells what the strategy has done, one report for each of its
	// members, or one for itself.
	Report() []Report

	// last is the schedule that ended last.
	last() *follower
	// complete reports whether every schedule without a bound has been seen.
	complete() bool
	// guided reports whether it lives on what the caller counts.
	guided() bool
	// learn takes a schedule of another strategy that showed what the caller
	// counts.
	learn(*follower, Outcome)
}

// Outcome is what came of a schedule.
type Outcome struct {
	Failed bool
	// News is how much the schedule showed that no earlier one did, as the
	// caller measures it: edges of a model, states of the program, say. It steers a
	// Portfolio beside what the strategies see themselves, and is what Deeper goes
	// on from:
	//
	//	news := 0
	//	for _, edge := range passed(history) {
	//		if !seen[edge] {
	//			seen[edge] = true
	//			news++
	//		}
	//	}
	//	search.Done(strategy.Outcome{Failed: failed, News: news})
	News int
	// At is how many choices had been made when the last of the news came; 0 if
	// that isn't known.
	At int
}

// Report tells what a strategy has done.
type Report struct {
	Name      string
	Schedules int
	// Distinct counts those that differ in their steps, Traces those that differ
	// in the order of steps that don't commute. Both stop at 1<<20.
	Distinct, Traces int
	// News counts what a schedule showed that none before had.
	News     int
	Failures int
	// First is the schedule that failed first, counted from 1; 0 if none did.
	First int
	// Steps and Tasks are those of the longest schedule and of the one with the
	// most goroutines and kinds of actions.
	Steps, Tasks int
	// Bound is the probability with which each schedule of PCT shows a bug of its
	// depth, at least: 1/(n*k^(d-1)) for n Tasks and k Steps. It holds without
	// yields and delays. 0 for other strategies.
	Bound float64
	// Complete is whether all schedules were seen, with Preemptions or fewer
	// preemptions unless that is -1.
	Complete    bool
	Preemptions int
	// Incomplete says what keeps the search from ever being complete; empty if
	// nothing does.
	Incomplete string
}

// HitRate is the share of the schedules that failed.
func (r Report) HitRate() float64 {
	if r.Schedules == 0 {
		return 0
	}
	return float64(r.Failures) / float64(r.Schedules)
}

// String tells the report in one line.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d schedules, %d distinct, %d traces, %d failed (%.3g)", r.Name, r.Schedules, r.Distinct, r.Traces, r.Failures, r.HitRate())
	if r.Bound > 0 {
		fmt.Fprintf(&b, ", each finds with probability %.3g or more (n=%d k=%d)", r.Bound, r.Tasks, r.Steps)
	}
	switch {
	case r.Complete && r.Preemptions >= 0:
		fmt.Fprintf(&b, ", complete within %d preemptions", r.Preemptions)
	case r.Complete:
		b.WriteString(", complete")
	}
	if r.Incomplete != "" {
		fmt.Fprintf(&b, ", never complete: %s", r.Incomplete)
	}
	return b.String()
}

// maxSeen bounds each table of what was seen.
const maxSeen = 1 << 20

// walk makes the choices of one schedule.
type walk interface {
	// choose is schedule.Chooser's Choose, of a choice that may or may not be
	// the scheduler's.
	choose(c *schedule.Choice) int
	// taken is told every step once it was taken.
	taken(t *schedule.Taken)
}

// search is the book that every strategy keeps of its schedules.
type search struct {
	report    Report
	seed      uint64
	begin     func(*rand.Rand) (walk, bool)
	end       func(Outcome)            // the schedule is over; may be nil
	keep      func(*follower, Outcome) // of a guided one; nil for the others
	run       *follower                // of the schedule that began last
	running   bool
	schedules map[uint64]struct{}
	traces    map[uint64]struct{}
}

func newSearch(name string, seed uint64) *search {
	return &search{
		report: Report{Name: name, Preemptions: -1}, seed: seed, run: &follower{pairs: map[uint64]uint32{}},
		schedules: map[uint64]struct{}{}, traces: map[uint64]struct{}{},
	}
}

// Next makes the Chooser of the next schedule; see [Strategy].
func (s *search) Next() (schedule.Chooser, bool) {
	s.Done(Outcome{})
	w, ok := s.begin(rand.New(rand.NewPCG(s.seed, uint64(s.report.Schedules))))
	if !ok {
		return nil, false
	}
	s.run.follow(w)
	s.running = true
	return s.run, true
}

// Done tells what came of the schedule that Next began last; see [Strategy].
func (s *search) Done(o Outcome) {
	if !s.running {
		return
	}
	s.running = false
	if s.end != nil {
		s.end(o)
	}
	r := &s.report
	r.Schedules++
	if add(s.schedules, s.run.schedule) {
		r.Distinct++
	}
	if add(s.traces, s.run.trace.sum) {
		r.Traces++
		r.News++
	}
	r.News += len(s.run.seen) + o.News
	r.Steps, r.Tasks = max(r.Steps, s.run.steps), max(r.Tasks, len(s.run.trace.tasks))
	if o.Failed {
		r.Failures++
		if r.First == 0 {
			r.First = r.Schedules
		}
	}
}

// Report tells what the strategy has done.
func (s *search) Report() []Report { return []Report{s.report} }

func (s *search) last() *follower { return s.run }

func (s *search) guided() bool { return s.keep != nil }

func (s *search) learn(run *follower, o Outcome) {
	if s.keep != nil {
		s.keep(run, o)
	}
}

func (s *search) complete() bool { return s.report.Complete && s.report.Preemptions < 0 }

// add reports whether the key is new; a full set takes none.
func add(set map[uint64]struct{}, key uint64) bool {
	if _, ok := set[key]; ok || len(set) >= maxSeen {
		return false
	}
	set[key] = struct{}{}
	return true
}

// bound is 1/(n*k^(d-1)).
func bound(n, k, d int) float64 {
	if n == 0 || k == 0 {
		return 0
	}
	return 1 / (float64(n) * math.Pow(float64(k), float64(d-1)))
}
