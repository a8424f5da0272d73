package properties

import (
	"os"

	"pgregory.net/rapid"

	"github.com/weir-dev/weir/faults/schedule"
)

// choices is the one stream that everything in a case is drawn from: the
// world, the workload, the fault plan, and every step of the schedule. It
// keeps the list of what was chosen, from which the case can be run again.
type choices struct {
	source schedule.Chooser
	list   []uint32
	// ahead takes each choice before it is acted on, so that a case that ends
	// the process can be run again.
	ahead *os.File
}

// Choose draws one choice; see schedule.Chooser.
func (c *choices) Choose(q *schedule.Choice) int {
	i := c.source.Choose(q)
	c.list = append(c.list, uint32(i))
	if c.ahead != nil {
		// An error here costs a replay of a crash, not a verdict.
		c.ahead.Write([]byte{byte(i), byte(i >> 8)})
	}
	return i
}

// dice draws what isn't the scheduler's: the world, the workload, the plan.
type dice struct{ chooser schedule.Chooser }

// Choose draws one of n alternatives; what names the choice.
func (d dice) Choose(n int, what string) int {
	if n < 2 {
		return 0
	}
	return d.chooser.Choose(&schedule.Choice{N: n, What: what})
}

// pick draws one of several values; the first is the simplest.
func pick[T any](c dice, what string, values ...T) T {
	if len(values) < 2 {
		return values[0]
	}
	return values[c.Choose(len(values), what)]
}

// between draws a number from low to high; low is the simplest.
func between(c dice, what string, low, high int) int {
	if high <= low {
		return low
	}
	return low + c.Choose(high-low+1, what)
}

// chance draws true once in n times; false is the simplest.
func chance(c dice, what string, n int) bool {
	return c.Choose(n, what) == n-1
}

// generators holds a rapid generator for each number of alternatives.
var generators [1024]*rapid.Generator[int]

func init() {
	for n := 1; n < len(generators); n++ {
		values := make([]int, n)
		for i := range values {
			values[i] = i
		}
		generators[n] = rapid.SampledFrom(values)
	}
}

// oddsSource draws each choice of a case with a single draw of a number below
// n, which shrinks towards 0. A step of the schedule goes on with probability
// stay, drawn once per case: a schedule that switches at every point finds
// other bugs than one that seldom does.
type oddsSource struct {
	draw func(n int) int
	stay int
}

// stays are the odds of going on, in tenths.
var stays = [...]int{0, 3, 6, 9}

func newOddsSource(draw func(n int) int) *oddsSource {
	return &oddsSource{draw: draw, stay: stays[draw(len(stays))]}
}

// newRapidSource draws from rapid, so that rapid's shrinker works on all
// choices of a case at once.
func newRapidSource(t *rapid.T) *oddsSource {
	return newOddsSource(func(n int) int { return generators[n].Draw(t, "") })
}

// delayOdds is how many times likelier any other step is than a delay.
const delayOdds = 8

// Choose draws one choice: the first numbers all mean 0, then come the steps in
// turn, a few times over where delays are to be rare, then the delays.
func (s *oddsSource) Choose(c *schedule.Choice) int {
	n, delays, turns := c.N, c.Delays, 1
	if c.What != schedule.WhatStep {
		return s.draw(min(n, len(generators)-1))
	}
	if delays > 0 {
		turns = delayOdds
	}
	steps := max(n-delays, 1)
	zeros := steps * turns * s.stay / (10 - s.stay)
	// Where there are very many alternatives the odds give way.
	for zeros+steps*turns+delays >= len(generators) && turns > 1 {
		turns, zeros = turns/2, zeros/2
	}
	total := min(zeros+steps*turns+delays, len(generators)-1)
	switch i := s.draw(total); {
	case i < zeros:
		return 0
	case i-zeros < steps*turns:
		return (i - zeros) % steps
	default:
		return min(steps+i-zeros-steps*turns, n-1)
	}
}

// trim drops the zeros at the end of a list: a list that runs out goes on with
// zeros.
func trim(list []uint32) []uint32 {
	n := len(list)
	for n > 0 && list[n-1] == 0 {
		n--
	}
	return list[:n]
}
