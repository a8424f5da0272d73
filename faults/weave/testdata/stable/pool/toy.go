// Package toy is a pool of connections that hands one out twice: it looks for
// an idle one and takes it in two steps.
package toy

import (
	"sync"
	"sync/atomic"
)

type conn struct {
	busy  atomic.Bool
	users atomic.Int32
	twice atomic.Bool
}

type pool struct {
	conns []*conn
	used  atomic.Int64
}

func newPool(size int) *pool {
	p := &pool{}
	for range size {
		p.conns = append(p.conns, &conn{})
	}
	return p
}

func (p *pool) get() *conn {
	for _, c := range p.conns {
		p.used.Add(1)
		if !c.busy.Load() {
			c.busy.Store(true)
			return c
		}
	}
	return nil
}

func (p *pool) put(c *conn) {
	c.busy.Store(false)
}

func (c *conn) use() {
	if c.users.Add(1) > 1 {
		c.twice.Store(true)
	}
	c.users.Add(-1)
}

// Run reports whether two used one connection at the same time.
func Run() bool {
	p := newPool(2)
	var all sync.WaitGroup
	work := func() {
		defer all.Done()
		for range 2 {
			c := p.get()
			if c == nil {
				continue
			}
			c.use()
			p.put(c)
		}
	}
	all.Add(2)
	go work()
	go work()
	all.Wait()
	for _, c := range p.conns {
		if c.twice.Load() {
			return true
		}
	}
	return false
}
