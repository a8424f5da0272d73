package properties

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// NewSearch makes the strategies that the suites search with.
func NewSearch(seed uint64) strategy.Strategy { return newSearch(seed) }

// Bench runs simulated cases of an implementation in this process, as the
// children of a suite do.
type Bench struct {
	run func(*testing.T, Network, *choices) *outcome
}

// BenchRemote makes one of a Remote, and BenchGateway one of a Gateway.
func BenchRemote(make func(*RemoteWorld) Remote) Bench {
	return Bench{func(t *testing.T, n Network, c *choices) *outcome { return runRemote(t, make, n, c) }}
}

// BenchGateway makes a Bench of a Gateway.
func BenchGateway(make func(*GatewayWorld) Gateway, host func(*HostWorld) Host) Bench {
	return Bench{func(t *testing.T, n Network, c *choices) *outcome {
		return runGateway(t, gatewayMakers{make, host}, n, c)
	}}
}

// BenchOutcome is what a case came to.
type BenchOutcome struct {
	Steps, Points, Fired int
	// Wrong says which law was violated, or what was not decided; empty if
	// everything held.
	Wrong string

	list    []uint32
	records []Record
}

// Fixed runs the one case of a Remote that is measured, with the schedule that
// steps chooses.
func (b Bench) Fixed(steps schedule.Chooser) BenchOutcome { return b.one(&fixedSource{steps: steps}) }

// Drawn runs the case of a seed.
func (b Bench) Drawn(seed uint64) BenchOutcome {
	next := newRand(seed)
	return b.one(newOddsSource(func(n int) int { return int(next() % uint64(n)) }))
}

// Again runs the choices of a case again, and says what is different; empty if
// nothing is.
func (b Bench) Again(o BenchOutcome) string {
	again := b.one(schedule.NewList(o.list))
	switch {
	case again.Wrong != o.Wrong:
		return fmt.Sprintf("the verdict is %q, want %q", again.Wrong, o.Wrong)
	case again.Steps != o.Steps:
		return fmt.Sprintf("it has %d steps, want %d", again.Steps, o.Steps)
	case !slices.Equal(again.list, o.list):
		return "it made other choices"
	}
	for i, r := range again.records {
		if i >= len(o.records) || !reflect.DeepEqual(r, o.records[i]) {
			return fmt.Sprintf("record %d is %v, which it was not", i+1, r)
		}
	}
	if len(again.records) != len(o.records) {
		return fmt.Sprintf("it has %d records, want %d", len(again.records), len(o.records))
	}
	return ""
}

func (b Bench) one(source schedule.Chooser) BenchOutcome {
	// A testing.T that nobody sees: a benchmark has none.
	o := b.run(&testing.T{}, Simulated, &choices{source: source})
	out := BenchOutcome{Steps: o.steps, Points: o.points, Fired: o.fired, Wrong: o.undecided, list: o.list, records: o.records}
	if v, violated := o.violation(""); violated {
		out.Wrong = fmt.Sprintf("%s is violated: %s, want %s", v.Law, v.Observed, v.Allowed)
	}
	return out
}

// fixedSource answers whatever isn't the schedule's with given values, so that
// all cases are one: Async, buffer 3, window 2, frames of 2, two callers with
// three messages each, and one cut of the first link at a moment of the
// schedule's choice.
type fixedSource struct {
	steps  schedule.Chooser
	faults int // asked for so far
}

// fixedAnswers are those that aren't 0, which stands for the first and
// simplest value.
var fixedAnswers = map[string]int{"buffer": 2, "window": 1, "frame": 1, "callers": 1, "messages": 2, "seed": 1}

// Choose makes one choice.
func (s *fixedSource) Choose(c *schedule.Choice) int {
	switch c.What {
	case schedule.WhatStep, schedule.WhatSelect, schedule.WhatRand:
		return s.steps.Choose(c)
	case "fault": // is there one more?
		s.faults++
		if s.faults == 1 {
			return 1
		}
		return 0
	}
	return fixedAnswers[c.What]
}
