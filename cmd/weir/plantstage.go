package main

import (
	"context"
	"fmt"

	"github.com/weir-dev/weir/properties"
)

// plantResult is the row of a planted bug.
type plantResult struct {
	ID     string `json:"id"`
	Caught bool   `json:"caught"`
	// Law is the law that caught it; that which should have when none did.
	Law string `json:"law"`
	// Schedules is the number of the schedule that caught it, from 1; when none
	// did, how many were run.
	Schedules int `json:"schedules"`
	// why says why it was not caught.
	why string
}

// plantedBinary is the implementation with a planted bug, being built.
type plantedBinary struct {
	bug   bug
	ready chan struct{}
	path  string
	err   error
}

// startBuilding builds the planted bugs in the background, one after the
// other, once; v.stopBuilding ends that.
func (v *verification) startBuilding(ctx context.Context) {
	if v.plant != "" || v.building != nil || len(v.violatedIn) > 0 {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	for range v.plan.plants {
		v.building = append(v.building, &plantedBinary{ready: make(chan struct{})})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for i, p := range v.plan.plants {
			b := v.building[i]
			if b.bug, b.err = p.apply(v.root); b.err == nil {
				b.path, b.err = v.build(ctx, woven, b.bug)
			}
			close(b.ready)
		}
	}()
	v.stopBuilding = func() {
		cancel()
		<-ended
	}
}

// plantStage sees whether the suite catches each planted bug by the right law.
// It is not run on an implementation that violates a law: what the suite finds
// there may have nothing to do with the bug.
func (v *verification) plantStage(ctx context.Context) {
	if v.plant != "" || v.unbuilt || ctx.Err() != nil || v.book.exit() == exitViolated {
		return
	}
	v.ranPlanted = true
	v.startBuilding(ctx)
	for i, p := range v.plan.plants {
		b := v.building[i]
		v.budget.building(func() {
			defer v.progress.while("planted %s: building", p.ID)()
			select {
			case <-b.ready:
			case <-ctx.Done():
			}
		})
		if ctx.Err() != nil {
			return
		}
		r := v.catch(ctx, p, b, len(v.plan.plants)-i)
		if !r.Caught && ctx.Err() != nil {
			return
		}
		v.planted = append(v.planted, r)
		if r.Caught {
			v.progress.say("planted %s: caught by %s at schedule %d", p.ID, r.Law, r.Schedules)
			continue
		}
		v.breaks(ctx, fmt.Errorf("planted bug %s was not caught: %s", p.ID, r.why))
	}
}

// catch searches for one planted bug; so many, it included, are left.
func (v *verification) catch(ctx context.Context, p plant, b *plantedBinary, left int) plantResult {
	r := plantResult{ID: p.ID, Law: p.Law}
	if b.err != nil {
		r.why = b.err.Error()
		return r
	}
	s := suiteOf(p.protocolOf(), properties.Simulated, v.seed)
	s.title, s.judges = "planted "+p.ID, []string{p.Law}
	s.budget, s.plain, s.keep = v.budget.search(left), true, v.foundDir(b.bug)
	if p.Law == "gateway/linearizable" {
		s.test = limiterSuite(v.seed).test
	}
	res, err := v.runner.run(ctx, b.path, s)
	r.Schedules = res.tally.Cases
	switch {
	case err != nil:
		r.why = err.Error()
	case res.failure == nil && res.undecided != "":
		r.why = "undecided: " + firstLine(res.undecided)
	case res.failure == nil:
		r.why = fmt.Sprintf("%s held in %s", p.Law, plural(res.tally.Cases, "schedule"))
	default:
		r.Schedules, r.Law = res.failure.Found, res.failure.Law
		if r.Caught = r.Law == p.Law; !r.Caught {
			r.why = fmt.Sprintf("%s was violated at schedule %d, want %s", r.Law, r.Schedules, p.Law)
		}
	}
	return r
}
