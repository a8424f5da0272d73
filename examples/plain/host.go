package plain

import (
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// host is one attachment. All but its channels is under the lock of the
// Gateway.
type host struct {
	name      string
	epoch     uint64
	call      *call // nil when it runs nothing
	attempt   uint64
	abandoned map[uint64]bool
	// idle, refusing and draining keep it from being given anything: a capacity
	// of zero, its refusal, its leaving.
	idle, refusing, draining bool
	// rejected counts answers to what it does not hold.
	rejected int
	out      chan *gatewayv1.GatewayMessage
	gone     chan struct{}
	leave    sync.Once
}

// rejectedMax is how many slips of a host are forgiven.
const rejectedMax = 99

// free tells whether the host can be given a call.
func (h *host) free(spare int) bool { return h.room(spare) && !h.refusing && !h.draining }

// room tells whether the host has a free slot.
func (h *host) room(spare int) bool {
	return h.call == nil && !h.idle && (spare < 0 || len(h.abandoned) < 1+spare)
}

// run gives the host a call.
func (h *host) run(c *call, attempt uint64) {
	h.call, h.attempt = c, attempt
	h.push(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Request{Request: &gatewayv1.Request{Attempt: attempt, Payload: c.payload}}})
}

// abandon gives up what the host runs, which it answers all the same.
func (h *host) abandon() {
	h.abandoned[h.attempt] = true
	h.push(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Cancel{Cancel: &gatewayv1.Cancel{Attempt: h.attempt}}})
	h.call = nil
}

// push queues a message for the host. One that lets them pile up is gone.
func (h *host) push(m *gatewayv1.GatewayMessage) {
	select {
	case h.out <- m:
	default:
		h.end()
	}
}

func (h *host) end() { h.leave.Do(func() { close(h.gone) }) }

// answered takes the answer to an attempt; it returns the call that it settles,
// if there is one, and whether the host is forgiven.
func (g *Gateway) answered(h *host, attempt uint64) (c *call, ok bool) {
	h.refusing = false
	switch {
	case h.call != nil && attempt == h.attempt:
		c, h.call = h.call, nil
	case h.abandoned[attempt]:
		delete(h.abandoned, attempt)
		g.late++
	default:
		h.rejected++
		g.rejected++
	}
	return c, h.rejected <= rejectedMax
}

// Attach serves a host: this goroutine sends, another receives.
func (g *Gateway) Attach(stream grpc.BidiStreamingServer[gatewayv1.HostMessage, gatewayv1.GatewayMessage]) error {
	g.mu.Lock()
	if g.closing {
		g.mu.Unlock()
		return status.Error(codes.Unavailable, "gateway is closed")
	}
	g.streams.Add(1)
	g.mu.Unlock()
	defer g.streams.Done()
	h := &host{abandoned: make(map[uint64]bool), out: make(chan *gatewayv1.GatewayMessage, 64), gone: make(chan struct{})}
	defer g.detach(h)
	go func() {
		defer h.end()
		for {
			m, err := stream.Recv()
			if err != nil || !g.receive(h, m) {
				return
			}
		}
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

// detach ends an attachment: what ran there goes back, or ends.
func (g *Gateway) detach(h *host) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(h)
	g.match()
}

func (g *Gateway) remove(h *host) {
	h.end()
	i := slices.Index(g.hosts, h)
	if i < 0 {
		return
	}
	g.hosts = slices.Delete(g.hosts, i, i+1)
	if c := h.call; c != nil {
		h.call = nil
		g.back(c, c.idempotent, protocol.ErrHostLost)
	}
}

// receive takes one message of a host; false ends its stream.
func (g *Gateway) receive(h *host, m *gatewayv1.HostMessage) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.match()
	attached := slices.Contains(g.hosts, h)
	if hello := m.GetHello(); hello != nil {
		return h.name == "" && g.attach(h, hello)
	}
	if !attached {
		return false
	}
	switch body := m.GetBody().(type) {
	case *gatewayv1.HostMessage_Reply:
		c, ok := g.answered(h, body.Reply.GetAttempt())
		if f := body.Reply.GetFailure(); c != nil && f != nil {
			g.end(c, nil, &protocol.HandlerError{Party: h.name, Message: f.GetMessage()})
		} else if c != nil {
			g.end(c, body.Reply.GetPayload(), nil)
		}
		return ok
	case *gatewayv1.HostMessage_Refuse:
		c, ok := g.answered(h, body.Refuse.GetAttempt())
		h.refusing = true
		g.refusals++
		if c != nil {
			g.back(c, true, protocol.ErrRefused)
		}
		return ok
	case *gatewayv1.HostMessage_Ready:
		h.refusing = false
	case *gatewayv1.HostMessage_Drain:
		h.draining = true
	case *gatewayv1.HostMessage_Capacity:
		h.idle = body.Capacity.GetCapacity() == 0
	default:
		return false
	}
	return true
}

// attach makes h the one attachment of its host.
func (g *Gateway) attach(h *host, hello *gatewayv1.Hello) bool {
	if g.closing || hello.GetHost() == "" || len(hello.GetHost()) > 255 {
		return false
	}
	if i := slices.IndexFunc(g.hosts, func(o *host) bool { return o.name == hello.GetHost() }); i >= 0 {
		g.remove(g.hosts[i])
	}
	g.epochs++
	h.name, h.epoch, h.idle = hello.GetHost(), g.epochs, hello.GetCapacity() == 0
	g.hosts = append(g.hosts, h)
	h.push(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Welcome{Welcome: &gatewayv1.Welcome{Epoch: h.epoch}}})
	return true
}
