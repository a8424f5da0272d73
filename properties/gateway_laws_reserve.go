package properties

import (
	"fmt"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// fifoGrace is how long after it was overtaken a request may end and be
// excused: its caller has gone, and only the telling was late.
const fifoGrace = 10 * time.Millisecond

// reserve judges a reservation against everything that the ledger knows just
// before it is made.
func (g *gatewayWitness) reserve(e protocol.Event) {
	l, from := g.shadow, g.moving
	g.moving = nil
	r := l.requests[e.Seq]
	h := l.attachments[shadowKey{e.Host, e.Epoch}]

	g.law("isolation", l.attempts[e.Attempt] == nil && e.Attempt != 0, "a number of its own for each attempt",
		"attempt %d was reserved a second time", e.Attempt)
	open := r != nil && !r.ended && !r.settled && !r.held()
	g.law("one-reservation", open, "an open request that holds none", "attempt %d reserved at %s for %s", e.Attempt, e.Host, standing(r, e.Seq))
	current := h != nil && h.open()
	g.law("epoch", current, "the attachment that the host has", "attempt %d reserved at attachment %d of %s, which has ended or never began", e.Attempt, e.Epoch, e.Host)
	if r == nil {
		r = l.enqueue(e.Seq, 0)
	}
	if h == nil {
		h = &shadowHost{b: g.b, name: e.Host, epoch: e.Epoch, phantom: true}
		l.attachments[shadowKey{e.Host, e.Epoch}] = h
	}
	if current && !h.phantom {
		g.room(e, h)
		if open && from == nil {
			g.choice(e, r, h)
		}
	}
	if open {
		g.fifo(e, r)
	}
	if from != nil {
		g.reassign(e, r, h, from)
	}
	l.reserve(e.Attempt, r, h, g.now)
}

// standing tells what a request is, for a reader.
func standing(r *shadowRequest, seq uint64) string {
	switch {
	case r == nil:
		return fmt.Sprintf("request %d, which never entered", seq)
	case r.ended:
		return fmt.Sprintf("request %d, which has ended", seq)
	case r.settled:
		return fmt.Sprintf("request %d, whose last attempt settled it", seq)
	}
	for _, a := range r.attempts {
		if a.live {
			return fmt.Sprintf("request %d, which holds attempt %d at %s", seq, a.id, a.host.name)
		}
	}
	return fmt.Sprintf("request %d", seq)
}

// room judges that the host had a free slot and was not paused.
func (g *gatewayWitness) room(e protocol.Event, h *shadowHost) {
	g.law("count", h.live < h.limit, fmt.Sprintf("at most its limit of %d", h.limit),
		"reserved(%s) = %d after attempt %d", h.name, h.live+1, e.Attempt)
	g.law("host-capacity", h.roomy(), fmt.Sprintf("at most limit %d + cap %d", h.limit, h.cap()),
		"reserved + abandoned of %s = %d after attempt %d", h.name, h.live+h.abandoned+1, e.Attempt)
	why := ""
	switch {
	case !h.free():
		why = "had no free slot"
	case h.paused:
		why = "was paused"
	case h.held:
		why = fmt.Sprintf("had to stay paused with %d reserved", h.live)
	}
	g.law("paused", why == "", fmt.Sprintf("a host with a free slot that is not paused (mark %d)", h.mark()),
		"attempt %d reserved at %s, which %s", e.Attempt, h.name, why)
}

// choice judges the choice among the hosts for a waiting request.
func (g *gatewayWitness) choice(e protocol.Event, r *shadowRequest, h *shadowHost) {
	g.law("choice", !h.draining, "an eligible host", "request %d reserved at %s, which is draining", r.seq, h.name)
	g.law("choice", h.refuses(g.now) != yes, "an eligible host", "request %d reserved at %s, which refuses", r.seq, h.name)
	tried := r.tried(h.name)
	for _, o := range g.shadow.current() {
		if o == h || o.eligible(g.now) != yes {
			continue
		}
		fresh := r.tried(o.name) == no
		if fresh && tried == yes {
			g.law("choice", false, "an untried host while one is eligible", "request %d reserved again at %s while %s is eligible and untried", r.seq, h.name, o.name)
			return
		}
		// Two hosts are compared only if they are certainly of one sort.
		if fresh || tried == yes {
			g.lighter(r, h, o)
		}
	}
	g.law("choice", true, "", "")
}

// lighter judges that h was not chosen while o has less load.
func (g *gatewayWitness) lighter(r *shadowRequest, h, o *shadowHost) {
	g.law("choice", !o.lighter(h), "the least reserved/limit among the eligible hosts",
		"request %d reserved at %s with %d of %d while %s has %d of %d", r.seq, h.name, h.live, h.limit, o.name, o.live, o.limit)
}

// fifo judges that no older request was passed over. Whoever can be reserved
// anywhere shows that some host is eligible for every waiting request: a host
// that one of them has tried is eligible for it too once there is no other.
func (g *gatewayWitness) fifo(e protocol.Event, r *shadowRequest) {
	for _, w := range g.shadow.older(r) {
		if w.overtaken {
			continue
		}
		w.overtaken = true
		since, attempts := g.now, len(w.attempts)
		g.owe(
			func() bool { return w.ended && len(w.attempts) == attempts },
			func(next protocol.Event) bool {
				return next.Kind == protocol.KindReserve && next.Seq == w.seq || g.b.Punctual && g.now > since+fifoGrace
			},
			func(at int, paid bool) {
				w.overtaken = !paid
				g.lawAt(at, "fifo", paid, "the oldest first", "request %d reserved at %s while the older request %d waits", r.seq, e.Host, w.seq)
			})
		g.debts[len(g.debts)-1].step = false // its caller may have gone, and only the telling be late
	}
	if d := g.overdue(r); d != nil {
		g.law("fifo", false, "the oldest of waiting and due requests first",
			"request %d reserved at %s while the older request %d is due and %s is eligible for it", r.seq, e.Host, d.request.seq, g.fresh(d))
		return
	}
	g.law("fifo", true, "", "")
}

// overdue finds the oldest attempt that is certainly due, could certainly move
// and belongs to an older request than r.
func (g *gatewayWitness) overdue(r *shadowRequest) *shadowAttempt {
	if !g.b.Punctual || g.b.ReassignAfter <= 0 {
		return nil
	}
	var oldest *shadowAttempt
	for _, a := range g.shadow.live {
		if a.request.age >= r.age || oldest != nil && oldest.request.age < a.request.age || a.request.ended {
			continue
		}
		if g.due(a) && g.shadow.movable(a) == yes && g.fresh(a) != "" {
			oldest = a
		}
	}
	return oldest
}

// due tells whether the timer of an attempt has certainly run out.
func (g *gatewayWitness) due(a *shadowAttempt) bool {
	return g.b.ReassignAfter > 0 && g.now > a.at+g.b.ReassignAfter
}

// fresh names a host that is certainly eligible for, and untried by, the
// request of an attempt; empty for none.
func (g *gatewayWitness) fresh(a *shadowAttempt) string {
	for _, h := range g.shadow.current() {
		if h.eligible(g.now) == yes && a.request.tried(h.name) == no {
			return h.name
		}
	}
	return ""
}

// reassign judges the second half of a reassign.
func (g *gatewayWitness) reassign(e protocol.Event, r *shadowRequest, h *shadowHost, from *shadowAttempt) {
	l := g.shadow
	g.law("reassign-bounds", r.tried(h.name) != yes && h.name != from.host.name, "an untried host",
		"request %d moved from %s to %s, where it was before", r.seq, from.host.name, h.name)
	g.law("reassign-bounds", g.b.MaxAttempts <= 0 || r.sent < g.b.MaxAttempts, fmt.Sprintf("at most %d attempts", g.b.MaxAttempts),
		"request %d moved to %s with %d attempts sent", r.seq, h.name, r.sent)
	g.law("reassign-bounds", !l.broke(), "one reassign for each that the budget holds", "request %d moved to %s while the budget held %.3f", r.seq, h.name, l.budget)
	l.spend()
	early := g.b.ReassignAfter <= 0 || g.b.Punctual && g.now-from.at < g.b.ReassignAfter
	g.law("reassign-bounds", !early, "a reassign when the attempt is due", "request %d moved to %s before attempt %d was due", r.seq, h.name, from.id)
	if h.phantom {
		return
	}
	g.law("choice", !h.draining && h.refuses(g.now) != yes, "an eligible host", "request %d moved to %s, which is draining or refuses", r.seq, h.name)
	waited := g.b.ReassignAfter > 0 && h.openSince > from.at+g.b.ReassignAfter
	for _, o := range l.current() {
		if o == h || o.eligible(g.now) != yes || r.tried(o.name) != no {
			continue
		}
		waited = waited && o.openSince > from.at+g.b.ReassignAfter
		g.lighter(r, h, o)
	}
	if waited {
		g.fact("due-waits")
	}
}

// sent judges that an attempt is handed to its host.
func (g *gatewayWitness) sent(e protocol.Event) {
	a := g.shadow.attempts[e.Attempt]
	live := a != nil && a.live
	g.law("paused", live, "nothing is written except under a live reservation", "attempt %d was written without a reservation", e.Attempt)
	if a == nil {
		return
	}
	g.belongs(a, e)
	g.law("paused", !a.sent, "an attempt is written once", "attempt %d was written again", a.id)
	if live {
		g.law("paused", !a.host.draining, "what was reserved and not written goes back when its host drains", "attempt %d was written to %s, which is draining", a.id, a.host.name)
	}
	if a.sent {
		return
	}
	a.sent = true
	r := a.request
	r.sent++
	g.law("reassign-bounds", g.b.MaxAttempts <= 0 || r.sent <= g.b.MaxAttempts, fmt.Sprintf("at most %d", g.b.MaxAttempts), "%d attempts of request %d were sent", r.sent, r.seq)
	g.seen.repeats(r)
}
