package properties

import (
	"fmt"
	"reflect"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/reduce"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// shrinkTime is how long rapid's shrinker may take, reduceTime the reducer on
// what that left, and reduceAlone on a case that rapid didn't draw. With
// deriveTime a failure is ready to be read in ten seconds.
const shrinkTime, reduceTime, reduceAlone = 3 * time.Second, 3 * time.Second, 5 * time.Second

// proofRuns is how many runs may go into showing that nothing smaller fails. A
// world, a load and faults are mostly too much to try it all.
const proofRuns = 300

// Size is how much there is to read in a case.
type Size struct {
	// Steps are those of the schedule, Switches those of them before which
	// another goroutine ran.
	Steps    int `json:"steps"`
	Switches int `json:"switches"`
	// Actions are what the network did, and the clock where it went ahead of who
	// could run. Faults took effect. Messages were handed over.
	Actions  int `json:"actions"`
	Faults   int `json:"faults"`
	Messages int `json:"messages"`
}

// Reduction tells how small a case was made.
type Reduction struct {
	From Size `json:"from"`
	To   Size `json:"to"`
	// Proof says what is known of the smallest: "minimal" only if every run with
	// less was tried.
	Proof string `json:"proof"`
}

// String is both sizes, and what is known of the second; empty of nil.
func (r *Reduction) String() string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf("from %v to %v; %s", r.From, r.To, r.Proof)
}

// String is the size in words.
func (s Size) String() string {
	return fmt.Sprintf("%d steps, %d switches, %d actions, %d faults, %d messages", s.Steps, s.Switches, s.Actions, s.Faults, s.Messages)
}

// proofs tells what a reducer knows.
var proofs = map[reduce.Proof]string{
	reduce.CutShort: "cut short, perhaps more can be left out",
	reduce.Single:   "no single stretch or choice can be left out",
	reduce.Fewest:   "no run with fewer switches fails, every one was tried",
	reduce.Minimal:  "minimal, every run with less was tried",
	reduce.Unstable: "unstable, run again it did something else",
}

// fail reduces the failing case, looks for what makes it fail, and reports it.
func (e *explorer) fail() {
	best, reduction := e.last, (*Reduction)(nil)
	if !e.job.Plain {
		within := reduceTime
		if best == e.first {
			within = reduceAlone
		}
		best, reduction = e.reduced(best, within)
	}
	again := e.one(schedule.NewList(best.list))
	f := describe(best, e.law, e.job.Network)
	f.By, f.Found, f.Steps, f.Repeats = e.foundBy(), e.found, e.first.steps, reflect.DeepEqual(again.records, best.records)
	f.Reduction = reduction
	switch {
	case e.job.Network != Simulated:
		f.Loose = fmt.Sprintf("on %s nobody controls what comes first", e.job.Network)
	case e.job.Plain:
		f.Loose = "the case was left as it was found"
	case !f.Repeats:
		f.Loose = "the case did not repeat exactly"
	default:
		f.Saved, f.Loose = e.constrained(best, replay.Effort{Wall: deriveTime})
	}
	f.Picture = e.draw(best, e.law)
	e.report.write(Note{Progress: e.tally})
	e.report.write(Note{Failure: f})
}

// reduced is the failing outcome with as few switches, faults and records as
// the time allows.
func (e *explorer) reduced(o *outcome, within time.Duration) (*outcome, *Reduction) {
	var last *outcome
	run := func(c schedule.Chooser) reduce.Outcome {
		last = e.one(c)
		return reduce.Outcome{Same: breaks(last, e.law), Faults: last.fired, Operations: len(last.records)}
	}
	found, err := reduce.Reduce(e.first.list, run, reduce.Limit{Runs: 2}) // measures it
	if err != nil {
		return o, nil // it doesn't repeat, which its report says
	}
	from := sizeOf(last, found.From)
	r, err := reduce.Reduce(o.list, run, reduce.Limit{Runs: 10_000, Wall: within, Proof: proofRuns})
	if err != nil {
		return o, nil
	}
	small := e.one(schedule.NewList(r.Choices))
	if !breaks(small, e.law) {
		return o, nil
	}
	return small, &Reduction{From: from, To: sizeOf(small, r.To), Proof: proofs[r.Proof]}
}

// sizeOf is the size of an outcome that the reducer has measured: to it, faults
// are actions as well.
func sizeOf(o *outcome, m reduce.Measure) Size {
	return Size{Steps: o.steps, Switches: m.Switches, Actions: m.Faults - o.fired, Faults: o.fired, Messages: o.messages}
}
