package model

import (
	"sync"
	"sync/atomic"
)

// table is an open-addressing set of fingerprints that workers fill by compare
// and swap.
//
// Adders hold the lock for reading and claim room before they add; so the
// table is never more than three quarters full, and doubling, under the lock
// for writing, has it alone.
type table[S comparable] struct {
	mu    sync.RWMutex
	words words
	n     atomic.Int64 // fingerprints held
	taken atomic.Int64 // fingerprints held or claimed
}

func newTable[S comparable](n int, b *budget) *table[S] {
	return &table[S]{words: newWords(n, b)}
}

func (t *table[S]) free() { t.words.free() }

func (t *table[S]) size() int { return int(t.n.Load()) }

// limit is how many fingerprints the table may hold at its present size.
func (t *table[S]) limit() int64 { return int64(len(t.words.at) / 4 * 3) }

func (t *table[S]) add(_ []S, fps []uint64, fresh []bool) bool {
	claimed := int64(len(fps))
	if !t.claim(claimed) {
		clear(fresh)
		return false
	}
	defer t.mu.RUnlock()
	places, shift, mask := t.words.at, t.words.shift, uint64(len(t.words.at)-1)
	// A first pass brings the places into the cache together; the places of a
	// batch are far apart, and waiting for each in turn costs a third more.
	for i, fp := range fps {
		fresh[i] = atomic.LoadUint64(&places[fp>>shift&mask]) != fp
	}
	added := int64(0)
	for i, fp := range fps {
		fresh[i] = fresh[i] && put(places, fp>>shift, mask, fp)
		if fresh[i] {
			added++
		}
	}
	t.n.Add(added)
	t.taken.Add(added - claimed)
	return true
}

// put adds fp, searching from place i, and reports whether it was absent.
func put(places []uint64, i, mask, fp uint64) bool {
	for ; ; i++ {
		p := &places[i&mask]
		v := atomic.LoadUint64(p)
		if v == 0 {
			if atomic.CompareAndSwapUint64(p, 0, fp) {
				return true
			}
			v = atomic.LoadUint64(p)
		}
		if v == fp {
			return false
		}
	}
}

// claim returns with the lock held for reading and room for n more, or false
// and without the lock if there is no memory.
func (t *table[S]) claim(n int64) bool {
	for {
		t.mu.RLock()
		if t.taken.Add(n) <= t.limit() {
			return true
		}
		t.taken.Add(-n)
		t.mu.RUnlock()
		if !t.make(n) {
			return false
		}
	}
}

// make doubles the table until it has room for n more.
func (t *table[S]) make(n int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.taken.Load()+n > t.limit() {
		if !t.words.double() {
			return false
		}
	}
	return true
}
