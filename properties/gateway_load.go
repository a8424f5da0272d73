package properties

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// gatewayLoad is what callers, hosts and the operator do in a case. All of it
// is drawn before the case begins.
type gatewayLoad struct {
	callers  [][]gatewayOp
	requests int
	hosts    []hostLoad
	// answers holds what a host does with the n-th attempt of a request.
	answers map[int][]answer
	// limits are changes of limits by the operator.
	limits []limitOp
	// close is when Close is called although requests are under way; negative is
	// after everything has ended.
	close, grace time.Duration
	// again is how long after that Close is called a second time, and againGrace
	// the time that this call has to drain; negative is never.
	again, againGrace time.Duration
	looks             int
}

// gatewayOp is one Do.
type gatewayOp struct {
	id             int
	pause, timeout time.Duration
	// cancel is when the caller gives up; zero is never.
	cancel     time.Duration
	idempotent bool
}

// hostLoad is one host.
type hostLoad struct {
	name     string
	capacity int
	// scripted is whether the suite plays the host itself.
	scripted bool
	// late is how long it waits before it attaches first.
	late time.Duration
	// leaves is when it says that it is leaving, and again when it attaches a
	// second time although it is attached; zero is never. It comes back from the
	// first; only scripted hosts do the second.
	leaves, again time.Duration
	// recap is when it declares another capacity, recapTo, for a while; zero is
	// never. Only scripted hosts do.
	recap   time.Duration
	recapTo int
	// deaf is how long it reads nothing after it first attached; quits is whether
	// it then ends the attachment unread. Scripted hosts only.
	deaf  time.Duration
	quits bool
}

// answer is what a host does with one attempt.
type answer struct {
	behaviour
	// stubborn goes on although it was cancelled.
	stubborn bool
	// twice answers a second time, stray answers attempts that the host was never
	// given: one that nobody was, and the one before its own, which most likely
	// another host was; scripted hosts only.
	twice, stray bool
	// refuses gives the attempt back unstarted, and ready says soon after that the
	// host takes requests again; scripted hosts only.
	refuses, ready bool
	// carried goes on when the attachment is lost, and brings the answer on the
	// next one; scripted hosts only.
	carried bool
	// hangsUp ends the attachment as soon as the answer is sent, when the gateway
	// is about to give the host more; scripted hosts only.
	hangsUp bool
}

// limitOp changes the limit of a host.
type limitOp struct {
	after time.Duration
	host  string
	limit int
}

// drawGatewayWorld draws the bounds of a Gateway, small ones first.
func drawGatewayWorld(c dice, n Network) *GatewayWorld {
	w := &GatewayWorld{
		HostLimit:     between(c, "limit", 1, 2),
		Waiting:       pick(c, "waiting", 8, 2, 1) * n.scale(),
		MaxWait:       pick(c, "max wait", n.seconds(20), n.seconds(20), n.seconds(20), n.seconds(1)),
		ReassignAfter: pick(c, "reassign after", n.seconds(1), 0),
		MaxAttempts:   pick(c, "attempts", 2, 3, 1),
		BudgetRatio:   pick(c, "budget ratio", 1, 0.5),
		BudgetBurst:   pick(c, "budget burst", 4, 1),
		AbandonedCap:  between(c, "abandoned cap", 1, 2),
		RefuseBackoff: n.seconds(0.5),
	}
	if chance(c, "hysteresis", 3) {
		w.Mark = -1
	}
	return w
}

// describe tells the bounds in one line.
func (w *GatewayWorld) describe() string {
	return fmt.Sprintf("limit=%d waiting=%d max-wait=%v mark=%d reassign-after=%v attempts=%d budget=%d+%g abandoned-cap=%d",
		w.HostLimit, w.Waiting, w.MaxWait, w.Mark, w.ReassignAfter, w.MaxAttempts, w.BudgetBurst, w.BudgetRatio, w.AbandonedCap)
}

// drawGatewayLoad draws a workload of at most nine requests and three hosts.
func drawGatewayLoad(c dice, n Network, library bool) gatewayLoad {
	l := gatewayLoad{answers: make(map[int][]answer), close: -1, again: -1, grace: n.seconds(60)}
	for i := range between(c, "hosts", 1, 3) {
		l.hosts = append(l.hosts, drawHost(c, n, fmt.Sprintf("h%d", i+1), library))
	}
	// A crowd comes at once and is served slowly: it waits, is reassigned and
	// gives up, where a few callers would find a free slot. One in a hurry gives up
	// while its hosts go on.
	crowd := chance(c, "crowd", 3)
	hurry := crowd && chance(c, "hurry", 2)
	callers, each := 3, 3
	if crowd {
		callers, each = 5, 1
	}
	for range between(c, "callers", 1, callers) {
		var ops []gatewayOp
		for range between(c, "requests", 1, each) * n.scale() {
			l.requests++
			ops = append(ops, drawGatewayOp(c, n, l.requests, hurry))
			l.answers[l.requests] = []answer{drawAnswer(c, n, crowd), drawAnswer(c, n, crowd)}
		}
		l.callers = append(l.callers, ops)
	}
	for range pick(c, "limit changes", 0, 1, 2) {
		l.limits = append(l.limits, limitOp{
			after: pick(c, "limit after", 0, n.seconds(0.1), n.seconds(1.2)),
			host:  l.hosts[c.Choose(len(l.hosts)*2, "limit of")%len(l.hosts)].name,
			limit: pick(c, "limit to", 1, 2, 0),
		})
	}
	if chance(c, "close early", 5) {
		l.close = pick(c, "close at", 0, n.seconds(0.1), n.seconds(2), n.seconds(0.03), n.seconds(1), n.seconds(1.4))
		l.grace = pick(c, "grace", n.seconds(60), 0, n.seconds(1))
	}
	if chance(c, "close again", 5) {
		l.again = pick(c, "close again after", 0, n.seconds(0.1), n.seconds(1))
		l.againGrace = pick(c, "grace again", n.seconds(60), 0, n.seconds(1))
	}
	l.looks = pick(c, "looks", 0, 2)
	return l
}

func drawHost(c dice, n Network, name string, library bool) hostLoad {
	h := hostLoad{name: name, capacity: between(c, "capacity", 1, 2), scripted: true}
	if library {
		h.scripted = chance(c, "scripted", 2)
	}
	h.late = pick(c, "attaches", 0, 0, n.seconds(0.5))
	switch c.Choose(10, "host") {
	case 1, 2:
		h.leaves = pick(c, "leaves", n.seconds(0.01), n.seconds(1.4), n.seconds(1.2))
	case 3, 6:
		h.again = pick(c, "again", n.seconds(0.01), n.seconds(1.4), n.seconds(0.03))
	case 4:
		h.recap = pick(c, "declares", n.seconds(0.01), n.seconds(1))
		h.recapTo = pick(c, "declares", 1, 2, 0, 3)
	case 5, 7:
		h.deaf = pick(c, "deaf", n.seconds(0.1), n.seconds(2.5))
		h.quits = !chance(c, "reads on", 3)
	}
	return h
}

// drawGatewayOp draws one Do. Callers give up at instants at which hosts
// answer and attempts fall due, too: what races must be at one time.
func drawGatewayOp(c dice, n Network, id int, hurry bool) gatewayOp {
	op := gatewayOp{id: id, idempotent: !chance(c, "non-idempotent", 4)}
	kinds := 6
	if hurry {
		kinds = 4
	}
	switch c.Choose(kinds, "op") {
	case 1:
		op.pause = pick(c, "pause", n.seconds(0.2), n.seconds(1.2), n.seconds(2))
	case 2:
		op.timeout = pick(c, "timeout", n.seconds(0.05), n.seconds(1.4), n.seconds(0.03), n.seconds(1))
	case 3:
		op.cancel = pick(c, "cancel", n.seconds(0.05), n.seconds(1.4), n.seconds(0.03), n.seconds(1))
	}
	return op
}

// drawAnswer draws what a host does. Slow takes longer than the time after
// which a request is reassigned, most of the time.
func drawAnswer(c dice, n Network, slow bool) answer {
	var a answer
	kinds := 12
	if slow {
		kinds = 7
	}
	switch c.Choose(kinds, "answer") {
	case 1, 2:
		a.hold = pick(c, "answer takes", n.seconds(2.5), n.seconds(1.4))
	case 3, 4:
		a.hold, a.stubborn = pick(c, "answer takes", n.seconds(2.5), n.seconds(1.4)), true
	case 5, 6:
		a.hold, a.hangsUp = n.seconds(0.03), chance(c, "hangs up", 2)
	case 7:
		a.fails = true
	case 8:
		a.twice = true
	case 9:
		a.stray, a.panics = true, true
	case 10:
		a.refuses, a.ready = true, chance(c, "ready", 2)
	case 11:
		a.carried, a.hold = true, n.seconds(1.4)
	}
	return a
}

// answer returns what is done with the n-th attempt of a request, from 1.
func (l gatewayLoad) answer(id, n int) answer {
	if list := l.answers[id]; n <= len(list) {
		return list[n-1]
	}
	return answer{}
}

// deaf tells whether a host may leave unread what it was sent.
func (l gatewayLoad) deaf() bool {
	return slices.ContainsFunc(l.hosts, func(h hostLoad) bool { return h.scripted && h.deaf > 0 })
}

// String tells the load in one line.
func (l gatewayLoad) String() string {
	var parts []string
	for _, h := range l.hosts {
		s := fmt.Sprintf("%s of %d", h.name, h.capacity)
		if h.scripted {
			s += " scripted"
		}
		if h.late > 0 {
			s += " attaches after " + h.late.String()
		}
		if h.leaves > 0 {
			s += " leaves after " + h.leaves.String()
		}
		if h.again > 0 && h.scripted {
			s += " attaches again after " + h.again.String()
		}
		if h.recap > 0 && h.scripted {
			s += fmt.Sprintf(" declares %d after %v", h.recapTo, h.recap)
		}
		if h.deaf > 0 && h.scripted {
			s += " reads nothing for " + h.deaf.String()
			if h.quits {
				s += " and quits"
			}
		}
		parts = append(parts, s)
	}
	for i, ops := range l.callers {
		var words []string
		for _, op := range ops {
			w := fmt.Sprintf("do m%d", op.id)
			if op.pause > 0 {
				w = "wait " + op.pause.String() + ", " + w
			}
			if op.timeout > 0 {
				w += " within " + op.timeout.String()
			}
			if op.cancel > 0 {
				w += " cancelled after " + op.cancel.String()
			}
			if !op.idempotent {
				w += " once"
			}
			words = append(words, w)
		}
		parts = append(parts, fmt.Sprintf("caller %d: %s", i+1, strings.Join(words, ", ")))
	}
	for id := 1; id <= l.requests; id++ {
		for n, a := range l.answers[id] {
			if s := a.String(); s != "" {
				parts = append(parts, fmt.Sprintf("attempt %d of m%d %s", n+1, id, s))
			}
		}
	}
	for _, op := range l.limits {
		parts = append(parts, fmt.Sprintf("limit of %s to %d after %v", op.host, op.limit, op.after))
	}
	if l.close >= 0 {
		parts = append(parts, fmt.Sprintf("close at %v with %v to drain", l.close, l.grace))
	}
	if l.again >= 0 {
		parts = append(parts, fmt.Sprintf("close again %v later with %v to drain", l.again, l.againGrace))
	}
	return strings.Join(parts, "; ")
}

// String tells an answer in words; empty for the plain one.
func (a answer) String() string {
	words := a.behaviour.String()
	more := func(s string) {
		if words != "" {
			words += " and "
		}
		words += s
	}
	if a.stubborn {
		more("ignores a cancel")
	}
	if a.twice {
		more("is answered twice")
	}
	if a.stray {
		more("brings a stray answer")
	}
	if a.refuses {
		more("is refused")
	}
	if a.ready {
		more("then the host is ready")
	}
	if a.carried {
		more("survives its attachment")
	}
	if a.hangsUp {
		more("is the last of its attachment")
	}
	return words
}
