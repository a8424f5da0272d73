package remote

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// Remote is the client end: it sends messages to one Peer, in order, and tells
// its dispatcher what became of each. All methods may be called concurrently.
// It runs until Close.
type Remote struct {
	cfg Config

	// ctx ends when Close stops waiting, and with it every link, attempt and
	// dispatch.
	ctx  context.Context
	halt context.CancelFunc

	// mu guards the book and what follows. It is never held across a call of
	// anybody else's code but the tracer and the source of chance, nor across I/O
	// or a wait.
	mu         sync.Mutex
	book       *book
	messenger  signal
	dispatcher signal
	spare      []*waiter
	crashes    int         // panics of the caller's functions
	crash      *PanicError // the first of them
	closed     bool        // a Close has returned
	closeErr   error       // what it returned
	haltCause  error       // why Close stopped waiting

	messengerDone  chan struct{}
	dispatcherDone chan struct{}
}

// spareMax bounds the waiters that are kept for the next callers that wait.
const spareMax = 256

// New returns a running Remote. Nothing is connected before the first message.
// An error that wraps ErrConfig is returned when c can't be worked with.
func New(c Config) (*Remote, error) {
	c, err := c.settle()
	if err != nil {
		return nil, err
	}
	ctx, halt := context.WithCancel(context.Background())
	r := &Remote{
		cfg:            c,
		ctx:            ctx,
		halt:           halt,
		book:           newBook(c, time.Now),
		messenger:      newSignal(),
		dispatcher:     newSignal(),
		messengerDone:  make(chan struct{}),
		dispatcherDone: make(chan struct{}),
	}
	go r.runMessenger()
	go r.runDispatcher()
	return r, nil
}

// unlock ends a step of the book: whoever has something to do by now is woken.
// What there is to do is read from the book itself, so that no step can forget
// whom it concerns.
func (r *Remote) unlock() {
	if r.messenger.armed && r.book.next() != stepRest {
		r.messenger.raise()
	}
	if r.dispatcher.armed && (r.book.dispatchable() || r.book.dispatched()) {
		r.dispatcher.raise()
	}
	r.mu.Unlock()
}

// Send accepts payload for sending and returns its seq, 1, 2, 3, … in the order
// of acceptance. While the buffer is full it waits, behind those who came
// before. A message that was accepted has exactly one outcome, which Dispatch is
// given; one that was not leaves no trace. The payload belongs to the Remote from
// acceptance until its outcome hands it back.
//
// Errors: ErrClosed once Close has begun, ErrTooLarge for a payload above
// MessageBytes, the error of ctx when it is done before acceptance. With the ctx
// of a running dispatch, Send may use one place more than others: the first Send
// in the dispatch of a reply waits for it, any other returns ErrFull instead of
// waiting.
func (r *Remote) Send(ctx context.Context, payload []byte) (seq uint64, err error) {
	if err := r.sizeError(payload); err != nil {
		return 0, err
	}
	d := dispatchOf(ctx, r)
	r.mu.Lock()
	if err := ctx.Err(); err != nil && !r.book.closing {
		r.unlock()
		return 0, r.sendError(err)
	}
	w := r.newWaiter()
	seq, err = r.book.offer(payload, d, w)
	if seq != 0 || err != nil {
		r.spareWaiter(w)
		r.unlock()
		if err != nil {
			return 0, r.sendError(err)
		}
		return seq, nil
	}
	r.unlock()
	return r.await(ctx, w)
}

// await waits until the message of w is accepted or refused, or ctx is done.
func (r *Remote) await(ctx context.Context, w *waiter) (seq uint64, err error) {
	select {
	case <-w.ready:
	case <-ctx.Done():
		r.mu.Lock()
		withdrawn := r.book.withdraw(w)
		r.unlock()
		if withdrawn {
			return 0, r.sendError(ctx.Err())
		}
		<-w.ready // accepted or refused at the same time: that was first
	}
	seq, err = w.seq, w.err
	r.mu.Lock()
	r.spareWaiter(w)
	r.mu.Unlock()
	if err != nil {
		return 0, r.sendError(err)
	}
	return seq, nil
}

// TrySend is Send for a caller that does not wait: while the buffer is full it
// returns ErrFull.
func (r *Remote) TrySend(payload []byte) (seq uint64, err error) {
	if err := r.sizeError(payload); err != nil {
		return 0, err
	}
	r.mu.Lock()
	seq, err = r.book.offer(payload, nil, nil)
	r.unlock()
	if err != nil {
		return 0, r.sendError(err)
	}
	return seq, nil
}

// Stats returns one consistent snapshot. It never waits for anything but other
// short steps.
func (r *Remote) Stats() protocol.RemoteStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.book.snapshot()
}

func (r *Remote) sizeError(payload []byte) error {
	if len(payload) <= r.cfg.MessageBytes {
		return nil
	}
	return r.sendError(fmt.Errorf("%w: got %d bytes, want at most %d", protocol.ErrTooLarge, len(payload), r.cfg.MessageBytes))
}

func (r *Remote) sendError(err error) error {
	return fmt.Errorf("remote %q: send: %w", r.cfg.ID, err)
}

// newWaiter returns a waiter, under the mutex.
func (r *Remote) newWaiter() *waiter {
	if n := len(r.spare); n > 0 {
		w := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return w
	}
	return &waiter{ready: make(chan struct{}, 1)}
}

// spareWaiter keeps w for another caller, under the mutex. Its channel must be
// empty.
func (r *Remote) spareWaiter(w *waiter) {
	if len(r.spare) < spareMax {
		*w = waiter{ready: w.ready}
		r.spare = append(r.spare, w)
	}
}
