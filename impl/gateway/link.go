package gateway

import (
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// helloWait is how long a stream may stay open without a Hello.
const helloWait = 20 * time.Second

// service is the Gateway as gRPC sees it.
type service struct {
	gatewayv1.UnimplementedGatewayServer
	gateway *Gateway
}

// Attach is one attachment of a host.
func (s service) Attach(stream gatewayv1.Gateway_AttachServer) error { return s.gateway.serve(stream) }

// link is the stream of one attachment. Three goroutines serve it: gRPC's own
// waits for its end, so that returning from it ends the stream even while the
// other two are blocked in it; one receives, and, after the Hello, one sends.
type link struct {
	stream gatewayv1.Gateway_AttachServer
	// wake tells the sender that there is something to write, refused the
	// waiting goroutine that the host refused an attempt. Both hold one.
	wake, refused chan struct{}
	// stop is closed, under the lock of the Gateway, when the stream is to end
	// with status.
	stop   chan struct{}
	status error

	// The rest is guarded by the lock of the Gateway.
	host     *Attachment // nil before the Hello
	welcomed bool
	stopped  bool
	// refusedAt is when the host refused last.
	refusedAt time.Time
	// rejected counts what was rejected on this link.
	rejected int
}

// serve runs one stream and returns the status that ends it.
func (g *Gateway) serve(stream gatewayv1.Gateway_AttachServer) error {
	k := &link{stream: stream, wake: make(chan struct{}, 1), refused: make(chan struct{}, 1), stop: make(chan struct{})}
	if err := g.greet(); err != nil {
		return err
	}
	defer g.wg.Done()
	go g.receive(k)
	g.watch(k)
	return k.status
}

// greet admits one stream, or says why not.
func (g *Gateway) greet() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return status.Error(codes.Unavailable, "gateway is closed")
	}
	if g.greeting >= g.config.Hosts {
		return status.Errorf(codes.ResourceExhausted, "%d streams have not said hello, want at most %d",
			g.greeting, g.config.Hosts)
	}
	g.greeting++
	g.wg.Add(2) // the caller, and the receiver that it starts
	return nil
}

// watch returns when the stream is to end. It also keeps the two times of a
// link: the wait for its Hello, and the time for which a refusal counts. That
// the host has ended the stream is for the receiver to find: what was received
// before still counts.
func (g *Gateway) watch(k *link) {
	timer := time.NewTimer(helloWait)
	defer timer.Stop()
	for {
		select {
		case <-k.stop:
			return
		case <-g.halt:
			g.part(k, status.Error(codes.Unavailable, "gateway is closed"))
			return
		case <-k.refused:
			timer.Reset(g.config.RefuseBackoff)
		case <-timer.C:
			g.relent(k)
		}
	}
}

// relent is called when the time of a link is up.
func (g *Gateway) relent(k *link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if k.host == nil {
		g.leave(k, status.Errorf(codes.DeadlineExceeded, "no hello for %v", helloWait))
		return
	}
	if time.Since(k.refusedAt) >= g.config.RefuseBackoff {
		g.ledger.Ready(k.host)
		g.dispatch()
	}
}

// receive reads the stream until it ends or is to end. It never waits for
// anything else: replies of a paused host are read like any other.
func (g *Gateway) receive(k *link) {
	defer g.wg.Done()
	for take := g.hello; ; take = g.take {
		m, err := k.stream.Recv()
		if err != nil {
			g.unreadable(k, err)
			return
		}
		if !take(k, m) {
			return
		}
	}
}

// unreadable ends the link after a failed Recv. A message that gRPC itself
// refused, as too large or malformed, counts as rejected.
func (g *Gateway) unreadable(k *link, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if errors.Is(err, io.EOF) {
		g.leave(k, nil)
		return
	}
	switch status.Code(err) {
	case codes.ResourceExhausted, codes.Internal:
		if !k.stopped {
			g.reject(k, 0)
		}
	}
	g.leave(k, err)
}

// send writes what there is to write, one message at a time. It begins after
// the Hello.
func (g *Gateway) send(k *link) {
	defer g.wg.Done()
	for {
		m, r := g.outgoing(k)
		if m == nil {
			select {
			case <-k.wake:
				continue
			case <-k.stop:
				return
			}
		}
		if err := k.stream.Send(m); err != nil {
			g.unwritable(k, r, err)
			return
		}
	}
}

// outgoing returns the next message to write: the Welcome, then Cancels before
// Requests, since they free the host. A request is marked as sent here, and
// its reservation is returned with it. It returns nil when there is nothing.
func (g *Gateway) outgoing(k *link) (*gatewayv1.GatewayMessage, *Reservation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if k.stopped {
		return nil, nil
	}
	if !k.welcomed {
		k.welcomed = true
		return &gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Welcome{
			Welcome: &gatewayv1.Welcome{Epoch: k.host.epoch}}}, nil
	}
	if attempt, ok := g.ledger.Cancelled(k.host); ok {
		return &gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Cancel{
			Cancel: &gatewayv1.Cancel{Attempt: attempt}}}, nil
	}
	res := g.ledger.Sent(k.host)
	if res == nil {
		return nil, nil
	}
	r := g.open[res.Request]
	r.sent++
	r.exposed++
	if r.due() && !r.movable(g.config.MaxAttempts) {
		g.dues.remove(r)
	}
	return &gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Request{
		Request: &gatewayv1.Request{Attempt: res.Attempt, Payload: r.payload, TimeoutMs: timeout(r.deadline)}}}, res
}

// timeout is the time left until the deadline in milliseconds, rounded up, and
// at least one; zero for no deadline.
func timeout(deadline time.Time) uint64 {
	if deadline.IsZero() {
		return 0
	}
	left := time.Until(deadline)
	return uint64(max(1, (left+time.Millisecond-1)/time.Millisecond))
}

// unwritable ends the link after a failed Send. The attempt that was being
// written, if it is live, is released for that reason; whether the host got it
// is not known.
func (g *Gateway) unwritable(k *link, res *Reservation, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if res != nil && res.Live() {
		r := g.open[res.Request]
		g.release(r, protocol.WriteFailed)
		g.again(r, protocol.HostLost, fmt.Errorf("%w: attempt %d could not be written to host %q: %v",
			protocol.ErrHostLost, res.Attempt, res.Host, err))
	}
	g.leave(k, err)
}

// part is leave for those who do not hold mu.
func (g *Gateway) part(k *link, end error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leave(k, end)
}

// leave ends the link, and with it its attachment, once: the stream ends with
// that status. Whoever comes first decides; the others find nothing to do.
func (g *Gateway) leave(k *link, end error) {
	if k.stopped {
		return
	}
	var held []*Reservation
	if k.host != nil {
		held = g.ledger.Detach(k.host)
	}
	g.stop(k, end)
	g.orphan(held)
	g.dispatch()
}

// stop makes the stream of k end with that status.
func (g *Gateway) stop(k *link, end error) {
	if k.stopped {
		return
	}
	k.stopped = true
	k.status = end
	close(k.stop)
	if k.host == nil {
		g.greeting--
	} else {
		delete(g.links, k.host.epoch)
	}
}

// orphan decides about the requests whose reservations were released by a
// detach.
func (g *Gateway) orphan(held []*Reservation) {
	for _, res := range held {
		r := g.open[res.Request]
		g.unhand(r)
		g.again(r, protocol.HostLost, fmt.Errorf("%w: the attachment of host %q ended with attempt %d unanswered",
			protocol.ErrHostLost, res.Host, res.Attempt))
	}
}
