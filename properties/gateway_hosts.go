package properties

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol"
)

// startHosts starts the hosts of the load: those of the maker's library, and
// those that the suite plays.
func (gc *gatewayCase) startHosts(mk gatewayMakers) {
	ctx, stop := context.WithCancel(context.Background())
	gc.stopHosts = stop
	gc.hostsLeft = len(gc.load.hosts)
	for _, h := range gc.load.hosts {
		if h.scripted {
			newScriptedHost(ctx, gc, h).start()
			continue
		}
		gc.stage.spawn(h.name, func() {
			defer gc.hostEnded()
			gc.runHost(ctx, mk, h)
		})
	}
}

func (gc *gatewayCase) hostEnded() {
	gc.mu.Lock()
	defer gc.mu.Unlock()
	gc.hostsLeft--
}

// runHost runs hosts of the maker's library until ctx is done: one, or one
// that leaves and another of the same name that comes after it.
func (gc *gatewayCase) runHost(ctx context.Context, mk gatewayMakers, h hostLoad) {
	if !hold(ctx, h.late) {
		return
	}
	stay := ctx
	if h.leaves > 0 {
		var cancel context.CancelFunc
		stay, cancel = context.WithTimeout(ctx, h.leaves)
		defer cancel()
	}
	gc.serveHost(stay, mk, h)
	if h.leaves > 0 && hold(ctx, gc.network.seconds(0.3)) {
		gc.serveHost(ctx, mk, h)
	}
}

// serveHost runs one host of the maker's library until ctx is done.
func (gc *gatewayCase) serveHost(ctx context.Context, mk gatewayMakers, h hostLoad) {
	host := mk.host(&HostWorld{
		Name: h.name, Capacity: h.capacity, BackoffMin: gc.network.seconds(0.1), BackoffMax: gc.network.seconds(1),
		Connect: func(ctx context.Context) (Conn, error) { return gc.net.connect(ctx, h.name, "gateway") },
		Handle: func(ctx context.Context, attempt uint64, payload []byte) ([]byte, error) {
			return gc.handle(ctx, h.name, attempt, payload)
		},
		Tracer: gc.rec, Rand: gc.world.Rand,
	})
	<-ctx.Done()
	schedule.Point("resume")
	grace, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	gc.rec.Observe(Observation{Kind: CloseCall, Party: h.name})
	// What it names is in the suite's handlers; the laws judge what is left.
	_ = host.Close(grace)
	gc.rec.Observe(Observation{Kind: CloseReturn, Party: h.name})
}

// given returns the id of a request that a host was given and how many
// attempts of it there were.
func (gc *gatewayCase) given(payload []byte) (id, n int) {
	id, _ = payloadID(payload)
	gc.mu.Lock()
	defer gc.mu.Unlock()
	gc.attempts[id]++
	return id, gc.attempts[id]
}

// begin notes that a host begins an attempt.
func (gc *gatewayCase) begin(host string, attempt uint64, id int, payload []byte) {
	gc.rec.Observe(Observation{Kind: HandlerCall, ID: id, Party: host, Attempt: attempt, Payload: protocol.Digest(payload)})
	schedule.Point("handle")
}

// end notes that a host has its answer.
func (gc *gatewayCase) end(host string, attempt uint64, id int, reply []byte) {
	o := Observation{Kind: HandlerReturn, ID: id, Party: host, Attempt: attempt}
	if reply != nil {
		o.Payload = protocol.Digest(reply)
	} else {
		o.Err = "failure"
	}
	gc.rec.Observe(o)
}

// handle is the handler of a host of the maker's library.
func (gc *gatewayCase) handle(ctx context.Context, host string, attempt uint64, payload []byte) (reply []byte, err error) {
	id, n := gc.given(payload)
	gc.begin(host, attempt, id, payload)
	a := gc.load.answer(id, n)
	defer func() { gc.end(host, attempt, id, reply) }()
	if a.stubborn {
		ctx = context.WithoutCancel(ctx)
	}
	switch {
	case !hold(ctx, a.hold):
		return nil, ctx.Err()
	case a.panics:
		panic(fmt.Sprintf("handler of m%d", id))
	case a.fails:
		return nil, errors.New("handler failed")
	}
	return hostReply(id, n, host), nil
}
