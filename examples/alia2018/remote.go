package alia2018

import (
	"context"
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

// Config says what a Remote is. All but Sync and Relisten are needed.
type Config struct {
	// Name names the session.
	Name string
	// Sync is the article's sync mode: the messenger receives each reply itself.
	Sync bool
	// Buffer is the capacity of the message channel, in messages.
	Buffer int
	// Connect reaches the peer.
	Connect func(ctx context.Context) (Conn, error)
	// Dispatch is given each outcome, one at a time.
	Dispatch func(ctx context.Context, r protocol.Result)
	// Warn takes what the article logs; nil drops it.
	Warn func(format string, args ...any)
	// Relisten makes the listener go offline and on at an error, where the
	// article's returns.
	Relisten bool
}

// Remote sends messages to one peer. Send may be called concurrently.
type Remote struct {
	Config
	messages chan []byte
	outcomes chan protocol.Result

	// The article's fields: messenger and listener use them without a lock.
	conn   Conn
	stream grpc.BidiStreamingClient[remotev1.PeerRequest, remotev1.PeerReply]
	online bool

	epoch, seq uint64 // the messenger's own

	mu       sync.Mutex
	inFlight map[uint64][]byte
	open     int // accepted and not dispatched
	closing  bool

	idle    chan struct{} // signals that open has become 0
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
}

// outcomesMax is more than any suite has in flight: a full channel would be a
// third bug.
const outcomesMax = 4096

// New starts a Remote.
func New(c Config) *Remote {
	if c.Warn == nil {
		c.Warn = func(string, ...any) {}
	}
	r := &Remote{Config: c, messages: make(chan []byte, c.Buffer), outcomes: make(chan protocol.Result, outcomesMax),
		inFlight: make(map[uint64][]byte), idle: make(chan struct{}, 1)}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.start(r.messenger)
	r.start(r.dispatcher)
	if !c.Sync {
		r.start(r.listener)
	}
	return r
}

// start runs a goroutine that Close waits for.
func (r *Remote) start(f func()) {
	r.running.Add(1)
	go func() {
		defer r.running.Done()
		f()
	}()
}

// messenger is the article's, but that it ends with the context and tells the
// dispatcher what it drops.
func (r *Remote) messenger() {
	defer r.close()
	// Attempt to establish a connection to the remote peer
	var err error
	if err = r.connect(); err != nil {
		r.Warn("%s", err)
	}

	// Send all messages in the order they arrive on the channel
	for msg, ok := r.next(); ok; msg, ok = r.next() {
		// If we're not online try to re-establish the connection
		if !r.online {
			if err = r.connect(); err != nil {
				r.Warn("dropped message to %s: could not connect", r.Name)
				r.outcomes <- protocol.Result{Message: msg, Outcome: protocol.NotSent, Reason: protocol.Offline}

				// close the connection and go to the next message
				r.close()
				continue
			}
		}

		// Send the message on the remote stream
		seq := r.depart(msg)
		if err = r.stream.Send(&remotev1.PeerRequest{Messages: []*remotev1.Message{{Seq: seq, Payload: msg}}}); err != nil {
			r.Warn("dropped message to %s: could not send: %s", r.Name, err)
			r.lost()

			// go offline if there was an error sending a message
			r.close()
			continue
		}

		// In sync mode the reply is received before the next message is sent
		if r.Sync && !r.receive() {
			r.close()
		}
	}
}

// listener is the article's, but that it does not spin while offline.
func (r *Remote) listener() {
	for r.ctx.Err() == nil {
		if r.online {
			if !r.receive() {
				if !r.Relisten {
					return
				}
				r.close()
			}
			continue
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.ctx.Done():
		}
	}
}

// receive reads a frame and passes its replies on; false is an error, with
// which everything in flight is lost.
func (r *Remote) receive() bool {
	rep, err := r.stream.Recv()
	if err != nil {
		r.Warn("no response from %s: %s", r.Name, err)
		r.lost()
		return false
	}
	for _, reply := range rep.GetReplies() {
		if msg, ok := r.arrive(reply.GetSeq()); ok {
			res := protocol.Result{Seq: reply.GetSeq(), Message: msg, Outcome: protocol.Replied, Reply: reply.GetPayload()}
			if f := reply.GetFailure(); f != nil {
				res.Reply, res.Err = nil, &protocol.HandlerError{Party: r.Name, Message: f.GetMessage()}
			}
			r.outcomes <- res
		}
	}
	return len(rep.GetReplies()) > 0 || !r.Sync || r.receive()
}

// connect makes the stream and says hello on it.
func (r *Remote) connect() (err error) {
	r.epoch++
	if r.conn, err = r.Connect(r.ctx); err != nil {
		r.conn = nil
		return err
	}
	if r.stream, err = remotev1.NewPeerClient(r.conn).Exchange(r.ctx); err == nil {
		err = r.stream.Send(&remotev1.PeerRequest{Hello: &remotev1.Hello{
			RemoteId: r.Name, Epoch: r.epoch, Delivery: remotev1.Delivery_DELIVERY_AT_MOST_ONCE}})
	}
	if err != nil {
		r.close()
		return err
	}
	r.online = true
	return nil
}

// close goes offline.
func (r *Remote) close() {
	r.stream = nil
	if r.conn != nil {
		if err := r.conn.Close(); err != nil {
			r.Warn("connection to %s: %s", r.Name, err)
		}
		r.conn = nil
	}
	r.online = false
}
