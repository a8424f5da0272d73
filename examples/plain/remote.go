package plain

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// Conn is one connection to the peer.
type Conn interface {
	grpc.ClientConnInterface
	io.Closer
}

// Config says what a Remote is; every field is needed.
type Config struct {
	// ID names the Remote.
	ID string
	// Buffer bounds what is accepted and not sent, in messages.
	Buffer int
	// BackoffMin, BackoffMax and ConnectTimeout are those of the protocol.
	BackoffMin, BackoffMax, ConnectTimeout time.Duration
	// Connect is called once per link.
	Connect func(ctx context.Context) (Conn, error)
	// Dispatch is given each outcome.
	Dispatch func(ctx context.Context, r protocol.Result)
	// Rand is the source of chance.
	Rand func() uint64
}

// pause is how long a Remote waits before it dispatches, and a Peer before it
// replies.
const pause = 10 * time.Millisecond

// inDispatch marks the context of a dispatch of one Remote.
type inDispatch struct{ *Remote }

// Remote sends messages to one peer. Its methods may be called concurrently.
type Remote struct {
	Config
	incarnation uint64
	link        *link // the loop's own, like what is below it
	epoch       uint64
	replied     uint64 // the highest seq whose reply was received
	delay       time.Duration
	earliest    time.Time

	mu     sync.Mutex
	buffer []*message
	seq    uint64
	closed bool
	room   chan struct{} // closed and renewed whenever there may be room
	work   chan struct{}
	// undispatched counts the outcomes that no dispatcher will see, dispatching
	// tells whether one is at it.
	undispatched int
	dispatching  bool

	ctx  context.Context // ends when Close stops waiting
	stop context.CancelFunc
	done chan struct{} // closed when the loop has ended
}

type message struct {
	seq     uint64
	payload []byte
}

// NewRemote starts a Remote.
func NewRemote(c Config) *Remote {
	r := &Remote{Config: c, incarnation: c.Rand(), delay: c.BackoffMin, room: make(chan struct{}), work: make(chan struct{}, 1), done: make(chan struct{})}
	r.ctx, r.stop = context.WithCancel(context.Background())
	go r.loop()
	return r
}

// Send accepts a message, waiting for room until ctx is done. Called with the
// context of a dispatch it may use one place more, and does not wait:
// protocol.ErrFull is returned instead. After Close it returns
// protocol.ErrClosed; a payload above 1 MiB is refused with
// protocol.ErrTooLarge.
func (r *Remote) Send(ctx context.Context, payload []byte) (uint64, error) {
	if len(payload) > payloadMax {
		return 0, fmt.Errorf("remote %s: %w: %d bytes, want at most %d", r.ID, protocol.ErrTooLarge, len(payload), payloadMax)
	}
	dispatch := ctx.Value(inDispatch{r}) != nil
	for {
		r.mu.Lock()
		room, bound := r.room, r.Buffer
		if dispatch {
			bound++
		}
		switch {
		case r.closed:
			r.mu.Unlock()
			return 0, protocol.ErrClosed
		case len(r.buffer) < bound:
			r.seq++
			seq := r.seq
			r.buffer = append(r.buffer, &message{seq, payload})
			r.mu.Unlock()
			r.kick()
			return seq, nil
		case dispatch:
			r.mu.Unlock()
			return 0, protocol.ErrFull
		}
		r.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (r *Remote) kick() {
	select {
	case r.work <- struct{}{}:
	default:
	}
}

// take waits for a message; nil is the end. What it returns is in the buffer
// no longer.
func (r *Remote) take() *message {
	for {
		r.mu.Lock()
		if len(r.buffer) > 0 {
			m := r.buffer[0]
			r.buffer = r.buffer[1:]
			close(r.room)
			r.room = make(chan struct{})
			r.mu.Unlock()
			return m
		}
		closed := r.closed
		r.mu.Unlock()
		if closed {
			return nil
		}
		<-r.work
	}
}

// loop is all of the Remote.
func (r *Remote) loop() {
	defer close(r.done)
	defer func() { r.drop() }()
	for m := r.take(); m != nil; m = r.take() {
		r.tell(r.send(m))
		if r.Rand()%4 == 0 {
			r.drop() // on a whim: nothing is in flight
		}
	}
}

// send brings a message to its outcome.
func (r *Remote) send(m *message) protocol.Result {
	res := protocol.Result{Seq: m.seq, Message: m.payload, Outcome: protocol.NotSent, Reason: protocol.Offline}
	if r.ctx.Err() != nil {
		res.Reason = protocol.Closed
		return res
	}
	frame := &remotev1.PeerRequest{Messages: []*remotev1.Message{{Seq: m.seq, Payload: m.payload}}, Ack: r.replied}
	if r.link == nil {
		if time.Now().Before(r.earliest) || !r.connect() {
			return res
		}
		frame.Hello = &remotev1.Hello{RemoteId: r.ID, Incarnation: r.incarnation, Epoch: r.epoch, LastReply: r.replied, Delivery: remotev1.Delivery_DELIVERY_AT_MOST_ONCE}
	}
	reply, err := r.link.exchange(frame, m.seq)
	if err != nil {
		res.Outcome, res.Reason = protocol.Unknown, protocol.LinkLost
		if r.ctx.Err() != nil {
			res.Reason = protocol.Closed
		}
		if time.Since(r.link.since) >= r.BackoffMax {
			r.delay = r.BackoffMin
		}
		r.drop()
		r.backOff()
		return res
	}
	r.delay, r.replied = r.BackoffMin, m.seq
	res.Outcome, res.Reason, res.Reply = protocol.Replied, protocol.ReasonNone, reply.GetPayload()
	if f := reply.GetFailure(); f != nil {
		res.Reply, res.Err = nil, &protocol.HandlerError{Party: r.ID, Message: f.GetMessage()}
	}
	return res
}

// tell dispatches an outcome and waits until that is over, or Close gives up on
// it.
func (r *Remote) tell(res protocol.Result) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.ctx.Done():
	}
	r.mu.Lock()
	begin := r.ctx.Err() == nil
	if begin {
		r.dispatching = true
	} else {
		r.undispatched++
	}
	r.mu.Unlock()
	if !begin {
		return
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer func() {
			_ = recover() // a dispatcher that panics is the caller's affair, and loses no other outcome
			r.mu.Lock()
			defer r.mu.Unlock()
			r.dispatching = false
		}()
		r.Dispatch(context.WithValue(r.ctx, inDispatch{r}, true), res)
	}()
	select {
	case <-over:
	case <-r.ctx.Done():
	}
}

// Close accepts nothing more, lets the loop finish until ctx is done, then
// gives up the rest. The error says how many outcomes were not dispatched, and
// whether a dispatch still runs. It may be called again and concurrently; with
// the context of a dispatch it returns protocol.ErrInDispatch at once.
func (r *Remote) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	close(r.room)
	r.room = make(chan struct{})
	r.mu.Unlock()
	r.kick()
	if ctx.Value(inDispatch{r}) != nil {
		return protocol.ErrInDispatch
	}
	select {
	case <-r.done:
	case <-ctx.Done():
	}
	r.mu.Lock()
	r.stop() // under the lock, so that no dispatch begins behind it
	r.mu.Unlock()
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.undispatched > 0 || r.dispatching {
		return fmt.Errorf("remote %s: closed with %d outcomes not dispatched (one dispatch running: %t): %w", r.ID, r.undispatched, r.dispatching, context.Cause(ctx))
	}
	return nil
}
