package alia2018

import (
	"context"
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// Send hands a message to the messenger and waits while the channel is full.
// protocol.ErrClosed is returned once Close was called, the context's error when
// ctx is done. A message is given its seq when it is sent, so that Send returns
// none.
func (r *Remote) Send(ctx context.Context, payload []byte) (uint64, error) {
	r.mu.Lock()
	if r.closing {
		r.mu.Unlock()
		return 0, protocol.ErrClosed
	}
	r.open++
	r.mu.Unlock()
	select {
	case r.messages <- payload:
		return 0, nil
	case <-ctx.Done():
		r.ended()
		return 0, ctx.Err()
	case <-r.ctx.Done():
		r.ended()
		return 0, protocol.ErrClosed
	}
}

// next takes a message from the channel; false is the end.
func (r *Remote) next() (msg []byte, ok bool) {
	select {
	case msg = <-r.messages:
		return msg, r.ctx.Err() == nil
	case <-r.ctx.Done():
		return nil, false
	}
}

// depart gives a message its seq and notes that it is in flight.
func (r *Remote) depart(msg []byte) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	r.inFlight[r.seq] = msg
	return r.seq
}

// arrive takes a message out of flight.
func (r *Remote) arrive(seq uint64) (msg []byte, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	msg, ok = r.inFlight[seq]
	delete(r.inFlight, seq)
	return msg, ok
}

// lost tells the dispatcher that everything in flight is lost.
func (r *Remote) lost() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for seq := uint64(1); seq <= r.seq; seq++ {
		if msg, ok := r.inFlight[seq]; ok {
			delete(r.inFlight, seq)
			r.outcomes <- protocol.Result{Seq: seq, Message: msg, Outcome: protocol.Unknown, Reason: protocol.LinkLost}
		}
	}
}

// dispatcher gives outcomes to the caller, one at a time.
func (r *Remote) dispatcher() {
	for {
		select {
		case res := <-r.outcomes:
			if r.ctx.Err() == nil {
				r.dispatch(res)
			}
		case <-r.ctx.Done():
			return
		}
	}
}

// dispatch gives one outcome to the caller.
func (r *Remote) dispatch(res protocol.Result) {
	defer func() {
		if e := recover(); e != nil {
			r.Warn("dispatcher: %v", e)
		}
		r.ended()
	}()
	r.Dispatch(r.ctx, res)
}

// ended notes that one message fewer is open.
func (r *Remote) ended() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open--; r.open == 0 {
		select {
		case r.idle <- struct{}{}:
		default:
		}
	}
}

// Close accepts nothing more and waits until every message was dispatched or
// ctx is done. It returns when its goroutines have ended, a dispatch that runs
// included, and with an error that says how many messages were given up.
func (r *Remote) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closing = true
	open := r.open
	r.mu.Unlock()
	for open > 0 && ctx.Err() == nil {
		select {
		case <-r.idle:
		case <-ctx.Done():
		}
		r.mu.Lock()
		open = r.open
		r.mu.Unlock()
	}
	r.stop()
	r.running.Wait()
	if open > 0 {
		return fmt.Errorf("remote %s: closed with %d messages not dispatched: %w", r.Name, open, context.Cause(ctx))
	}
	return nil
}
