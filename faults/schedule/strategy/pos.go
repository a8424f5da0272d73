package strategy

import (
	"math/rand/v2"

	"github.com/weir-dev/weir/faults/schedule"
)

// POS is partial order sampling (Yuan, Yang, Gu: Partial order aware
// concurrency sampling, CAV 2018): every step that could be next has a random
// priority, the highest is taken, and those that race with it get a new one. It
// visits the orders of racing steps more evenly than a walk does, which prefers
// the orders of those that come early. What races is told by the points alone.
// After a yield every step gets a new one, and after each step of a goroutine
// that took polls steps without coming anywhere new, or those who poll would keep
// from going on whom they wait for, with several of them nearly for ever.
func POS(seed uint64) Strategy {
	s := newSearch("pos", seed)
	s.begin = func(r *rand.Rand) (walk, bool) {
		return &sampling{rand: r, of: map[uint64]sample{}, going: newGoing()}, true
	}
	return s
}

// sampling is the walk of POS.
type sampling struct {
	rand  *rand.Rand
	of    map[uint64]sample // by who takes the step
	going going
}

// sample is the priority of a step.
type sample struct {
	event    schedule.Event
	priority float64
}

func (p *sampling) choose(c *schedule.Choice) int {
	steps, made := aside(c, p.rand)
	if made {
		return steps
	}
	best, priority := 0, -1.0
	for i := range steps {
		e := c.Event(i)
		who := identity(e)
		s, ok := p.of[who]
		if !ok || s.event.Kind != e.Kind || s.event.Nth != e.Nth || s.event.Text != e.Text {
			s = sample{e, p.rand.Float64()}
			p.of[who] = s
		}
		if s.priority > priority {
			best, priority = i, s.priority
		}
	}
	return best
}

func (p *sampling) taken(t *schedule.Taken) {
	who := identity(t.Event)
	delete(p.of, who)
	anew := t.Kind == schedule.KindYield || p.going.round(t)
	for who, s := range p.of {
		// To forget a priority is to draw it anew; in which order they are
		// forgotten doesn't matter.
		if anew || s.event.Races(t.Event) {
			delete(p.of, who)
		}
	}
}
