// Package toy is a cache that keeps a value that was computed before an
// invalidation.
package toy

import (
	"sync"
	"sync/atomic"
)

type cache struct {
	mu      sync.RWMutex
	values  map[string]int64
	version atomic.Int64
	source  atomic.Int64
}

func (c *cache) load(key string) int64 {
	c.mu.RLock()
	v, ok := c.values[key]
	c.mu.RUnlock()
	if ok {
		return v
	}
	v = c.source.Load()
	c.mu.Lock()
	c.values[key] = v
	c.mu.Unlock()
	return v
}

func (c *cache) update(key string, to int64) {
	c.source.Store(to)
	c.mu.Lock()
	delete(c.values, key)
	c.mu.Unlock()
	c.version.Add(1)
}

// Run reports whether an old value stays for ever.
func Run() bool {
	c := &cache{values: make(map[string]int64)}
	c.source.Store(1)
	var all sync.WaitGroup
	all.Add(2)
	go func() {
		defer all.Done()
		c.load("a")
	}()
	go func() {
		defer all.Done()
		c.update("b", 1)
		c.update("a", 2)
	}()
	all.Wait()
	return c.load("a") != 2
}
