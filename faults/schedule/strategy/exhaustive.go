package strategy

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// Exhaustive visits every trace, depth first, by dynamic partial order
// reduction with source sets (Abdulla, Aronsson, Jonsson, Sagonas: Optimal
// dynamic partial order reduction, POPL 2014) and sleep sets (Godefroid:
// Partial-Order Methods for the Verification of Concurrent Systems, 1996): a
// schedule shows which of its steps raced, and only the other order of those
// is tried; and what was explored from a state sleeps below its other steps until
// one of them doesn't commute with it. With schedule.Config.Closed unset nothing
// commutes, and every schedule is run.
//
// It is complete when Next returns false. A schedule in which everything that
// could go on sleeps is a repetition; it is run to its end all the same. Seeds
// of woven generators aren't enumerated: a search that met one is never
// complete, and so is one with schedules of more than maxEvents steps: what they
// have beyond isn't searched. What a run leaves out because of Config.MaxSteps
// isn't visited either.
func Exhaustive() Strategy {
	s := newSearch("exhaustive", 0)
	d := &depthFirst{search: s}
	s.begin = func(*rand.Rand) (walk, bool) { return d, d.begin() }
	s.end = func(Outcome) { d.end() }
	return s
}

// maxEvents bounds the steps of a schedule that are kept and compared.
const maxEvents = 2000

// depthFirst is the walk of Exhaustive. The stack holds the choices of the
// schedule; it is replayed up to the one that changes.
type depthFirst struct {
	search *search
	begun  bool
	stack  []*node
	replay int // length of the stack when the schedule began
	at     int // choices made so far

	asleep    []sleeper // what needn't be taken from the present state
	stepping  *node     // the choice of the step that is being taken; nil if it wasn't one
	redundant bool      // the rest of the schedule is a repetition
	diverged  bool
	epoch     int
	history   history
}

// node is one choice.
type node struct {
	n, pick  int
	what     string
	known    int       // objects
	who      []uint64  // who takes each alternative; nil unless a step is chosen
	wanted   []bool    // alternatives to explore
	done     []bool    // alternatives explored, or being so
	asleep   []sleeper // when the node was reached
	explored []sleeper // alternatives whose schedules were all run
	picked   sleeper   // the alternative that is being explored
}

// sleeper is a step that was explored from a state, and what it did each time:
// a select does something else for each case that is tried first.
type sleeper struct {
	who   uint64
	known int
	did   []schedule.Taken
}

// commutes reports whether t can change places with whatever the sleeper does.
func (s *sleeper) commutes(t *schedule.Taken) bool {
	for i := range s.did {
		if !s.did[i].Commutes(t, s.known) {
			return false
		}
	}
	return true
}

func sleeps(asleep []sleeper, who uint64) bool {
	return slices.ContainsFunc(asleep, func(s sleeper) bool { return s.who == who })
}

// awake removes who doesn't commute with t.
func awake(asleep []sleeper, t *schedule.Taken) []sleeper {
	return slices.DeleteFunc(asleep, func(s sleeper) bool { return !s.commutes(t) })
}

// want adds the alternative that who takes to those to explore; false if there
// is none.
func (n *node) want(who uint64) bool {
	i := slices.Index(n.who, who)
	if i >= 0 {
		n.wanted[i] = true
	}
	return i >= 0
}

func (n *node) wantAll() {
	for i := range n.wanted {
		n.wanted[i] = true
	}
}

// wants reports whether the alternative that who takes is one to explore.
func (n *node) wants(who uint64) bool {
	i := slices.Index(n.who, who)
	return i >= 0 && n.wanted[i]
}

// close puts the alternative that was explored to sleep.
func (n *node) close() {
	if len(n.picked.did) > 0 {
		n.explored = append(n.explored, n.picked)
	}
	n.picked = sleeper{}
}

// next picks an alternative that is wanted, wasn't explored and doesn't sleep.
func (n *node) next() bool {
	for i := range n.n {
		if n.wanted[i] && !n.done[i] && (n.who == nil || !sleeps(n.asleep, n.who[i])) {
			n.pick, n.done[i] = i, true
			return true
		}
	}
	return false
}

// begin moves to the next schedule; false when there is none.
func (d *depthFirst) begin() bool {
	if d.begun && !d.advance() {
		d.search.report.Complete = d.search.report.Incomplete == ""
		return false
	}
	d.begun = true
	d.at, d.replay, d.asleep, d.stepping = 0, len(d.stack), nil, nil
	d.redundant, d.diverged, d.epoch = false, false, 0
	d.history = newHistory()
	return true
}

// advance changes the last choice that has an alternative left.
func (d *depthFirst) advance() bool {
	for len(d.stack) > 0 {
		last := d.stack[len(d.stack)-1]
		last.close()
		if last.next() {
			return true
		}
		d.stack = d.stack[:len(d.stack)-1]
	}
	return false
}

func (d *depthFirst) choose(c *schedule.Choice) int {
	if d.redundant || d.diverged {
		return 0
	}
	d.enterEpoch(c.Epoch)
	if d.at == len(d.stack) {
		n := newNode(c, d.asleep)
		if c.What == schedule.WhatRand {
			d.search.report.Incomplete = "the seed of a woven generator was drawn"
			n.wanted = make([]bool, c.N)
			n.wanted[0] = true
		}
		if !n.next() {
			d.redundant = true
			return 0
		}
		d.stack = append(d.stack, n)
	}
	n := d.stack[d.at]
	d.at++
	if n.n != c.N || n.what != c.What || n.who != nil && n.who[n.pick] != identity(c.Event(n.pick)) {
		d.diverge()
		return 0
	}
	if d.at == d.replay {
		d.history.old = len(d.history.events)
	}
	if n.who != nil {
		d.stepping = n
		d.asleep = slices.Concat(n.asleep, n.explored)
		d.history.offer(c)
	}
	return n.pick
}

// newNode is the choice c at a state where some sleep. Of a step one alternative
// is wanted, for a start; where there are others than goroutines, which race
// with everything, all are.
func newNode(c *schedule.Choice, asleep []sleeper) *node {
	n := &node{n: c.N, what: c.What, known: c.Objects(), wanted: make([]bool, c.N), done: make([]bool, c.N)}
	if c.What != schedule.WhatStep {
		n.wantAll()
		return n
	}
	n.asleep = asleep
	wanted := false
	for i := range c.N {
		e := c.Event(i)
		n.who = append(n.who, identity(e))
		if !wanted && !sleeps(asleep, identity(e)) {
			n.wanted[i], wanted = true, true
		}
		if e.Task == 0 {
			defer n.wantAll()
		}
	}
	return n
}

// diverge gives the schedule up: the program didn't do what it did before.
func (d *depthFirst) diverge() {
	d.diverged = true
	d.stack = d.stack[:d.at]
	d.search.report.Incomplete = "a schedule didn't repeat: the program has a choice that isn't a point"
}

func (d *depthFirst) taken(t *schedule.Taken) {
	if d.redundant || d.diverged {
		return
	}
	d.enterEpoch(t.Epoch)
	n := d.stepping
	d.stepping = nil
	if n == nil && sleeps(d.asleep, identity(t.Event)) {
		d.redundant = true
		return
	}
	if len(d.history.events) == maxEvents {
		d.search.report.Incomplete = fmt.Sprintf("a schedule has more than %d steps", maxEvents)
		d.redundant = true
		return
	}
	copied := d.history.add(t, n)
	if n != nil {
		n.picked.who, n.picked.known = n.who[n.pick], n.known
		n.picked.did = append(n.picked.did, copied)
	}
	d.asleep = awake(d.asleep, t)
}

// enterEpoch wakes everybody up if something happened since the last step that
// commutes with nothing. If the last step isn't known to have brought it about,
// another order may bring it about elsewhere.
func (d *depthFirst) enterEpoch(epoch int) {
	if epoch == d.epoch {
		return
	}
	if !d.history.enterEpoch() {
		d.search.report.Incomplete = "a phase ended, or time passed, while something could go on"
	}
	d.epoch, d.asleep = epoch, nil
}

// end looks for races in the schedule that is over.
func (d *depthFirst) end() {
	if d.diverged {
		return
	}
	d.history.races(!d.redundant)
}
