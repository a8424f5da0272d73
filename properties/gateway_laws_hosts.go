package properties

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// attach judges that an attachment takes the place of the older one of its
// host, if there is one.
func (g *gatewayWitness) attach(e protocol.Event) {
	l := g.shadow
	old := l.hosts[e.Host]
	g.law("epoch", l.attachments[shadowKey{e.Host, e.Epoch}] == nil && (old == nil || e.Epoch > old.epoch), "a new number for each attachment",
		"attachment %d of %s began after attachment %d", e.Epoch, e.Host, epochOf(old))
	declared, known := g.b.Capacity[e.Host]
	g.law("count", e.Value >= 0 && (!known || e.Value <= int64(declared)), "between 0 and what the host declared",
		"limit(%s) = %d", e.Host, e.Value)
	h := &shadowHost{b: g.b, name: e.Host, epoch: e.Epoch}
	h.recompute(int(max(0, e.Value)))
	l.hosts[e.Host] = h
	l.attachments[shadowKey{e.Host, e.Epoch}] = h
	if old == nil || old.detached {
		return
	}
	old.superseded = true
	g.owe(func() bool { return old.detached }, h.over, func(at int, paid bool) {
		g.lawAt(at, "epoch", paid, "the detach of the older one in the same step", "attachment %d of %s began while attachment %d goes on", h.epoch, h.name, old.epoch)
	})
}

// over tells whether an event shows that the step that ended an attachment of
// the host is over.
func (h *shadowHost) over(e protocol.Event) bool { return newTurn(e, h.name) }

func epochOf(h *shadowHost) uint64 {
	if h == nil {
		return 0
	}
	return h.epoch
}

// detach judges that nothing of an attachment outlives it.
func (g *gatewayWitness) detach(e protocol.Event) {
	h := g.shadow.attachments[shadowKey{e.Host, e.Epoch}]
	open := h != nil && !h.detached
	g.law("epoch", open, "the end of an attachment that goes on", "attachment %d of %s ended, which goes on no more or never began", e.Epoch, e.Host)
	if !open {
		return
	}
	h.detached = true
	g.owe(func() bool { return h.live == 0 }, h.over, func(at int, paid bool) {
		g.lawAt(at, "epoch", paid, "the releases of its reservations in the same step", "attachment %d of %s has ended and %d are reserved at it", h.epoch, h.name, h.live)
	})
}

// hostChange takes what is told of an attachment. What is told of one that
// has ended changes nothing in the ledger, and so needs no judgement.
func (g *gatewayWitness) hostChange(e protocol.Event) {
	h := g.shadow.attachments[shadowKey{e.Host, e.Epoch}]
	if h == nil {
		g.law("epoch", e.Kind == protocol.KindLimit && e.Epoch == 0, "an attachment that began", "%s of attachment %d of %s, which never began", e.Kind, e.Epoch, e.Host)
		return
	}
	switch e.Kind {
	case protocol.KindPause:
		h.paused, h.everPaused = true, true
	case protocol.KindResume:
		h.paused = false
		if h.everPaused {
			g.fact("pause-resume")
		}
	case protocol.KindLimit:
		g.law("count", e.Value >= 0, "between 0 and what the host declared", "limit(%s) = %d", h.name, e.Value)
		h.recompute(int(max(0, e.Value)))
		if h.live > h.limit {
			g.fact("limit-lowered")
		}
	case protocol.KindReady:
		h.refusing = false
	case protocol.KindDrain:
		h.draining = true
		for _, a := range g.shadow.live {
			if a.host == h && a.sent {
				a.beforeDrain = true
			}
		}
	}
}

// look notes what the ledger shows after an event.
func (g *gatewayWitness) look() {
	for _, h := range g.shadow.hosts {
		able := h.eligible(g.now) == yes
		if able && !h.wasOpen {
			h.openSince = g.now
		}
		h.wasOpen = able
		if h.paused && h.open() && h.free() && h.live > h.mark() {
			g.fact("hysteresis")
		}
	}
	if !g.shadow.broke() || g.f.seen["gateway/sometimes-budget-used-up"] {
		return
	}
	for _, a := range g.shadow.live {
		if g.due(a) && (!a.sent || !g.b.NonIdempotent[a.request.id]) && (g.b.MaxAttempts <= 0 || a.request.sent < g.b.MaxAttempts) && g.fresh(a) != "" {
			g.fact("budget-used-up")
			return
		}
	}
}

// gatewayAtRest judges one snapshot of the counts at rest, when no step of the
// gateway can be taken. The shadow ledger is that of the history up to the
// snapshot; it is nil where the gateway emits no events, and then the counts
// are judged alone.
func (f *findings) gatewayAtRest(at int, s protocol.GatewayStats, shadow *shadowLedger, b GatewayBounds) {
	r := &gatewayRest{f: f, at: at, s: s, shadow: shadow, b: b}
	r.sums()
	r.waits()
	if shadow != nil {
		r.compare()
	}
}

// gatewayClosed judges a snapshot that was taken after Close had returned.
func (f *findings) gatewayClosed(at int, s protocol.GatewayStats) {
	f.judge("gateway/close-complete", at, s.Open == 0 && s.Waiting == 0 && s.Reserved == 0 && len(s.Hosts) == 0,
		fmt.Sprintf("after Close: %d open, %d waiting, %d reserved, %d attached", s.Open, s.Waiting, s.Reserved, len(s.Hosts)), "none of any")
}
