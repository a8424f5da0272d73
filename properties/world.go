package properties

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol"
)

// Conn is one connection to a party of the world. Closing it ends its
// streams.
type Conn interface {
	grpc.ClientConnInterface
	io.Closer
}

// RemoteWorld is what a maker builds a Remote and its Peer in. Everything the
// two need from outside comes from here, so that the suite sees and steers it.
type RemoteWorld struct {
	// Mode and Delivery are what the Remote is to do.
	Mode     protocol.Mode
	Delivery protocol.Delivery
	// Buffer, Window and FrameMessages bound the Remote, in messages.
	Buffer, Window, FrameMessages int
	// FrameBytes bounds the frames of both ends, in bytes. PeerQueue bounds the
	// messages that wait at the peer, on each link, and Sessions the sessions that
	// it remembers. Zero is the default of the bound.
	FrameBytes, PeerQueue, Sessions int
	// BackoffMin and BackoffMax bound the delay between attempts to connect;
	// ConnectTimeout bounds one attempt.
	BackoffMin, BackoffMax, ConnectTimeout time.Duration
	// Connect reaches the peer; the Remote calls it once per link.
	Connect func(ctx context.Context) (Conn, error)
	// Registrar takes the service of the peer. It must be registered before the
	// maker returns.
	Registrar grpc.ServiceRegistrar
	// Dispatch is the Remote's dispatcher. Message and Reply must be what was
	// accepted and what the handler returned.
	Dispatch func(ctx context.Context, r protocol.Result)
	// Handle is the peer's handler: one call at a time per session, in order.
	Handle func(ctx context.Context, payload []byte) ([]byte, error)
	// Tracer takes the events of the Remote and the Peer, if they have any.
	Tracer protocol.Tracer
	// Rand is the only source of chance; safe for concurrent use.
	Rand func() uint64
}

// Remote is what the suite needs of an implementation. What it has besides
// lets more laws be observed: TrySender, RemoteCounter and PeerCloser.
type Remote interface {
	// Send hands over a message and waits until it is accepted, ctx is done or
	// the Remote is closed. The number is its seq, zero if there is none.
	Send(ctx context.Context, payload []byte) (seq uint64, err error)
	// Close ends the Remote: it drains until ctx is done, then gives up the rest.
	Close(ctx context.Context) error
}

// TrySender is a Remote that can refuse instead of waiting.
type TrySender interface {
	// TrySend is Send, but returns protocol.ErrFull where Send would wait.
	TrySend(payload []byte) (seq uint64, err error)
}

// RemoteCounter is a Remote whose counts can be read at any time.
type RemoteCounter interface {
	// Stats returns one consistent snapshot and never blocks.
	Stats() protocol.RemoteStats
}

// PeerCloser is a Remote whose peer must be closed too.
type PeerCloser interface {
	// ClosePeer ends the peer. It is called after Close has returned, in some
	// cases before that too, and may be called more than once.
	ClosePeer(ctx context.Context) error
}

// GatewayWorld is what a maker builds a Gateway in.
type GatewayWorld struct {
	// Waiting bounds the queue, in requests; HostLimit the reservations of one
	// host.
	Waiting, HostLimit int
	// MaxWait is how long a request waits for a reservation at most.
	MaxWait time.Duration
	// Mark is the number of reservations at or below which a paused host resumes,
	// never above its limit minus one; zero is its limit minus one, negative is
	// none left.
	Mark int
	// ReassignAfter is how long a reservation may last before its request looks
	// for another host; zero is for ever.
	ReassignAfter time.Duration
	// MaxAttempts bounds the attempts of one request that are sent.
	MaxAttempts int
	// BudgetRatio and BudgetBurst make the token bucket of reassigns: each
	// accepted request adds BudgetRatio, each reassign takes one, and it starts
	// full at BudgetBurst.
	BudgetRatio float64
	BudgetBurst int
	// AbandonedCap is how many given-up attempts a host may hold besides its
	// limit.
	AbandonedCap int
	// RefuseBackoff is how long nothing is reserved at a host that refused, unless
	// it finishes an attempt or says that it is ready.
	RefuseBackoff time.Duration
	// Registrar takes the service of the gateway. It must be registered before
	// the maker returns.
	Registrar grpc.ServiceRegistrar
	// Tracer takes the events of the Gateway, if it has any.
	Tracer protocol.Tracer
	// Rand is the only source of chance; safe for concurrent use.
	Rand func() uint64
}

// GatewayRequest is one request of the suite.
type GatewayRequest struct {
	// Payload is unique in its case.
	Payload []byte
	// Idempotent is whether it may be handed to another host once it was sent.
	Idempotent bool
}

// Gateway is what the suite needs of an implementation. GatewayCounter and
// Limiting let more laws be observed.
type Gateway interface {
	// Do runs one request at some host and returns what that answered, or an
	// error; exactly once.
	Do(ctx context.Context, r GatewayRequest) ([]byte, error)
	// Close ends the Gateway: it drains until ctx is done, then gives up the rest.
	Close(ctx context.Context) error
}

// GatewayCounter is a Gateway whose counts can be read at any time.
type GatewayCounter interface {
	// Stats returns one consistent snapshot and never blocks.
	Stats() protocol.GatewayStats
}

// Limiting is a Gateway whose limits can be changed at run time.
type Limiting interface {
	// SetLimit changes the limit that the Gateway sets a host.
	SetLimit(host string, limit int) error
}

// HostWorld is what a maker builds a host in.
type HostWorld struct {
	// Name names the host; Capacity is what it declares.
	Name     string
	Capacity int
	// BackoffMin and BackoffMax bound the delay between attempts to attach.
	BackoffMin, BackoffMax time.Duration
	// Connect reaches the gateway.
	Connect func(ctx context.Context) (Conn, error)
	// Handle runs a request.
	Handle func(ctx context.Context, attempt uint64, payload []byte) ([]byte, error)
	// Tracer takes the events of the host, if it has any.
	Tracer protocol.Tracer
	// Rand is the only source of chance; safe for concurrent use.
	Rand func() uint64
}

// Host is a host library under test.
type Host interface {
	// Close detaches, cancels what runs and returns when nothing does, or ctx is
	// done.
	Close(ctx context.Context) error
}
