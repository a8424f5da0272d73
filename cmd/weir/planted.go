package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/weir-dev/weir/properties"
)

// plantedBudget is what the search for the one planted bug of a run may take.
const plantedBudget = 60 * time.Second

// runPlanted runs one planted bug and nothing else: the suite of its protocol
// under schedules judges by its law until that is violated, and makes the case
// small.
func (v *verification) runPlanted(ctx context.Context) {
	p := v.plan.plants[0]
	s := v.searchFor(p, v.seed, anyNumber, plantedBudget)
	s.title = fmt.Sprintf("%s with %s", suiteOf(p.protocolOf(), properties.Simulated, v.seed).title, p.ID)
	s.plain, s.alone, s.keep = false, false, v.casesDir(bug{id: p.ID})
	v.book.expectSuite(s)
	v.book.expect(p.Law, anyCase)
	v.startBuilding(ctx, woven)
	defer v.stopBuilding()
	b, err := v.binary(ctx, woven)
	if err = errors.Join(err, b.unbuilt[p.ID]); err != nil {
		v.unbuilt = ctx.Err() == nil
		v.breaks(ctx, fmt.Errorf("the implementation with %s can't be built: %w", p.ID, err))
	} else {
		r := v.suite(ctx, b.path, s)
		v.searched(s, r)
		if r.failure != nil {
			v.failures = append(v.failures, r.failure)
		} else if r.undecided == "" && r.final {
			v.breaks(ctx, fmt.Errorf("planted bug %s was not caught: %s held in %s", p.ID, p.Law, plural(r.tally.Cases, "schedule")))
		}
	}
	v.progress.end()
	v.book.settle(v.ending(ctx))
}
