package properties_test

import (
	"context"
	"sync"

	"github.com/weir-dev/weir/impl/gateway"
	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
)

func init() {
	reference.gateway, reference.host, reference.limiter = newReferenceGateway, newReferenceHost, newReferenceLimiter
}

// referenceGateway is impl/gateway.
type referenceGateway struct{ *gateway.Gateway }

func (g referenceGateway) Do(ctx context.Context, r properties.GatewayRequest) ([]byte, error) {
	return g.Gateway.Do(ctx, gateway.Request{Payload: r.Payload, NonIdempotent: !r.Idempotent})
}

func newReferenceGateway(w *properties.GatewayWorld) properties.Gateway {
	g, err := gateway.New(gateway.Config{
		HostLimit: w.HostLimit, Mark: w.Mark, AbandonedCap: w.AbandonedCap,
		Waiting: w.Waiting, MaxWait: w.MaxWait, ReassignAfter: w.ReassignAfter, MaxAttempts: w.MaxAttempts,
		BudgetRatio: w.BudgetRatio, BudgetBurst: w.BudgetBurst, RefuseBackoff: w.RefuseBackoff, Tracer: w.Tracer,
	})
	if err != nil {
		panic(err)
	}
	g.Register(w.Registrar)
	return referenceGateway{g}
}

func newReferenceHost(w *properties.HostWorld) properties.Host {
	h, err := gateway.NewHost(gateway.HostConfig{
		Name: w.Name, Capacity: w.Capacity, BackoffMin: w.BackoffMin, BackoffMax: w.BackoffMax,
		Connect: func(ctx context.Context) (gateway.Conn, error) { return w.Connect(ctx) },
		Handle: func(ctx context.Context, r gateway.HostRequest) ([]byte, error) {
			return w.Handle(ctx, r.Attempt, r.Payload)
		},
		Rand: w.Rand, Tracer: w.Tracer,
	})
	if err != nil {
		panic(err)
	}
	return h
}

// referenceLimiter is the ledger of impl/gateway behind a lock, as the Gateway
// has it.
type referenceLimiter struct {
	mu     sync.Mutex
	ledger *gateway.Ledger
	live   map[uint64]*gateway.Reservation
	next   uint64
}

func newReferenceLimiter() properties.Limiter {
	l, err := gateway.NewLedger(gateway.LedgerConfig{})
	if err != nil {
		panic(err)
	}
	return &referenceLimiter{ledger: l, live: make(map[uint64]*gateway.Reservation)}
}

func (l *referenceLimiter) Attach(host string, limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// A host declares what it can take; the limit is set by the gateway.
	if err := l.ledger.SetLimit(host, limit); err != nil {
		panic(err)
	}
	_, held, err := l.ledger.Attach(host, 1<<10)
	if err != nil {
		panic(err)
	}
	l.forget(held)
}

func (l *referenceLimiter) Detach(host string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.ledger.Attached(host)
	if a == nil {
		return 0
	}
	held := l.ledger.Detach(a)
	l.forget(held)
	return len(held)
}

func (l *referenceLimiter) forget(held []*gateway.Reservation) {
	for _, r := range held {
		delete(l.live, r.Attempt)
	}
}

func (l *referenceLimiter) SetLimit(host string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ledger.Attached(host) != nil {
		if err := l.ledger.SetLimit(host, n); err != nil {
			panic(err)
		}
	}
}

func (l *referenceLimiter) Reserve(host string) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.ledger.Attached(host)
	if a == nil {
		return 0, false
	}
	l.next++
	r, err := l.ledger.Reserve(l.next, a)
	if err != nil {
		return 0, false
	}
	l.live[r.Attempt] = r
	return r.Attempt, true
}

func (l *referenceLimiter) Reassign(id uint64, to string) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, a := l.live[id], l.ledger.Attached(to)
	if old == nil || a == nil {
		return 0, false
	}
	r, err := l.ledger.Reassign(old, a)
	if err != nil {
		return 0, false
	}
	delete(l.live, id)
	l.live[r.Attempt] = r
	return r.Attempt, true
}

func (l *referenceLimiter) Release(id uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.live[id]
	if r == nil {
		return false
	}
	delete(l.live, id)
	return l.ledger.Release(r, protocol.ByReply) == nil
}

func (l *referenceLimiter) Reserved(host string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.Reserved(host)
}
