package properties

import (
	"fmt"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// GatewayBounds is what the world allowed: the facts that a history of a
// gateway is judged against. A bound that is not known is left zero, and what
// needs it is not judged.
type GatewayBounds struct {
	// Waiting bounds the queue on entry, in requests.
	Waiting int
	// MaxAttempts bounds the attempts of one request that are sent.
	MaxAttempts int
	// BudgetRatio and BudgetBurst make the bucket of reassigns, in reassigns:
	// each accepted request adds BudgetRatio, each reassign takes one, and it
	// starts full at BudgetBurst.
	BudgetRatio, BudgetBurst float64
	// AbandonedCap is how many abandoned attempts a host may hold above its
	// limit; zero is as many as its limit, negative is no cap.
	AbandonedCap int
	// Mark is the number of reservations at or below which a paused host resumes,
	// limit-1 at most; zero is limit-1, negative is none left.
	Mark int
	// MaxWait is how long a request may stand in the queue, all its waits taken
	// together; negative is for ever.
	MaxWait time.Duration
	// GivesUp holds how long after its call the ctx of a request is done, by the
	// id of its payload; requests that are not in it wait for ever. Nil is not
	// known.
	GivesUp map[int]time.Duration
	// ReassignAfter is how long a reservation lasts before its request is due for
	// another host; zero is for ever.
	ReassignAfter time.Duration
	// RefuseBackoff is how long a refusal lasts at least unless the host gives a
	// sign.
	RefuseBackoff time.Duration
	// NonIdempotent names the requests, by the id of their payload, that may not
	// be repeated.
	NonIdempotent map[int]bool
	// Capacity is what each host declares whenever it attaches, and holds to;
	// hosts that change their minds are left out.
	Capacity map[string]int
	// Punctual is whether time passed only when nothing could run, as it does in
	// a bubble whose goroutines are not held at points: what was due at an
	// earlier time has then taken effect. Otherwise nothing is called a breach
	// for being early or overdue.
	Punctual bool
}

// CheckGateway judges a history by every law of the Gateway that a history
// alone can decide, and returns the violations in the order in which they came
// to light. The history has to be whole: from the making of the gateway to an
// instant at which no step is half told. CheckGateway needs no testing.T and may
// be called concurrently.
//
// The order of events is held against an implementation only where
// protocol.Kinds or the laws fix it. Within one step, such as a detach with
// its releases and outcomes, any order is taken.
func CheckGateway(records []Record, b GatewayBounds) []Violation {
	return checkGateway(records, b).sorted()
}

func checkGateway(records []Record, b GatewayBounds) *findings {
	g := newGatewayWitness(b)
	for _, r := range records {
		g.record(r)
	}
	g.end()
	return g.f
}

// gatewayWitness follows one history of a gateway.
type gatewayWitness struct {
	f      *findings
	b      GatewayBounds
	shadow *shadowLedger
	seen   *gatewaySeen
	// at and now are the index and the time of the record at hand.
	at  int
	now time.Duration
	// debts are what the step at hand, or one not long ago, has yet to make good.
	debts []debt
	// moving is the attempt that a reassign released and whose request has not
	// been reserved again.
	moving *shadowAttempt
	// traced is whether the gateway emits events; closing and closed follow its
	// Close.
	traced, closing, closed bool
}

// debt is something that is right only if something else is told in the same
// step.
type debt struct {
	at int
	// paid tells whether it was made good.
	paid func() bool
	// due tells whether an event of the gateway shows that the step is over; nil
	// is only at the end of the history.
	due func(e protocol.Event) bool
	// step is whether it belongs to one step, so that it is due at rest.
	step bool
	// judge gives the verdict.
	judge func(at int, paid bool)
}

func newGatewayWitness(b GatewayBounds) *gatewayWitness {
	f := newFindings()
	l := newShadowLedger(b)
	return &gatewayWitness{f: f, b: b, shadow: l, seen: newGatewaySeen(f, b, l)}
}

// record takes the next record of the history.
func (g *gatewayWitness) record(r Record) {
	g.now = r.At
	g.seen.at, g.seen.now, g.shadow.now = g.at, r.At, r.At
	e := r.Event
	switch {
	case e.Kind == protocol.KindNone:
		if r.Observed.Kind == CloseReturn && r.Observed.Party == "gateway" {
			g.closed = true
			if g.traced {
				g.closeEnd()
			}
		}
		g.seen.observe(r.Observed, g.traced)
	case e.Party == "gateway":
		g.traced, g.seen.tracing = true, true
		g.collect(e)
		g.follow(e)
		g.gatewayEvent(e)
		g.look()
		g.seen.queue()
	default:
		g.seen.hostEvent(e, g.traced)
	}
	g.at++
}

// end judges what is left open at the end of the history.
func (g *gatewayWitness) end() {
	g.follow(protocol.Event{})
	for _, d := range g.debts {
		d.judge(d.at, d.paid())
	}
	g.debts = nil
}

// owe notes a debt.
func (g *gatewayWitness) owe(paid func() bool, due func(protocol.Event) bool, judge func(at int, paid bool)) {
	g.debts = append(g.debts, debt{g.at, paid, due, due != nil, judge})
}

// collect settles the debts that are paid or due, before e takes effect.
func (g *gatewayWitness) collect(e protocol.Event) {
	kept := g.debts[:0]
	for _, d := range g.debts {
		switch {
		case d.paid():
			d.judge(d.at, true)
		case d.due != nil && d.due(e):
			d.judge(d.at, false)
		default:
			kept = append(kept, d)
		}
	}
	clear(g.debts[len(kept):])
	g.debts = kept
}

// rest settles the debts of steps: at rest none is half told.
func (g *gatewayWitness) rest() {
	kept := g.debts[:0]
	for _, d := range g.debts {
		if d.step {
			d.judge(d.at, d.paid())
		} else {
			kept = append(kept, d)
		}
	}
	clear(g.debts[len(kept):])
	g.debts = kept
}

// law judges; the text is made only for a breach.
func (g *gatewayWitness) law(name string, ok bool, allowed, observed string, args ...any) {
	g.lawAt(g.at, name, ok, allowed, observed, args...)
}

func (g *gatewayWitness) lawAt(at int, name string, ok bool, allowed, observed string, args ...any) {
	if ok {
		g.f.judge("gateway/"+name, at, true, "", "")
		return
	}
	g.f.judge("gateway/"+name, at, false, fmt.Sprintf(observed, args...), allowed)
}

func (g *gatewayWitness) fact(name string) { g.f.fact("gateway/sometimes-" + name) }

// newStep tells whether an event of the gateway certainly belongs to a later
// step than the one that ended a reservation of that request at that host.
// Steps about other hosts may interleave: nobody has to have one lock for all.
func newStep(e protocol.Event, host string, seq uint64) bool {
	return e.Kind == protocol.KindReserve && (e.Host == host || e.Seq == seq) || newTurn(e, host)
}

// newTurn is newStep for the end of an attachment, whose requests may be
// reserved again one by one.
func newTurn(e protocol.Event, host string) bool {
	switch e.Kind {
	case protocol.KindSent, protocol.KindDrain, protocol.KindLimit:
		return e.Host == host
	case protocol.KindCloseEnd:
		return true
	}
	return false
}

// over is newStep for an attempt.
func (a *shadowAttempt) over(e protocol.Event) bool {
	return newStep(e, a.host.name, a.request.seq)
}

// follow judges that a release by a reassign is followed at once by the
// reserve of its request.
func (g *gatewayWitness) follow(e protocol.Event) {
	a := g.moving
	if a == nil {
		return
	}
	ok := e.Kind == protocol.KindReserve && e.Seq == a.request.seq
	if !ok {
		g.moving = nil
	}
	next := "nothing"
	if e.Kind != protocol.KindNone {
		next = e.Kind.String()
	}
	g.law("reassign-bounds", ok, "the reserve of the same request, with nothing in between",
		"release of attempt %d by reassign was followed by %s", a.id, next)
}

// gatewayEvent takes one event of the gateway.
func (g *gatewayWitness) gatewayEvent(e protocol.Event) {
	g.law("quiet-after-close", !g.closed, "no event", "%s event after Close had ended", e.Kind)
	switch e.Kind {
	case protocol.KindEnqueue:
		g.enqueue(e)
	case protocol.KindReserve:
		g.reserve(e)
	case protocol.KindSent:
		g.sent(e)
	case protocol.KindRelease:
		g.release(e)
	case protocol.KindCancel:
		g.cancel(e)
	case protocol.KindDone:
		g.done(e)
	case protocol.KindReply:
		g.reply(e)
	case protocol.KindLate:
		g.late(e)
	case protocol.KindRefuse:
		g.refuse(e)
	case protocol.KindAcknowledged:
		g.acknowledged(e)
	case protocol.KindRejected:
		g.shadow.rejected++
		if a := g.shadow.attempts[e.Attempt]; a != nil && a.host.name == e.Host {
			g.count(a)
		}
	case protocol.KindAttach:
		g.attach(e)
	case protocol.KindDetach:
		g.detach(e)
	case protocol.KindPause, protocol.KindResume, protocol.KindLimit, protocol.KindDrain, protocol.KindReady:
		g.hostChange(e)
	case protocol.KindCloseBegin:
		g.closing, g.seen.closeCalled = true, true
	case protocol.KindCloseEnd:
		g.closeEnd()
	}
}

// enqueue judges the entry of a request.
func (g *gatewayWitness) enqueue(e protocol.Event) {
	_, twice := g.shadow.requests[e.Seq]
	g.law("one-outcome", !twice, "a number of its own for each request", "request %d entered a second time", e.Seq)
	g.law("close-complete", !g.closing, "no request is accepted once Close has begun", "request %d entered after close-begin", e.Seq)
	r := g.shadow.enqueue(e.Seq, e.Digest)
	g.seen.entered(r)
	if g.b.Waiting > 0 {
		g.law("bounded", len(g.shadow.waiting) <= g.b.Waiting, fmt.Sprintf("entry while at most %d wait", g.b.Waiting),
			"request %d entered and %d wait", e.Seq, len(g.shadow.waiting))
	}
}

// closeEnd judges what a gateway leaves behind.
func (g *gatewayWitness) closeEnd() {
	g.closed = true
	l := g.shadow
	g.law("close-complete", l.open == 0 && len(l.live) == 0 && len(l.current()) == 0,
		"no open Do, no reservation, no attachment",
		"%d requests open, %d reserved, %d attachments open at close-end", l.open, len(l.live), len(l.current()))
}
