package model

import (
	"fmt"
	"strings"
	"time"
)

// Verdict is what the checker says of a law, or of a spec as a whole.
type Verdict uint8

const (
	// Undecided: the search ended before the law could be judged. It is the
	// zero value, so that a verdict nobody gave is never a success.
	Undecided Verdict = iota
	// Held: an Always law is true everywhere; a Sometimes law has a witness; an
	// Eventually or LeadsTo law is true of every fair run.
	Held
	// Violated: an Always law is false somewhere; a Sometimes law has no
	// witness in the whole state space; some fair run breaks an Eventually or
	// LeadsTo law.
	Violated
)

// String returns the word that reports print.
func (v Verdict) String() string {
	switch v {
	case Undecided:
		return "undecided"
	case Held:
		return "held"
	case Violated:
		return "violated"
	}
	return fmt.Sprintf("verdict(%d)", uint8(v))
}

// A LawVerdict is the verdict on one law with its evidence.
type LawVerdict struct {
	Law     string // the law's slug, or [Deadlock]
	Kind    Kind
	Verdict Verdict
	// Steps is the number of steps of the shortest story: of a counterexample,
	// stem and loop together if it is a lasso, or of the witness of a Sometimes
	// law. It is -1 when there is none.
	Steps int
	// Reason says in a few words why the verdict is what it is.
	Reason string
	// Vacuous says why the law holds without saying anything; empty if it does
	// say something. [Check] returns a [*VacuityError] then.
	Vacuous string
}

// A Result is what a run of [Check] found out. Every field but Elapsed and
// Bytes is the same for any number of workers, if the run was not cut short by
// its context, MaxStates or MaxBytes.
type Result[S comparable] struct {
	Spec, Size string
	// States is the number of distinct states found, Edges the number of steps
	// out of the states that were expanded, those to known states included.
	States, Edges int
	// Depth is the number of levels, the initial states being the first: no
	// state is more than Depth-1 steps away. (TLC counts the same way.)
	Depth int
	// Levels is the number of states of each level that was expanded.
	Levels []int
	// Complete: every state that can be reached was expanded.
	Complete bool
	// Reduced names the reductions that were in force: "symmetry",
	// "independent steps". States, Edges and Levels are then those of the
	// reduced search.
	Reduced []string
	// GraphStates is the number of states of the whole, unreduced graph on
	// which laws on whole runs were judged; 0 if there was none.
	GraphStates int
	// Elapsed is the time of the search, without rebuilding the story.
	Elapsed time.Duration
	// Bytes is the most memory that was taken at one time for states, graph,
	// fingerprints and the level being expanded, without the Go program itself.
	Bytes int64
	// Verdict is Violated if a law is, else Undecided if one is, else Held.
	Verdict Verdict
	// Verdicts has one entry a law, in the spec's order, and one for Deadlock
	// at the end if the spec has Done.
	Verdicts []LawVerdict
	// Violation is the shortest counterexample; of several shortest ones it
	// belongs to the law that is listed first, and is the first that Next
	// leads to. It is a lasso if only laws on whole runs are violated. It is nil
	// if nothing but Sometimes laws is, for what never happens has no
	// counterexample to show, and if the context ended before it was rebuilt;
	// [Story] tells it later.
	Violation *Trace[S]
	// ActionCounts is the number of edges of each action; NeverFired names
	// the actions that have none so far. When Complete, an action that is
	// never enabled is most likely a mistake in its guard.
	ActionCounts []int
	NeverFired   []string
	// CollisionProbability is about the chance that two different states had
	// the same fingerprint, so that one of them was not explored: n*n/2^65.
	// It is 0 in exact mode.
	CollisionProbability float64
}

// Law returns the verdict on the law with that slug, and whether there is one.
func (r *Result[S]) Law(slug string) (LawVerdict, bool) {
	for _, v := range r.Verdicts {
		if v.Law == slug {
			return v, true
		}
	}
	return LawVerdict{}, false
}

// String is a report of a few lines: what was explored, each law's verdict,
// actions that never fired, and the counterexample.
func (r *Result[S]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %v, %d states, %d edges, %d levels in %.2f s", specTitle(r.Spec, r.Size), r.Verdict, r.States, r.Edges, r.Depth, r.Elapsed.Seconds())
	if r.CollisionProbability > 0 {
		fmt.Fprintf(&b, ", chance of a collision %.1e", r.CollisionProbability)
	}
	if len(r.Reduced) > 0 {
		fmt.Fprintf(&b, ", reduced by %s", strings.Join(r.Reduced, " and "))
	}
	if r.GraphStates > 0 {
		fmt.Fprintf(&b, "; whole runs judged on the unreduced %d states", r.GraphStates)
	}
	b.WriteByte('\n')
	for _, v := range r.Verdicts {
		fmt.Fprintf(&b, "  %-9s %-9v %s: %s\n", v.Verdict, v.Kind, v.Law, v.Reason)
	}
	if len(r.NeverFired) > 0 {
		fmt.Fprintf(&b, "  never fired: %s\n", strings.Join(r.NeverFired, ", "))
	}
	if r.Violation != nil {
		b.WriteString(r.Violation.String())
	}
	return b.String()
}

// specTitle names a spec and its size.
func specTitle(name, size string) string {
	if size == "" {
		return name
	}
	return name + " (" + size + ")"
}
