package simnet

import (
	"context"
	"slices"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults/schedule"
)

// Conn is a connection of one party to another, on which streams are opened
// and unary methods called. Its methods may be called from any goroutine.
type Conn struct {
	n        *Network
	name     string // of its links
	from, to string
	closed   bool // guarded by n.mu
}

var _ grpc.ClientConnInterface = (*Conn)(nil)

// NewStream opens a link. It returns as soon as the link is there, before the
// server has accepted it. Its error is a status: Unavailable when the plan
// refuses it, the party serves nothing or the network is closed; Canceled when
// the connection is closed; Canceled or DeadlineExceeded when the context is
// done; ResourceExhausted with 4096 links alive.
func (c *Conn) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	stream, err := c.open(ctx, *desc, method, opts)
	if err != nil {
		return nil, err
	}
	return stream, nil
}

// Invoke calls a unary method: a link of one message each way. Its error is the
// status of the call.
func (c *Conn) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	stream, err := c.open(ctx, grpc.StreamDesc{}, method, opts)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(args); err != nil {
		return err
	}
	return stream.RecvMsg(reply)
}

// Close ends the streams of the connection with the code Canceled. A second
// call returns Canceled, as in grpc-go.
func (c *Conn) Close() error {
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	if c.closed {
		return errConnClosing()
	}
	c.closed = true
	n.conns = slices.DeleteFunc(n.conns, func(o *Conn) bool { return o == c })
	n.advance()
	for _, l := range slices.Clone(n.live) {
		if l.conn == c {
			l.client.finish(errConnClosing())
		}
	}
	n.settle(nil)
	return nil
}

func (c *Conn) open(ctx context.Context, desc grpc.StreamDesc, method string, opts []grpc.CallOption) (*clientStream, error) {
	call, err := readOptions(opts)
	if err != nil {
		return nil, err
	}
	schedule.Point("open " + c.name)
	n := c.n
	n.mu.Lock()
	defer n.mu.Unlock()
	n.advance()
	if err := c.refused(ctx); err != nil {
		return nil, err
	}
	n.counts[c.name]++
	l := newLink(c, n.counts[c.name], method, n.servers[c.to])
	l.client = newClientStream(ctx, l, desc, call)
	l.server = newServerStream(l, call.codec)
	n.live = append(n.live, l)
	l.up.push(frame{kind: opening, name: "accept " + l.id})
	l.start()
	n.settle(l)
	l.client.watch()
	return l.client, nil
}

// refused is the reason why no link can be opened now.
func (c *Conn) refused(ctx context.Context) error {
	n := c.n
	switch {
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	case c.closed:
		return errConnClosing()
	case n.closed:
		return errNetworkClosed()
	case n.servers[c.to] == nil:
		return status.Errorf(codes.Unavailable, "party %q serves nothing: register a service on Server(%q)", c.to, c.to)
	case len(n.live) >= linksMax:
		return status.Errorf(codes.ResourceExhausted, "network has %d links alive, want fewer: cancel or drain streams", len(n.live))
	case n.faults.refuse(c.name):
		return status.Error(codes.Unavailable, "connection refused: "+c.name)
	}
	return nil
}

func errConnClosing() error {
	return status.Error(codes.Canceled, "the client connection is closing")
}

// linkID is the name of one generation.
func linkID(name string, generation int) string { return name + "#" + strconv.Itoa(generation) }
