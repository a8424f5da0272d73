package properties

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// gatewaySeen is what the suite itself saw of a gateway and its hosts: the
// calls of Do and of handlers. It binds the ids of payloads to the requests of
// the trace, if there is one.
type gatewaySeen struct {
	f      *findings
	b      GatewayBounds
	shadow *shadowLedger
	at     int
	now    time.Duration
	// tracing is whether the gateway emits events, closeCalled whether its Close
	// was called, or told that it was.
	tracing, closeCalled bool
	// full is whether the queue is, fullAt the last record before which it was.
	full   bool
	fullAt int
	// links counts the open streams of scripted hosts.
	links map[string]int

	ids map[int]*seenRequest
	// byDigest finds the id of a request by the digest of its payload, byID the
	// request of the trace by its id.
	byDigest map[uint64]int
	byID     map[int]*shadowRequest
	// parties are the hosts of which answers or handlers were seen.
	parties map[string]bool
	// scripted are the hosts that the suite plays: what they do is no breach.
	scripted map[string]bool
	// observed and traced count running handler calls by host and attempt.
	observed, traced map[string]map[uint64]int
	// before holds the attempts that a host had begun when its Close ended.
	before map[string]map[uint64]bool
}

// seenRequest is what was seen of one payload.
type seenRequest struct {
	calls, returns, handled int
	// calledAt and calledAfter are the record and the time of its first call.
	calledAt    int
	calledAfter time.Duration
	// answers are the digests of what handlers gave for it.
	answers []uint64
	// ok and payload are what Do returned first.
	ok      bool
	payload uint64
}

func newGatewaySeen(f *findings, b GatewayBounds, l *shadowLedger) *gatewaySeen {
	return &gatewaySeen{
		f: f, b: b, shadow: l, links: make(map[string]int),
		ids: make(map[int]*seenRequest), byDigest: make(map[uint64]int), byID: make(map[int]*shadowRequest),
		parties: make(map[string]bool), scripted: make(map[string]bool),
		observed: make(map[string]map[uint64]int), traced: make(map[string]map[uint64]int),
		before: make(map[string]map[uint64]bool),
	}
}

func (s *gatewaySeen) law(name string, ok bool, allowed, observed string, args ...any) {
	if !ok {
		observed = fmt.Sprintf(observed, args...)
	}
	s.f.judge("gateway/"+name, s.at, ok, observed, allowed)
}

func (s *gatewaySeen) request(id int) *seenRequest {
	r := s.ids[id]
	if r == nil {
		r = &seenRequest{}
		s.ids[id] = r
	}
	return r
}

// bind notes that a request of the trace carries the payload id.
func (s *gatewaySeen) bind(r *shadowRequest, id int) {
	if r == nil || id == 0 || r.id != 0 {
		return
	}
	r.id = id
	s.byID[id] = r
	s.repeats(r)
}

// entered binds a request that entered, if its payload is known.
func (s *gatewaySeen) entered(r *shadowRequest) {
	if r.digest != 0 {
		s.bind(r, s.byDigest[r.digest])
	}
}

// observe takes one observation; traced is whether the gateway emits events.
func (s *gatewaySeen) observe(o Observation, traced bool) {
	switch o.Kind {
	case DoCall:
		r := s.request(o.ID)
		r.calls++
		if r.calls == 1 {
			r.calledAt, r.calledAfter = s.at, s.now
		}
		digest := o.Payload
		if digest == 0 {
			digest = protocol.Digest(messagePayload(o.ID))
		}
		s.byDigest[digest] = o.ID
	case DoReturn:
		s.doReturn(o)
	case HostAttach:
		s.scripted[o.Party] = true
		s.links[o.Party]++
	case HostGone:
		s.links[o.Party]--
	case CloseCall:
		s.closeCalled = s.closeCalled || o.Party == "gateway"
	case HandlerCall:
		s.parties[o.Party] = true
		s.handlerCall(o, traced)
	case HandlerReturn:
		s.parties[o.Party] = true
		s.leave(s.observed, o.Party, o.Attempt)
		s.answer(o)
	case HostAnswer:
		s.parties[o.Party] = true
		if a := s.held(o.Party, o.Attempt); a != nil {
			a.posted++
		}
		s.answer(o)
	case CloseReturn:
		// A handler that outlives the Close of its host is no longer the host's.
		delete(s.observed, o.Party)
	}
}

// held is the attempt that the host holds or held, by the trace.
func (s *gatewaySeen) held(host string, attempt uint64) *shadowAttempt {
	if a := s.shadow.attempts[attempt]; a != nil && a.host.name == host {
		return a
	}
	return nil
}

// answer notes what a host answers.
func (s *gatewaySeen) answer(o Observation) {
	id := o.ID
	if a := s.held(o.Party, o.Attempt); a != nil {
		s.bind(a.request, id)
		a.answers = append(a.answers, o.Payload)
		a.failed = a.failed || o.Err != ""
		// A host library may have its reasons to make an error of a reply.
		a.succeeded = a.succeeded || o.Err == "" && o.Kind == HostAnswer
		id = a.request.id
	}
	if id != 0 && o.Err == "" {
		r := s.request(id)
		r.answers = append(r.answers, o.Payload)
	}
}

// handlerCall judges that a host runs what it was sent, within its capacity,
// and what may not be repeated once.
func (s *gatewaySeen) handlerCall(o Observation, traced bool) {
	if traced && o.Attempt != 0 {
		s.wasSent(o.Party, o.Attempt)
	}
	if a := s.held(o.Party, o.Attempt); a != nil {
		s.bind(a.request, o.ID)
	}
	s.capacity(s.observed, o.Party, o.Attempt)
	if o.ID == 0 {
		return
	}
	r := s.request(o.ID)
	r.handled++
	if s.b.NonIdempotent[o.ID] {
		s.law("non-idempotent", r.handled == 1, "once", "m%d, which may not be repeated, was begun %d times", o.ID, r.handled)
	}
}

// wasSent judges that a host has what it works on from the gateway.
func (s *gatewaySeen) wasSent(host string, attempt uint64) {
	a := s.held(host, attempt)
	s.law("paused", a != nil && a.sent, "nothing is written except under a live reservation", "%s runs attempt %d, which it was not sent", host, attempt)
}

// capacity judges the start of a handler.
func (s *gatewaySeen) capacity(running map[string]map[uint64]int, host string, attempt uint64) {
	n := 0
	for _, c := range running[host] {
		n += c
	}
	if most, known := s.b.Capacity[host]; known && !s.scripted[host] {
		s.law("host-capacity", n < most, fmt.Sprintf("at most %d at a time", most), "%s began a handler while %d run", host, n)
	}
	if running[host] == nil {
		running[host] = make(map[uint64]int)
	}
	running[host][attempt]++
}

func (s *gatewaySeen) leave(running map[string]map[uint64]int, host string, attempt uint64) {
	if running[host][attempt] > 1 {
		running[host][attempt]--
	} else {
		delete(running[host], attempt)
	}
}

// repeats judges that a request that may not be repeated is sent again only
// after refusals.
func (s *gatewaySeen) repeats(r *shadowRequest) {
	if !s.b.NonIdempotent[r.id] {
		return
	}
	var begun *shadowAttempt
	for _, a := range r.attempts {
		if !a.sent {
			continue
		}
		if !a.repeated {
			a.repeated = true
			s.law("non-idempotent", begun == nil, "another host only after every earlier one refused it",
				"request %d, which may not be repeated, was sent again to %s", r.seq, a.host.name)
		}
		if a.released != protocol.Refused {
			begun = a
		}
	}
}

// doReturn judges what Do returned.
func (s *gatewaySeen) doReturn(o Observation) {
	r := s.request(o.ID)
	r.returns++
	s.law("one-outcome", r.returns <= r.calls, "one return of each call", "Do of m%d returned %d times", o.ID, r.returns)
	if r.returns > 1 {
		return
	}
	r.ok, r.payload = o.Err == "", o.Payload
	if r.ok {
		s.law("right-reply", slices.Contains(r.answers, o.Payload), "what a host answered to it", "Do of m%d returned what no host answered to it", o.ID)
	}
	if t := s.byID[o.ID]; t != nil && t.ended {
		s.agree(t, r)
	}
	if !r.ok && r.calls == 1 {
		s.excused(o, r)
	}
	for text, fact := range map[string]string{
		protocol.ErrOverloaded.Error(): "overloaded", protocol.ErrNoHost.Error(): "no-host", protocol.ErrHostLost.Error(): "host-lost",
		protocol.ErrRefused.Error(): "refused", protocol.ErrClosed.Error(): "closed",
	} {
		if says(o.Err, text) {
			s.f.fact("gateway/sometimes-" + fact)
		}
	}
}

// says tells whether an error's text is made of another's, wrapped or alone.
func says(text, sentinel string) bool {
	return text == sentinel || strings.HasSuffix(text, ": "+sentinel) ||
		strings.HasPrefix(text, sentinel+":") || strings.Contains(text, ": "+sentinel+":")
}

// ended compares the end that the trace tells with what Do returned, where
// both are known.
func (s *gatewaySeen) ended(t *shadowRequest) {
	if r := s.ids[t.id]; t.id != 0 && r != nil && r.returns > 0 {
		s.agree(t, r)
	}
}

func (s *gatewaySeen) agree(t *shadowRequest, r *seenRequest) {
	ok := succeeded(t.done)
	s.law("one-outcome", ok == r.ok || t.done.Reason == protocol.ByErrorReply && !r.ok, "one end of each request",
		"request %d ended %s while Do returned %s", t.seq, ending(t.done), resultWord(r.ok))
	if ok && r.ok {
		s.law("right-reply", t.done.Digest == r.payload, "the reply that the request ended with", "Do of m%d returned another reply than request %d ended with", t.id, t.seq)
	}
}

func resultWord(ok bool) string {
	if ok {
		return "a reply"
	}
	return "an error"
}

// hostEvent takes one event of a host.
func (s *gatewaySeen) hostEvent(e protocol.Event, traced bool) {
	host := e.Party
	switch e.Kind {
	case protocol.KindHandleBegin:
		s.parties[host] = true
		s.law("quiet-after-close", !s.before[host][e.Attempt], "no event of what was closed", "%s began attempt %d, which it held when its Close ended", host, e.Attempt)
		if traced {
			s.wasSent(host, e.Attempt)
		}
		s.capacity(s.traced, host, e.Attempt)
	case protocol.KindHandleEnd:
		s.quiet(e)
		s.leave(s.traced, host, e.Attempt)
		if a := s.held(host, e.Attempt); a != nil && e.Digest != 0 {
			a.answers = append(a.answers, e.Digest)
		}
	case protocol.KindReply:
		s.quiet(e)
	case protocol.KindCloseEnd:
		s.closeEnd(host)
	}
}

// quiet judges that an attempt does not outlive the Close of its host.
func (s *gatewaySeen) quiet(e protocol.Event) {
	s.law("quiet-after-close", !s.before[e.Party][e.Attempt], "no event of what was closed", "%s event of %s about attempt %d, which it held when its Close ended", e.Kind, e.Party, e.Attempt)
}

// closeEnd notes what belongs to a host that was closed. A host of the same
// name that comes after it is another one, and gets attempts of its own.
func (s *gatewaySeen) closeEnd(host string) {
	s.law("quiet-after-close", true, "", "")
	if s.before[host] == nil {
		s.before[host] = make(map[uint64]bool)
	}
	for attempt := range s.traced[host] {
		s.before[host][attempt] = true
	}
	for id, a := range s.shadow.attempts {
		if a.host.name == host && a.sent {
			s.before[host][id] = true
		}
	}
	delete(s.traced, host)
}
