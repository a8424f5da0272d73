package model

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// index numbers states and finds their numbers again: an open-addressing table
// of words, the upper half of a fingerprint and number+1, beside an arena that
// holds the states. States with the same half are compared as a whole, so that
// no two are taken for one; doubling looks at no state.
//
// Many may look states up and enter them at the same time. They hold the lock
// for reading, and who enters has claimed room before; so the table is never
// more than three quarters full, and growing, under the lock for writing, has
// it alone.
type index[S comparable] struct {
	mu     sync.RWMutex
	words  words
	states *arena[S]
	n      atomic.Int64 // states that have numbers
	taken  atomic.Int64 // states that have, or for which room is claimed
}

const (
	// maxNumbered is how many states an index numbers: a table for more would
	// need more bits than the half of a fingerprint has.
	maxNumbered = 1 << 31
	// pending stands in a place for the number of a state that is being
	// written.
	pending = 1<<32 - 1
)

func newIndex[S comparable](n int, states *arena[S], b *budget) *index[S] {
	return &index[S]{words: newWords(n, b), states: states}
}

// limit is how many states there is room for.
func (x *index[S]) limit() int64 {
	return min(int64(len(x.words.at)/4*3), int64(x.states.room()), maxNumbered)
}

// claim returns with the lock held for reading and room for n more states, or
// false and without the lock if there is no memory. The caller settles it.
func (x *index[S]) claim(n int) bool {
	for {
		x.mu.RLock()
		if x.taken.Add(int64(n)) <= x.limit() {
			return true
		}
		x.taken.Add(-int64(n))
		x.mu.RUnlock()
		if !x.grow(int64(n)) {
			return false
		}
	}
}

// settle ends a claim of n of which some were used.
func (x *index[S]) settle(n, used int) {
	x.taken.Add(int64(used - n))
	x.mu.RUnlock()
}

// grow makes room for n more.
func (x *index[S]) grow(n int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for x.taken.Load()+n > x.limit() {
		switch need := x.taken.Load() + n; {
		case need > maxNumbered:
			return false
		case need > int64(x.states.room()):
			if !x.states.extend() {
				return false
			}
		case !x.words.double():
			return false
		}
	}
	return true
}

// number returns the number of s, and whether it was entered now, for which the
// caller has claimed room.
func (x *index[S]) number(s *S, fp uint64) (i int, fresh bool) {
	mask, half := uint64(len(x.words.at)-1), fp>>32<<32
	for p := fp >> x.words.shift; ; p++ {
		at := &x.words.at[p&mask]
		v := atomic.LoadUint64(at)
		if v == 0 {
			if atomic.CompareAndSwapUint64(at, 0, half|pending) {
				i = int(x.n.Add(1)) - 1
				*x.states.at(i) = *s
				atomic.StoreUint64(at, half|uint64(i+1))
				return i, true
			}
			v = atomic.LoadUint64(at)
		}
		if v>>32<<32 != half {
			continue
		}
		for ; uint32(v) == pending; v = atomic.LoadUint64(at) {
			runtime.Gosched()
		}
		if i = int(uint32(v)) - 1; *x.states.at(i) == *s {
			return i, false
		}
	}
}

// lookup finds the numbers of those states that have one; the others get none.
func (x *index[S]) lookup(states []S, fps []uint64, numbers []uint32) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.words.at == nil {
		for i := range numbers {
			numbers[i] = none
		}
		return
	}
	x.fetch(fps)
	for i := range states {
		numbers[i] = x.find(&states[i], fps[i])
	}
}

// find returns the number of s, or none. A state that is just being entered
// may be missed.
func (x *index[S]) find(s *S, fp uint64) uint32 {
	mask, half := uint64(len(x.words.at)-1), fp>>32<<32
	for p := fp >> x.words.shift; ; p++ {
		v := atomic.LoadUint64(&x.words.at[p&mask])
		if v == 0 {
			return none
		}
		if v>>32<<32 == half && uint32(v) != pending && *x.states.at(int(uint32(v)) - 1) == *s {
			return uint32(v) - 1
		}
	}
}

// fetch brings into the cache where the search for each fingerprint begins,
// and the state to which it most likely leads. They are far apart, and waiting
// for each in turn costs a third more. What it returns means nothing; it is
// there to be computed.
//
//go:noinline
func (x *index[S]) fetch(fps []uint64) (sum uint64) {
	mask := uint64(len(x.words.at) - 1)
	for _, fp := range fps {
		sum += atomic.LoadUint64(&x.words.at[fp>>x.words.shift&mask])
	}
	for _, fp := range fps {
		v := atomic.LoadUint64(&x.words.at[fp>>x.words.shift&mask])
		if v != 0 && v>>32 == fp>>32 && uint32(v) != pending {
			if b := bytesOf(x.states.at(int(uint32(v)) - 1)); len(b) > 0 {
				sum += uint64(b[0]) + uint64(b[len(b)-1])
			}
		}
	}
	return sum
}

func (x *index[S]) free() { x.words.free() }

// copyStates appends the states with numbers from begin to end.
func (x *index[S]) copyStates(to []S, begin, end int) []S {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := begin; i < end; i++ {
		to = append(to, *x.states.at(i))
	}
	return to
}
