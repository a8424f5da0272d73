package model

import (
	"sync"
	"unsafe"
)

// chunkBytes bounds the chunks in which a level is kept and handed to workers,
// should the states be large.
const chunkBytes = 1 << 16

// pool lends the chunks that hold the states of a level, so that those of the
// last level serve the next but one.
type pool[S comparable] struct {
	mu     sync.Mutex
	free   [][]S
	size   int // states in a chunk
	budget *budget
}

func newPool[S comparable](o Options, b *budget) *pool[S] {
	var s S
	fit := chunkBytes / max(int(unsafe.Sizeof(s)), 1)
	return &pool[S]{size: min(max(fit, 1), o.tune.chunk), budget: b}
}

// get returns an empty chunk, or nil if there is no memory.
func (p *pool[S]) get() []S {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		c := p.free[n-1]
		p.free = p.free[:n-1]
		return c
	}
	var s S
	if !p.budget.take(int64(p.size) * int64(unsafe.Sizeof(s))) {
		return nil
	}
	return make([]S, 0, p.size)
}

// put takes back chunks that nobody reads any more.
func (p *pool[S]) put(chunks [][]S) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range chunks {
		p.free = append(p.free, c[:0])
	}
}
