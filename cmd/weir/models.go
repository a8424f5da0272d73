package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weir-dev/weir/model"
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
	Bug  string `json:"bug"`
	Spec string `json:"spec"`
	Size string `json:"size"`
	Law  string `json:"law"`
	// Steps is the length of the shortest story: the one that was met, or else
	// the one that is wanted.
	Steps int `json:"steps"`
	// Ran is whether it was looked for, Caught whether the law was the first that
	// was violated, by a story of that length.
	Ran    bool `json:"ran"`
	Caught bool `json:"caught"`
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
func modelChecks(deep bool) []modelCheck {
	return append(sizeChecks(remoteFamily(), deep), sizeChecks(gatewayFamily(), deep)...)
}

// sizeChecks are the checks of a spec at its sizes.
func sizeChecks[S comparable](f family[S], deep bool) (out []modelCheck) {
	for _, s := range f.sizes {
		out = append(out, specCheck(s.spec(""), s.states, s.edges))
	}
	if deep {
		for _, s := range f.deep {
			out = append(out, specCheck(s.spec(""), s.states, s.edges))
		}
	}
	return out
}

// refutedChecks put bugs into the specs and see them refuted, each by a shortest
// counterexample: a law that no bug breaks would say nothing.
func refutedChecks() []modelCheck {
	return append(familyRefutations(remoteFamily()), familyRefutations(gatewayFamily())...)
}

func familyRefutations[S comparable](f family[S]) (out []modelCheck) {
	for _, r := range f.refutations {
		out = append(out, r.check())
	}
	return out
}

// modelStage checks the specs exhaustively, then that they refute bugs.
func (v *verification) modelStage(ctx context.Context) {
	if !v.budget.deep {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, modelTime, errModelTime)
		defer cancel()
	}
	for _, c := range append(slices.Clone(v.plan.models), v.plan.refuted...) {
		if ctx.Err() != nil {
			return
		}
		c.run(ctx, v)
	}
	v.sayRefuted()
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
//
// A spec with other states or edges than were recorded for it, unless that is
// zero, is another protocol, and the suite does not know whether it was meant.
func specCheck[S comparable](spec *model.Spec[S], states, edges int) modelCheck {
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
		if states != 0 && r.Complete && (r.States != states || r.Edges != edges) {
			v.breaks(ctx, fmt.Errorf("%s: got %d states and %d edges, want %d and %d: the protocol has changed; if it should, record that in model/%sspec/count.go", c.title, r.States, r.Edges, states, edges, r.Spec))
		}
		row := specResult{Spec: r.Spec, Size: r.Size, States: r.States, Edges: r.Edges, verdict: r.Verdict.String()}
		if r.Violation != nil {
			row.story = r.Violation.String()
		}
		v.specs = append(v.specs, row)
		v.book.enterSpec(c, r.Spec, r.States, max(r.States, r.GraphStates), r.Verdicts)
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
// a law, also when two verdicts are about it: those that were searched, or those
// of the graph if the law is one on whole runs.
func (b *book) enterSpec(c modelCheck, spec string, states, graph int, verdicts []model.LawVerdict) {
	counted := make(map[string]bool)
	for _, l := range verdicts {
		slug := lawOf(spec, l.Law)
		if _, known := protocol.LawBySlug(slug); !known {
			b.breaks(c.title + " states " + slug + ", which is not in the catalogue")
			continue
		}
		e := evidence{States: states}
		if l.Kind == model.Eventually || l.Kind == model.LeadsTo {
			e.States = graph
		}
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

// check is the check that the bug is refuted as it is said.
func (b refutation[S]) check() modelCheck {
	spec := b.spec()
	c := modelCheck{title: fmt.Sprintf("model %s %s with %s", spec.Name, spec.Size, b.variant),
		bug: variantResult{Bug: b.variant, Spec: spec.Name, Size: spec.Size, Law: b.law, Steps: b.steps}}
	c.run = func(ctx context.Context, v *verification) {
		r, err := model.Check(ctx, spec, model.Options{Progress: v.following(c.title+": refuting "+b.law, time.Now())})
		if ctx.Err() != nil && (r == nil || r.Violation == nil) {
			return
		}
		row := c.bug
		row.Ran = true
		var story *model.Trace[S]
		if r != nil {
			story = r.Violation
		}
		switch {
		case err != nil:
			v.breaks(ctx, fmt.Errorf("%s: %w", c.title, err))
		case story != nil && story.Law == b.law && len(story.Steps) == b.steps:
			row.Caught = true
		case story != nil:
			row.Steps = len(story.Steps)
			v.breaks(ctx, fmt.Errorf("%s: %s is violated after %s, want %s after %d", c.title, story.Law, plural(len(story.Steps), "step"), b.law, b.steps))
		default:
			v.breaks(ctx, fmt.Errorf("%s: %v, want %s violated", c.title, r.Verdict, b.law))
		}
		v.variants = append(v.variants, row)
	}
	return c
}

// sayRefuted sums up what became of the bugs of each spec.
func (v *verification) sayRefuted() {
	for _, p := range protocols {
		if s := summarize(v.variants, p); s.bugs > 0 {
			v.progress.say("model %s: %s", p, s)
		}
	}
}

// refutedSummary is what became of the bugs of one spec.
type refutedSummary struct {
	// bugs counts those that there are, refuted those that every check of them
	// has refuted, and ran those that were looked for.
	bugs, refuted, ran int
	// shortest and longest are the numbers of steps of the shortest stories.
	shortest, longest int
}

// summarize sums up the rows of one spec.
func summarize(rows []variantResult, spec string) (s refutedSummary) {
	type fate struct{ ran, missed bool }
	fates := make(map[string]fate)
	for _, r := range rows {
		if r.Spec != spec {
			continue
		}
		f := fates[r.Bug]
		fates[r.Bug] = fate{f.ran || r.Ran, f.missed || !r.Caught}
		if r.Caught {
			if s.longest == 0 || r.Steps < s.shortest {
				s.shortest = r.Steps
			}
			s.longest = max(s.longest, r.Steps)
		}
	}
	s.bugs = len(fates)
	for _, f := range fates {
		if f.ran {
			s.ran++
		}
		if !f.missed {
			s.refuted++
		}
	}
	return s
}

// String is the summary in a line.
func (s refutedSummary) String() string {
	text := fmt.Sprintf("%d of %s refuted", s.refuted, plural(s.bugs, "bug"))
	switch {
	case s.refuted == 0:
		return text
	case s.shortest == s.longest:
		return text + ", shortest stories of " + plural(s.longest, "step")
	}
	return text + fmt.Sprintf(", shortest stories of %d to %s", s.shortest, plural(s.longest, "step"))
}
