package strategy

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// Bounded goes everywhere that can be reached with so many preemptions, fewest
// first (Musuvathi, Qadeer: Iterative context bounding for systematic testing
// of multithreaded programs, PLDI 2007), because most bugs need few. A delay,
// and an action although the goroutine that ran last could go on, count as
// preemptions too.
//
// A state is explored once: where the same trace was reached before, with the
// same goroutine running and no more preemptions, the schedule is a repetition.
// Sleep sets aren't used, because with a bound they lose schedules (Coons,
// Musuvathi, McKinley: Bounded partial-order reduction, OOPSLA 2013).
//
// It is complete when Next returns false; Report.Preemptions is then -1 if the
// bound left nothing out. What waits to be explored is bounded by maxWaiting
// schedules: a search that dropped one is never complete. Bounded panics if
// preemptions is negative.
func Bounded(preemptions int) Strategy {
	if preemptions < 0 {
		panic(fmt.Sprintf("strategy: Bounded by %d preemptions, want 0 or more; Exhaustive has no bound", preemptions))
	}
	s := newSearch(fmt.Sprintf("bounded b=%d", preemptions), 0)
	s.report.Preemptions = preemptions
	b := &bounded{search: s, bound: preemptions, waiting: [][]int{nil}, seen: map[uint64]struct{}{}}
	s.begin = func(*rand.Rand) (walk, bool) { return b, b.begin() }
	return s
}

// maxWaiting bounds the schedules that wait for one preemption more.
const maxWaiting = 1 << 16

// bounded is the walk of Bounded. The schedules of one level of preemptions are
// trees: each has a prefix that ends with its last preemption, and below it only
// choices that are none.
type bounded struct {
	search  *search
	bound   int
	level   int
	waiting [][]int // prefixes of this level
	more    [][]int // and of the next
	prefix  []int
	stack   []branch // below the prefix
	started bool     // the tree of the prefix has a schedule
	seen    map[uint64]struct{}

	path     []int // choices of this schedule
	cut      bool  // the rest of it is a repetition
	diverged bool
}

// branch is a choice whose alternatives are tried in turn.
type branch struct {
	free []int // those that are no preemptions
	pick int
}

// begin moves to the next schedule; false when there is none within the bound.
func (b *bounded) begin() bool {
	b.path, b.cut, b.diverged = b.path[:0], false, false
	if b.started && b.advance() {
		return true
	}
	for len(b.waiting) == 0 {
		if len(b.more) == 0 || b.level == b.bound {
			r := &b.search.report
			r.Complete = r.Incomplete == ""
			if len(b.more) == 0 {
				r.Preemptions = -1
			}
			return false
		}
		b.waiting, b.more = b.more, nil
		b.level++
	}
	b.prefix, b.waiting = b.waiting[0], b.waiting[1:]
	b.stack, b.started = b.stack[:0], true
	return true
}

func (b *bounded) advance() bool {
	for len(b.stack) > 0 {
		last := &b.stack[len(b.stack)-1]
		if last.pick++; last.pick < len(last.free) {
			return true
		}
		b.stack = b.stack[:len(b.stack)-1]
	}
	return false
}

func (b *bounded) choose(c *schedule.Choice) int {
	i := b.decide(c)
	b.path = append(b.path, i)
	return i
}

func (b *bounded) decide(c *schedule.Choice) int {
	at := len(b.path)
	switch {
	case b.cut || b.diverged:
		return 0
	case at < len(b.prefix):
		return b.checked(c, b.prefix[at])
	case at < len(b.prefix)+len(b.stack):
		n := b.stack[at-len(b.prefix)]
		return b.checked(c, n.free[n.pick])
	}
	if c.What == schedule.WhatRand {
		b.search.report.Incomplete = "the seed of a woven generator was drawn"
		b.stack = append(b.stack, branch{free: []int{0}})
		return 0
	}
	if c.What == schedule.WhatStep && !add(b.seen, b.state(c)) {
		if len(b.seen) < maxSeen {
			b.cut = true
			return 0
		}
	}
	n := branch{free: make([]int, 0, c.N)}
	for i := range c.N {
		if preempts(c, i) {
			b.wait(i)
		} else {
			n.free = append(n.free, i)
		}
	}
	b.stack = append(b.stack, n)
	return n.free[0]
}

// checked is the choice made before, if it can be made again.
func (b *bounded) checked(c *schedule.Choice, i int) int {
	if i < c.N {
		return i
	}
	b.diverged = true
	b.search.report.Incomplete = "a schedule didn't repeat: the program has a choice that isn't a point"
	return 0
}

// state is what the rest of the schedule depends on.
func (b *bounded) state(c *schedule.Choice) uint64 {
	return mix(b.search.run.trace.sum ^ mix(uint64(c.Current())^uint64(c.Epoch)))
}

// preempts reports whether the i-th alternative is a preemption.
func preempts(c *schedule.Choice, i int) bool {
	current := c.Current()
	switch {
	case c.What != schedule.WhatStep:
		return false
	case i >= c.N-c.Delays:
		return true
	case current == 0 || c.Event(i).Task == current:
		return false
	}
	for k := range c.N - c.Delays {
		if e := c.Event(k); e.Task == current {
			return e.Kind != schedule.KindYield
		}
	}
	return false
}

// wait puts the schedule so far and the choice i off to the next level.
func (b *bounded) wait(i int) {
	switch {
	case b.level == b.bound && len(b.more) > 0:
		// One is enough to know that the bound left something out.
	case len(b.more) >= maxWaiting:
		b.search.report.Incomplete = fmt.Sprintf("more than %d schedules waited", maxWaiting)
	default:
		b.more = append(b.more, append(slices.Clone(b.path), i))
	}
}

func (b *bounded) taken(*schedule.Taken) {}
