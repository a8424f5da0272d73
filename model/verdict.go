package model

import (
	"context"
	"fmt"
	"time"
)

// result turns what the search has seen into verdicts.
func (s *search[S]) result(ctx context.Context) *Result[S] {
	r := &Result[S]{
		Spec: s.spec.Name, Size: s.spec.Size,
		States: s.seen.size(), Depth: s.depth, Complete: s.complete,
		Levels:       s.levels,
		Elapsed:      time.Since(s.began),
		Bytes:        s.budget.peak.Load(),
		ActionCounts: make([]int, len(s.spec.Actions)),
	}
	if s.workers[0].symmetric {
		r.Reduced = append(r.Reduced, "symmetry")
	}
	if s.workers[0].independent {
		r.Reduced = append(r.Reduced, "independent steps")
	}
	for _, w := range s.workers {
		r.Edges += w.edges
		for a := range r.ActionCounts {
			r.ActionCounts[a] += w.actions[a]
		}
	}
	for a, n := range r.ActionCounts {
		if n == 0 {
			r.NeverFired = append(r.NeverFired, s.spec.Actions[a])
		}
	}
	if !s.o.Exact {
		n := float64(r.States)
		r.CollisionProbability = n * n / (1 << 65)
	}
	why := s.whyEnded(ctx)
	for i := range s.spec.Laws {
		r.Verdicts = append(r.Verdicts, s.verdict(i, s.spec.Laws[i].Slug, s.spec.Laws[i].Kind, why))
	}
	if s.spec.Done != nil {
		r.Verdicts = append(r.Verdicts, s.verdict(len(s.spec.Laws), Deadlock, Always, why))
	}
	r.Verdict = overall(r.Verdicts)
	return r
}

// whyEnded says why the search is not complete.
func (s *search[S]) whyEnded(ctx context.Context) string {
	if law, steps := s.shortestViolation(); law >= 0 {
		slug := Deadlock
		if law < len(s.spec.Laws) {
			slug = s.spec.Laws[law].Slug
		}
		return fmt.Sprintf("the search ended when %s was violated after %d steps", slug, steps)
	}
	far := fmt.Sprintf("in level %d with %d states after %.1f s: %v", s.depth, s.seen.size(), time.Since(s.began).Seconds(), s.levels)
	switch {
	case ctx.Err() != nil:
		return fmt.Sprintf("interrupted %s: %v", far, context.Cause(ctx))
	case s.full.Load():
		return fmt.Sprintf("more than %s of memory needed %s; raise MaxBytes or lower the bounds", bytesString(s.budget.limit), far)
	}
	return fmt.Sprintf("more than %d states, %s; raise MaxStates or lower the bounds", s.o.MaxStates, far)
}

// verdict judges one law.
func (s *search[S]) verdict(law int, slug string, kind Kind, why string) LawVerdict {
	v := LawVerdict{Law: slug, Kind: kind, Steps: s.steps[law]}
	switch hit := v.Steps >= 0; {
	case hit && kind == Always:
		v.Verdict, v.Reason = Violated, fmt.Sprintf("after %d steps", v.Steps)
	case hit:
		v.Verdict, v.Reason = Held, fmt.Sprintf("seen after %d steps", v.Steps)
	case !s.complete || kind.live():
		v.Verdict, v.Reason = Undecided, why
	case kind == Always:
		v.Verdict, v.Reason = Held, fmt.Sprintf("in all %d states", s.seen.size())
	default:
		v.Verdict, v.Reason = Violated, fmt.Sprintf("never happens in all %d states", s.seen.size())
	}
	return v
}

// overall is the verdict on a spec.
func overall(laws []LawVerdict) Verdict {
	worst := Held
	for _, v := range laws {
		if v.Verdict == Violated {
			return Violated
		}
		if v.Verdict == Undecided {
			worst = Undecided
		}
	}
	return worst
}
