package model

import "context"

// A run that never comes to a state it ought to come to ends up going round in
// a strongly connected set of the states that it may visit instead. Such a set
// is fair if some run that visits all of it again and again, and nothing else,
// keeps every promise:
//
//   - weak: the promise is fulfilled by a step within the set, or there is a
//     state in which it is not enabled;
//   - strong: it is fulfilled by a step within the set, or it is not enabled in
//     any state.
//
// Every state may also be repeated: a single state is a set in which no
// promise is ever fulfilled. A set that only misses a strong promise may
// contain a smaller fair one, without the states in which that is enabled;
// hence the recursion, after Emerson and Lei, "Modalities for model checking"
// (1987), and Lichtenstein and Pnueli (1985). Components are Tarjan's (1972),
// with one word a state after Pearce, "A space-efficient algorithm for finding
// strongly connected components" (2016).

// fairness is what a list of promises says of a graph, for all laws that are
// judged under it.
type fairness[S comparable] struct {
	g            *graph[S]
	masks        [][]uint64 // by label: the promises that it fulfils
	weak, strong []uint64
	// quiet has the states in which no promise is enabled: a run may stop
	// there.
	quiet bitset
}

func newFairness[S comparable](g *graph[S], fair []Fair) *fairness[S] {
	f := &fairness[S]{g: g, quiet: newBitset(g.size())}
	f.masks, f.weak, f.strong = newPromises(fair, g.list).masks()
	bound := make([]bool, len(f.masks)) // by label: it fulfils some promise
	for l, mask := range f.masks {
		for _, m := range mask {
			bound[l] = bound[l] || m != 0
		}
	}
	// No function of the spec is called, so that there is no error.
	_ = g.share(g.size(), func(begin, end int, _ *int) {
		for v := uint32(begin); v < uint32(end); v++ {
			quiet := true
			from, to := g.row(v)
			for e := from; e < to && quiet; e++ {
				quiet = *g.to.at(e) == v || !bound[*g.by.at(e)]
			}
			if quiet {
				f.quiet.set(v)
			}
		}
	})
	return f
}

// enables reports whether one of the promises is enabled in v.
func (f *fairness[S]) enables(v uint32, promises []uint64) bool {
	first, end := f.g.row(v)
	for e := first; e < end; e++ {
		if *f.g.to.at(e) == v {
			continue
		}
		for i, m := range f.masks[*f.g.by.at(e)] {
			if m&promises[i] != 0 {
				return true
			}
		}
	}
	return false
}

// fairSets finds the maximal fair sets among the states that wait for a law.
type fairSets[S comparable] struct {
	*fairness[S]
	// mark is, by state, one of these: 0, not visited; a number, visited, and
	// at the end of the visit the least number that can be reached; closing,
	// in the component that is being judged; outside; or a fair set, counted
	// down from closing.
	mark  arena[uint32]
	stack arena[uint32] // visited states whose component is not known
	calls arena[call]

	enabled []uint64 // scratch
	always  []uint64 // promises enabled in every state of the component
	ever    []uint64 // in some
	taken   []uint64 // fulfilled within

	sets uint32
	work [][]uint32 // subproblems
}

const (
	outside = ^uint32(0)
	closing = outside - 1
)

// A call is a visit that is not at its end.
type call struct {
	v, number uint32
	next      uint32 // the step to follow next, from the beginning of the row
}

func newFairSets[S comparable](shared *fairness[S]) *fairSets[S] {
	f := &fairSets[S]{fairness: shared}
	f.mark.budget, f.stack.budget, f.calls.budget = f.g.budget, f.g.budget, f.g.budget
	k := len(f.weak)
	f.enabled, f.always, f.ever, f.taken = make([]uint64, k), make([]uint64, k), make([]uint64, k), make([]uint64, k)
	return f
}

func (f *fairSets[S]) free() {
	f.mark.free()
	f.stack.free()
	f.calls.free()
}

// set is the fair set that v belongs to, or 0.
func (f *fairSets[S]) set(v uint32) uint32 {
	if m := *f.mark.at(int(v)); m < closing && m >= closing-f.sets {
		return closing - m
	}
	return 0
}

// find looks among the waiting states for fair sets.
func (f *fairSets[S]) find(ctx context.Context, x *wait[S]) error {
	for v := range uint32(f.g.size()) {
		m := outside
		if x.in.has(v) {
			m = 0
		}
		if !f.mark.push(m) {
			return f.g.outOfMemory()
		}
	}
	for i := range x.order.n {
		if err := f.tarjan(ctx, *x.order.at(i)); err != nil {
			return err
		}
	}
	for len(f.work) > 0 {
		part := f.work[len(f.work)-1]
		f.work = f.work[:len(f.work)-1]
		for _, v := range part {
			*f.mark.at(int(v)) = 0
		}
		for _, v := range part {
			if err := f.tarjan(ctx, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// tarjan judges the components that can be reached from root, unless it was
// visited. Numbers begin anew with each root: what was visited before is in
// components that are closed.
func (f *fairSets[S]) tarjan(ctx context.Context, root uint32) error {
	if *f.mark.at(int(root)) != 0 {
		return nil
	}
	next := uint32(0)
	deeper := root
	for {
		if deeper != none {
			if next++; next&0xffff == 0 && ctx.Err() != nil {
				return f.g.interrupted(ctx)
			}
			*f.mark.at(int(deeper)) = next
			if !f.calls.push(call{v: deeper, number: next}) {
				return f.g.outOfMemory()
			}
		}
		if f.calls.n == 0 {
			return nil
		}
		c := f.calls.at(f.calls.n - 1)
		if deeper = f.follow(c); deeper != none {
			continue
		}
		f.calls.n--
		ok := true
		if *f.mark.at(int(c.v)) == c.number {
			ok = f.close(c.v, c.number)
		} else {
			ok = f.stack.push(c.v)
		}
		if !ok {
			return f.g.outOfMemory()
		}
	}
}

// follow follows the steps of a call up to one to a state that was not visited,
// which it returns, or none.
func (f *fairSets[S]) follow(c *call) uint32 {
	first, end := f.g.row(c.v)
	least := f.mark.at(int(c.v))
	for e := first + int(c.next); e < end; e++ {
		w := *f.g.to.at(e)
		m := *f.mark.at(int(w))
		if m == 0 {
			c.next = uint32(e - first) // and look at it again after the visit
			return w
		}
		*least = min(*least, m) // those of closed ones are never lower
	}
	return none
}

// close takes the component whose root is v off the stack and judges it. It
// reports whether there was memory.
func (f *fairSets[S]) close(v, number uint32) bool {
	k := f.stack.n // where the members begin
	for k > 0 && *f.mark.at(int(*f.stack.at(k - 1))) >= number {
		k--
	}
	m := outside
	if k == f.stack.n {
		if f.quiet.has(v) { // it is repeated, and no promise fulfilled
			m = f.newSet()
		}
		*f.mark.at(int(v)) = m
		return true
	}
	if !f.stack.push(v) {
		return false
	}
	for i := k; i < f.stack.n; i++ {
		*f.mark.at(int(*f.stack.at(i))) = closing
	}
	if f.judge(k) {
		m = f.newSet()
	}
	for i := k; i < f.stack.n; i++ {
		*f.mark.at(int(*f.stack.at(i))) = m
	}
	f.stack.n = k
	return true
}

// newSet returns the mark of one more fair set.
func (f *fairSets[S]) newSet() uint32 {
	f.sets++
	return closing - f.sets
}

// judge decides whether a component of several states, which are on the stack
// from k on, is fair. If it is not, it may contain a smaller set that is, which
// is left to work.
func (f *fairSets[S]) judge(k int) bool {
	for i := range f.always {
		f.always[i], f.ever[i], f.taken[i] = ^uint64(0), 0, 0
	}
	for i := k; i < f.stack.n; i++ {
		w := *f.stack.at(i)
		clear(f.enabled)
		first, end := f.g.row(w)
		for e := first; e < end; e++ {
			to := *f.g.to.at(e)
			if to == w {
				continue
			}
			inside := *f.mark.at(int(to)) == closing
			for i, m := range f.masks[*f.g.by.at(e)] {
				f.enabled[i] |= m
				if inside {
					f.taken[i] |= m
				}
			}
		}
		for i, m := range f.enabled {
			f.always[i] &= m
			f.ever[i] |= m
		}
	}
	missed := false
	for i := range f.taken {
		if f.weak[i]&f.always[i]&^f.taken[i] != 0 {
			return false // no part of it keeps that promise either
		}
		f.ever[i] &= f.strong[i] &^ f.taken[i]
		missed = missed || f.ever[i] != 0
	}
	if !missed {
		return true
	}
	if rest := f.without(k, f.ever); len(rest) > 0 {
		f.work = append(f.work, rest)
	}
	return false
}

// without returns the members in which none of the promises is enabled.
func (f *fairSets[S]) without(k int, promises []uint64) []uint32 {
	var rest []uint32
	for i := k; i < f.stack.n; i++ {
		if w := *f.stack.at(i); !f.enables(w, promises) {
			rest = append(rest, w)
		}
	}
	return rest
}
