package strategy

import (
	"math/rand/v2"

	"github.com/weir-dev/weir/faults/schedule"
)

// Random walks, each schedule with a bias to stay of its own, as
// schedule.Random does.
func Random(seed uint64) Strategy {
	s := newSearch("random", seed)
	s.begin = func(r *rand.Rand) (walk, bool) { return uniform{schedule.Random(r.Uint64())}, true }
	return s
}

type uniform struct{ chooser schedule.Chooser }

func (u uniform) choose(c *schedule.Choice) int { return u.chooser.Choose(c) }
func (u uniform) taken(*schedule.Taken)         {}

// aside makes the choices that a walk has no opinion of: which case of a
// select, which seed, whether to let time pass. For a step that isn't to be a
// delay it returns the number of steps to choose from and false.
func aside(c *schedule.Choice, r *rand.Rand) (i int, made bool) {
	if c.What != schedule.WhatStep {
		return r.IntN(c.N), true
	}
	steps := c.N - c.Delays
	if c.Delays > 0 && r.IntN(delayEvery) == 0 || steps == 0 {
		return steps + r.IntN(c.Delays), true
	}
	return steps, false
}

// delayEvery is one in how many steps lets time pass while it may.
const delayEvery = 32
