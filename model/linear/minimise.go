package linear

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"github.com/anishathalye/porcupine"
)

// Bounds of a minimisation, in steps of the specification and in histories.
const (
	// purseSteps is for all of it, some seconds; checkSteps for one history.
	purseSteps, checkSteps = 1 << 22, 1 << 19
	// provedSets bounds the parts that are tried to prove that none is smaller.
	provedSets = 4000
)

// Least says how sure it is that a history is as small as can be.
type Least uint8

const (
	// CutShort: there was no time, or not enough of it, to make it smaller.
	CutShort Least = iota
	// NoneToSpare: no operation can be left out.
	NoneToSpare
	// Fewest: all parts with fewer operations were tried, and are legal.
	Fewest
)

// Minimise returns a smallest part of an illegal history that is illegal by
// itself, in the order of the calls, and how sure it is that there is none
// smaller. A history that is not illegal, or not known to be, is returned
// whole, as CutShort.
//
// Only parts that the object's Needs allows are tried, so that whatever is left
// shows the mistake of the whole: a release is never wrong because its
// reservation was left out. First results are forgotten of which only the
// effect matters; then the history is cut off after the first moment at which
// it is wrong and no call is open; then operations are left out, in halves,
// quarters and so on to single ones, until none can be (after Zeller and
// Hildebrandt, "Simplifying and isolating failure-inducing input", 2002); at
// last all parts of fewer operations are tried, if they are not too many.
//
// The same history gives the same result. ctx bounds the time, and beside it
// the work is bounded to some seconds.
func Minimise(ctx context.Context, o Object, history []porcupine.Operation) ([]porcupine.Operation, Least) {
	small, least := minimise(ctx, &o, history)
	return small.ops(), least
}

// smallest is a minimal history in its context: with the doubted operations
// among which it is wrong, or alone.
type smallest struct {
	context []porcupine.Operation
	mine    []int
}

// alone is a history without others.
func alone(ops []porcupine.Operation) smallest {
	s := smallest{context: ops}
	for i := range ops {
		s.mine = append(s.mine, i)
	}
	return s
}

func (s smallest) ops() []porcupine.Operation {
	out := make([]porcupine.Operation, len(s.mine))
	for i, at := range s.mine {
		out[i] = s.context[at]
	}
	return out
}

func minimise(ctx context.Context, o *Object, history []porcupine.Operation) (smallest, Least) {
	m := &minimiser{o: o, purse: purse{ctx: ctx, steps: purseSteps}}
	best, sure := alone(byCall(history)), CutShort
	for i, part := range m.illegalParts(history) {
		small, least := m.minimise(part)
		switch {
		case i == 0:
			best, sure = small, least
		case len(small.mine) < len(best.mine):
			best, sure = small, min(least, max(sure, NoneToSpare))
		default:
			sure = min(sure, max(least, NoneToSpare)) // a smaller one may be here
		}
	}
	return best, sure
}

// illegalParts is the parts of a history that are illegal, small ones first,
// with the operations of each in the order of their calls.
func (m *minimiser) illegalParts(history []porcupine.Operation) [][]porcupine.Operation {
	var out [][]porcupine.Operation
	for _, part := range m.o.parts(history) {
		if !m.illegal(part) {
			continue
		}
		part = slices.Clone(part)
		for i := range part {
			if m.o.bare != nil {
				part[i].Input = m.o.bare(part[i].Input)
			}
		}
		out = append(out, byCall(part))
	}
	slices.SortStableFunc(out, func(a, b []porcupine.Operation) int { return cmp.Compare(len(a), len(b)) })
	return out
}

// byCall is the operations in the order of their calls.
func byCall(ops []porcupine.Operation) []porcupine.Operation {
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(a, b porcupine.Operation) int {
		return cmp.Or(cmp.Compare(a.Call, b.Call), cmp.Compare(a.Return, b.Return))
	})
	return ops
}

// minimiser makes one part small.
type minimiser struct {
	o     *Object
	purse purse
}

func (m *minimiser) illegal(part []porcupine.Operation) bool {
	return m.purse.illegal(m.o, part, checkSteps)
}

func (m *minimiser) minimise(part []porcupine.Operation) (smallest, Least) {
	part = m.forget(part)
	if m.o.Needs == nil && m.o.Doubt == nil {
		return alone(m.cutOff(part)), CutShort
	}
	left := m.leaveOut(newClosed(m.o, m.cutOff(part)))
	for m.o.Needs != nil {
		cut := m.cutOff(left.ops())
		if len(cut) == len(left.mine) {
			break
		}
		left = m.leaveOut(newClosed(m.o, cut)) // without what came later less is needed
	}
	if m.purse.unsure {
		return left, CutShort
	}
	whole := newClosed(m.o, part)
	for {
		smaller, all := m.smaller(whole, len(left.mine))
		switch {
		case smaller != nil:
			left = *smaller
		case all:
			return left, Fewest
		default:
			return left, NoneToSpare
		}
	}
}

// cutOff is the shortest beginning of the part that is illegal and at whose
// end no call is open. What a legal history has done by such a moment is legal
// by itself, so that the beginnings are legal up to one and illegal from there.
func (m *minimiser) cutOff(part []porcupine.Operation) []porcupine.Operation {
	var ends []int // the part may be cut before these
	last := int64(0)
	for i, op := range part {
		if i > 0 && last < op.Call {
			ends = append(ends, i)
		}
		if last = max(last, op.Return); i == 0 {
			last = op.Return
		}
	}
	ends = append(ends, len(part))
	i, _ := slices.BinarySearchFunc(ends[:len(ends)-1], true, func(end int, _ bool) int {
		if m.illegal(part[:end]) {
			return 1
		}
		return -1
	})
	return part[:ends[i]]
}

// forget forgets what results it can.
func (m *minimiser) forget(part []porcupine.Operation) []porcupine.Operation {
	if m.o.Forget == nil {
		return part
	}
	part = slices.Clone(part)
	all := slices.Clone(part)
	n := 0
	for i := range all {
		if out, more := m.o.Forget(all[i].Input, all[i].Output); more {
			all[i].Output = out
			n++
		}
	}
	if n == 0 {
		return part
	}
	if m.illegal(all) {
		return all
	}
	for i := range part {
		whole := part[i].Output
		if out, more := m.o.Forget(part[i].Input, whole); more {
			if part[i].Output = out; !m.illegal(part) {
				part[i].Output = whole
			}
		}
	}
	return part
}

// leaveOut leaves operations out until none can be. Later ones go first: what
// was wrong already is not made wrong by them. The purse is unsure then if it
// is not certain that none can be.
func (m *minimiser) leaveOut(c *closed) smallest {
	keep := make([]bool, len(c.part))
	for i := range keep {
		keep[i] = true
	}
	for size := (len(keep) + 1) / 2; ; {
		fewer := false
		m.purse.unsure = false
		var held []int
		for i := range keep {
			if keep[i] {
				held = append(held, i)
			}
		}
		for end := len(held); end > 0 && !m.purse.empty(); end -= size {
			try := slices.Clone(keep)
			for _, i := range held[max(0, end-size):end] {
				if try[i] {
					c.drop(try, i)
				}
			}
			if left := count(try); left > 0 && left < count(keep) && m.illegal(c.history(try)) {
				keep, fewer = try, true
			}
		}
		switch {
		case m.purse.empty():
			m.purse.unsure = true
			return c.small(keep)
		case size > 1:
			size = (size + 1) / 2
		case !fewer:
			return c.small(keep)
		}
	}
}

// smaller tries the parts of fewer than n operations. It returns one that is
// illegal, if it finds one, and whether all were tried.
func (m *minimiser) smaller(c *closed, n int) (found *smallest, all bool) {
	tried := map[string]bool{}
	m.purse.unsure = false
	// Members are added in their order, and each brings what it needs; so every
	// set that may be kept comes up, and where a set comes up first, most is
	// still to be added to it.
	var grow func(from int, set []int) bool
	grow = func(from int, set []int) bool {
		for i := from; i < len(c.part); i++ {
			more, ok := c.add(set, i, n-1)
			if !ok || tried[key(more)] {
				continue
			}
			tried[key(more)] = true
			keep := make([]bool, len(c.part))
			for _, j := range more {
				keep[j] = true
			}
			if m.illegal(c.history(keep)) {
				small := c.small(keep)
				found = &small
				return false
			}
			if len(tried) > provedSets || m.purse.unsure || !grow(i+1, more) {
				return false
			}
		}
		return true
	}
	all = grow(0, nil)
	return found, all
}

// key names a set.
func key(set []int) string {
	var b []byte
	for _, i := range set {
		b = binary.AppendUvarint(b, uint64(i))
	}
	return string(b)
}

func count(set []bool) int {
	n := 0
	for _, in := range set {
		if in {
			n++
		}
	}
	return n
}
