package reduce

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// ErrPasses is returned when the run of the list that is to be reduced doesn't
// fail: then either the list belongs to another program, or the program does
// something that the scheduler doesn't control.
var ErrPasses = errors.New("reduce: the choices don't lead to the failure: check that they belong to this program and that all of it is woven")

// Outcome is what the caller found in a run.
type Outcome struct {
	// Same says that the run failed, and in the way that is being reduced: the
	// same law, the same kind of verdict.
	Same bool
	// Faults are those that the run had and that aren't actions or delays of
	// the schedule: what a plan injected, say.
	Faults int
	// Operations are those of the load.
	Operations int
}

// Run runs the program once, in a bubble of its own, with c making every
// choice. It must do the same whenever c does.
type Run func(c schedule.Chooser) Outcome

// Limit bounds a reduction. Zero means the default.
type Limit struct {
	// Runs is how often the program may be run, the first and the last run of
	// the result included; default 4000.
	Runs int
	// Proof is how many of them, at most, may go into showing that nothing
	// smaller fails, each time that no move helps; default as many as were
	// needed until then, and at least 2000.
	Proof int
	// Wall is how much real time may pass; default 10s. It is there for programs
	// whose runs are slow, and makes the result depend on the machine.
	Wall time.Duration
}

// Proof says what is known about the result.
type Proof uint8

const (
	// CutShort means that a limit was reached before all moves were tried.
	CutShort Proof = iota
	// Single means that no single stretch can be left out, moved or merged with
	// its neighbour, and no single choice left out or lowered.
	Single
	// Fewest means that, besides, every run with fewer switches was tried, and
	// that none fails.
	Fewest
	// Minimal means that every run with a smaller measure was tried, and that
	// none fails.
	Minimal
	// Unstable means that the result, run again, did something else: nothing
	// is known then.
	Unstable
)

// String is "cut short", "single", "fewest", "minimal" or "unstable".
func (p Proof) String() string {
	return [...]string{"cut short", "single", "fewest", "minimal", "unstable"}[p]
}

// Result is what a reduction came to.
type Result struct {
	// Choices replay the run; zeros at the end are left out.
	Choices []uint32
	// From is the measure of the run that it began with, To of the result.
	From, To Measure
	// Runs is how often the program was run.
	Runs  int
	Proof Proof
	// Wall says that real time ended the reduction, so that another machine may
	// come to another result.
	Wall bool
}

// String tells what was left out, and how far the result can be trusted.
func (r Result) String() string {
	text := fmt.Sprintf("reduced from %v to %v in %d runs: ", r.From, r.To, r.Runs)
	switch r.Proof {
	case Minimal:
		return text + "minimal, every run with less was tried"
	case Fewest:
		return text + "none with fewer switches fails, every one was tried"
	case Single:
		return text + "no single stretch or choice can be left out"
	case Unstable:
		return text + "unstable, run again it did something else"
	}
	if r.Wall {
		return text + "cut short by real time"
	}
	return text + "cut short"
}

// reducer is one reduction.
type reducer struct {
	run     Run
	limit   Limit
	start   time.Time
	runs    int
	wall    bool
	best    *attempt
	tried   map[string]bool
	shown   int // no run with fewer switches fails
	stopped bool
}

// Reduce makes the failing run that choices lead to small. Of real time it
// takes Limit.Wall and the run that is under way then. ErrPasses is returned,
// with the runs it took, if there is no failure to begin with.
func Reduce(choices []uint32, run Run, limit Limit) (Result, error) {
	if limit.Runs < 0 || limit.Runs == 1 || limit.Proof < 0 || limit.Wall < 0 {
		return Result{}, fmt.Errorf("reduce: limit of %d runs, %d for a proof, and %v, want 0 (default), or 2 runs or more and some time", limit.Runs, limit.Proof, limit.Wall)
	}
	if limit.Runs == 0 {
		limit.Runs = 4000
	}
	if limit.Wall == 0 {
		limit.Wall = 10 * time.Second
	}
	r := &reducer{run: run, limit: limit, start: time.Now(), tried: map[string]bool{}}
	first := r.attempt(byList{schedule.NewList(choices)})
	if !first.same {
		return Result{Runs: r.runs}, ErrPasses
	}
	r.best = first
	proof := r.reduce()
	again := r.attempt(byList{schedule.NewList(r.best.list)})
	if !again.same || less(again, r.best) || less(r.best, again) {
		proof = Unstable
	}
	return Result{
		Choices: slices.Clone(trim(r.best.list)), From: first.measure, To: r.best.measure,
		Runs: r.runs, Proof: proof, Wall: r.wall,
	}, nil
}

// reduce moves until no move helps, then looks everywhere as far as it may.
func (r *reducer) reduce() Proof {
	for {
		before := r.best
		// What is drawn comes first: with a message less, all that follows is
		// less work.
		lister{func() []uint32 { return trim(r.best.list) }, r.tryList}.shorten()
		r.lowerDraws()
		r.leaveOut()
		r.merge()
		switch {
		case r.over():
			return CutShort
		case r.best != before:
			continue
		}
		if proof := r.prove(); r.best == before {
			return proof
		}
	}
}

// over reports whether a limit is reached.
func (r *reducer) over() bool {
	if !r.stopped && time.Since(r.start) >= r.limit.Wall {
		r.stopped, r.wall = true, true
	}
	// One run is kept for the last look at the result.
	if r.runs+1 >= r.limit.Runs {
		r.stopped = true
	}
	return r.stopped
}

// attempt runs the program once.
func (r *reducer) attempt(g guide) *attempt { return r.perform(&attempt{guide: g}) }

func (r *reducer) perform(a *attempt) *attempt {
	r.runs++
	o := r.run(a)
	a.same = o.Same
	a.measure.Faults += o.Faults
	a.measure.Operations = o.Operations
	a.measure.Choices = len(trim(a.list))
	return a
}

// accept keeps a if it is better than the best, and reports whether it is.
func (r *reducer) accept(a *attempt) bool {
	r.tried[key(a.list)] = true
	if !a.same || !less(a, r.best) {
		return false
	}
	r.best = a
	return true
}

// try runs a plan.
func (r *reducer) try(stretches []stretch, draws map[drawKey][]uint32) bool {
	if r.over() {
		return false
	}
	return r.accept(r.attempt(&byPlan{slices.Clone(stretches), maps.Clone(draws)}))
}

// tryList runs a list that wasn't run before: to drop one zero of many is the
// same wherever it stands, and what was rejected stays rejected.
func (r *reducer) tryList(list []uint32) bool {
	k := key(list)
	if r.tried[k] || r.over() {
		return false
	}
	r.tried[k] = true
	return r.accept(r.attempt(byList{schedule.NewList(list)}))
}
