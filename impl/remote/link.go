package remote

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// link is one generation of the stream. It never changes once it is made: the
// messenger and the listener of the link each hold it, and whether it is still
// in use is asked of the book by its epoch.
type link struct {
	epoch  uint64
	conn   Conn
	stream grpc.BidiStreamingClient[remotev1.PeerRequest, remotev1.PeerReply]
	cancel context.CancelFunc // ends the stream, and with it a Send or Recv that waits
	done   chan struct{}      // closed when its listener has returned
}

// wireOverhead is room beside payloads in the largest message of gRPC that a
// link may carry.
const wireOverhead = 64 << 10

// callOptions are those of every stream.
func (r *Remote) callOptions() []grpc.CallOption {
	limit := max(r.cfg.FrameBytes, r.cfg.MessageBytes) + wireOverhead + messageOverhead*r.cfg.FrameMessages
	return []grpc.CallOption{
		grpc.MaxCallSendMsgSize(limit),
		grpc.MaxCallRecvMsgSize(limit),
		// gRPC must not replay messages on another stream by itself, be it by a
		// configured retry policy or transparently: a peer that lost its memory would
		// handle them twice. Without room to keep them it can't.
		grpc.MaxRetryRPCBufferSize(0),
	}
}

// connect makes one attempt to connect and tells the book how it ended. It
// returns nil when it failed; then nothing of the attempt is left.
func (r *Remote) connect(epoch uint64) *link {
	l, err := r.establish(epoch)
	r.mu.Lock()
	if err != nil {
		r.book.failed()
		r.unlock()
		return nil
	}
	r.book.connected()
	r.unlock()
	go r.listen(l)
	return l
}

// establish makes the connection and the stream of a link, within ConnectTimeout.
func (r *Remote) establish(epoch uint64) (*link, error) {
	ctx, stop := context.WithTimeout(r.ctx, r.cfg.ConnectTimeout)
	defer stop()
	conn, err := r.dial(ctx)
	if err != nil {
		return nil, err
	}
	// The stream lives longer than the attempt, but its creation does not.
	streamCtx, cancel := context.WithCancel(r.ctx)
	intime := context.AfterFunc(ctx, cancel)
	stream, err := remotev1.NewPeerClient(conn).Exchange(streamCtx, r.callOptions()...)
	if !intime() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		conn.Close()
		return nil, err
	}
	return &link{epoch: epoch, conn: conn, stream: stream, cancel: cancel, done: make(chan struct{})}, nil
}

// dial calls Connect. A panic in it fails the attempt and is told by Close.
func (r *Remote) dial(ctx context.Context) (conn Conn, err error) {
	defer func() {
		if v := recover(); v != nil {
			r.crashed("Connect", v)
			conn, err = nil, fmt.Errorf("connect panicked: %v", v)
		}
	}()
	conn, err = r.cfg.Connect(ctx)
	if err == nil && conn == nil {
		err = errors.New("connect returned no connection")
	}
	return conn, err
}

// end lets go of the link: when it returns, its listener has returned, and the
// stream and the connection are gone.
func (l *link) end() {
	l.cancel()
	<-l.done
	l.conn.Close()
}

// listen is the listener: it reads frames until the link is lost, and never
// waits for anything else.
func (r *Remote) listen(l *link) {
	defer close(l.done)
	for {
		f, err := l.stream.Recv()
		if err != nil {
			r.lose(l, protocol.LinkLost)
			return
		}
		r.mu.Lock()
		err = r.book.receive(l.epoch, f)
		if errors.Is(err, errInvalid) {
			r.book.lose(l.epoch, protocol.Invalid)
		}
		r.unlock()
		if err != nil {
			l.cancel()
			return
		}
	}
}

// lose notes that the link is lost, and unblocks whoever is still in a call of
// its stream.
func (r *Remote) lose(l *link, reason protocol.Reason) {
	r.mu.Lock()
	r.book.lose(l.epoch, reason)
	r.unlock()
	l.cancel()
}
