package properties

import (
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// newSearch makes the strategies that draw the schedules of half of the
// cases. None goes through schedules in order, because each case is another
// program.
func newSearch(seed uint64) strategy.Strategy {
	return strategy.Portfolio(strategy.PCT(seed, 2), strategy.PCT(seed+1, 3), strategy.POS(seed+2), strategy.Rarest(seed+3), strategy.URW(seed+4))
}

// searchSource draws a case whose steps a strategy chooses. Everything else is
// drawn from rest. The list of choices is as good as any other: it replays, and
// it is reduced.
type searchSource struct{ rest, steps schedule.Chooser }

// Choose draws one choice.
func (s searchSource) Choose(c *schedule.Choice) int {
	switch c.What {
	case schedule.WhatStep, schedule.WhatSelect, schedule.WhatRand:
		return s.steps.Choose(c)
	}
	return s.rest.Choose(c)
}

// searchBatch runs n cases whose schedules the strategies choose. Rapid doesn't
// draw these, so that its shrinker has no part in them: it would ask for the
// same strategy with the same past again and again.
func (e *explorer) searchBatch(n int, deadline time.Time) {
	if e.search == nil {
		e.search = newSearch(e.job.Seed * 1_000_003)
	}
	e.drawn = byPortfolio
	defer e.guard()
	for range n {
		if e.broken != "" || time.Now().After(deadline) {
			return
		}
		steps, ok := e.search.Next()
		if !ok {
			return
		}
		next := newRand(e.job.Seed*1_000_003 + uint64(e.tally.Cases))
		rest := newOddsSource(func(n int) int { return int(next() % uint64(n)) })
		o := e.one(searchSource{rest, steps})
		violated := e.violates(o)
		e.search.Done(strategy.Outcome{Failed: violated, News: e.edges.news(o.records)})
		if violated {
			return
		}
	}
}
