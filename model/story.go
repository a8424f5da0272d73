package model

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Story returns a shortest story of one law: the counterexample to an Always
// law (or to [Deadlock]), the witness of a Sometimes law, the lasso that an
// Eventually or LeadsTo law forbids. Of several shortest ones it is the first in
// the order in which Next adds steps. It is nil if there is none.
//
// It keeps eight bytes more a state than [Check] does. Options count as for
// Check, except that Progress is not used, nor Workers but for laws on whole
// runs. The error is a [*MisuseError], that the spec has no such law, one that
// wraps ctx's, or that MaxStates or MaxBytes are too small.
func Story[S comparable](ctx context.Context, sp *Spec[S], slug string, o Options) (*Trace[S], error) {
	if err := sp.validate(); err != nil {
		return nil, err
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	for i := range sp.Laws {
		if sp.Laws[i].Slug == slug && sp.Laws[i].Kind.live() {
			return liveStory(ctx, sp, o, &sp.Laws[i])
		}
		if sp.Laws[i].Slug == slug {
			return story(ctx, sp, o, i, math.MaxInt)
		}
	}
	if slug == Deadlock && sp.Done != nil {
		return story(ctx, sp, o, len(sp.Laws), math.MaxInt)
	}
	return nil, fmt.Errorf("spec %s: there is no law %q to tell the story of", specTitle(sp.Name, sp.Size), slug)
}

// teller searches in the order in which Next adds steps, and remembers of each
// state how it was first reached: by which step of which state. Both are
// numbers, so that the path is found again by calling Next along it.
type teller[S comparable] struct {
	spec *Spec[S]
	w    *worker[S]
	law  int // index of the law, len(spec.Laws) for deadlock
	hit  bool
	full bool // there is no memory

	canon []S // representatives of the batch

	parent []uint32 // by number of the state: the state before it; initial: itself
	choice []uint32 // which of the parent's steps; initial: which of Init
}

// story searches for the law's story of at most limit steps.
func story[S comparable](ctx context.Context, sp *Spec[S], o Options, law, limit int) (t *Trace[S], err error) {
	b := o.budget()
	o.Workers = 1
	seen := newVisited[S](o, b)
	defer seen.free()
	w := newWorker(sp, seen, newPool[S](o, b), o)
	w.lv = &level[S]{}
	tl := &teller[S]{spec: sp, w: w, law: law}
	w.guarded(func() { t, err = tl.search(ctx, o.MaxStates, limit) })
	if m := w.misuse; m != nil {
		return nil, &MisuseError{Spec: sp.Name, Size: sp.Size, State: m.state, Problem: m.problem}
	}
	return t, err
}

// search numbers states level by level until the law is hit. It is known to be
// hit within limit steps, unless that is math.MaxInt.
func (tl *teller[S]) search(ctx context.Context, maxStates, limit int) (*Trace[S], error) {
	var level, next []S
	w := tl.w
	w.room(len(tl.spec.Init) + w.tune.batch)
	w.x.n = copy(w.x.states, tl.spec.Init)
	level = tl.keep(nil, root)
	first := 0 // number of the level's first state
	if tl.full {
		return nil, tl.outOfMemory()
	}
	for steps := 0; len(level) > 0 && !tl.hit; steps++ {
		if steps > limit {
			return nil, tl.lost(limit)
		}
		next = next[:0]
		for i := range level {
			if i%1024 == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if step := tl.expand(&level[i]); tl.hit {
				return tl.replay(first+i, step), nil
			}
			if next = tl.keep(next, first+i); tl.hit {
				break
			}
			if tl.full {
				return nil, tl.outOfMemory()
			}
			if len(tl.parent) > maxStates {
				return nil, tl.problem("no story among the first %d states, which is all that MaxStates allows", maxStates)
			}
		}
		first += len(level)
		level, next = next, level
	}
	if !tl.hit && limit < math.MaxInt {
		return nil, tl.lost(limit)
	}
	if !tl.hit {
		return nil, nil
	}
	return tl.replay(len(tl.parent)-1, noStep), nil
}

const (
	root   = -1 // the parent of an initial state
	noStep = -1 // the story ends in the state, not with a step out of it
)

func (tl *teller[S]) problem(format string, a ...any) error {
	return fmt.Errorf("spec %s: %s", specTitle(tl.spec.Name, tl.spec.Size), fmt.Sprintf(format, a...))
}

func (tl *teller[S]) outOfMemory() error {
	return tl.problem("no story within the memory that MaxBytes allows")
}

// lost is the error when a law that was hit before is not hit now.
func (tl *teller[S]) lost(steps int) error {
	return tl.problem("the story of %d steps was not found again: two states must have the same fingerprint, or a reduction is wrong; check in exact mode, or unreduced", steps)
}

// expand puts the successors of src into the batch. If the law is hit by one
// of its steps, or by there being none, it returns that step's index, or
// noStep.
func (tl *teller[S]) expand(src *S) int {
	w := tl.w
	w.x.n = 0
	w.from = *src
	w.reduce(src, w.generate(src))
	if tl.law == len(tl.spec.Laws) {
		tl.hit = w.x.n == 0 && !tl.spec.Done(src)
		return noStep
	}
	l := &tl.spec.Laws[tl.law]
	for i := 0; l.Step != nil && i < w.x.n; i++ {
		if l.Step(src, w.x.labels[i], &w.x.states[i]) == (l.Kind == Sometimes) {
			tl.hit = true
			return i
		}
	}
	return noStep
}

// keep numbers the fresh states of the batch and appends them to level, up to
// the first that hits the law.
func (tl *teller[S]) keep(level []S, parent int) []S {
	w := tl.w
	n := w.x.n
	states := w.x.states[:n]
	if w.symmetric {
		// The representatives are what was seen, but the states themselves are
		// what is told: so the story is a genuine run.
		tl.canon = append(tl.canon[:0], states...)
		states = tl.canon
	}
	for i := range states {
		if w.symmetric {
			w.spec.Symmetry.Canon(&states[i])
		}
		w.fps[i] = fingerprint(bytesOf(&states[i]))
	}
	if !w.seen.add(states, w.fps[:n], w.fresh[:n]) {
		tl.full = true
	}
	for i := range n {
		if !w.fresh[i] {
			continue
		}
		from := parent
		if from == root {
			from = len(tl.parent)
		}
		tl.parent = append(tl.parent, uint32(from))
		tl.choice = append(tl.choice, uint32(i))
		level = append(level, w.x.states[i])
		if tl.law == len(tl.spec.Laws) {
			continue
		}
		l := &tl.spec.Laws[tl.law]
		if l.hit(&w.x.states[i]) {
			tl.hit = true
			return level
		}
	}
	return level
}

// replay tells the path to the numbered state, and the step out of it unless
// that is noStep.
func (tl *teller[S]) replay(number, step int) *Trace[S] {
	t := &Trace[S]{Law: Deadlock, Kind: Always, Short: !tl.w.independent, spec: tl.spec}
	if tl.law < len(tl.spec.Laws) {
		t.Law, t.Kind = tl.spec.Laws[tl.law].Slug, tl.spec.Laws[tl.law].Kind
	}
	var choices []int
	if step != noStep {
		choices = append(choices, step)
	}
	n := uint32(number)
	for ; tl.parent[n] != n; n = tl.parent[n] {
		choices = append(choices, int(tl.choice[n]))
	}
	t.Init = tl.spec.Init[tl.choice[n]]
	slices.Reverse(choices)
	at := t.Init
	for _, c := range choices {
		w := tl.w
		w.x.n = 0
		w.reduce(&at, w.generate(&at))
		at = w.x.states[c]
		t.Steps = append(t.Steps, Step[S]{Label: w.x.labels[c], State: at})
	}
	return t
}
