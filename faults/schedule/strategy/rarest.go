package strategy

import (
	"math/rand/v2"

	"github.com/weir-dev/weir/faults/schedule"
)

// Rarest goes where it has seldom been: a step is the likelier the fewer times
// it came after the step before it at the same object, over all schedules of
// the search. Like Random it stays with the goroutine that ran last with a
// probability of its own for each schedule.
func Rarest(seed uint64) Strategy {
	s := newSearch("rarest", seed)
	s.run.counts = true
	s.begin = func(r *rand.Rand) (walk, bool) {
		return &rarity{search: s, rand: r, stay: [...]float64{0, 0.3, 0.6, 0.9}[r.IntN(4)]}, true
	}
	return s
}

// rarity is the walk of Rarest.
type rarity struct {
	search *search
	rand   *rand.Rand
	stay   float64
	odds   []float64
}

func (p *rarity) choose(c *schedule.Choice) int {
	steps, made := aside(c, p.rand)
	if made {
		return steps
	}
	if p.rand.Float64() < p.stay {
		return 0
	}
	p.odds = p.odds[:0]
	total := 0.0
	for i := range steps {
		n := float64(p.search.run.pairs[p.search.run.pair(c.Event(i))])
		total += 1 / (1 + n)
		p.odds = append(p.odds, total)
	}
	x := p.rand.Float64() * total
	for i, below := range p.odds {
		if x < below {
			return i
		}
	}
	return steps - 1
}

func (p *rarity) taken(*schedule.Taken) {}
