package gateway

import (
	"context"
	"fmt"
	"slices"

	"github.com/weir-dev/weir/protocol"
)

// Close stops accepting requests, lets those that are open end until ctx is
// done, ends the rest with protocol.ErrClosed, and ends every attachment. It
// returns when every goroutine of the Gateway is gone and every Do is about to
// return: with nil, or with an error that wraps that of ctx and says how many
// requests were cut short. It may be called again and concurrently: the
// context that is done first ends the waiting.
func (g *Gateway) Close(ctx context.Context) error {
	g.begin()
	select {
	case <-g.idle:
	case <-ctx.Done():
	}
	cut, last := g.shut()
	if last {
		g.wg.Wait()
		g.mu.Lock()
		g.trace(protocol.Event{Kind: protocol.KindCloseEnd})
		g.mu.Unlock()
		close(g.gone)
	}
	<-g.gone
	if cut > 0 {
		return fmt.Errorf("gateway closed with %d requests open: %w", cut, ctx.Err())
	}
	return nil
}

// begin stops accepting, once.
func (g *Gateway) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return
	}
	g.closing = true
	g.trace(protocol.Event{Kind: protocol.KindCloseBegin})
	g.rest()
}

// rest tells Close when the last open request has ended.
func (g *Gateway) rest() {
	if !g.closing || len(g.open) > 0 {
		return
	}
	select {
	case <-g.idle:
	default:
		close(g.idle)
	}
}

// shut ends what is open, in order of age, and tells every stream to end, once;
// last is true for the call that did so. It returns how many requests it cut
// short.
func (g *Gateway) shut() (cut int, last bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return 0, false
	}
	g.closed = true
	close(g.halt)
	requests := make([]*request, 0, len(g.open))
	for _, r := range g.open {
		requests = append(requests, r)
	}
	slices.SortFunc(requests, func(a, b *request) int { return int(int64(a.seq) - int64(b.seq)) })
	for _, r := range requests {
		if r.reservation != nil {
			g.release(r, protocol.Closed)
		}
		g.fail(r, protocol.Closed, fmt.Errorf("request was cut short: gateway is %w", protocol.ErrClosed))
	}
	return len(requests), true
}
