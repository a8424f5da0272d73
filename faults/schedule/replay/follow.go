package replay

import (
	"fmt"

	"github.com/weir-dev/weir/faults/schedule"
)

// plan is what a follower follows: a failure's constraints, by names that fit
// the code at hand.
type plan struct {
	orders []order
	ways   map[key]int
	delays []delay
	draws  map[string][]uint32
	// missing are the constraints that can't be followed, by their places.
	missing []int
}

// order is a constraint; index is its place among those of the failure.
type order struct {
	before, after key
	index         int
}

// delay is a length that virtual time has to pass; number counts from 1 among
// those of the failure.
type delay struct {
	length string
	number int
}

// delayKey names a delay of a plan in its constraints.
func delayKey(number int) key { return key{kind: schedule.KindDelay, nth: number} }

// follower is a Chooser that follows a plan: it never picks what must come
// after something that hasn't happened, unless nothing else can go on.
type follower struct {
	plan     plan
	walk     walk
	watching bool

	namer *namer
	// left are the orders whose first event hasn't happened, by their second.
	left    map[key][]order
	waiting map[key][]key // first events to second ones
	delays  []delay       // that are left
	draws   map[string]int

	diverged *divergence
	kept     int // constraints whose first event came in time
}

// divergence is where a run first left its plan.
type divergence struct {
	index  int // of an order; -1 is none
	reason string
}

func newFollower(p plan, seed uint64) *follower {
	f := &follower{plan: p, walk: newWalk(seed), namer: newNamer(), left: map[key][]order{}, waiting: map[key][]key{}, delays: p.delays, draws: map[string]int{}}
	for _, o := range p.orders {
		f.left[o.after] = append(f.left[o.after], o)
		f.waiting[o.before] = append(f.waiting[o.before], o.after)
	}
	if len(p.missing) > 0 {
		f.diverge(p.missing[0], "what it names isn't in the program any more")
	}
	return f
}

// Choose implements schedule.Chooser.
func (f *follower) Choose(c *schedule.Choice) int {
	if !f.watching {
		f.watching = c.Watch(f.taken)
	}
	switch c.What {
	case schedule.WhatStep:
		return f.step(c)
	case schedule.WhatSelect:
		at := f.namer.name(c.Event(0))
		if way, ok := f.plan.ways[at]; ok {
			return min(way, c.N-1)
		}
		return f.walk.any(c.N)
	}
	values, n := f.plan.draws[c.What], f.draws[c.What]
	f.draws[c.What]++
	if n >= len(values) || uint64(values[n]) >= uint64(c.N) {
		f.diverge(-1, fmt.Sprintf("the %d. draw of %q isn't what it was", n+1, c.What))
		return 0
	}
	return int(values[n])
}

// step chooses who goes next.
func (f *follower) step(c *schedule.Choice) int {
	enabled := c.N - c.Delays
	if len(f.delays) > 0 && len(f.left[delayKey(f.delays[0].number)]) == 0 {
		for i := enabled; i < c.N; i++ {
			if c.Event(i).Name == f.delays[0].length {
				return i
			}
		}
	}
	free := make([]int, 0, enabled)
	for i := range enabled {
		if len(f.left[f.namer.name(c.Event(i))]) == 0 {
			free = append(free, i)
		}
	}
	if len(free) > 0 {
		return free[f.walk.next(len(free))]
	}
	// The first that can go on is the one that the fewest surprises lead to.
	first := f.left[f.namer.name(c.Event(0))][0]
	f.diverge(first.index, "the first hasn't happened, and all that can go on would have to wait")
	return 0
}

// taken notes a step, chosen or not.
func (f *follower) taken(t *schedule.Taken) {
	k := f.namer.took(t.Event)
	if t.Kind == schedule.KindDelay {
		if len(f.delays) == 0 {
			return
		}
		k = delayKey(f.delays[0].number)
		f.delays = f.delays[1:]
	}
	if early := f.left[k]; len(early) > 0 {
		f.diverge(early[0].index, "the second happened first, when nothing else could go on")
		delete(f.left, k)
	}
	for _, after := range f.waiting[k] {
		f.met(k, after)
	}
}

// met strikes out the orders of the two events.
func (f *follower) met(before, after key) {
	rest := make([]order, 0, len(f.left[after]))
	for _, o := range f.left[after] {
		if o.before != before {
			rest = append(rest, o)
		} else {
			f.kept++
		}
	}
	f.left[after] = rest
}

func (f *follower) diverge(index int, reason string) {
	if f.diverged == nil {
		f.diverged = &divergence{index, reason}
	}
}

// finish notes the first constraint of whose two events neither happened.
func (f *follower) finish() {
	for _, o := range f.plan.orders {
		for _, l := range f.left[o.after] {
			if l == o {
				f.diverge(o.index, "the run ended before either happened")
				return
			}
		}
	}
}

// walk is the scheduler that goes on where a plan leaves a choice. It stays
// with the goroutine that ran last at a rate that depends on the seed: four times
// of five, two of five, or only by chance. The walk of seed 0 always stays, and
// takes the first alternative.
type walk struct{ state, stay uint64 }

// stayAmong is what the rates of staying are out of.
const stayAmong = 5

func newWalk(seed uint64) walk { return walk{seed, [...]uint64{0, 4, 2}[seed%3]} }

// next is one of n alternatives, the first being to stay.
func (w *walk) next(n int) int {
	if w.state == 0 || w.draw()%stayAmong < w.stay {
		return 0
	}
	return int(w.draw() % uint64(n))
}

// any is one of n alternatives.
func (w *walk) any(n int) int {
	if w.state == 0 {
		return 0
	}
	return int(w.draw() % uint64(n))
}

// draw is the next number of SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014).
func (w *walk) draw() uint64 {
	w.state += 0x9E3779B97F4A7C15
	if w.state == 0 {
		w.state++ // 0 is the walk that always stays
	}
	z := w.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
