package model

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// exact keeps the states themselves: without any chance of a collision, for
// the price of their bytes. Workers share it in shards, each under its lock, so
// that a batch is added shard by shard.
type exact[S comparable] struct {
	shards []shard[S]
	mask   uint64
	n      atomic.Int64
}

type shard[S comparable] struct {
	mu     sync.Mutex
	states arena[S]
	index  *index[S]
	sink   uint64
}

// newExact returns an empty set for that many workers.
func newExact[S comparable](workers, places int, b *budget) *exact[S] {
	n := 1
	if workers > 1 {
		n = min(1<<bits.Len(uint(4*workers-1)), 64)
	}
	e := &exact[S]{shards: make([]shard[S], n), mask: uint64(n - 1)}
	for i := range e.shards {
		s := &e.shards[i]
		s.states.budget = b
		s.index = newIndex(max(places/n, 1), &s.states, b)
	}
	return e
}

func (e *exact[S]) add(states []S, fps []uint64, fresh []bool) bool {
	added := int64(0)
	for k := range e.shards {
		n, ok := e.shards[k].add(states, fps, fresh, uint64(k), e.mask)
		added += n
		if !ok {
			clear(fresh)
			return false
		}
	}
	e.n.Add(added)
	return true
}

// add enters those of the batch that belong to shard k.
func (s *shard[S]) add(states []S, fps []uint64, fresh []bool, k, mask uint64) (added int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index.places == nil {
		return 0, false
	}
	for _, fp := range fps {
		if fp&mask == k {
			s.sink += s.index.touch(fp)
		}
	}
	for i, fp := range fps {
		if fp&mask != k {
			continue
		}
		number, isFresh := s.index.number(&states[i], fp)
		if number < 0 {
			return added, false
		}
		fresh[i] = isFresh
		if isFresh {
			added++
		}
	}
	return added, true
}

func (e *exact[S]) size() int { return int(e.n.Load()) }

func (e *exact[S]) free() {
	for i := range e.shards {
		e.shards[i].index.free()
		e.shards[i].states.free()
	}
}
