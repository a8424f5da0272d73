package plain

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// GatewayConfig bounds a Gateway; every field is needed but AbandonedCap.
type GatewayConfig struct {
	// Waiting bounds the queue, in requests.
	Waiting int
	// MaxWait bounds how long a request waits for a host.
	MaxWait time.Duration
	// MaxAttempts bounds the attempts of one request.
	MaxAttempts int
	// AbandonedCap is how many attempts that were given up a host may hold beside
	// its one request; zero is one, negative any number.
	AbandonedCap int
	// Rand is the source of chance.
	Rand func() uint64
}

// Gateway gives each host one request at a time. Its methods may be called
// concurrently.
type Gateway struct {
	gatewayv1.UnimplementedGatewayServer
	GatewayConfig
	mu    sync.Mutex
	queue []*call // oldest first
	hosts []*host // in the order in which they came
	open  map[*call]bool
	// late, rejected and refusals count answers that were credited to nobody.
	late, rejected, refusals uint64
	// ages, attempts and epochs count what was given out.
	ages, attempts, epochs uint64
	closing                bool
	idle                   chan struct{} // signals that no call is open
	closed                 chan struct{}
	streams                sync.WaitGroup
}

// call is one Do.
type call struct {
	payload    []byte
	idempotent bool
	age        uint64
	tried      map[string]bool
	attempts   int
	host       *host // nil while it waits
	impatient  bool
	ended      chan struct{}
	response   []byte
	err        error
}

// NewGateway returns a Gateway without hosts.
func NewGateway(c GatewayConfig) *Gateway {
	if c.AbandonedCap == 0 {
		c.AbandonedCap = 1
	}
	return &Gateway{GatewayConfig: c, open: make(map[*call]bool), idle: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Do runs one request at some host. Its errors are those of package protocol,
// a *protocol.HandlerError, or the context's.
func (g *Gateway) Do(ctx context.Context, payload []byte, idempotent bool) ([]byte, error) {
	c := &call{payload: payload, idempotent: idempotent, tried: make(map[string]bool), ended: make(chan struct{})}
	if err := g.enter(c); err != nil {
		return nil, err
	}
	patience := time.AfterFunc(g.MaxWait, func() { g.tire(c) })
	defer patience.Stop()
	select {
	case <-c.ended:
	case <-ctx.Done():
		g.giveUp(c, ctx.Err())
	}
	return c.response, c.err
}

// enter puts a new call at the end of the queue.
func (g *Gateway) enter(c *call) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closing:
		return protocol.ErrClosed
	case len(c.payload) > payloadMax:
		return fmt.Errorf("gateway: %w: %d bytes, want at most %d", protocol.ErrTooLarge, len(c.payload), payloadMax)
	case len(g.queue) >= g.Waiting:
		return protocol.ErrOverloaded
	}
	g.ages++
	c.age = g.ages
	g.open[c] = true
	g.queue = append(g.queue, c)
	g.match()
	return nil
}

// match hands calls to free hosts, the oldest first.
func (g *Gateway) match() {
	for len(g.queue) > 0 {
		c := g.queue[0]
		var untried, free []*host
		for _, h := range g.hosts {
			if !h.free(g.AbandonedCap) {
				continue
			}
			free = append(free, h)
			if !c.tried[h.name] {
				untried = append(untried, h)
			}
		}
		switch {
		case len(untried) > 0:
			free = untried
		case len(free) == 0:
			return
		}
		g.queue = g.queue[1:]
		g.attempts++
		c.attempts++
		c.host = free[g.Rand()%uint64(len(free))] // all have the same load: none
		c.tried[c.host.name] = true
		c.host.run(c, g.attempts)
	}
}

// back returns a call to its old place in the queue, or ends it with err when
// it may not be repeated.
func (g *Gateway) back(c *call, again bool, err error) {
	c.host = nil
	switch {
	case !again || c.attempts >= g.MaxAttempts:
		g.end(c, nil, err)
	case c.impatient:
		g.end(c, nil, g.noHost())
	default:
		i := slices.IndexFunc(g.queue, func(o *call) bool { return o.age > c.age })
		if i < 0 {
			i = len(g.queue)
		}
		g.queue = slices.Insert(g.queue, i, c)
	}
}

func (g *Gateway) noHost() error {
	return fmt.Errorf("%w within %v: %d attached", protocol.ErrNoHost, g.MaxWait, len(g.hosts))
}

// tire ends the patience of a call.
func (g *Gateway) tire(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.impatient = true
	if c.host == nil {
		g.end(c, nil, g.noHost())
	}
}

// giveUp ends a call for which nobody waits any more.
func (g *Gateway) giveUp(c *call, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.host != nil {
		c.host.abandon()
	}
	g.end(c, nil, err)
	g.match()
}

// end ends a call, once.
func (g *Gateway) end(c *call, response []byte, err error) {
	if !g.open[c] {
		return
	}
	delete(g.open, c)
	g.queue = slices.DeleteFunc(g.queue, func(o *call) bool { return o == c })
	c.host, c.response, c.err = nil, response, err
	close(c.ended)
	if len(g.open) == 0 {
		select {
		case g.idle <- struct{}{}:
		default:
		}
	}
}

// Stats counts what is there. The limit of a host is one, or none.
func (g *Gateway) Stats() protocol.GatewayStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := protocol.GatewayStats{Waiting: len(g.queue), Open: len(g.open), Accepted: g.ages, Done: g.ages - uint64(len(g.open)), Late: g.late, Rejected: g.rejected, Refusals: g.refusals}
	for _, h := range g.hosts {
		o := protocol.HostStats{Host: h.name, Epoch: h.epoch, Limit: 1, Abandoned: len(h.abandoned), Draining: h.draining}
		if h.idle {
			o.Limit = 0
		}
		if h.call != nil {
			o.Reserved = 1
		}
		o.Paused = !h.room(g.AbandonedCap)
		s.Reserved += o.Reserved
		s.Hosts = append(s.Hosts, o)
	}
	return s
}

// Close accepts nothing more, waits for open calls until ctx is done, ends the
// rest with protocol.ErrClosed, and returns when all streams have ended. It may
// be called again and concurrently.
func (g *Gateway) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closing = true
	for len(g.open) > 0 && ctx.Err() == nil {
		g.mu.Unlock()
		select {
		case <-g.idle:
		case <-g.closed:
		case <-ctx.Done():
		}
		g.mu.Lock()
	}
	open := len(g.open)
	for _, c := range slices.SortedFunc(maps.Keys(g.open), func(a, b *call) int { return cmp.Compare(a.age, b.age) }) {
		g.end(c, nil, protocol.ErrClosed)
	}
	g.hosts = nil
	select {
	case <-g.closed:
	default:
		close(g.closed)
	}
	g.mu.Unlock()
	g.streams.Wait()
	if open > 0 {
		return fmt.Errorf("gateway: closed with %d calls open: %w", open, ctx.Err())
	}
	return nil
}
