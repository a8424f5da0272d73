package properties

import (
	"fmt"
	"slices"

	"github.com/weir-dev/weir/protocol"
)

// belongs judges that an event about an attempt names the host, the
// attachment and the request that hold it.
func (g *gatewayWitness) belongs(a *shadowAttempt, e protocol.Event) {
	g.law("isolation", e.Host == a.host.name && (e.Seq == 0 || e.Seq == a.request.seq),
		fmt.Sprintf("request %d at %s, which holds it", a.request.seq, a.host.name),
		"%s of attempt %d for request %d at %s", e.Kind, a.id, e.Seq, e.Host)
	g.law("epoch", e.Host != a.host.name || e.Epoch == a.host.epoch, fmt.Sprintf("attachment %d, which holds it", a.host.epoch),
		"%s of attempt %d at attachment %d of %s", e.Kind, a.id, e.Epoch, e.Host)
}

// release judges the end of a reservation.
func (g *gatewayWitness) release(e protocol.Event) {
	a := g.shadow.attempts[e.Attempt]
	g.law("released-once", a != nil && a.live, "one release of each reservation", "release of attempt %d (%s), which holds no reservation", e.Attempt, e.Reason)
	if a == nil || !a.live {
		return
	}
	g.belongs(a, e)
	g.shadow.release(a, e.Reason)
	if slug := "gateway/sometimes-released-" + e.Reason.String(); catalogued(slug) {
		g.f.fact(slug)
	}
	switch e.Reason {
	case protocol.WriteFailed:
		g.law("epoch", a.sent, "only what was written can have failed", "attempt %d was released by a failed write and was not written", a.id)
		g.broken(a.host, a.id)
	case protocol.Reassigned:
		g.moving = a
	case protocol.ByReply, protocol.ByErrorReply:
		g.owe(func() bool { return a.credited }, a.over, func(at int, paid bool) {
			law := "isolation"
			if a.request.hasLate() {
				law = "late"
			}
			g.lawAt(at, law, paid, "a reply of its host to it", "attempt %d was released by a reply that it was not credited with", a.id)
		})
	case protocol.Refused:
		g.owe(func() bool { return a.refused }, a.over, func(at int, paid bool) {
			g.lawAt(at, "isolation", paid, "a refusal of its host", "attempt %d was released by a refusal that its host did not send", a.id)
		})
	}
}

// broken judges that an attachment whose stream has failed a write ends: before
// the next write on it, and before the gateway is at rest.
func (g *gatewayWitness) broken(h *shadowHost, attempt uint64) {
	next := func(e protocol.Event) bool {
		return e.Kind == protocol.KindSent && e.Host == h.name && e.Epoch == h.epoch
	}
	g.owe(func() bool { return !h.open() }, next, func(at int, paid bool) {
		g.lawAt(at, "epoch", paid, "the end of an attachment with its stream", "attempt %d was released by a failed write and attachment %d of %s goes on", attempt, h.epoch, h.name)
	})
}

// catalogued tells whether the catalogue has the law.
func catalogued(slug string) bool {
	_, ok := protocol.LawBySlug(slug)
	return ok
}

// hasLate tells whether a late reply came for one of the request's attempts.
func (r *shadowRequest) hasLate() bool {
	return slices.ContainsFunc(r.attempts, func(a *shadowAttempt) bool { return len(a.late) > 0 })
}

// cancel takes that an attempt was given up.
func (g *gatewayWitness) cancel(e protocol.Event) {
	a := g.shadow.attempts[e.Attempt]
	g.law("host-capacity", a != nil && a.sent && !a.credited, "only a sent and unanswered attempt is abandoned",
		"attempt %d was cancelled, which its host does not work on", e.Attempt)
	if a == nil || a.cancelled {
		return
	}
	g.belongs(a, e)
	a.cancelled = true
	if !a.live && a.sent && !a.abandoned && !a.host.detached && !a.credited && !a.refused && len(a.late) == 0 {
		a.abandoned = true
		a.host.abandoned++
		a.host.settle()
	}
}

// done judges the end of a request.
func (g *gatewayWitness) done(e protocol.Event) {
	l := g.shadow
	r := l.requests[e.Seq]
	if r == nil {
		// Refused on entry, by a gateway that numbers those too.
		r = l.enqueue(e.Seq, 0)
	}
	g.law("one-outcome", !r.ended, "one end of each request", "request %d ended again (%s)", r.seq, ending(e))
	if r.ended {
		return
	}
	l.done(r, e)
	g.owe(func() bool { return !r.held() }, r.over, func(at int, paid bool) {
		g.lawAt(at, "one-reservation", paid, "a finished request holds none", "request %d has ended and holds a reservation", r.seq)
	})
	if succeeded(e) {
		g.owe(r.answered, r.over, func(at int, paid bool) { g.rightReply(at, r, e, paid) })
	}
	switch e.Reason {
	case protocol.NoHost:
		g.fact("no-host")
	case protocol.HostLost:
		g.fact("host-lost")
	case protocol.Refused:
		g.fact("refused")
	case protocol.Closed:
		g.fact("closed")
	}
	g.seen.ended(r)
}

// over tells whether an event shows that the step that ended the request is
// over.
func (r *shadowRequest) over(e protocol.Event) bool {
	for _, a := range r.attempts {
		if newStep(e, a.host.name, r.seq) {
			return true
		}
	}
	return e.Kind == protocol.KindCloseEnd
}

// succeeded tells whether a done event tells of a reply without an error.
func succeeded(e protocol.Event) bool {
	return e.Outcome == protocol.Replied && e.Reason != protocol.ByErrorReply
}

// ending tells an end in words.
func ending(e protocol.Event) string {
	if e.Reason == protocol.ReasonNone {
		return e.Outcome.String()
	}
	return e.Outcome.String() + ", " + e.Reason.String()
}

// answered tells whether what the request ended with is what was credited to
// one of its attempts.
func (r *shadowRequest) answered() bool {
	return slices.ContainsFunc(r.attempts, func(a *shadowAttempt) bool { return a.credited && a.digest == r.done.Digest })
}

// rightReply judges the reply that a request ended with: that it was credited
// to the live attempt, and is what the attempt's host was seen to answer.
func (g *gatewayWitness) rightReply(at int, r *shadowRequest, e protocol.Event, credited bool) {
	if !credited {
		law := "right-reply"
		for _, a := range r.attempts {
			if slices.Contains(a.late, e.Digest) {
				law = "late"
			}
		}
		g.lawAt(at, law, false, "the reply that was credited to its live attempt", "request %d ended with a reply that none of its reservations was credited with", r.seq)
		return
	}
	for _, a := range r.attempts {
		if a.credited && a.digest == e.Digest && len(a.answers) > 0 {
			g.lawAt(at, "right-reply", slices.Contains(a.answers, e.Digest), "what the host answered to the attempt",
				"request %d ended with a reply that %s did not give to attempt %d", r.seq, a.host.name, a.id)
			return
		}
	}
	g.lawAt(at, "right-reply", true, "", "")
}

// reply judges that a reply is credited to a live reservation, once.
func (g *gatewayWitness) reply(e protocol.Event) {
	a := g.shadow.attempts[e.Attempt]
	g.law("isolation", a != nil && a.sent, "only a host that was sent the attempt can answer it", "%s was credited with a reply to attempt %d, which it was not sent", e.Host, e.Attempt)
	if a == nil {
		return
	}
	g.belongs(a, e)
	g.law("accounted", !a.credited && !a.refused, "one answer of a host is credited", "attempt %d was credited with a second answer", a.id)
	// The release of the same step may have been told before.
	settles := a.live || (a.released == protocol.ByReply || a.released == protocol.ByErrorReply) && !a.credited
	g.law("late", settles, "a reply without a reservation is late", "a reply was credited to attempt %d, which holds no reservation", a.id)
	g.count(a)
	a.answered()
	if !a.credited {
		a.credited, a.digest = true, e.Digest
	}
	a.host.refusing = false
	if a.live {
		g.owe(func() bool { return !a.live }, a.over, func(at int, paid bool) {
			g.lawAt(at, "accounted", paid, "a reply releases its reservation", "attempt %d was answered and is still reserved", a.id)
		})
	}
	g.replyFacts(a)
}

// replyFacts notes what an answer to an attempt shows of its request.
func (g *gatewayWitness) replyFacts(a *shadowAttempt) {
	var moved, credited, refusedElsewhere bool
	for _, o := range a.request.attempts {
		moved = moved || o.released == protocol.Reassigned && len(o.late) > 0
		credited = credited || o.credited
		refusedElsewhere = refusedElsewhere || o.released == protocol.Refused && o.host.name != a.host.name
	}
	if moved && credited {
		g.fact("both-reply")
	}
	if a.credited && refusedElsewhere {
		g.fact("refused-elsewhere")
	}
}

// late judges that a reply is late only if its attempt holds no reservation.
func (g *gatewayWitness) late(e protocol.Event) {
	g.shadow.late++
	a := g.shadow.attempts[e.Attempt]
	if a == nil || a.host.name != e.Host {
		return // about what the host does not hold; it may be called late
	}
	mine := e.Epoch == a.host.epoch
	g.law("late", !a.live || !mine, "the reply is credited to the reservation", "a reply to attempt %d was late although that is reserved", a.id)
	g.count(a)
	a.late = append(a.late, e.Digest)
	if mine {
		a.answered()
		if a.host.refusing {
			a.host.unsure = true
		}
	}
	newest := g.shadow.hosts[e.Host]
	if newest != nil && mine && newest.epoch > e.Epoch {
		g.fact("late-superseded")
	}
	if e.Epoch > a.host.epoch {
		g.fact("late-next-attachment")
	}
	g.replyFacts(a)
}

// refuse judges that a refusal gives back what the host was sent.
func (g *gatewayWitness) refuse(e protocol.Event) {
	g.shadow.refusals++
	if h := g.shadow.attachments[shadowKey{e.Host, e.Epoch}]; h != nil {
		h.refusing, h.unsure, h.refusedAt = true, false, g.now
	}
	a := g.shadow.attempts[e.Attempt]
	g.law("isolation", a != nil && a.sent, "only a host that was sent the attempt can refuse it", "%s refused attempt %d, which it was not sent", e.Host, e.Attempt)
	if a == nil {
		return
	}
	g.law("isolation", e.Host == a.host.name, a.host.name+", which holds it", "%s refused attempt %d", e.Host, a.id)
	if e.Host != a.host.name {
		return
	}
	g.law("accounted", !a.refused && !a.credited, "one answer of a host is counted", "attempt %d was answered and refused again", a.id)
	if !a.refused {
		a.posted++ // the suite notes what its hosts answer, and not what they refuse
	}
	g.count(a)
	a.refused = true
	a.answered()
	if !a.live && a.released != protocol.Refused {
		a.host.unsure = true
		return
	}
	if a.beforeDrain {
		g.fact("crossed-drain")
	}
	if a.live {
		g.owe(func() bool { return !a.live }, a.over, func(at int, paid bool) {
			g.lawAt(at, "accounted", paid, "a refusal releases its reservation", "attempt %d was refused and is still reserved", a.id)
		})
	}
}

// acknowledged judges that an abandoned attempt is taken off by its own
// answer, once.
func (g *gatewayWitness) acknowledged(e protocol.Event) {
	a := g.shadow.attempts[e.Attempt]
	given := a != nil && !a.live && (a.cancelled || abandons(a.released))
	g.law("accounted", given && !a.acknowledged, "an abandoned attempt is acknowledged once",
		"attempt %d was acknowledged, which is not abandoned", e.Attempt)
	if a == nil {
		return
	}
	g.belongs(a, e)
	if given && !a.acknowledged {
		g.owe(func() bool { return a.messages > 0 }, nil, func(at int, paid bool) {
			g.lawAt(at, "accounted", paid, "its own answer is its only acknowledgement", "attempt %d was acknowledged without an answer", a.id)
		})
	}
	a.acknowledged = true
	a.answered()
	if a.host.refusing {
		a.host.unsure = true
	}
}

// count judges that no message of a host is counted twice: there are no more
// than the host can have sent. A host library answers each attempt once, a
// scripted one as often as it was seen to.
func (g *gatewayWitness) count(a *shadowAttempt) {
	a.messages++
	if !g.seen.parties[a.host.name] {
		return
	}
	most := max(1, a.posted)
	g.law("accounted", a.messages <= most, fmt.Sprintf("at most %d", most), "%d messages of %s about attempt %d were counted", a.messages, a.host.name, a.id)
}
