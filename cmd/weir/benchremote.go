package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

// benchSeries is one line of the figure: a way to use a Remote.
type benchSeries struct {
	name string
	mode protocol.Mode
	// raw is the loop of gRPC alone that the series is compared with.
	raw benchRaw
	// ordered is whether messages must be dispatched in the order of their numbers.
	ordered bool
	// send calls one for each number from 0 to n-1, and returns after all of them.
	send func(n int, one func(number int))
}

// benchAllSeries are the three of the 2018 figure.
var benchAllSeries = []benchSeries{
	{name: "sync", mode: protocol.Sync, raw: benchPingPong, send: concurrently},
	{name: "async", mode: protocol.Async, raw: benchPipelined, send: concurrently},
	{name: "iorder", mode: protocol.Async, raw: benchPipelined, ordered: true, send: inOrder},
}

// concurrently sends each message from a goroutine of its own.
func concurrently(n int, one func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { one(i) })
	}
	wg.Wait()
}

// inOrder sends from one caller.
func inOrder(n int, one func(int)) {
	for i := range n {
		one(i)
	}
}

// benchCloseMax is how long the ends of a run that went well may take to close.
const benchCloseMax = 10 * time.Second

// remote measures one run of a fresh Remote and a fresh Peer.
func (l benchLoad) remote(ctx context.Context, s benchSeries, buffer int) (sample benchSample, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, benchRunMax, errBenchSlow)
	defer cancel()
	peer, err := remote.NewPeer(remote.PeerConfig{Handle: func(_ context.Context, m remote.Message) ([]byte, error) { return m.Payload, nil }})
	if err != nil {
		return sample, err
	}
	host, err := listenLoopback(peer.Register)
	if err != nil {
		return sample, err
	}
	t := &benchTally{ordered: s.ordered}
	r, err := remote.New(remote.Config{
		ID:       "bench",
		Mode:     s.mode,
		Buffer:   buffer,
		Connect:  func(context.Context) (remote.Conn, error) { return host.dial() },
		Dispatch: func(_ context.Context, r protocol.Result) { t.take(r) },
	})
	if err != nil {
		return sample, errors.Join(err, host.stop())
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), benchCloseMax)
		defer cancel()
		if err != nil {
			cancel() // there is nothing to wait for
		}
		closing := errors.Join(r.Close(ctx), peer.Close(ctx), host.stop())
		if err == nil {
			err = closing
		}
	}()
	sample.rate, err = l.sustain(ctx, func(ctx context.Context) error { return l.burst(ctx, r, s, t) })
	if err != nil {
		return sample, err
	}
	stats := r.Stats()
	if stats.Links != 1 {
		return sample, fmt.Errorf("the run used %d links, want 1: its rate is that of reconnecting", stats.Links)
	}
	sample.perFrame = float64(stats.Accepted) / float64(stats.FramesSent)
	return sample, nil
}

// burst sends the messages of one burst and waits until all were dispatched.
func (l benchLoad) burst(ctx context.Context, r *remote.Remote, s benchSeries, t *benchTally) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	done := t.begin(l.messages, fail)
	s.send(l.messages, func(number int) {
		payload := make([]byte, max(l.bytes, benchNumberBytes))
		binary.BigEndian.PutUint64(payload, uint64(number))
		if _, err := r.Send(ctx, payload); err != nil {
			fail(err)
		}
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s of %s messages were dispatched: %w", grouped(t.dispatched()), grouped(l.messages), context.Cause(ctx))
	}
}

// benchNumberBytes is what the number of a message takes of its payload.
const benchNumberBytes = 8

// benchTally checks what is dispatched of a burst, message by message.
type benchTally struct {
	ordered bool

	mu    sync.Mutex
	seen  []bool // by number
	count int
	done  chan struct{}
	fail  context.CancelCauseFunc // nil once it was called: the rest of the burst tells nothing
}

// begin expects n messages, numbered from 0. The channel is closed when all were
// dispatched; the first that should not have been is given to fail.
func (t *benchTally) begin(n int, fail context.CancelCauseFunc) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen, t.count, t.fail, t.done = make([]bool, n), 0, fail, make(chan struct{})
	return t.done
}

// take is the dispatcher.
func (t *benchTally) take(r protocol.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fail == nil {
		return
	}
	number, err := t.check(r)
	if err != nil {
		t.fail(err)
		t.fail = nil
		return
	}
	t.seen[number] = true
	if t.count++; t.count == len(t.seen) {
		close(t.done)
	}
}

// check returns the number of the message, or what is wrong with the result.
func (t *benchTally) check(r protocol.Result) (number uint64, err error) {
	if len(r.Message) < benchNumberBytes {
		return 0, fmt.Errorf("seq %d was dispatched with a message of %d bytes, want at least %d", r.Seq, len(r.Message), benchNumberBytes)
	}
	number = binary.BigEndian.Uint64(r.Message)
	switch {
	case r.Outcome != protocol.Replied:
		return 0, fmt.Errorf("message %d ended %v (%v), want %v", number, r.Outcome, r.Reason, protocol.Replied)
	case r.Err != nil:
		return 0, fmt.Errorf("message %d: %w", number, r.Err)
	case !bytes.Equal(r.Reply, r.Message):
		return 0, fmt.Errorf("message %d was given the reply %.16x, want its echo %.16x", number, r.Reply, r.Message)
	case number >= uint64(len(t.seen)):
		return 0, fmt.Errorf("message %d was dispatched, want at most %d", number, len(t.seen)-1)
	case t.seen[number]:
		return 0, fmt.Errorf("message %d was dispatched twice", number)
	case t.ordered && number != uint64(t.count):
		return 0, fmt.Errorf("message %d was dispatched out of order, want message %d", number, t.count)
	}
	return number, nil
}

// dispatched returns how many messages of the burst were.
func (t *benchTally) dispatched() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}
