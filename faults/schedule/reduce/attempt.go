package reduce

import "github.com/weir-dev/weir/faults/schedule"

// party is who takes a step.
type party struct {
	task schedule.TaskID // 0 for an action or a delay
	kind schedule.Kind   // of an action or a delay
	name string
}

func partyOf(e schedule.Event) party {
	if e.Task != 0 {
		return party{task: e.Task}
	}
	return party{kind: e.Kind, name: e.Name}
}

// stretch is what one party does without another in between.
type stretch struct {
	party party
	steps int
}

// drawKey tells sequences of draws apart: those of each name, and for selects
// those of each goroutine.
type drawKey struct {
	what string
	task schedule.TaskID
}

// ask is one question of a run.
type ask struct {
	n      int
	before Measure // of the run when it was asked
	draw   *drawKey
	costs  []Measure // what each alternative adds at once, where that is looked at
}

// attempt is one run: it chooses as its guide does and keeps what happened.
type attempt struct {
	guide    guide
	watching bool
	costing  bool // keep what each alternative would have cost

	list      []uint32
	asks      []ask
	stretches []stretch
	last      schedule.TaskID // the goroutine that ran last
	measure   Measure
	same      bool
}

// guide is what an attempt follows.
type guide interface {
	schedule.Chooser
	taken(party)
}

// Choose implements schedule.Chooser.
func (a *attempt) Choose(c *schedule.Choice) int {
	if !a.watching {
		a.watching, a.last = c.Watch(a.taken), c.Current()
	}
	q := ask{n: c.N, before: a.measure}
	if c.What != schedule.WhatStep {
		q.draw = &drawKey{c.What, c.Event(0).Task}
	}
	if a.costing {
		q.costs = a.costs(c)
	}
	i := a.guide.Choose(c)
	a.asks = append(a.asks, q)
	a.list = append(a.list, uint32(i))
	return i
}

// costs are what the alternatives add to the measure of the run.
func (a *attempt) costs(c *schedule.Choice) []Measure {
	costs := make([]Measure, c.N)
	if c.What != schedule.WhatStep {
		return costs
	}
	for i := range costs {
		switch e := c.Event(i); {
		case e.Task == 0:
			costs[i].Faults = 1
		case a.last != 0 && e.Task != a.last:
			costs[i].Switches = 1
		}
	}
	return costs
}

func (a *attempt) taken(t *schedule.Taken) {
	p := partyOf(t.Event)
	switch {
	case p.task == 0:
		a.measure.Faults++
	case p.task != a.last:
		if a.last != 0 {
			a.measure.Switches++
		}
		a.last = p.task
	}
	if n := len(a.stretches); n > 0 && a.stretches[n-1].party == p {
		a.stretches[n-1].steps++
	} else {
		a.stretches = append(a.stretches, stretch{p, 1})
	}
	a.guide.taken(p)
}

// draws are the draws of the run, by their keys and in order.
func (a *attempt) draws() map[drawKey][]uint32 {
	draws := map[drawKey][]uint32{}
	for i, q := range a.asks {
		if q.draw != nil {
			draws[*q.draw] = append(draws[*q.draw], a.list[i])
		}
	}
	return draws
}

// byList follows a list of choices.
type byList struct{ *schedule.List }

func (byList) taken(party) {}

// byPlan follows stretches and draws as far as they can be followed. Where the
// party of the next stretch can't go on, the first later one that can does,
// and where none can the run goes on with 0.
type byPlan struct {
	stretches []stretch
	draws     map[drawKey][]uint32 // what is left of each sequence
}

// Choose implements schedule.Chooser.
func (g *byPlan) Choose(c *schedule.Choice) int {
	if c.What != schedule.WhatStep {
		key := drawKey{c.What, c.Event(0).Task}
		left := g.draws[key]
		if len(left) == 0 {
			return 0
		}
		g.draws[key] = left[1:]
		if uint64(left[0]) >= uint64(c.N) {
			return c.N - 1
		}
		return int(left[0])
	}
	can := make(map[party]int, c.N)
	for i := c.N - 1; i >= 0; i-- {
		can[partyOf(c.Event(i))] = i
	}
	for _, s := range g.stretches {
		if i, ok := can[s.party]; ok && s.steps > 0 {
			return i
		}
	}
	return 0
}

// taken counts a step, forced or not, where the plan has its party first.
func (g *byPlan) taken(p party) {
	for i := range g.stretches {
		if s := &g.stretches[i]; s.party == p && s.steps > 0 {
			s.steps--
			break
		}
	}
	for len(g.stretches) > 0 && g.stretches[0].steps == 0 {
		g.stretches = g.stretches[1:]
	}
}
