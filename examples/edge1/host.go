package edge1

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// host is one attachment.
type host struct {
	name         string
	epoch        uint64
	limit, count int
	paused       bool // by its count
	busy         bool // by its own word
	draining     bool
	out          chan *gatewayv1.GatewayMessage
	gone         chan struct{}
	leave        sync.Once
}

func (h *host) end() { h.leave.Do(func() { close(h.gone) }) }

// push queues a message for the host. One that lets them pile up is gone.
func (h *host) push(m *gatewayv1.GatewayMessage) {
	select {
	case h.out <- m:
	default:
		h.end()
	}
}

func cancelMessage(attempt uint64) *gatewayv1.GatewayMessage {
	return &gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Cancel{Cancel: &gatewayv1.Cancel{Attempt: attempt}}}
}

// assign hands waiting requests to hosts, the oldest first.
func (g *Gateway) assign() {
	for len(g.waiting) > 0 {
		h := g.choose(g.waiting[0], nil)
		if h == nil {
			return
		}
		r := g.waiting[0]
		g.waiting = g.waiting[1:]
		g.give(r, h)
	}
}

// choose returns the host with the least load among those that have room,
// preferably one that the request has not tried; nil is none. Leaving a host
// behind, it must be an untried one.
func (g *Gateway) choose(r *request, leaving *host) (best *host) {
	for _, tried := range []bool{false, true} {
		for _, h := range g.byName() {
			if h.paused || h.busy || h.draining || r.tried[h.name] != tried {
				continue
			}
			if best == nil || h.count*best.limit < best.count*h.limit {
				best = h
			}
		}
		if best != nil || leaving != nil {
			break
		}
	}
	return best
}

// give makes a new attempt at a host.
func (g *Gateway) give(r *request, h *host) {
	g.attempts++
	attempt := g.attempts
	r.attempt, r.host, r.tried[h.name] = attempt, h, true
	g.running[attempt] = r
	h.count++
	h.paused = h.count >= h.limit
	h.push(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Request{Request: &gatewayv1.Request{Attempt: attempt, Payload: r.payload}}})
	if g.ReassignAfter > 0 {
		r.timer = time.AfterFunc(g.ReassignAfter, func() { g.reassign(r, attempt) })
	}
}

// deduct takes one request off the count of a host.
func (g *Gateway) deduct(h *host) {
	h.count--
	mark := h.limit - 1
	if g.Mark != 0 {
		mark = min(mark, max(0, g.Mark))
	}
	if h.count <= mark {
		h.paused = false
	}
}

// release ends the attempt of a request.
func (g *Gateway) release(r *request) {
	delete(g.running, r.attempt)
	g.deduct(r.host)
	r.host = nil
	if r.timer != nil {
		r.timer.Stop()
	}
}

// reassign hands a request to another host if its attempt still runs. The
// late answer of the first host finds no attempt and is ignored.
func (g *Gateway) reassign(r *request, attempt uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running[attempt] != r {
		return
	}
	old, h := r.host, g.choose(r, r.host)
	if h == nil || g.budget < 1 || !g.repeatable(r) {
		r.timer.Reset(g.ReassignAfter)
		return
	}
	g.budget--
	old.push(cancelMessage(attempt))
	delete(g.running, attempt)
	if g.Deduct {
		g.deduct(old) // the line that the first release did not have
	}
	g.give(r, h)
	g.assign()
}

// repeatable tells whether a request may be handed to one more host. The
// number of hosts tried stands for that of attempts, never below it where only
// a lost host can be tried again.
func (g *Gateway) repeatable(r *request) bool { return r.idempotent && len(r.tried) < g.MaxAttempts }

// remove detaches a host: its requests go back to their places, or end.
func (g *Gateway) remove(h *host) {
	h.end()
	if g.hosts[h.name] != h {
		return
	}
	delete(g.hosts, h.name)
	for _, r := range g.inOrder() {
		if r.host != h {
			continue
		}
		g.release(r)
		if g.repeatable(r) {
			g.wait(r)
		} else {
			g.finish(r, result{err: protocol.ErrHostLost})
		}
	}
	g.assign()
}

func (g *Gateway) byName() []*host {
	return slices.SortedFunc(maps.Values(g.hosts), func(a, b *host) int { return cmp.Compare(a.name, b.name) })
}

func (g *Gateway) inOrder() []*request {
	return slices.SortedFunc(maps.Values(g.running), func(a, b *request) int { return cmp.Compare(a.age, b.age) })
}

// Attach serves a host: this goroutine sends, another receives.
func (g *Gateway) Attach(stream grpc.BidiStreamingServer[gatewayv1.HostMessage, gatewayv1.GatewayMessage]) error {
	g.mu.Lock()
	if g.closing {
		g.mu.Unlock()
		return status.Error(codes.Unavailable, "gateway is closing")
	}
	g.streams.Add(1)
	g.mu.Unlock()
	defer g.streams.Done()
	h := &host{out: make(chan *gatewayv1.GatewayMessage, 256), gone: make(chan struct{})}
	go g.listen(h, stream)
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.remove(h)
	}()
	for {
		select {
		case m := <-h.out:
			if err := stream.Send(m); err != nil {
				return err
			}
		case <-h.gone:
			return status.Error(codes.Aborted, "attachment has ended")
		case <-g.closed:
			return status.Error(codes.Unavailable, "gateway is closed")
		}
	}
}

// listen receives until the stream ends or breaks the protocol.
func (g *Gateway) listen(h *host, stream grpc.BidiStreamingServer[gatewayv1.HostMessage, gatewayv1.GatewayMessage]) {
	defer h.end()
	for first := true; ; first = false {
		m, err := stream.Recv()
		if err != nil || first != (m.GetHello() != nil) || !g.receive(h, m) {
			return
		}
	}
}

// receive takes one message of a host; false ends its stream.
func (g *Gateway) receive(h *host, m *gatewayv1.HostMessage) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.assign()
	if hello := m.GetHello(); hello != nil {
		return g.attach(h, hello)
	}
	if g.hosts[h.name] != h {
		return false
	}
	switch body := m.GetBody().(type) {
	case *gatewayv1.HostMessage_Reply:
		h.busy = false
		if r := g.credit(h, body.Reply.GetAttempt()); r != nil {
			res := result{response: body.Reply.GetPayload()}
			if f := body.Reply.GetFailure(); f != nil {
				res = result{err: &protocol.HandlerError{Party: h.name, Message: f.GetMessage()}}
			}
			g.finish(r, res)
		}
	case *gatewayv1.HostMessage_Refuse:
		g.stats.Refusals++
		h.busy = true
		if r := g.credit(h, body.Refuse.GetAttempt()); r != nil {
			g.wait(r)
		}
	case *gatewayv1.HostMessage_Ready:
		h.busy = false
	case *gatewayv1.HostMessage_Drain:
		h.draining = true
	case *gatewayv1.HostMessage_Capacity:
		h.limit = min(g.HostLimit, int(body.Capacity.GetCapacity()))
		h.paused = h.count >= h.limit
	default:
		return false
	}
	return true
}

// attach makes h the attachment of its host.
func (g *Gateway) attach(h *host, hello *gatewayv1.Hello) bool {
	if g.closing || hello.GetHost() == "" {
		return false
	}
	if old := g.hosts[hello.GetHost()]; old != nil {
		g.remove(old)
	}
	g.epochs++
	h.name, h.epoch, h.limit = hello.GetHost(), g.epochs, min(g.HostLimit, int(hello.GetCapacity()))
	h.paused = h.limit == 0
	g.hosts[h.name] = h
	h.push(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Welcome{Welcome: &gatewayv1.Welcome{Epoch: h.epoch}}})
	return true
}

// credit finds the request whose attempt a host answers and releases it; nil
// is a late answer, or one to nothing.
func (g *Gateway) credit(h *host, attempt uint64) *request {
	r := g.running[attempt]
	switch {
	case r != nil && r.host == h:
		g.release(r)
		return r
	case attempt <= g.attempts:
		g.stats.Late++
	default:
		g.stats.Rejected++
	}
	return nil
}
