package model

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// live reports whether a law of the spec speaks of whole runs.
func (sp *Spec[S]) live() bool {
	for i := range sp.Laws {
		if sp.Laws[i].Kind.live() {
			return true
		}
	}
	return false
}

// judgeLive judges the laws on whole runs and enters their verdicts. The
// result is that of a complete search in which no other law was violated.
func judgeLive[S comparable](ctx context.Context, sp *Spec[S], o Options, r *Result[S]) error {
	j := &liveJudge[S]{sp: sp, r: r}
	err := guardedSpec(sp, func() error { return j.judge(ctx, o) })
	var misuse *MisuseError
	switch {
	case errors.As(err, &misuse):
		return err
	case err != nil:
		j.undecided(err.Error())
	}
	r.Verdict = overall(r.Verdicts)
	return nil
}

type liveJudge[S comparable] struct {
	sp *Spec[S]
	r  *Result[S]
}

func (j *liveJudge[S]) judge(ctx context.Context, o Options) error {
	mem := o.budget()
	defer func() { j.r.Bytes = max(j.r.Bytes, mem.peak.Load()) }()
	n := newNews(o)
	if n != nil && len(j.r.Reduced) == 0 {
		n.known = j.r.States
	}
	g, err := buildGraph(ctx, j.sp, o, mem, n)
	if err != nil {
		return fmt.Errorf("the whole graph is needed: %w", err)
	}
	defer g.free()
	if err := j.compare(g); err != nil {
		return err
	}
	var laws []int
	for i := range j.sp.Laws {
		if j.sp.Laws[i].Kind.live() {
			laws = append(laws, i)
		}
	}
	return j.judgeLaws(ctx, g, laws)
}

// judgeLaws judges the laws with those numbers, several at a time.
func (j *liveJudge[S]) judgeLaws(ctx context.Context, g *graph[S], laws []int) error {
	shared := sync.OnceValue(func() *fairness[S] { return newFairness(g, j.sp.Fair) })
	stories, vacuous, errs := make([]*Trace[S], len(laws)), make([]string, len(laws)), make([]error, len(laws))
	judge := func(k int) {
		errs[k] = guardedSpec(j.sp, func() (err error) {
			l, under := &j.sp.Laws[laws[k]], shared
			if l.Fair != nil {
				under = func() *fairness[S] { return newFairness(g, l.Fair) }
			}
			stories[k], vacuous[k], err = judgeLaw(ctx, under(), l)
			return err
		})
	}
	var next atomic.Int64
	work := func() {
		for k := int(next.Add(1)) - 1; k < len(laws); k = int(next.Add(1)) - 1 {
			judge(k)
		}
	}
	var wg sync.WaitGroup
	for range min(g.workers, len(laws)) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	for k, i := range laws {
		if errors.As(errs[k], new(errMemory)) {
			judge(k) // alone it may have room
		}
		if errs[k] == nil {
			j.enter(i, stories[k], vacuous[k], g.size())
		}
	}
	return worst(errs)
}

// worst is the first misuse among the errors, or else the first error.
func worst(errs []error) (first error) {
	for _, err := range errs {
		if errors.As(err, new(*MisuseError)) {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// compare holds the graph, which is exact, against the search that came first.
func (j *liveJudge[S]) compare(g *graph[S]) error {
	j.r.GraphStates = g.size()
	if len(j.r.Reduced) == 0 && g.size() != j.r.States {
		return fmt.Errorf("the graph has %d states, the search before found %d: two states must have the same fingerprint; check in exact mode", g.size(), j.r.States)
	}
	return nil
}

// judgeLaw returns the lasso that violates a law under the promises, if there is
// one, and why the law says nothing, if it does not.
func judgeLaw[S comparable](ctx context.Context, under *fairness[S], l *Law[S]) (t *Trace[S], vacuous string, err error) {
	x, err := newWait(ctx, under.g, l)
	if err != nil {
		return nil, "", err
	}
	defer x.free()
	f := newFairSets(under)
	defer f.free()
	if err := f.find(ctx, x); err != nil {
		return nil, "", err
	}
	if f.sets == 0 {
		return nil, x.vacuous(), nil
	}
	s := &lassos[S]{x: x, f: f}
	return under.g.tell(l, s.find(lassoEffort)), "", nil
}

// enter gives law i its verdict.
func (j *liveJudge[S]) enter(i int, t *Trace[S], vacuous string, states int) {
	v := &j.r.Verdicts[i]
	v.Vacuous = vacuous
	if t == nil {
		v.Verdict, v.Reason = Held, fmt.Sprintf("on all fair runs through %d states", states)
		return
	}
	v.Verdict, v.Steps, v.Reason = Violated, len(t.Steps), t.ending("violated")[len("violated "):]
	if old := j.r.Violation; old == nil || len(t.Steps) < len(old.Steps) {
		j.r.Violation = t
	}
}

// undecided says why laws on runs that have no verdict could not be judged.
func (j *liveJudge[S]) undecided(why string) {
	for i := range j.sp.Laws {
		if v := &j.r.Verdicts[i]; v.Kind.live() && v.Verdict == Undecided {
			v.Reason = why
		}
	}
}

// liveStory is [Story] for a law on whole runs.
func liveStory[S comparable](ctx context.Context, sp *Spec[S], o Options, l *Law[S]) (t *Trace[S], err error) {
	err = guardedSpec(sp, func() error {
		g, err := buildGraph(ctx, sp, o, o.budget(), nil)
		if err != nil {
			return err
		}
		defer g.free()
		t, _, err = judgeLaw(ctx, newFairness(g, sp.fairTo(l)), l)
		return err
	})
	return t, err
}

// guardedSpec calls f and turns a panic of the spec's functions into an error.
func guardedSpec[S comparable](sp *Spec[S], f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &MisuseError{Spec: sp.Name, Size: sp.Size, Problem: panicProblem(v)}
		}
	}()
	return f()
}

// tell turns a lasso into a story.
func (g *graph[S]) tell(l *Law[S], run *lasso) *Trace[S] {
	t := &Trace[S]{Law: l.Slug, Kind: l.Kind, Init: *g.states.at(int(run.stem[0])), Lasso: true, Loop: len(run.stem) - 1, Short: run.shortest, spec: g.spec}
	add := func(e int) {
		t.Steps = append(t.Steps, Step[S]{Label: g.label(e), State: *g.states.at(int(*g.to.at(e)))})
	}
	for i, v := range run.stem[1:] {
		add(g.step(run.stem[i], v))
	}
	for _, e := range run.loop {
		add(e)
	}
	return t
}

// step is the first step from v to w.
func (g *graph[S]) step(v, w uint32) int {
	from, end := g.row(v)
	for e := from; e < end; e++ {
		if *g.to.at(e) == w {
			return e
		}
	}
	panic("model: a path uses a step that the graph does not have")
}
