package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// Gateway spreads requests over the hosts that are attached to it. Its methods
// may be called concurrently.
type Gateway struct {
	config Config

	// mu guards everything below. It is never held across a call on a stream
	// or a wait.
	mu      sync.Mutex
	ledger  *Ledger
	budget  budget
	queue   queue               // waiting requests
	dues    queue               // reserved requests whose attempt is due
	open    map[uint64]*request // by seq
	links   map[uint64]*link    // of attachments that have not ended, by epoch
	lastSeq uint64
	// greeting counts streams that have not said hello.
	greeting int

	done                     uint64
	ended                    [protocol.ReasonCount]uint64
	late, rejected, refusals uint64

	closing, closed bool
	idle            chan struct{} // closed when closing and nothing is open
	halt            chan struct{} // closed when closed is set
	gone            chan struct{} // closed when Close has nothing left to do

	// wg counts open Dos, and the goroutines of streams. It grows only under
	// mu while closed is not set.
	wg sync.WaitGroup
}

// New returns a Gateway without hosts. An error that wraps protocol.ErrConfig
// is returned when a field of c is outside its bounds.
func New(c Config) (*Gateway, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	ledger, err := NewLedger(c.ledger())
	if err != nil {
		return nil, err
	}
	return &Gateway{
		config: c, ledger: ledger, budget: newBudget(c.BudgetRatio, c.BudgetBurst),
		open: make(map[uint64]*request), links: make(map[uint64]*link),
		idle: make(chan struct{}), halt: make(chan struct{}), gone: make(chan struct{}),
	}, nil
}

// Register adds the service that hosts dial to a gRPC server.
func (g *Gateway) Register(r grpc.ServiceRegistrar) {
	gatewayv1.RegisterGatewayServer(r, service{gateway: g})
}

// Do has the request run by a host and returns its answer. It returns exactly
// once, with the answer or with an error: a *protocol.HandlerError is the
// host's answer that its handler failed; otherwise the error wraps
// protocol.ErrTooLarge when the payload is above MessageBytes,
// protocol.ErrOverloaded when the queue is full, protocol.ErrNoHost when no
// host took the request for MaxWait, the error of ctx when that is done,
// protocol.ErrHostLost when the host was lost and the request may not be sent
// again, protocol.ErrRefused when hosts refused it until its attempts were
// used up, or protocol.ErrClosed when Close was called.
func (g *Gateway) Do(ctx context.Context, q Request) ([]byte, error) {
	if len(q.Payload) > g.config.MessageBytes {
		return nil, fmt.Errorf("request has a payload of %d bytes, want at most %d: %w",
			len(q.Payload), g.config.MessageBytes, protocol.ErrTooLarge)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("request was not accepted: %w", err)
	}
	r := newRequest(ctx, q)
	if err := g.accept(r); err != nil {
		return nil, err
	}
	defer g.wg.Done()
	g.await(ctx, r)
	return r.response, r.err
}

// SetLimit sets the most reservations at the host of that name, in place of
// HostLimit, whether it is attached now or later: raising it wakes waiting
// requests, lowering it lets what is reserved drain, zero pauses the host until
// it is raised. An error that wraps protocol.ErrConfig is returned when n is
// negative or above the bound, and one that wraps ErrHosts when limits are
// remembered for as many hosts as Hosts.
func (g *Gateway) SetLimit(host string, n int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return fmt.Errorf("limit of host %q is not set: gateway is %w", host, protocol.ErrClosed)
	}
	if err := g.ledger.SetLimit(host, n); err != nil {
		return err
	}
	g.dispatch()
	return nil
}

// Stats returns one consistent snapshot. It never blocks.
func (g *Gateway) Stats() protocol.GatewayStats {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := protocol.GatewayStats{
		Waiting: g.queue.len(), Open: len(g.open),
		Accepted: g.lastSeq, Done: g.done,
		Released: g.ledger.released, Ended: g.ended,
		Late: g.late, Rejected: g.rejected, Refusals: g.refusals,
		Hosts: g.ledger.Hosts(),
	}
	for _, h := range s.Hosts {
		s.Reserved += h.Reserved
	}
	return s
}

// accept takes r into the queue, unless the Gateway is closing or the queue is
// full.
func (g *Gateway) accept(r *request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return fmt.Errorf("request was not accepted: gateway is %w", protocol.ErrClosed)
	}
	if g.queue.len() >= g.config.Waiting {
		return fmt.Errorf("request was not accepted: %w: %d are waiting, %s",
			protocol.ErrOverloaded, g.queue.len(), g.situation())
	}
	g.wg.Add(1)
	g.lastSeq++
	r.seq = g.lastSeq
	r.since = time.Now()
	g.open[r.seq] = r
	g.queue.push(r)
	g.budget.earn()
	g.trace(protocol.Event{Kind: protocol.KindEnqueue, Seq: r.seq, Digest: g.digest(r.payload)})
	g.dispatch()
	return nil
}

// await returns when r is finished. The goroutine of the caller keeps the time
// of its own request, so that there is no timer without an owner.
func (g *Gateway) await(ctx context.Context, r *request) {
	var timer *time.Timer
	defer func() {
		if timer != nil {
			timer.Stop()
		}
	}()
	for {
		var alarm <-chan time.Time
		if wait, ok := g.next(r); ok {
			if timer == nil {
				timer = time.NewTimer(wait)
			} else {
				timer.Reset(wait)
			}
			alarm = timer.C
		}
		select {
		case <-r.done:
			return
		case <-ctx.Done():
			g.withdraw(r, ctx.Err())
			return
		case <-alarm:
			g.elapse(r)
		case <-r.changed:
		}
	}
}

// next is how long it takes until time alone changes something about r: it has
// waited for long enough, or its attempt becomes due.
func (g *Gateway) next(r *request) (wait time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.finished || r.overdue:
		return 0, false
	case r.waiting():
		return g.config.MaxWait - r.waited - time.Since(r.since), g.config.MaxWait > 0
	default:
		return g.config.ReassignAfter - time.Since(r.reservedAt), g.config.ReassignAfter > 0
	}
}

// elapse does what next foretold, if it is still so.
func (g *Gateway) elapse(r *request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case r.finished || r.overdue:
	case r.waiting():
		if g.config.MaxWait > 0 && r.waited+time.Since(r.since) >= g.config.MaxWait {
			g.fail(r, protocol.NoHost, fmt.Errorf("request waited %v: %w: %s",
				g.config.MaxWait, protocol.ErrNoHost, g.situation()))
		}
	case g.config.ReassignAfter > 0 && time.Since(r.reservedAt) >= g.config.ReassignAfter:
		r.overdue = true
		if r.movable(g.config.MaxAttempts) {
			g.dues.push(r)
			g.dispatch()
		}
	}
}

// withdraw ends r because its caller waits no longer.
func (g *Gateway) withdraw(r *request, cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.finished {
		return
	}
	reason := protocol.Cancelled
	if cause == context.DeadlineExceeded {
		reason = protocol.Deadline
	}
	where := "waiting"
	if a := r.reservation; a != nil {
		where = fmt.Sprintf("at host %q", a.Host)
		g.release(r, reason)
	}
	g.fail(r, reason, fmt.Errorf("request was given up while %s: %w: %s", where, cause, g.situation()))
	g.dispatch()
}

// situation says what the hosts are doing, for errors.
func (g *Gateway) situation() string {
	var paused, draining int
	hosts := g.ledger.hosts
	for _, a := range hosts {
		if a.Paused() {
			paused++
		}
		if a.Draining() {
			draining++
		}
	}
	return fmt.Sprintf("%d hosts attached, %d paused, %d draining", len(hosts), paused, draining)
}

func (g *Gateway) trace(e protocol.Event) {
	if g.config.Tracer != nil {
		e.Party = party
		g.config.Tracer.Trace(e)
	}
}

// digest is the digest of a payload, worked out only if anybody listens.
func (g *Gateway) digest(payload []byte) uint64 {
	if g.config.Tracer == nil {
		return 0
	}
	return protocol.Digest(payload)
}
