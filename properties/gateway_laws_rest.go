package properties

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// gatewayRest judges one snapshot at rest.
type gatewayRest struct {
	f      *findings
	at     int
	s      protocol.GatewayStats
	shadow *shadowLedger
	b      GatewayBounds
}

func (r *gatewayRest) law(name string, ok bool, allowed, observed string, args ...any) {
	if !ok {
		observed = fmt.Sprintf(observed, args...)
	}
	r.f.judge("gateway/"+name, r.at, ok, observed, allowed)
}

// sums judges that the counts agree with each other.
func (r *gatewayRest) sums() {
	s, sum := r.s, 0
	for _, h := range s.Hosts {
		sum += h.Reserved
		r.law("count", h.Reserved >= 0 && h.Limit >= 0 && h.Abandoned >= 0, "no negative count",
			"%s: reserved %d, limit %d, abandoned %d", h.Host, h.Reserved, h.Limit, h.Abandoned)
	}
	r.law("count", s.Reserved == sum, "the sum over the hosts", "reserved %d, over the hosts %d", s.Reserved, sum)
	r.law("bounded", s.Waiting >= 0 && s.Waiting <= s.Open, "0 <= waiting <= open", "waiting %d, open %d", s.Waiting, s.Open)
	r.law("bounded", s.Accepted == s.Done+uint64(s.Open), "accepted = done + open", "accepted %d, done %d, open %d", s.Accepted, s.Done, s.Open)
	if s.Open == 0 {
		r.law("no-leak", s.Reserved == 0 && sum == 0, "0", "%d reserved with no open request", max(s.Reserved, sum))
	}
	if r.shadow != nil && r.b.Waiting > 0 {
		most := r.b.Waiting + r.shadow.peak
		r.law("bounded", s.Waiting <= most, fmt.Sprintf("at most %d and what was reserved", r.b.Waiting), "%d wait", s.Waiting)
	}
}

// as is a host of the snapshot with the rules of the shadow ledger.
func (r *gatewayRest) as(h protocol.HostStats) *shadowHost {
	o := &shadowHost{b: r.b, name: h.Host, epoch: h.Epoch, limit: h.Limit, live: h.Reserved, abandoned: h.Abandoned, paused: h.Paused, draining: h.Draining}
	if r.shadow == nil {
		o.refusing = r.s.Refusals > 0
	} else if known := r.shadow.hosts[h.Host]; known == nil || known.refusing {
		o.refusing = true
	}
	return o
}

// waits judges that nobody waits for nothing: no request while a host is
// eligible, no host paused that may resume.
func (r *gatewayRest) waits() {
	for _, h := range r.s.Hosts {
		o := r.as(h)
		if r.s.Waiting > 0 {
			// At rest a refusal may still wear off with time, so that a host that
			// refused is not certainly eligible.
			able := !o.refusing && !o.paused && !o.draining && o.free()
			r.law("no-idle-wait", !able, "no request waits while a host is eligible", "%d wait while %s has %d of %d reserved and is not paused", r.s.Waiting, o.name, o.live, o.limit)
		}
		stuck := o.paused && !o.draining && o.free() && o.live <= o.mark()
		r.law("no-lockup", !stuck, fmt.Sprintf("it resumes at %d", o.mark()), "%s is paused at rest with %d of %d reserved and %d abandoned", o.name, o.live, o.limit, o.abandoned)
	}
}

// compare judges the counts against the shadow ledger.
func (r *gatewayRest) compare() {
	l, s := r.shadow, r.s
	r.law("count", s.Reserved == len(l.live), fmt.Sprintf("%d live reservations", len(l.live)), "reserved %d", s.Reserved)
	current := l.current()
	r.law("epoch", len(s.Hosts) == len(current), fmt.Sprintf("%d attached hosts", len(current)), "%d hosts", len(s.Hosts))
	for _, h := range s.Hosts {
		o := l.hosts[h.Host]
		known := o != nil && o.open() && o.epoch == h.Epoch
		r.law("epoch", known, "the attachment that goes on", "attachment %d of %s", h.Epoch, h.Host)
		if !known {
			continue
		}
		r.law("count", h.Reserved == o.live && h.Limit == o.limit, fmt.Sprintf("%d live reservations, limit %d", o.live, o.limit),
			"reserved(%s) = %d, limit(%s) = %d", h.Host, h.Reserved, h.Host, h.Limit)
		r.law("host-capacity", h.Abandoned == o.abandoned, fmt.Sprintf("%d given up and not answered", o.abandoned), "abandoned(%s) = %d", h.Host, h.Abandoned)
	}
	r.law("bounded", s.Open == l.open && s.Waiting == len(l.waiting), fmt.Sprintf("%d open, %d waiting", l.open, len(l.waiting)), "%d open, %d waiting", s.Open, s.Waiting)
	r.law("accounted", s.Late == l.late && s.Rejected == l.rejected && s.Refusals == l.refusals,
		fmt.Sprintf("%d late, %d rejected, %d refusals", l.late, l.rejected, l.refusals),
		"%d late, %d rejected, %d refusals", s.Late, s.Rejected, s.Refusals)
}
