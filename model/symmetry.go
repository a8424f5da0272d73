package model

import (
	"context"
	"fmt"
	"slices"
)

// Symmetry says which renamings of a state mean the same: hosts that differ in
// nothing but their number, requests nobody tells apart. [Check] then explores
// one representative of each orbit, which is all the states that are renamings
// of each other. Laws on whole runs are judged without it, on the whole graph.
//
// It is only sound if the spec treats renamed states alike. Check tests that on
// the first few thousand states and on one in 64 of the others;
// [ProveSymmetry] tests all states of a small size.
type Symmetry[S comparable] struct {
	// Canon turns a state into the representative of its orbit.
	Canon func(*S)
	// Swaps are renamings that generate all others, as the exchanges of two
	// neighbours do: each turns a state into its renaming.
	Swaps []func(*S)
}

// symmetric reports whether the search is reduced by symmetry.
func (sp *Spec[S]) symmetric(o Options) bool { return sp.Symmetry != nil && !o.Unreduced }

// problem says what is missing.
func (y *Symmetry[S]) problem() string {
	if y != nil && (y.Canon == nil || len(y.Swaps) == 0) {
		return "Symmetry needs Canon, and the Swaps by which it is tested"
	}
	return ""
}

// canonical replaces the successors from first on by their representatives.
func (w *worker[S]) canonical(first, end int) {
	for i := first; i < end; i++ {
		w.spec.Symmetry.Canon(&w.x.states[i])
		w.fps[i] = fingerprint(bytesOf(&w.x.states[i]))
	}
}

// checkSymmetry holds src, whose successors are in the batch, against its
// renamings. It leaves the batch as it was.
func (w *worker[S]) checkSymmetry(src *S, first, end int) {
	y := w.spec.Symmetry
	canon := *src
	y.Canon(&canon)
	if again := canon; true {
		if y.Canon(&again); again != canon {
			w.refuse(src, "Canon is not a normal form: applied twice it gives another state than applied once")
		}
	}
	for k, swap := range y.Swaps {
		renamed := *src
		swap(&renamed)
		other := renamed
		if y.Canon(&other); other != canon {
			w.refuse(src, fmt.Sprintf("Canon gives another state after swap %d: it must give the same for all renamings", k))
		}
		if problem := w.differs(src, &renamed); problem != "" {
			w.refuse(src, fmt.Sprintf("%s after swap %d: what Symmetry renames must make no difference", problem, k))
		}
		w.checkSteps(src, &renamed, swap, k, first, end)
	}
}

// differs says which law tells two states apart, or nothing. Laws on whole runs
// may: they are judged without symmetry.
func (w *worker[S]) differs(a, b *S) string {
	for i := range w.spec.Laws {
		l := &w.spec.Laws[i]
		if l.Kind.live() {
			continue
		}
		if l.hit(a) != l.hit(b) || l.When != nil && l.When(a) != l.When(b) {
			return "law " + l.Slug + " reads differently"
		}
	}
	if w.spec.Done != nil && w.spec.Done(a) != w.spec.Done(b) {
		return "Done reads differently"
	}
	return ""
}

// checkSteps compares the successors of src, renamed, with those of the
// renamed state, and what laws on steps say of both.
func (w *worker[S]) checkSteps(src, renamed *S, swap func(*S), k, first, end int) {
	x := &w.x
	defer func() { x.n, x.from = end, src }()
	var want, got []uint64
	hits := func(from *S, a, b int) (n int) {
		for i := a; i < b; i++ {
			for j := range w.spec.Laws {
				if l := &w.spec.Laws[j]; l.Step != nil && l.Step(from, x.labels[i], &x.states[i]) == (l.Kind == Sometimes) {
					n++
				}
			}
		}
		return n
	}
	if w.again(renamed); x.n > len(x.states) {
		x.n = len(x.states) // it adds steps without end; the first ones differ, too
	}
	if hits(src, first, end) != hits(renamed, end, x.n) {
		w.refuse(src, fmt.Sprintf("a law on steps reads differently after swap %d: what Symmetry renames must make no difference", k))
	}
	for i := first; i < end; i++ {
		t := x.states[i]
		swap(&t)
		want = append(want, fingerprint(bytesOf(&t)))
	}
	for i := end; i < x.n; i++ {
		got = append(got, fingerprint(bytesOf(&x.states[i])))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		w.refuse(src, fmt.Sprintf("Next adds other steps after swap %d: what Symmetry renames must make no difference", k))
	}
}

// A SymmetryProof is what [ProveSymmetry] has counted.
type SymmetryProof struct {
	Representatives int // states of the reduced search
	OrbitSum        int // sum of the sizes of their orbits
	States          int // states of the unreduced search; equal to OrbitSum
}

// ProveSymmetry explores a spec with and without its symmetry. It returns an
// error, with the counts, if the orbits of the representatives do not add up to
// the states of the unreduced search, and a [*MisuseError] if Next, Canon, Done
// or a law treats some state unlike its renamings. It is meant for sizes of up
// to some million states.
func ProveSymmetry[S comparable](ctx context.Context, sp *Spec[S], o Options) (SymmetryProof, error) {
	var p SymmetryProof
	if err := sp.validate(); err != nil {
		return p, err
	}
	o, err := o.withDefaults()
	if err != nil {
		return p, err
	}
	if sp.Symmetry == nil {
		return p, fmt.Errorf("spec %s: there is no Symmetry to prove", specTitle(sp.Name, sp.Size))
	}
	err = guardedSpec(sp, func() error { return p.count(ctx, o, orbitsOf(sp)) })
	if err == nil && p.OrbitSum != p.States {
		err = fmt.Errorf("spec %s: the orbits of %d representatives have %d states, but %d can be reached: Canon or Swaps are wrong", specTitle(sp.Name, sp.Size), p.Representatives, p.OrbitSum, p.States)
	}
	return p, err
}

// orbitCounter hides the type of the states from SymmetryProof.
type orbitCounter interface {
	whole(ctx context.Context, o Options) (int, error)
	reduced(ctx context.Context, o Options) (representatives, sum int, err error)
}

func (p *SymmetryProof) count(ctx context.Context, o Options, c orbitCounter) (err error) {
	// The whole first: it tests every state, without which the reduced search
	// need not even end.
	if p.States, err = c.whole(ctx, o); err != nil {
		return err
	}
	p.Representatives, p.OrbitSum, err = c.reduced(ctx, o)
	return err
}

type orbits[S comparable] struct{ sp *Spec[S] }

func orbitsOf[S comparable](sp *Spec[S]) *orbits[S] { return &orbits[S]{sp} }

// whole counts the states of the unreduced search, and tests each.
func (c *orbits[S]) whole(ctx context.Context, o Options) (int, error) {
	g, err := buildGraph(ctx, c.sp, o, o.budget(), nil)
	if err != nil {
		return 0, err
	}
	defer g.free()
	w := newWorker(c.sp, nil, nil, o)
	w.lv = &level[S]{}
	for i := range g.size() {
		src := *g.states.at(i)
		w.from, w.x.n = src, 0
		first := w.generate(&src)
		w.checkSymmetry(&src, first, w.x.n)
		if m := w.misuse; m != nil {
			return 0, &MisuseError{Spec: c.sp.Name, Size: c.sp.Size, State: m.state, Problem: m.problem}
		}
	}
	return g.size(), nil
}

// reduced counts the representatives and adds up the sizes of their orbits.
func (c *orbits[S]) reduced(ctx context.Context, o Options) (representatives, sum int, err error) {
	sp := *c.sp
	sp.Next = func(s *S, x *Next[S]) {
		first := x.n
		c.sp.Next(s, x)
		for i := first; i < min(x.n, len(x.states)); i++ {
			sp.Symmetry.Canon(&x.states[i])
		}
	}
	sp.Init = slices.Clone(sp.Init)
	for i := range sp.Init {
		sp.Symmetry.Canon(&sp.Init[i])
	}
	g, err := buildGraph(ctx, &sp, o, o.budget(), nil)
	if err != nil {
		return 0, 0, err
	}
	defer g.free()
	for i := range g.size() {
		sum += c.orbit(*g.states.at(i))
	}
	return g.size(), sum, nil
}

// orbit is the number of renamings of s.
func (c *orbits[S]) orbit(s S) int {
	all := []S{s}
	in := map[S]bool{s: true}
	for i := 0; i < len(all); i++ {
		for _, swap := range c.sp.Symmetry.Swaps {
			t := all[i]
			if swap(&t); !in[t] {
				in[t] = true
				all = append(all, t)
			}
		}
	}
	return len(all)
}
