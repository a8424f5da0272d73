package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/weir-dev/weir/protocol"
)

// Close stops accepting, sends and dispatches what was accepted, and returns
// when that is done and nothing of the Remote is left: no goroutine, stream or
// connection. When ctx is done it stops waiting: what is in the buffer ends
// NotSent (closed), what is in flight Unknown (closed), and no further dispatch
// begins. Then a dispatch that is still running is the one thing that Close
// leaves behind.
//
// Close may be called more than once and concurrently; each call waits for its
// own ctx, the first that is done ends the waiting for all, and all return the
// same. Called with the ctx of a running dispatch, it begins closing and returns
// ErrInDispatch at once; another Close may wait for the end.
//
// The error is nil when every outcome was dispatched and no function of Config
// panicked. Else it gives the number of outcomes that were not dispatched, the
// seq of a dispatch that is still running, the number of panics and the first of
// them, and wraps the error of the ctx that ended the waiting.
func (r *Remote) Close(ctx context.Context) error {
	d := dispatchOf(ctx, r)
	r.mu.Lock()
	r.book.close()
	within := d != nil && !d.ended
	r.unlock()
	if within {
		return fmt.Errorf("remote %q: %w", r.cfg.ID, protocol.ErrInDispatch)
	}
	for _, done := range []chan struct{}{r.messengerDone, r.dispatcherDone} {
		select {
		case <-done:
		case <-r.ctx.Done():
		case <-ctx.Done():
			r.force(ctx.Err())
		}
	}
	<-r.messengerDone
	for {
		if err, ok := r.finish(); ok {
			return err
		}
		// No dispatch is running and none will begin, so this is soon.
		<-r.dispatcherDone
	}
}

// force stops the waiting of every Close.
func (r *Remote) force(cause error) {
	r.mu.Lock()
	if !r.closed && !r.book.forced {
		r.haltCause = cause
		r.book.force()
	}
	r.unlock()
	r.halt()
}

// finish ends the closing, once; it reports false while the dispatcher loop has
// yet to return. From here on there is no event.
func (r *Remote) finish() (error, bool) {
	r.mu.Lock()
	defer r.unlock()
	if r.closed {
		return r.closeErr, true
	}
	if r.book.dispatch == nil {
		select {
		case <-r.dispatcherDone:
		default:
			return nil, false
		}
	}
	if r.book.tracer != nil {
		r.book.trace(protocol.Event{Kind: protocol.KindCloseEnd})
	}
	r.closed, r.book.silent = true, true
	r.closeErr = r.closingError()
	r.halt()
	return r.closeErr, true
}

// closingError says what Close has to tell, or nil.
func (r *Remote) closingError() error {
	var parts []string
	var causes []error
	if n := r.book.outcomes.n; n > 0 {
		parts = append(parts, fmt.Sprintf("%d outcomes were not dispatched", n))
	}
	if d := r.book.dispatch; d != nil {
		parts = append(parts, fmt.Sprintf("dispatch of seq %d is still running", d.seq))
	}
	if len(parts) > 0 {
		causes = append(causes, fmt.Errorf("remote %q: close: %s: %w", r.cfg.ID, strings.Join(parts, ", "), r.haltCause))
	}
	if r.crashes > 0 {
		causes = append(causes, fmt.Errorf("remote %q: %d panics, the first: %w", r.cfg.ID, r.crashes, r.crash))
	}
	return errors.Join(causes...)
}
