package remote

import (
	"time"

	"github.com/weir-dev/weir/protocol"
)

// book is everything a Remote knows about its messages: which are accepted, in
// the buffer, in flight, resolved and not dispatched yet, and whether a link
// carries them. It is plain data: each method is one step, never blocks, starts
// nothing, and tells the tracer what it made true. The Remote steps it under its
// one mutex; tests step it with a clock and a source of chance of their own.
//
// An accepted message is in exactly one of buffer, flight and resolved, and
// moves only forward.
type book struct {
	bounds bounds
	tracer protocol.Tracer
	now    func() time.Time
	chance func() uint64

	buffer   ring[entry]   // accepted, handed to no stream
	flight   ring[entry]   // handed to the stream of the present link, unresolved
	outcomes ring[outcome] // resolved, dispatch not begun

	outer waiters // callers that wait for room
	inner *waiter // the dispatch that waits for the place that is kept for it

	link    linkState
	backoff backoff
	session sessionState

	dispatch *dispatch // that is running, or nil
	closing  bool      // nothing more is accepted
	forced   bool      // nothing more is sent or dispatched either
	silent   bool      // Close has returned: no event

	stats protocol.RemoteStats // what only grows; the rest is counted on demand
}

// bounds are the limits that the book keeps.
type bounds struct {
	buffer, window            int
	frameMessages, frameBytes int
	helloBytes                int
}

// entry is one accepted message.
type entry struct {
	seq     uint64
	payload []byte
}

// outcome is one resolved message.
type outcome struct {
	result protocol.Result
	epoch  uint64 // of the link that carried it, zero if none did
}

// linkState is what the book knows of the present link.
type linkState struct {
	phase    phase
	epoch    uint64 // of the newest attempt
	up       time.Time
	frames   uint64 // sent
	slots    int    // of the window, that are taken
	welcomed bool
	replied  bool
}

// phase is how far the present link has come.
type phase uint8

const (
	phaseNone       phase = iota // no link, no attempt
	phaseConnecting              // an attempt is running
	phaseUp                      // the stream exists
	phaseLost                    // no longer used; the messenger still holds it
)

// sessionState is what outlives links.
type sessionState struct {
	lastSent  uint64 // highest seq that was handed to a stream
	lastReply uint64 // highest seq whose reply was received
	lastAck   uint64 // highest reply that a frame has acknowledged
}

func newBook(c Config, now func() time.Time) *book {
	return &book{
		bounds: bounds{
			buffer: c.Buffer, window: c.Window,
			frameMessages: c.FrameMessages, frameBytes: c.FrameBytes,
			helloBytes: len(c.ID) + helloOverhead,
		},
		tracer:  c.Tracer,
		now:     now,
		chance:  c.Rand,
		backoff: backoff{min: c.BackoffMin, max: c.BackoffMax},
	}
}

// trace hands an event to the tracer. Callers test b.tracer first, so that
// nothing is computed when nobody listens.
func (b *book) trace(e protocol.Event) {
	if b.silent {
		return
	}
	e.Party = "remote"
	b.tracer.Trace(e)
}

// awaiting counts the accepted messages whose dispatch has not begun.
func (b *book) awaiting() int { return b.buffer.n + b.flight.n + b.outcomes.n }

// room says whether one more message may be accepted; extra is one for a
// dispatch that sends, else zero.
//
// The extra place is what keeps a dispatcher that sends from waiting for itself.
// When its dispatch began, at most Window + Buffer messages were left awaiting
// theirs. So if the buffer holds Buffer + 1 of them, at most Window - 1 hold a
// slot, and the messenger can take one from the buffer without any dispatch.
func (b *book) room(extra int) bool {
	return b.buffer.n < b.bounds.buffer+extra && b.awaiting() < b.bounds.window+b.bounds.buffer+extra
}

// offer accepts payload, or puts w in line with it, or refuses. d is the running
// dispatch that the caller belongs to, or nil; w is nil for a caller that does
// not wait. The message is accepted exactly when seq is not zero.
func (b *book) offer(payload []byte, d *dispatch, w *waiter) (seq uint64, err error) {
	if b.closing {
		return 0, protocol.ErrClosed
	}
	if d != nil && !d.ended {
		first := d.replied && !d.sent
		d.sent = true
		switch {
		case b.room(1):
			return b.accept(payload), nil
		case !first || w == nil:
			return 0, protocol.ErrFull
		}
		w.payload, b.inner = payload, w
		return 0, nil
	}
	switch {
	case b.room(0):
		return b.accept(payload), nil
	case w == nil:
		return 0, protocol.ErrFull
	}
	w.payload = payload
	b.outer.push(w)
	return 0, nil
}

// accept gives payload its seq.
func (b *book) accept(payload []byte) uint64 {
	b.stats.Accepted++
	seq := b.stats.Accepted
	b.buffer.push(entry{seq: seq, payload: payload})
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindAccept, Seq: seq, Digest: protocol.Digest(payload)})
	}
	return seq
}

// admit accepts the messages of those who wait, oldest first, as far as there is
// room. Every step that makes room ends with it, so that there is never both a
// waiter and room for it.
func (b *book) admit() {
	if b.inner != nil && b.room(1) {
		b.inner.accepted(b.accept(b.inner.payload))
		b.inner = nil
	}
	for b.outer.first != nil && b.room(0) {
		w := b.outer.pop()
		w.accepted(b.accept(w.payload))
	}
}

// withdraw takes w out of the line. It reports false when w was decided before.
func (b *book) withdraw(w *waiter) bool {
	if w.decided {
		return false
	}
	if b.inner == w {
		b.inner = nil
	} else {
		b.outer.remove(w)
	}
	return true
}

// close stops accepting and refuses those who wait. It reports whether it was
// the first.
func (b *book) close() bool {
	if b.closing {
		return false
	}
	b.closing = true
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindCloseBegin})
	}
	if b.inner != nil {
		b.inner.refused(protocol.ErrClosed)
		b.inner = nil
	}
	for w := b.outer.pop(); w != nil; w = b.outer.pop() {
		w.refused(protocol.ErrClosed)
	}
	return true
}

// force ends the draining: what is in flight ends Unknown, what is in the buffer
// NotSent, and no dispatch begins any more.
func (b *book) force() {
	if b.forced {
		return
	}
	b.forced = true
	if b.link.phase == phaseUp {
		b.lose(b.link.epoch, protocol.Closed)
	}
	for b.buffer.n > 0 {
		b.refuse(protocol.Closed)
	}
}

// drained says that nothing is left to send or to wait for.
func (b *book) drained() bool { return b.closing && b.buffer.n == 0 && b.flight.n == 0 }

// refuse ends the front of the buffer NotSent.
func (b *book) refuse(reason protocol.Reason) {
	e := b.buffer.pop()
	b.resolve(0, protocol.Result{Seq: e.seq, Message: e.payload, Outcome: protocol.NotSent, Reason: reason}, 0)
}

// resolve decides the outcome of a message that was just taken out of the buffer
// or the flight.
func (b *book) resolve(epoch uint64, r protocol.Result, digest uint64) {
	b.outcomes.push(outcome{result: r, epoch: epoch})
	b.stats.Resolved++
	switch r.Outcome {
	case protocol.Replied:
		b.stats.Replied++
	case protocol.NotSent:
		b.stats.NotSent++
		b.stats.ByReason[r.Reason]++
	case protocol.Unknown:
		b.stats.Unknown++
		b.stats.ByReason[r.Reason]++
	}
	if b.tracer != nil {
		b.trace(protocol.Event{Kind: protocol.KindResolve, Epoch: epoch, Seq: r.Seq,
			Outcome: r.Outcome, Reason: r.Reason, Digest: digest})
	}
}

// snapshot returns the statistics.
func (b *book) snapshot() protocol.RemoteStats {
	s := b.stats
	s.InBuffer, s.InFlight, s.Slots, s.Undispatched = b.buffer.n, b.flight.n, b.link.slots, b.outcomes.n
	s.Online = b.link.phase == phaseUp
	return s
}
