package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/gatewayspec"
	"github.com/weir-dev/weir/model/remotespec"
	"github.com/weir-dev/weir/protocol"
)

// specResult is the row of a spec.
type specResult struct {
	Spec   string `json:"spec"`
	Size   string `json:"size"`
	States int    `json:"states"`
	Edges  int    `json:"edges"`
	// verdict is that on the spec as a whole, story the counterexample to a
	// violated law.
	verdict, story string
}

// variantResult is the row of a bug in a spec.
type variantResult struct {
	id, spec, law string
	steps         int
	// ran is whether it was looked for, caught whether it was found.
	ran, caught bool
}

// modelCheck is the check of one spec: its title, the laws that it judges or
// the bug that it must refute, and what runs it.
type modelCheck struct {
	title string
	laws  []string
	bug   variantResult
	run   func(ctx context.Context, v *verification)
}

// modelChecks are the specs as they must be: no law is violated.
func modelChecks(deep bool) (out []modelCheck) {
	remotes := []remotespec.Params{remotespec.CI(), remotespec.CISync()}
	gateways := []gatewayspec.Params{gatewayspec.CI(), gatewayspec.CIHostile(), gatewayspec.CILimit2()}
	if deep {
		remotes, gateways = append(remotes, remotespec.Deep()), append(gateways, gatewayspec.Deep())
	}
	for _, p := range remotes {
		out = append(out, specCheck(remotespec.Spec(p)))
	}
	for _, p := range gateways {
		out = append(out, specCheck(gatewayspec.Spec(p)))
	}
	return out
}

// historicChecks put the bugs of the two historic systems into the specs and
// see them refuted: each by a shortest counterexample.
func historicChecks() (out []modelCheck) {
	for _, h := range []struct {
		variant remotespec.Variant
		law     string
	}{{remotespec.R05, "remote/no-crash"}, {remotespec.R06, "remote/answered"}} {
		p := remotespec.Small()
		p.Variant = h.variant
		out = append(out, refutation(remotespec.Spec(p), h.variant.String(), h.law))
	}
	p := gatewayspec.CI()
	p.Variant = gatewayspec.G01
	out = append(out, refutation(gatewayspec.Spec(p), p.Variant.String(), "gateway/count"))
	// Without the count, the same bug shows as what its users saw: a host that
	// is paused for ever.
	p.Cancels = 0
	lockup := gatewayspec.Spec(p)
	lockup.Laws = slices.DeleteFunc(lockup.Laws, func(l model.Law[gatewayspec.State]) bool { return l.Slug != "gateway/no-lockup" })
	return append(out, refutation(lockup, p.Variant.String(), "gateway/no-lockup"))
}

// modelStage checks the specs exhaustively, then that they refute bugs.
func (v *verification) modelStage(ctx context.Context) {
	if !v.budget.deep {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, modelTime, errModelTime)
		defer cancel()
	}
	for _, c := range append(slices.Clone(v.plan.models), v.plan.historic...) {
		if ctx.Err() != nil {
			return
		}
		c.run(ctx, v)
	}
}

var errModelTime = errors.New("the models took too long")

// lawOf is the law that a verdict of a spec is about. A state of a closed
// system in which nothing can happen, although something should, is one in
// which what is open is never answered.
func lawOf(spec, slug string) string {
	if slug == model.Deadlock {
		return spec + "/answered"
	}
	return slug
}

// specCheck is the check that a spec violates no law.
func specCheck[S comparable](spec *model.Spec[S]) modelCheck {
	c := modelCheck{title: fmt.Sprintf("model %s %s", spec.Name, spec.Size)}
	for _, l := range spec.Laws {
		c.laws = append(c.laws, l.Slug)
	}
	if answered := lawOf(spec.Name, model.Deadlock); spec.Done != nil && !slices.Contains(c.laws, answered) {
		c.laws = append(c.laws, answered)
	}
	c.run = func(ctx context.Context, v *verification) {
		start := time.Now()
		r, err := model.Check(ctx, spec, model.Options{Progress: v.following(c.title+": "+plural(len(c.laws), "law"), start)})
		var vacuous *model.VacuityError
		if err != nil {
			v.breaks(ctx, fmt.Errorf("%s: %w", c.title, err))
			if !errors.As(err, &vacuous) {
				return
			}
		}
		row := specResult{Spec: r.Spec, Size: r.Size, States: r.States, Edges: r.Edges, verdict: r.Verdict.String()}
		if r.Violation != nil {
			row.story = r.Violation.String()
		}
		v.specs = append(v.specs, row)
		v.book.enterSpec(c, r.Spec, r.States, r.Verdicts)
		what := r.Verdict.String()
		if r.Verdict == model.Held {
			what = plural(len(c.laws), "law") + " held"
		}
		v.progress.say("%s: %s in %s states, %s edges, %s states/s", c.title, what, grouped(r.States), grouped(r.Edges), rate(r.States, start))
	}
	return c
}

// following shows the progress of a search.
func (v *verification) following(title string, start time.Time) func(model.Progress) {
	return func(p model.Progress) {
		v.progress.step("%s, %s states, %s states/s, level %d", title, grouped(p.States), rate(p.States, start), p.Depth)
	}
}

// enterSpec adds the verdicts of a spec to the book. The states count once for
// a law, also when two verdicts are about it.
func (b *book) enterSpec(c modelCheck, spec string, states int, verdicts []model.LawVerdict) {
	counted := make(map[string]bool)
	for _, l := range verdicts {
		slug := lawOf(spec, l.Law)
		if _, known := protocol.LawBySlug(slug); !known {
			b.breaks(c.title + " states " + slug + ", which is not in the catalogue")
			continue
		}
		e := evidence{States: states}
		if counted[slug] {
			e = evidence{}
		}
		counted[slug] = true
		switch {
		case l.Verdict == model.Violated:
			b.say(slug, violated, c.title+": "+l.Reason, e)
		case l.Kind == model.Sometimes && l.Verdict == model.Held:
			b.witnessed(slug, e)
		case l.Kind == model.Sometimes:
			// Another check may see it yet.
		case l.Verdict == model.Undecided:
			b.say(slug, undecided, c.title+": "+l.Reason, e)
		default:
			b.say(slug, held, "", e)
			b.through(slug, c.title)
		}
	}
}

// refutation is the check that a spec with a bug in it violates law.
func refutation[S comparable](spec *model.Spec[S], id, law string) modelCheck {
	c := modelCheck{title: fmt.Sprintf("model %s %s with %s", spec.Name, spec.Size, id), bug: variantResult{id: id, spec: spec.Name, law: law}}
	c.run = func(ctx context.Context, v *verification) {
		start := time.Now()
		r, err := model.Check(ctx, spec, model.Options{Progress: v.following(c.title+": refuting "+law, start)})
		if err != nil {
			v.breaks(ctx, fmt.Errorf("%s: %w", c.title, err))
			return
		}
		row := c.bug
		row.ran = true
		switch {
		case r.Violation != nil && r.Violation.Law == law:
			row.caught, row.steps = true, len(r.Violation.Steps)
			v.progress.say("%s: refuted by %s in %s", c.title, law, plural(row.steps, "step"))
		case ctx.Err() != nil:
			return
		default:
			v.breaks(ctx, fmt.Errorf("%s: %v, want %s violated", c.title, r.Verdict, law))
		}
		v.variants = append(v.variants, row)
	}
	return c
}
