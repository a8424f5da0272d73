package remote

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// Peer is the server end: it answers the messages of any number of Remotes. All
// methods may be called concurrently.
type Peer struct {
	config PeerConfig

	// mu guards the desk and what follows. It is never held across a call of
	// anybody else's code but the tracer and the source of chance, nor across I/O
	// or a wait.
	mu       sync.Mutex
	desk     *desk
	running  int   // goroutines, without those that are inside a handler
	forced   bool  // a Close has stopped waiting for handlers
	cause    error // the error of its ctx
	closed   bool  // a Close has returned
	closeErr error // what it returned

	forcing chan struct{} // closed when forced
	settled chan struct{} // closed when forced and nothing but handlers runs
	gone    chan struct{} // closed when closing and nothing runs
}

// cancelGrace is how long Peer.Close waits for handlers after it has cancelled
// them. One that takes longer ignores its context, and is named.
const cancelGrace = 100 * time.Millisecond

// NewPeer returns a Peer, which does nothing until it is registered. An error
// that wraps ErrConfig is returned when c can't be worked with.
func NewPeer(c PeerConfig) (*Peer, error) {
	c, err := c.settle()
	if err != nil {
		return nil, err
	}
	return &Peer{
		config:  c,
		desk:    newDesk(c),
		forcing: make(chan struct{}),
		settled: make(chan struct{}),
		gone:    make(chan struct{}),
	}, nil
}

// Register registers the Peer's service. Like every registration it comes before
// the server serves.
func (p *Peer) Register(r grpc.ServiceRegistrar) {
	remotev1.RegisterPeerServer(r, server{peer: p})
}

// server keeps the method of the service out of the Peer's own.
type server struct {
	remotev1.UnimplementedPeerServer
	peer *Peer
}

// Exchange serves one link.
func (s server) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	return s.peer.exchange(stream)
}

// Stats returns one consistent snapshot. It never waits for anything but other
// short steps.
func (p *Peer) Stats() protocol.PeerStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.desk.snapshot()
}

// unlock ends a step that was about x, or about all if x is nil: the links that
// it ended are let go of, and whoever has something to do by now is woken.
func (p *Peer) unlock(x *exchange) {
	if x != nil {
		p.wake(x)
		// What ends at one link may let a message of the next one begin.
		if s := x.inlet.session; s != nil && s.link != nil && s.link != &x.inlet {
			p.wake(s.link.shell)
		}
	}
	for _, down := range p.desk.downed {
		// The goroutine of its stream cancels the handler, and wakes the others when
		// it leaves.
		close(down.shell.ended)
	}
	clear(p.desk.downed)
	p.desk.downed = p.desk.downed[:0]
	if p.running == 0 && p.desk.closing {
		p.quiet()
	}
	p.mu.Unlock()
}

// quiet notes that no goroutine runs but those inside handlers.
func (p *Peer) quiet() {
	if p.desk.handling == 0 {
		closeOnce(p.gone)
	}
	if p.forced {
		closeOnce(p.settled)
	}
}

// closeOnce closes c, under the mutex that every closing of it is under, unless
// it is closed.
func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// handlerKey finds out whether a context is that of a handler of the Peer.
type handlerKey struct{ peer *Peer }

// Close refuses new links and begins no further handler, lets the running ones
// end and hands over their replies, ends all links, and returns when no goroutine
// of the Peer is left. When ctx is done it cancels the handlers and ends the
// links at once; a handler that has not returned 100 ms later is left behind, and
// the error names it and wraps the error of ctx.
//
// Close may be called more than once and concurrently; each call waits for its
// own ctx, the first that is done ends the waiting for all, and all return the
// same. Called with the ctx of a handler it begins closing and returns
// ErrInDispatch at once; another Close may wait for the end.
func (p *Peer) Close(ctx context.Context) error {
	p.mu.Lock()
	p.begin()
	p.unlock(nil)
	if ctx.Value(handlerKey{p}) != nil {
		return fmt.Errorf("peer: %w", protocol.ErrInDispatch)
	}
	select {
	case <-p.gone:
		return p.finish()
	case <-p.forcing:
	case <-ctx.Done():
		p.force(ctx.Err())
	}
	grace := time.NewTimer(cancelGrace)
	defer grace.Stop()
	select {
	case <-p.gone:
	case <-grace.C:
		<-p.settled
	}
	return p.finish()
}

// begin stops taking links and beginning handlers.
func (p *Peer) begin() {
	if p.desk.closing {
		return
	}
	p.desk.closing = true
	if p.config.Tracer != nil {
		p.desk.trace(protocol.Event{Kind: protocol.KindCloseBegin})
	}
	for e := p.desk.links.Front(); e != nil; {
		x := e.Value.(*inlet)
		e = e.Next()
		if x.session == nil {
			p.desk.down(x, protocol.Closed, errPeerClosed)
		} else {
			p.wake(x.shell)
		}
	}
}

var errPeerClosed = status.Error(codes.Unavailable, "peer is closed")

// force ends all links and cancels their handlers.
func (p *Peer) force(cause error) {
	p.mu.Lock()
	defer p.unlock(nil)
	if p.forced {
		return
	}
	p.forced, p.cause = true, cause
	close(p.forcing)
	for e := p.desk.links.Front(); e != nil; e = p.desk.links.Front() {
		p.desk.down(e.Value.(*inlet), protocol.Closed, errPeerClosed)
	}
}

// finish ends the closing, once. From here on there is no event.
func (p *Peer) finish() error {
	p.mu.Lock()
	defer p.unlock(nil)
	if p.closed {
		return p.closeErr
	}
	p.closed = true
	if p.config.Tracer != nil {
		p.desk.trace(protocol.Event{Kind: protocol.KindCloseEnd})
	}
	p.desk.silent = true
	if stuck := p.desk.stuck(); len(stuck) > 0 {
		p.closeErr = fmt.Errorf("peer: close: %d handlers are still running: %s: %w", len(stuck), strings.Join(stuck, ", "), p.cause)
	}
	return p.closeErr
}
