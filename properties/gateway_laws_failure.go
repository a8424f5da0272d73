package properties

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// excused judges that what an error of Do says was so. Where the history does
// not tell, the error is believed.
func (s *gatewaySeen) excused(o Observation, r *seenRequest) {
	said := o.Err
	t := s.byID[o.ID]
	blame := func(ok bool, allowed, observed string, args ...any) {
		if !ok {
			observed = fmt.Sprintf(observed, args...)
		}
		s.law("no-needless-failure", ok, allowed, "Do of m%d failed (%s): %s", o.ID, said, observed)
	}
	switch {
	case says(said, protocol.ErrClosed.Error()):
		blame(s.closeCalled, "ErrClosed once Close was called", "nobody has called Close")
	case says(said, protocol.ErrOverloaded.Error()):
		known := s.tracing && s.b.Waiting > 0
		blame(!known || s.full || s.fullAt >= r.calledAt, fmt.Sprintf("ErrOverloaded while %d wait", s.b.Waiting), "the queue was never full meanwhile")
	case says(said, protocol.ErrNoHost.Error()):
		known := s.b.MaxWait < 0 || s.b.MaxWait > 0 && s.b.Punctual && t != nil
		blame(!known || s.b.MaxWait > 0 && t.waitedUntil(s.now) >= s.b.MaxWait, "ErrNoHost after MaxWait in the queue", "it had not waited for %v", s.b.MaxWait)
	case says(said, protocol.ErrHostLost.Error()):
		blame(t == nil || t.lostBy(s.b, protocol.Detached, protocol.WriteFailed), "ErrHostLost when its host was lost and it may not be sent again", "no host was lost with it, or it may be sent again")
	case says(said, protocol.ErrRefused.Error()):
		blame(t == nil || t.lostBy(s.b, protocol.Refused), "ErrRefused when it was refused and may not be sent again", "no host refused it, or it may be sent again")
	case says(said, context.Canceled.Error()), says(said, context.DeadlineExceeded.Error()):
		patience, gaveUp := s.b.GivesUp[o.ID]
		blame(s.b.GivesUp == nil || gaveUp && s.now >= r.calledAfter+patience, "an error of ctx once that is done", "its caller had not given up")
	case says(said, handlerFailed):
		blame(t == nil || slices.ContainsFunc(t.attempts, (*shadowAttempt).wentWrong), "the error that its handler gave", "no host answered it with an error")
	default:
		blame(false, "an error that the rules name", "no rule names it")
	}
}

// handlerFailed is the name of an error that a handler gave.
const handlerFailed = "handler failed"

// wentWrong tells whether the attempt was credited with an error, as far as the
// suite saw what its host answered.
func (a *shadowAttempt) wentWrong() bool { return a.credited && (a.failed || !a.succeeded) }

// waitedUntil is how long the request has stood in the queue, all its waits
// taken together.
func (r *shadowRequest) waitedUntil(now time.Duration) time.Duration {
	if r.waits {
		return r.waited + now - r.since
	}
	return r.waited
}

// lostBy tells whether the last reservation of the request ended for one of
// the reasons, and it may not be sent again.
func (r *shadowRequest) lostBy(b GatewayBounds, reasons ...protocol.Reason) bool {
	if len(r.attempts) == 0 || !slices.Contains(reasons, r.attempts[len(r.attempts)-1].released) {
		return false
	}
	if b.MaxAttempts <= 0 || r.sent >= b.MaxAttempts || r.id == 0 {
		return true
	}
	return b.NonIdempotent[r.id] && slices.ContainsFunc(r.attempts, func(a *shadowAttempt) bool { return a.sent && a.released != protocol.Refused })
}

// queue notes whether the queue is full, after each event of the gateway.
func (s *gatewaySeen) queue() {
	if s.full {
		s.fullAt = s.at
	}
	s.full = s.b.Waiting > 0 && len(s.shadow.waiting) >= s.b.Waiting
}

// written judges at rest that nothing is left to be written: no step of a
// sender is enabled then. told are the attempts that scripted hosts were told
// to give up; clean is whether every host reads what it is sent.
func (g *gatewayWitness) written(at int, told []uint64, clean bool) {
	if !clean {
		return // a sender may wait for a host that doesn't read
	}
	for _, a := range g.shadow.made {
		if !a.host.open() || a.host.phantom {
			continue
		}
		if a.live {
			g.lawAt(at, "no-idle-write", a.sent, "what is reserved is written", "attempt %d is reserved at %s and was not written", a.id, a.host.name)
		}
		if a.abandoned && g.seen.links[a.host.name] == 1 {
			g.lawAt(at, "no-idle-write", slices.Contains(told, a.id), "a Cancel of what was given up", "%s was not told that attempt %d was given up", a.host.name, a.id)
		}
	}
}

// waited judges at rest that nobody has waited for longer than MaxWait, and
// that nobody waits beside a host that is eligible.
func (g *gatewayWitness) waited(at int, now time.Duration) {
	for _, r := range g.shadow.waiting {
		if g.b.MaxWait > 0 && g.b.Punctual {
			g.lawAt(at, "answered", r.waitedUntil(now) <= g.b.MaxWait, fmt.Sprintf("a wait of at most %v", g.b.MaxWait), "request %d waits for longer than that", r.seq)
		}
		for _, h := range g.shadow.current() {
			g.lawAt(at, "no-idle-wait", h.eligible(now) != yes, "no request waits while a host is eligible",
				"request %d waits while %s has %d of %d reserved and is not paused", r.seq, h.name, h.live, h.limit)
		}
	}
}

// attached judges at rest that every scripted host whose stream is open is
// attached, if no fault is to blame.
func (g *gatewayWitness) attached(at int, s protocol.GatewayStats) {
	if g.seen.closeCalled {
		return
	}
	for _, host := range slices.Sorted(maps.Keys(g.seen.links)) {
		if g.seen.links[host] == 0 {
			continue
		}
		known := slices.ContainsFunc(s.Hosts, func(h protocol.HostStats) bool { return h.Host == host })
		g.lawAt(at, "no-needless-failure", known, "a host that said hello is attached", "%s has an open stream and is not attached", host)
	}
}
