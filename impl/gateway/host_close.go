package gateway

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

const (
	// drainLinger is how long a closing Host goes on reading after it said Drain
	// and answered everything: requests that cross the Drain on the wire are
	// refused, so that they run elsewhere.
	drainLinger = 100 * time.Millisecond
	// handlerGrace is how long Close waits for handlers whose context it
	// cancelled.
	handlerGrace = time.Second
)

// Close tells the Gateway that the Host is leaving, lets what runs and waits
// here end until ctx is done, cancels the rest, and ends the attachment. It
// returns when every goroutine of the Host is gone, with nil, or with an error
// that wraps that of ctx and says what was cut short. A handler that does not
// return within a second of its cancellation is named in the error: it is the
// one goroutine that may outlive Close, and causes no event. Close may be
// called again and concurrently: the context that is done first ends the
// waiting.
func (h *Host) Close(ctx context.Context) error {
	h.begin()
	h.drain(ctx)
	cut := h.unanswered()
	h.cancel()
	<-h.away
	h.settle()
	stuck := h.end()
	<-h.gone
	cause := ctx.Err()
	if cause == nil {
		cause = h.ctx.Err() // another Close ended the waiting
	}
	switch {
	case len(stuck) > 0:
		return fmt.Errorf("host %q closed, but handlers ignore their context and still run: attempts %s: %w",
			h.config.Name, strings.Join(stuck, ", "), cause)
	case cut > 0:
		return fmt.Errorf("host %q closed with %d attempts unanswered: %w", h.config.Name, cut, cause)
	}
	return nil
}

// begin stops accepting attempts, once: it says Drain on the attachment, or
// ends the attempt to attach.
func (h *Host) begin() {
	h.mu.Lock()
	first, abort := !h.closing, h.abort
	if first {
		h.closing = true
		close(h.leave)
		h.trace(protocol.Event{Kind: protocol.KindCloseBegin})
		if h.link != nil {
			h.link.put(&gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Drain{Drain: &gatewayv1.Drain{}}})
		}
		h.rest()
	}
	attached := h.link != nil
	h.mu.Unlock()
	if first && !attached && abort != nil {
		abort()
	}
}

// drain returns when everything is answered and the Gateway has ended the
// attachment, or ctx is done. The stream is closed from this side first, and
// ended by the Gateway: ending it here might throw away answers that are still
// on the way.
func (h *Host) drain(ctx context.Context) {
	select {
	case <-h.quiet:
	case <-ctx.Done():
		return
	case <-h.ctx.Done():
		return
	}
	linger := time.NewTimer(drainLinger)
	defer linger.Stop()
	select {
	case <-linger.C:
	case <-h.away:
		return
	case <-ctx.Done():
		return
	case <-h.ctx.Done():
		return
	}
	h.hangUp()
	select {
	case <-h.away:
	case <-ctx.Done():
	case <-h.ctx.Done():
	}
}

// hangUp closes the stream from this side, after what is still to be written.
func (h *Host) hangUp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link != nil {
		h.link.put(nil)
	}
}

// unanswered counts the attempts that run or wait.
func (h *Host) unanswered() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.desk.running) + h.desk.waiting.Len()
}

// settle gives handlers, all cancelled, their time to return.
func (h *Host) settle() {
	grace := time.NewTimer(handlerGrace)
	defer grace.Stop()
	select {
	case <-h.quiet:
	case <-grace.C:
	}
}

// end says that it is over, once, and names the attempts whose handlers still
// run.
func (h *Host) end() (stuck []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	running := make([]*attempt, 0, len(h.desk.running))
	for a := range h.desk.running {
		running = append(running, a)
	}
	slices.SortFunc(running, func(a, b *attempt) int { return cmp.Compare(a.order, b.order) })
	for _, a := range running {
		stuck = append(stuck, fmt.Sprint(a.request.Attempt))
	}
	if !h.ended {
		h.ended = true
		h.trace(protocol.Event{Kind: protocol.KindCloseEnd})
		close(h.gone)
	}
	return stuck
}

// rest tells Close when nothing runs or waits any more. It is called when a
// handler has returned: nothing waits but while handlers run.
func (h *Host) rest() {
	if !h.closing || !h.desk.idle() {
		return
	}
	select {
	case <-h.quiet:
	default:
		close(h.quiet)
	}
}
