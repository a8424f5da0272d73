package gateway

import (
	"fmt"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// dispatch makes reservations until no request has an eligible host. It is
// called, under mu, at the end of every step that may give one an eligible
// host, so that none ever waits beside one.
func (g *Gateway) dispatch() {
	for {
		r, a := g.pick()
		if r == nil {
			return
		}
		g.place(r, a)
	}
}

// pick returns the oldest request with an eligible host, and that host; nil
// when there is none. For a waiting request every open host is eligible, if
// none that is untried is open, so that only the oldest of them needs a look.
// For a due one only untried hosts are, each of the due must be asked.
func (g *Gateway) pick() (*request, *Attachment) {
	front := g.queue.oldest()
	if g.budget.allows() {
		for r := g.dues.oldest(); r != nil && (front == nil || r.seq < front.seq); r = g.dues.after(r) {
			if a := g.ledger.Choose(r.tried, false); a != nil {
				return r, a
			}
		}
	}
	if front != nil {
		if a := g.ledger.Choose(front.tried, true); a != nil {
			return front, a
		}
	}
	return nil, nil
}

// place reserves for r at a, which is open: in one step with the release of
// its due attempt, if it has one.
func (g *Gateway) place(r *request, a *Attachment) {
	var err error
	if r.waiting() {
		g.queue.remove(r)
		r.waited += time.Since(r.since)
		r.reservation, err = g.ledger.Reserve(r.seq, a)
	} else {
		g.dues.remove(r)
		g.budget.take()
		old := r.reservation
		r.reservation, err = g.ledger.Reassign(old, a)
		g.wake(old.Epoch) // a Cancel may be owed
	}
	if err != nil {
		panic(fmt.Sprintf("gateway: open attachment %d of host %q: %v", a.epoch, a.host, err))
	}
	r.reservedAt, r.overdue = time.Now(), false
	r.try(a.host, g.config.Hosts)
	g.wake(a.epoch)
	if g.config.ReassignAfter > 0 {
		r.poke()
	}
}

// release ends the reservation of r, which must be live: whoever comes here has
// looked it up in the same critical section. Going on with a wrong ledger
// would in time shut out a host, so a mistake stops at once.
func (g *Gateway) release(r *request, reason protocol.Reason) {
	old := r.reservation
	if err := g.ledger.Release(old, reason); err != nil {
		panic("gateway: " + err.Error())
	}
	g.unhand(r)
	g.wake(old.Epoch) // a Cancel may be owed
}

// unhand takes from r what goes with a reservation that has ended.
func (g *Gateway) unhand(r *request) {
	if r.due() {
		g.dues.remove(r)
	}
	r.reservation, r.overdue = nil, false
}

// requeue takes r, whose reservation has ended, back to its old place.
func (g *Gateway) requeue(r *request) {
	r.since = time.Now()
	g.queue.restore(r)
	r.poke()
}

// again decides about a request whose reservation ended without an answer:
// back to its old place, or failed with the given reason if it may not be sent
// again.
func (g *Gateway) again(r *request, reason protocol.Reason, cause error) {
	if r.movable(g.config.MaxAttempts) {
		g.requeue(r)
		return
	}
	why := fmt.Sprintf("%d attempts were sent, want at most %d", r.sent, g.config.MaxAttempts)
	if r.nonIdempotent && r.exposed > 0 {
		why = "not idempotent, and sent"
	}
	g.fail(r, reason, fmt.Errorf("request failed, %s: %w", why, cause))
}

// succeed ends r, which holds no reservation, with its answer.
func (g *Gateway) succeed(r *request, response []byte) {
	r.response = response
	g.finish(r, protocol.Event{Outcome: protocol.Replied, Reason: protocol.ByReply, Digest: g.digest(response)})
}

// fail ends r, which holds no reservation, with an error.
func (g *Gateway) fail(r *request, reason protocol.Reason, err error) {
	r.err = err
	e := protocol.Event{Outcome: protocol.Failed, Reason: reason}
	if h, ok := err.(*protocol.HandlerError); ok {
		e.Digest = g.digest([]byte(h.Message))
	}
	g.finish(r, e)
}

func (g *Gateway) finish(r *request, e protocol.Event) {
	if r.place != nil {
		g.queue.remove(r)
	}
	r.finished = true
	delete(g.open, r.seq)
	g.done++
	g.ended[e.Reason]++
	e.Kind, e.Seq = protocol.KindDone, r.seq
	g.trace(e)
	close(r.done)
	g.rest()
}

// wake makes the sender of that attachment, if it has not ended, look for what
// there is to write.
func (g *Gateway) wake(epoch uint64) {
	if k := g.links[epoch]; k != nil {
		wake(k.wake)
	}
}
