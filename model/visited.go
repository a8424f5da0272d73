package model

import (
	"sync"
	"sync/atomic"
)

// visited is the set of states that were found. Workers add to it at the same
// time; every state is fresh for exactly one of them.
type visited[S comparable] interface {
	// add puts the states into the set and sets fresh for those that were not
	// in it. fps holds their fingerprints, by index.
	add(states []S, fps []uint64, fresh []bool)
	// size is the number of states in the set. While somebody adds it may lag
	// behind, but is never too large.
	size() int
}

// exact keeps the states themselves, under Go's own ==: slow, large, and
// without any chance of a collision. It is what the table is tested against.
type exact[S comparable] struct {
	mu sync.Mutex
	m  map[S]struct{}
	n  atomic.Int64 // len(m), to be read without the lock
}

func newExact[S comparable]() *exact[S] { return &exact[S]{m: map[S]struct{}{}} }

func (e *exact[S]) add(states []S, _ []uint64, fresh []bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range states {
		_, old := e.m[states[i]]
		fresh[i] = !old
		if !old {
			e.m[states[i]] = struct{}{}
		}
	}
	e.n.Store(int64(len(e.m)))
}

func (e *exact[S]) size() int { return int(e.n.Load()) }

// newVisited returns the set that the options ask for.
func newVisited[S comparable](o Options) visited[S] {
	if o.Exact {
		return newExact[S]()
	}
	return newTable[S](o.tune.places)
}
