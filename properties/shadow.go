package properties

import (
	"math"
	"slices"
	"sort"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// shadowLedger is what the ledger of a gateway must look like, rebuilt from
// its events and nothing else. It keeps objects where an implementation may
// keep counters, so that a reservation that is released twice, or never, shows
// although every counter looks right.
//
// It takes whatever it is told: judging is for the laws, and a ledger that
// stopped at the first breach would report its consequences as new ones.
type shadowLedger struct {
	b GatewayBounds
	// hosts holds the newest attachment of each host, attachments every one.
	hosts       map[string]*shadowHost
	attachments map[shadowKey]*shadowHost
	attempts    map[uint64]*shadowAttempt
	// made holds the attempts in the order in which they were reserved.
	made     []*shadowAttempt
	requests map[uint64]*shadowRequest
	// waiting holds the requests without a reservation, oldest first.
	waiting []*shadowRequest
	// live holds every live reservation, by attempt.
	live map[uint64]*shadowAttempt
	// ages counts the requests that entered; open those that have not ended.
	ages, open int
	// budget is what reassigns may take; peak the most reservations that were
	// live at a time.
	budget float64
	peak   int
	// late, rejected and refusals count messages of hosts.
	late, rejected, refusals uint64
	// now is the time of the record at hand.
	now time.Duration
}

// shadowKey names an attachment.
type shadowKey struct {
	host  string
	epoch uint64
}

// shadowRequest is one request.
type shadowRequest struct {
	seq, digest uint64
	// age orders requests by their entry.
	age int
	// id is the payload that the suite gave it, zero while not known.
	id int
	// attempts are all of its attempts, sent the number of those that were sent.
	attempts []*shadowAttempt
	sent     int
	// waits is whether it is in the queue; settled whether its last reservation
	// ended for a reason that ends the request; ended whether it was told done.
	waits, settled, ended bool
	// since is when it entered the queue last, waited how long it stood there
	// before.
	since, waited time.Duration
	done          protocol.Event
	// overtaken is set while or after a younger one was reserved before it.
	overtaken bool
}

// shadowAttempt is one reservation and what became of it.
type shadowAttempt struct {
	id      uint64
	request *shadowRequest
	host    *shadowHost
	// at is when it was reserved.
	at time.Duration
	// live is true from the reserve to the release, for which released says why.
	live     bool
	released protocol.Reason
	// sent, cancelled, credited, refused and acknowledged say what was told of
	// it; abandoned is whether it occupies its host without a reservation.
	sent, cancelled, credited, refused, acknowledged, abandoned bool
	// beforeDrain is whether its host began to drain while it was sent and live.
	beforeDrain bool
	// digest is that of the credited reply, late holds those of late ones.
	digest uint64
	late   []uint64
	// answers are the digests of what its host answered, by the suite's own eyes.
	answers []uint64
	// succeeded and failed are whether those were replies, or errors.
	succeeded, failed bool
	// messages counts what the gateway said to have received about it; posted
	// what a scripted host was seen to send.
	messages, posted int
	// repeated is set once it was judged as a repetition.
	repeated bool
}

func newShadowLedger(b GatewayBounds) *shadowLedger {
	return &shadowLedger{
		b: b, budget: b.BudgetBurst,
		hosts: make(map[string]*shadowHost), attachments: make(map[shadowKey]*shadowHost),
		attempts: make(map[uint64]*shadowAttempt), requests: make(map[uint64]*shadowRequest),
		live: make(map[uint64]*shadowAttempt),
	}
}

// enqueue enters a request. One that was entered before is replaced.
func (l *shadowLedger) enqueue(seq, digest uint64) *shadowRequest {
	r := &shadowRequest{seq: seq, digest: digest, age: l.ages}
	l.ages++
	l.open++
	l.requests[seq] = r
	l.wait(r)
	if l.b.BudgetBurst > 0 {
		l.budget = min(l.b.BudgetBurst, l.budget+l.b.BudgetRatio)
	}
	return r
}

// wait puts a request into its place in the queue.
func (l *shadowLedger) wait(r *shadowRequest) {
	if r.waits || r.ended {
		return
	}
	r.waits, r.since = true, l.now
	i := sort.Search(len(l.waiting), func(i int) bool { return l.waiting[i].age > r.age })
	l.waiting = slices.Insert(l.waiting, i, r)
}

func (l *shadowLedger) unwait(r *shadowRequest) {
	if !r.waits {
		return
	}
	r.waited = r.waitedUntil(l.now)
	r.waits = false
	i := sort.Search(len(l.waiting), func(i int) bool { return l.waiting[i].age >= r.age })
	l.waiting = slices.Delete(l.waiting, i, i+1)
}

// reserve makes a reservation.
func (l *shadowLedger) reserve(id uint64, r *shadowRequest, h *shadowHost, at time.Duration) *shadowAttempt {
	a := &shadowAttempt{id: id, request: r, host: h, at: at, live: true}
	l.attempts[id] = a
	l.made = append(l.made, a)
	l.live[id] = a
	l.peak = max(l.peak, len(l.live))
	r.attempts = append(r.attempts, a)
	r.settled = false
	l.unwait(r)
	h.live++
	h.settle()
	return a
}

// release ends a reservation. Where the reason leaves its request open, that
// returns to its old place.
func (l *shadowLedger) release(a *shadowAttempt, reason protocol.Reason) {
	a.live, a.released = false, reason
	delete(l.live, a.id)
	a.host.live--
	if a.sent && (a.cancelled || abandons(reason)) && len(a.late) == 0 && !a.refused && !a.credited {
		a.abandoned = true
		a.host.abandoned++
	}
	a.host.settle()
	switch reason {
	case protocol.Detached, protocol.Refused, protocol.Draining, protocol.WriteFailed, protocol.Reassigned:
		if !a.request.held() {
			l.wait(a.request)
		}
	default:
		a.request.settled = true
	}
}

// abandons tells whether a sent attempt that is released for that reason
// leaves its host at work.
func abandons(reason protocol.Reason) bool {
	return reason == protocol.Reassigned || reason == protocol.Cancelled || reason == protocol.Deadline
}

// answered takes an attempt off the abandoned ones: its host is done with it.
func (a *shadowAttempt) answered() {
	if a.abandoned {
		a.abandoned = false
		a.host.abandoned--
		a.host.settle()
	}
}

// done ends a request.
func (l *shadowLedger) done(r *shadowRequest, e protocol.Event) {
	l.unwait(r)
	r.ended, r.done = true, e
	l.open--
}

// held tells whether the request holds a reservation.
func (r *shadowRequest) held() bool {
	return slices.ContainsFunc(r.attempts, func(a *shadowAttempt) bool { return a.live })
}

// tried says whether a host was tried by the request: certainly so once an
// attempt was sent to it, perhaps if one was only reserved there.
func (r *shadowRequest) tried(host string) certainty {
	tried := no
	for _, a := range r.attempts {
		if a.host.name != host {
			continue
		}
		if a.sent {
			return yes
		}
		tried = perhaps
	}
	return tried
}

// older returns the waiting requests that entered before r.
func (l *shadowLedger) older(r *shadowRequest) []*shadowRequest {
	i := sort.Search(len(l.waiting), func(i int) bool { return l.waiting[i].age >= r.age })
	return l.waiting[:i]
}

// current returns the newest attachments that have not ended, by name.
func (l *shadowLedger) current() []*shadowHost {
	var out []*shadowHost
	for _, h := range l.hosts {
		if h.open() {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b *shadowHost) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out
}

// movable tells whether the attempt's request could move to another host as
// far as its own attempts and the budget go; perhaps where the suite does not
// know whether the request may be repeated.
func (l *shadowLedger) movable(a *shadowAttempt) certainty {
	r := a.request
	switch {
	case l.b.MaxAttempts > 0 && r.sent >= l.b.MaxAttempts, l.broke():
		return no
	case a.sent && len(l.b.NonIdempotent) > 0 && r.id == 0:
		return perhaps
	case a.sent && l.b.NonIdempotent[r.id]:
		return no
	case l.b.BudgetBurst > 0 && l.budget < l.b.BudgetBurst && l.budget < 1+budgetError:
		// A full bucket is known exactly, whatever was rounded before.
		return perhaps
	}
	return yes
}

// budgetError is how far two honest counts of a budget may differ: an
// implementation may round each ratio.
const budgetError = 1e-3

// broke tells whether the budget certainly holds less than one reassign.
func (l *shadowLedger) broke() bool { return l.b.BudgetBurst > 0 && l.budget < 1-budgetError }

// spend takes one reassign from the budget.
func (l *shadowLedger) spend() { l.budget = math.Max(0, l.budget-1) }
