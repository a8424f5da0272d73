package simnet

import (
	"context"
	"io"
	"math"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults/schedule"
)

// serverStream is the server's end of a link.
type serverStream struct {
	end
	desc    grpc.StreamDesc
	cancel  context.CancelFunc
	header  metadata.MD
	headed  bool // the header is on its way
	trailer metadata.MD
}

var _ grpc.ServerStream = (*serverStream)(nil)

func newServerStream(l *link, c codec) *serverStream {
	s := &serverStream{end: end{link: l, side: "server", in: l.up, out: l.down, codec: c, recvMax: recvMaxDefault, sendMax: math.MaxInt}}
	s.ctx, s.cancel = context.Background(), func() {}
	return s
}

// begin is called when the link is accepted.
func (s *serverStream) begin(desc grpc.StreamDesc, ctx context.Context) {
	s.desc = desc
	deadline, ok := s.link.client.parent.Deadline()
	if !ok {
		s.ctx, s.cancel = context.WithCancel(ctx)
		return
	}
	s.ctx, s.cancel = context.WithDeadline(ctx, deadline)
	context.AfterFunc(s.ctx, func() {
		s.link.n.mu.Lock()
		s.link.wake()
		s.link.n.mu.Unlock()
		schedule.Wake()
	})
}

// SendMsg implements grpc.ServerStream.
func (s *serverStream) SendMsg(m any) error { return s.send(m, s.gone) }

// gone is what the server learns of a link that has ended.
func (s *serverStream) gone() error {
	err := s.ctx.Err()
	if err == nil {
		err = context.Canceled
	}
	return status.FromContextError(err).Err()
}

// RecvMsg implements grpc.ServerStream.
func (s *serverStream) RecvMsg(m any) error {
	err := s.recv(m)
	if s.desc.ClientStreams {
		return err
	}
	if err == io.EOF {
		return status.Error(codes.Internal, "cardinality violation: received no request message from non-client-streaming RPC")
	}
	if err != nil {
		return err
	}
	switch _, err := s.take(); err {
	case io.EOF:
		return nil
	case nil:
		return status.Error(codes.Internal, "cardinality violation: received multiple request messages for non-client-streaming RPC")
	default:
		return err
	}
}

// Context implements grpc.ServerStream.
func (s *serverStream) Context() context.Context { return s.ctx }

// SetHeader implements grpc.ServerStream.
func (s *serverStream) SetHeader(md metadata.MD) error {
	s.link.n.mu.Lock()
	defer s.link.n.mu.Unlock()
	return s.setHeader(md)
}

func (s *serverStream) setHeader(md metadata.MD) error {
	if s.headed || s.closed {
		return status.Error(codes.Internal, "header is sent already, or the handler has returned")
	}
	s.header = metadata.Join(s.header, md)
	return nil
}

// SendHeader implements grpc.ServerStream.
func (s *serverStream) SendHeader(md metadata.MD) error {
	s.link.n.mu.Lock()
	defer s.link.n.mu.Unlock()
	s.link.n.advance()
	if err := s.setHeader(md); err != nil {
		return err
	}
	if s.told {
		return s.gone()
	}
	s.push(frame{kind: header, name: "header " + s.out.label, header: s.takeHeader()})
	return nil
}

// takeHeader is the header for the first frame down, and nil for all others.
func (s *serverStream) takeHeader() metadata.MD {
	if s.headed {
		return nil
	}
	s.headed = true
	if s.header == nil {
		s.header = metadata.MD{}
	}
	return s.header
}

// SetTrailer implements grpc.ServerStream.
func (s *serverStream) SetTrailer(md metadata.MD) {
	s.link.n.mu.Lock()
	defer s.link.n.mu.Unlock()
	s.trailer = metadata.Join(s.trailer, md)
}
