package model

import "math/bits"

// index finds the number of a state that an arena holds: an open-addressing
// table of words, half fingerprint and half number+1. States with the same
// half are compared as a whole, so that no two are taken for one.
type index[S comparable] struct {
	places []uint64
	shift  uint
	n      int
	states *arena[S]
	budget *budget
}

// maxNumbered is how many states can have numbers of 32 bits.
const maxNumbered = 1<<32 - 2

func newIndex[S comparable](places int, states *arena[S], b *budget) *index[S] {
	x := &index[S]{states: states, budget: b, shift: uint(64 - bits.TrailingZeros(uint(places)))}
	x.places = allocate[uint64](b, places)
	return x
}

// touch brings the place where the search for fp begins into the cache.
func (x *index[S]) touch(fp uint64) uint64 {
	return x.places[fp>>x.shift&uint64(len(x.places)-1)]
}

// number returns the number of s, and whether it was entered now. It is -1 if
// there is no memory left.
func (x *index[S]) number(s *S, fp uint64) (i int, fresh bool) {
	if x.places == nil || 4*x.n >= 3*len(x.places) && !x.double() {
		return -1, false
	}
	mask, half := uint64(len(x.places)-1), fp<<32
	p := fp >> x.shift
	for ; x.places[p&mask] != 0; p++ {
		v := x.places[p&mask]
		if v>>32<<32 == half && *x.states.at(int(uint32(v)) - 1) == *s {
			return int(uint32(v)) - 1, false
		}
	}
	if x.n >= maxNumbered || !x.states.push(*s) {
		return -1, false
	}
	x.n++
	x.places[p&mask] = half | uint64(x.n)
	return x.n - 1, true
}

// double moves the entries to a table of twice the size. The lower half of a
// fingerprint does not tell its new place, so that states are hashed again.
func (x *index[S]) double() bool {
	next := allocate[uint64](x.budget, 2*max(len(x.places), 1))
	if next == nil {
		return false
	}
	x.shift--
	mask := uint64(len(next) - 1)
	for i := range x.n {
		fp := fingerprint(bytesOf(x.states.at(i)))
		p := fp >> x.shift
		for next[p&mask] != 0 {
			p++
		}
		next[p&mask] = fp<<32 | uint64(i+1)
	}
	release(x.budget, x.places)
	x.places = next
	return true
}

func (x *index[S]) free() {
	release(x.budget, x.places)
	x.places = nil
}
