package remote

import (
	"context"

	"github.com/weir-dev/weir/protocol"
)

// dispatch is one call of the dispatcher, and its context: by it a Send or a
// Close is known to come from within. A call that outlives its dispatch loses
// what the dispatch was allowed.
type dispatch struct {
	context.Context
	remote *Remote

	// The rest belongs to the book.
	seq     uint64
	replied bool // the outcome is Replied
	sent    bool // its first Send was made
	ended   bool // the dispatcher has returned
}

// dispatchKey finds the dispatch of one Remote in a context: a dispatcher may
// well send through another Remote, whose place it does not own.
type dispatchKey struct{ remote *Remote }

// Value answers for the dispatch itself and leaves the rest to its parent.
func (d *dispatch) Value(key any) any {
	if k, ok := key.(dispatchKey); ok && k.remote == d.remote {
		return d
	}
	return d.Context.Value(key)
}

// dispatchOf returns the dispatch of r that ctx comes from, or nil.
func dispatchOf(ctx context.Context, r *Remote) *dispatch {
	d, _ := ctx.Value(dispatchKey{r}).(*dispatch)
	return d
}

// dispatchable says that a dispatch can begin.
func (b *book) dispatchable() bool { return b.outcomes.n > 0 && !b.forced }

// dispatched says that no dispatch will begin any more.
func (b *book) dispatched() bool { return b.forced || b.drained() && b.outcomes.n == 0 }

// begin takes the oldest outcome, which must exist, to be dispatched as d. The
// reply's slot is freed here, and the room that it makes is given away.
func (b *book) begin(d *dispatch) protocol.Result {
	o := b.outcomes.pop()
	r := o.result
	if r.Outcome == protocol.Replied && o.epoch == b.link.epoch && b.link.phase == phaseUp {
		b.link.slots--
	}
	d.seq, d.replied = r.Seq, r.Outcome == protocol.Replied
	b.dispatch = d
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindDispatchBegin, Seq: r.Seq, Outcome: r.Outcome, Reason: r.Reason})
	}
	b.admit()
	return r
}

// end notes that the running dispatch has returned. A Send of it that still
// waits for the place of the dispatch becomes one caller among the others: the
// next dispatch must find that place free.
func (b *book) end() {
	d := b.dispatch
	d.ended = true
	b.dispatch = nil
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindDispatchEnd, Seq: d.seq})
	}
	if w := b.inner; w != nil {
		b.inner = nil
		b.outer.push(w)
	}
}
