package edge1

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// Config bounds a Gateway. All but Deduct have the meaning of the fields of the
// same name in properties.GatewayWorld.
type Config struct {
	// Waiting and HostLimit are numbers of requests, Mark is the number at which a
	// paused host resumes.
	Waiting, HostLimit, Mark int
	// MaxWait and ReassignAfter are times; zero of the latter is never.
	MaxWait, ReassignAfter time.Duration
	// MaxAttempts, BudgetRatio and BudgetBurst bound reassigns.
	MaxAttempts, BudgetBurst int
	BudgetRatio              float64
	// Deduct repairs the bug.
	Deduct bool
}

// Gateway spreads requests over hosts. Its methods may be called concurrently.
type Gateway struct {
	gatewayv1.UnimplementedGatewayServer
	Config
	mu      sync.Mutex
	hosts   map[string]*host
	waiting []*request          // oldest first
	running map[uint64]*request // by attempt
	budget  float64
	stats   protocol.GatewayStats
	// ages, attempts and epochs count what was given out.
	ages, attempts, epochs uint64

	closing bool
	idle    chan struct{} // signals that no request is open
	closed  chan struct{}
	streams sync.WaitGroup
}

// request is one Do.
type request struct {
	payload    []byte
	idempotent bool
	age        uint64
	attempt    uint64
	host       *host // nil while it waits
	tried      map[string]bool
	timer      *time.Timer
	impatient  bool // MaxWait has passed
	ended      bool
	end        chan result
}

type result struct {
	response []byte
	err      error
}

// New returns a Gateway without hosts.
func New(c Config) *Gateway {
	return &Gateway{Config: c, hosts: make(map[string]*host), running: make(map[uint64]*request), budget: float64(c.BudgetBurst),
		idle: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Do runs one request at some host. Its errors are those of package protocol,
// a *protocol.HandlerError, or the context's.
func (g *Gateway) Do(ctx context.Context, payload []byte, idempotent bool) ([]byte, error) {
	r := &request{payload: payload, idempotent: idempotent, tried: make(map[string]bool), end: make(chan result, 1)}
	if err := g.enter(r); err != nil {
		return nil, err
	}
	patience := time.NewTimer(g.MaxWait)
	defer patience.Stop()
	done := ctx.Done()
	for {
		select {
		case res := <-r.end:
			return res.response, res.err
		case <-patience.C:
			g.tire(r)
		case <-done:
			done = nil
			g.cancel(r, ctx.Err())
		}
	}
}

// enter puts a new request into the queue.
func (g *Gateway) enter(r *request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closing:
		return protocol.ErrClosed
	case len(g.waiting) >= g.Waiting:
		return protocol.ErrOverloaded
	}
	g.ages++
	r.age = g.ages
	g.stats.Accepted++
	g.stats.Open++
	g.budget = min(float64(g.BudgetBurst), g.budget+g.BudgetRatio)
	g.wait(r)
	g.assign()
	return nil
}

// wait puts a request into its place in the queue, unless it has no patience
// left.
func (g *Gateway) wait(r *request) {
	if r.impatient {
		g.finish(r, result{err: fmt.Errorf("%w within %v: %d attached", protocol.ErrNoHost, g.MaxWait, len(g.hosts))})
		return
	}
	i, _ := slices.BinarySearchFunc(g.waiting, r.age, func(o *request, age uint64) int { return int(o.age) - int(age) })
	g.waiting = slices.Insert(g.waiting, i, r)
}

// tire ends the patience of a request.
func (g *Gateway) tire(r *request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r.impatient = true
	if g.unwait(r) {
		g.wait(r)
	}
}

func (g *Gateway) unwait(r *request) bool {
	n := len(g.waiting)
	g.waiting = slices.DeleteFunc(g.waiting, func(o *request) bool { return o == r })
	return len(g.waiting) < n
}

// cancel ends a request from the side of its caller.
func (g *Gateway) cancel(r *request, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.ended {
		return
	}
	g.unwait(r)
	if r.host != nil {
		r.host.push(cancelMessage(r.attempt))
		g.release(r)
	}
	g.finish(r, result{err: err})
	g.assign()
}

// finish ends a request that neither waits nor runs.
func (g *Gateway) finish(r *request, res result) {
	r.ended = true
	r.end <- res
	g.stats.Done++
	if g.stats.Open--; g.stats.Open == 0 {
		select {
		case g.idle <- struct{}{}:
		default:
		}
	}
}

// Stats counts what is there.
func (g *Gateway) Stats() protocol.GatewayStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.stats
	s.Waiting = len(g.waiting)
	for _, h := range g.byName() {
		s.Reserved += h.count
		s.Hosts = append(s.Hosts, protocol.HostStats{Host: h.name, Epoch: h.epoch, Reserved: h.count, Limit: h.limit, Paused: h.paused, Draining: h.draining})
	}
	return s
}

// Close accepts nothing more, waits for open requests until ctx is done, ends
// the rest with protocol.ErrClosed, and returns when all streams have ended.
func (g *Gateway) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closing = true
	for g.stats.Open > 0 && ctx.Err() == nil {
		g.mu.Unlock()
		select {
		case <-g.idle:
		case <-g.closed: // by another Close
		case <-ctx.Done():
		}
		g.mu.Lock()
	}
	open := g.stats.Open
	for _, r := range slices.Clone(g.waiting) {
		g.unwait(r)
		g.finish(r, result{err: protocol.ErrClosed})
	}
	for _, r := range g.inOrder() {
		g.release(r)
		g.finish(r, result{err: protocol.ErrClosed})
	}
	clear(g.hosts)
	select {
	case <-g.closed:
	default:
		close(g.closed)
	}
	g.mu.Unlock()
	g.streams.Wait()
	if open > 0 {
		return fmt.Errorf("gateway closed with %d requests open: %w", open, ctx.Err())
	}
	return nil
}
