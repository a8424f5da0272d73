package schedule

// Chooser makes every choice of a run. Choose returns i with 0 <= i < c.N; 0
// always means "go on": the choice with the fewest surprises, so that a list
// of choices shrinks towards the schedule with the fewest switches.
//
// Choose is called only on the root goroutine. It may panic: nothing is held
// or half done then, and [Scheduler.Teardown] works.
type Chooser interface {
	Choose(c *Choice) int
}

// List is a [Chooser] that replays recorded choices. It answers 0 once they
// are used up and for a choice that is out of range. Not for concurrent use.
type List struct {
	choices  []uint32
	at       int
	diverged bool
}

// NewList makes a List of choices, which it doesn't copy.
func NewList(choices []uint32) *List { return &List{choices: choices} }

// Choose is the next recorded choice.
//
//go:norace
func (l *List) Choose(c *Choice) int {
	if l.at == len(l.choices) {
		l.diverged = true
		return 0
	}
	i := l.choices[l.at]
	l.at++
	if uint64(i) >= uint64(c.N) {
		l.diverged = true
		return 0
	}
	return int(i)
}

// Diverged reports whether the run asked for more choices than were recorded,
// or one of them was out of range: then it wasn't the recorded run.
func (l *List) Diverged() bool { return l.diverged }

// Left is the number of recorded choices not yet asked for. An exact replay
// ends with none.
func (l *List) Left() int { return len(l.choices) - l.at }

// random is a walk that goes on with the same task with a probability drawn
// once a run, because some bugs want many switches and some want few.
type random struct {
	source splitmix
	stay   float64
}

// delayRate is the share of steps at which a random walk lets time pass while
// it may: small, so that the few delays of a run spread over all of it.
const delayRate = 1.0 / 32

// Random makes a Chooser that walks at random from seed. For a step it stays
// with index 0 with a probability drawn once from 0, 0.3, 0.6 and 0.9, else
// picks uniformly. The same seed makes the same choices. Not for concurrent use.
func Random(seed uint64) Chooser {
	r := &random{source: splitmix{state: seed}}
	r.stay = [...]float64{0, 0.3, 0.6, 0.9}[r.source.next()>>62]
	return r
}

//go:norace
func (r *random) Choose(c *Choice) int {
	n := c.N
	if c.Delays > 0 {
		if r.source.float() < delayRate {
			return n - 1 - int(r.source.next()%uint64(c.Delays))
		}
		n -= c.Delays
	}
	if c.What == WhatStep && r.source.float() < r.stay {
		return 0
	}
	return int(r.source.next() % uint64(n))
}

// Record makes a Chooser that answers as c does and tells each choice to note
// before the scheduler acts on it, so that a run that kills its process leaves
// its choices behind.
func Record(c Chooser, note func(choice uint32)) Chooser {
	return &recorder{c, note}
}

type recorder struct {
	chooser Chooser
	note    func(uint32)
}

//go:norace
func (r *recorder) Choose(c *Choice) int {
	i := r.chooser.Choose(c)
	r.note(uint32(i))
	return i
}

// splitmix is the generator SplitMix64 (Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014).
type splitmix struct{ state uint64 }

//go:norace
func (r *splitmix) next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

//go:norace
func (r *splitmix) float() float64 { return float64(r.next()>>11) / (1 << 53) }
