package strategy

import (
	"fmt"
	"math/rand/v2"

	"github.com/weir-dev/weir/faults/schedule"
)

// PCT is probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi,
// Nagarakatte: A randomized scheduler with probabilistic guarantees of finding
// bugs, ASPLOS 2010): goroutines have random priorities, the highest runs, and
// at depth-1 random steps the one that ran becomes the lowest. A bug that needs
// depth ordering constraints is found by each schedule with a probability of
// 1/(n*k^(depth-1)) at least, for n goroutines and k steps. Actions whose names
// differ only in the number at their end have one priority.
//
// k is that of the longest schedule so far, so that the bound holds from the
// second schedule on, if none is longer. A goroutine that yields, or runs for
// spinSteps steps on end, becomes the lowest, or a loop that polls would run for
// ever; such schedules, and those with delays, are outside the bound. PCT panics
// if depth is below 1.
func PCT(seed uint64, depth int) Strategy {
	if depth < 1 {
		panic(fmt.Sprintf("strategy: PCT with depth %d, want 1 or more", depth))
	}
	s := newSearch(fmt.Sprintf("pct d=%d", depth), seed)
	s.begin = func(r *rand.Rand) (walk, bool) { return newPriorities(r, depth, s.report.Steps), true }
	s.end = func(Outcome) {
		s.report.Bound = bound(max(s.report.Tasks, len(s.run.trace.tasks)), max(s.report.Steps, s.run.steps), depth)
	}
	return s
}

// spinSteps is how many steps on end a goroutine takes before it counts as
// spinning.
const spinSteps = 200

// priorities is the walk of PCT.
type priorities struct {
	rand  *rand.Rand
	of    map[uint64]float64 // initial priorities are in 0..1, lowered ones below 0
	lower float64            // of the next to become the lowest by yielding
	at    map[int]float64    // the steps after which who took it gets the priority
	steps int
	last  uint64
	run   int // steps on end of last
}

func newPriorities(r *rand.Rand, depth, steps int) *priorities {
	p := &priorities{rand: r, of: map[uint64]float64{}, at: map[int]float64{}, lower: float64(-depth)}
	if steps > 0 {
		for i := 1; i < depth; i++ {
			p.at[1+r.IntN(steps)] = float64(-i)
		}
	}
	return p
}

func (p *priorities) choose(c *schedule.Choice) int {
	steps, made := aside(c, p.rand)
	if made {
		return steps
	}
	best, priority := 0, 0.0
	for i := range steps {
		if q := p.priority(party(c.Event(i))); i == 0 || q > priority {
			best, priority = i, q
		}
	}
	return best
}

func (p *priorities) priority(who uint64) float64 {
	q, ok := p.of[who]
	if !ok {
		q = p.rand.Float64()
		p.of[who] = q
	}
	return q
}

func (p *priorities) taken(t *schedule.Taken) {
	p.steps++
	who := party(t.Event)
	if who != p.last {
		p.last, p.run = who, 0
	}
	p.run++
	if q, ok := p.at[p.steps]; ok {
		p.of[who] = q
	}
	if t.Kind == schedule.KindYield || p.run >= spinSteps {
		p.lower--
		p.of[who], p.run = p.lower, 0
	}
}
