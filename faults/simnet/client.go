package simnet

import (
	"context"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults/schedule"
)

// clientStream is the client's end of a link.
type clientStream struct {
	end
	desc     grpc.StreamDesc
	call     callOptions
	parent   context.Context // the caller's
	cancel   context.CancelFunc
	unwatch  func() bool
	headed   bool // the header has arrived
	header   metadata.MD
	trailer  metadata.MD
	finished bool // nothing of the stream is left to release
}

var _ grpc.ClientStream = (*clientStream)(nil)

func newClientStream(ctx context.Context, l *link, desc grpc.StreamDesc, call callOptions) *clientStream {
	c := &clientStream{
		end:    end{link: l, side: "client", in: l.down, out: l.up, codec: call.codec, recvMax: call.recvMax, sendMax: call.sendMax},
		desc:   desc,
		call:   call,
		parent: ctx,
	}
	c.ctx, c.cancel = context.WithCancel(ctx)
	for _, p := range call.peers {
		*p = peer.Peer{Addr: address(l.conn.to)}
	}
	return c
}

// watch ends the stream when the caller's context is done.
func (c *clientStream) watch() {
	if c.parent.Done() == nil || c.finished {
		return
	}
	c.unwatch = context.AfterFunc(c.parent, func() {
		c.link.n.mu.Lock()
		c.link.n.advance()
		c.notice()
		c.link.n.settle(c.link)
		c.link.n.mu.Unlock()
		schedule.Wake()
	})
}

// notice ends the stream if the caller's context is done.
func (c *clientStream) notice() {
	if c.link.expired() {
		c.finish(status.FromContextError(c.parent.Err()).Err())
	}
}

// expired reports whether the caller's context is done and the stream isn't
// ended for that.
func (l *link) expired() bool { return !l.client.finished && l.client.parent.Err() != nil }

// finish ends the stream from the client's side. A server that knows of the
// link has to be told. A nil err or io.EOF is the good end.
func (c *clientStream) finish(err error) {
	if c.finished {
		return
	}
	c.finished = true
	l := c.link
	if !c.told && !l.broken && !l.server.told {
		l.resets = true
	}
	for _, md := range c.call.trailers {
		*md = c.trailer
	}
	if c.unwatch != nil {
		c.unwatch()
	}
	l.tellClient(err)
	c.cancel()
}

// SendMsg implements grpc.ClientStream.
func (c *clientStream) SendMsg(m any) error {
	err := c.send(m, func() error { return io.EOF })
	if c.desc.ClientStreams {
		return err
	}
	// The one message of the call: generated code relies on nil when the
	// stream has ended, and on the half-close.
	if err != nil && err != io.EOF {
		return err
	}
	return c.CloseSend()
}

// CloseSend implements grpc.ClientStream.
func (c *clientStream) CloseSend() error {
	touch(&c.sendGuard)
	n := c.link.n
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	if c.sending.Load() {
		c.breach(ConcurrentSend, "called CloseSend while a call of SendMsg was under way")
	}
	if c.closed {
		return nil
	}
	c.closed = true
	if !c.told && c.ctx.Err() == nil {
		c.push(frame{kind: halfClose, name: "close " + c.out.label})
	}
	return nil
}

// RecvMsg implements grpc.ClientStream.
func (c *clientStream) RecvMsg(m any) error {
	err := c.recv(m)
	if err == nil && c.desc.ServerStreams {
		return nil
	}
	if !c.desc.ServerStreams {
		err = c.onlyOne(m, err)
	}
	n := c.link.n
	n.mu.Lock()
	defer n.mu.Unlock()
	c.finish(orEOF(err))
	n.settle(c.link)
	return err
}

// onlyOne goes on to the end of a stream that has one message to receive.
func (c *clientStream) onlyOne(m any, err error) error {
	if err == io.EOF {
		return status.Error(codes.Internal, "cardinality violation: received no response message from non-server-streaming RPC")
	}
	if err != nil {
		return err
	}
	switch _, err := c.take(); err {
	case io.EOF:
		return nil
	case nil:
		return status.Error(codes.Internal, "cardinality violation: expected <EOF> for non server-streaming RPCs, but received another message")
	default:
		return err
	}
}

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}

// Header implements grpc.ClientStream.
func (c *clientStream) Header() (metadata.MD, error) {
	c.link.n.mu.Lock()
	defer c.link.n.mu.Unlock()
	c.link.n.advance()
	c.link.await("header "+c.in.label, func() bool { return c.headed || c.over() })
	return c.header, nil
}

func (c *clientStream) receiveHeader(md metadata.MD) {
	c.headed, c.header = true, md
	for _, to := range c.call.headers {
		*to = md
	}
}

// Trailer implements grpc.ClientStream.
func (c *clientStream) Trailer() metadata.MD {
	c.link.n.mu.Lock()
	defer c.link.n.mu.Unlock()
	return c.trailer
}

// Context implements grpc.ClientStream.
func (c *clientStream) Context() context.Context { return c.ctx }
