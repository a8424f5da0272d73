package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/weir-dev/weir/properties"
)

// plantResult is the row of a planted bug.
type plantResult struct {
	ID     string `json:"id"`
	Caught bool   `json:"caught"`
	// Undecided is whether it was not searched for long enough to say that it is
	// not caught.
	Undecided bool `json:"undecided"`
	// Law is the law that caught it; that which should have when none did.
	Law string `json:"law"`
	// Schedules is the number of the schedule that caught it, from 1; when none
	// did, how many were run.
	Schedules int `json:"schedules"`
	// By is the strategy that drew this schedule; empty when none did, or when
	// nobody knows, because the process died.
	By string `json:"by,omitempty"`
	// why says why it was not caught.
	why  string
	seed uint64
	// search is what the suite did.
	search suiteResult
}

// plantStage sees whether the suite catches each planted bug by its law. It is
// not run on an implementation that violates a law: what the suite finds there
// may have nothing to do with the bug.
func (v *verification) plantStage(ctx context.Context) {
	if v.unbuilt || ctx.Err() != nil || v.book.exit() == exitViolated {
		return
	}
	b, err := v.binary(ctx, woven)
	if err != nil {
		return // as was said
	}
	v.ranPlanted = true
	plants := v.plan.plants
	rows := make([]*plantResult, len(plants))
	lanes := max(1, v.cores)
	abreast(ctx, lanes, len(plants), func(i int) {
		p := plants[i]
		share := v.budget.search((len(plants) - i + lanes - 1) / lanes)
		r := v.catch(ctx, b, v.searchFor(p, v.seed, plantSchedules, share), p)
		if r.Caught || ctx.Err() == nil {
			rows[i] = &r
		}
	})
	for i, r := range rows {
		if r == nil {
			continue
		}
		v.planted = append(v.planted, *r)
		switch id := plants[i].ID; {
		case r.Undecided:
			v.progress.say("planted %s: undecided: %s", id, r.why)
		case !r.Caught:
			v.breaks(ctx, fmt.Errorf("planted bug %s was not caught: %s", id, r.why))
		}
	}
	if ctx.Err() == nil {
		v.progress.say("planted bugs: %s", summaryOf(v.planted))
	}
}

// summaryOf counts what was caught, and tells the longest search.
func summaryOf(rows []plantResult) string {
	caught, worst := 0, plantResult{}
	for _, r := range rows {
		if !r.Caught {
			continue
		}
		if caught++; r.Schedules > worst.Schedules {
			worst = r
		}
	}
	text := fmt.Sprintf("%d of %d caught", caught, len(rows))
	if caught > 0 {
		text += fmt.Sprintf(", the last one, %s, at schedule %s", worst.ID, grouped(worst.Schedules))
	}
	return text
}

// searchFor is the suite that must catch a planted bug: it judges by the law
// that the bug breaks, and by no other.
func (v *verification) searchFor(p plant, seed uint64, schedules int, share time.Duration) suiteRun {
	s := suiteOf(p.protocolOf(), properties.Simulated, seed)
	if p.Law == "gateway/linearizable" {
		s.test = limiterSuite(seed).test
	}
	s.title, s.judges, s.witnesses = "planted "+p.ID, []string{p.Law}, nil
	s.planted, s.cases, s.budget, s.keep = p.ID, schedules, share, v.foundDir(bug{id: p.ID})
	s.plain, s.alone = true, true
	return s
}

// catch runs the search for a planted bug.
func (v *verification) catch(ctx context.Context, b built, s suiteRun, p plant) plantResult {
	r := plantResult{ID: p.ID, Law: p.Law}
	if err := errors.Join(v.unplanted[p.ID], b.unbuilt[p.ID]); err != nil {
		r.why = err.Error()
		return r
	}
	res, err := v.runner.run(ctx, b.path, s)
	r.search, r.Schedules = res, res.tally.Cases
	switch {
	case err != nil:
		r.why = err.Error()
	case res.failure == nil && res.undecided != "":
		r.Undecided, r.why = true, firstLine(res.undecided)
	case res.failure == nil:
		r.why = fmt.Sprintf("%s held in %s", p.Law, plural(res.tally.Cases, "schedule"))
		if s.test != limiterSuite(0).test && res.tally.Cases < s.cases {
			r.Undecided, r.why = true, r.why+", and there was no time for more"
		}
	default:
		r.Schedules, r.Law, r.By = res.failure.Found, res.failure.Law, res.failure.By
		if r.Caught = r.Law == p.Law; !r.Caught {
			r.why = fmt.Sprintf("%s was violated at schedule %d, want %s", r.Law, r.Schedules, p.Law)
		}
	}
	return r
}
