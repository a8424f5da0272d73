package properties

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// parseRemoteHistory reads a history of a Remote: one record a line, an event
// in its text form or an observation in words, after its time where it has
// one. Events without a party are the peer's if they are about handlers, else
// the Remote's; $x stands for the digest of "x".
func parseRemoteHistory(t *testing.T, text string) []Record {
	t.Helper()
	var out []Record
	var now time.Duration
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) > 0 && strings.HasPrefix(words[0], "@") {
			d, err := time.ParseDuration(words[0][1:])
			if err != nil {
				t.Fatalf("line %q: %v", line, err)
			}
			now, words = d, words[1:]
		}
		if len(words) == 0 {
			continue
		}
		r := Record{At: now}
		if o, ok := parseRemoteObservation(words); ok {
			r.Observed = o
			out = append(out, r)
			continue
		}
		e, err := protocol.ParseEvent(digests(strings.Join(words, " ")))
		if err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if e.Party == "" {
			e.Party = "remote"
			if e.Kind == protocol.KindHandleBegin || e.Kind == protocol.KindHandleEnd {
				e.Party = "peer"
			}
		}
		r.Event = e
		out = append(out, r)
	}
	return out
}

// parseRemoteObservation reads "call 1", "accepted 1", "refused 1 text",
// "dispatcher-refused 1 text", "handle 1", "handled 1 x", "dispatch 1 outcome
// x", "dispatched 1" and "closed".
func parseRemoteObservation(w []string) (Observation, bool) {
	o := Observation{Party: "remote"}
	if len(w) > 1 {
		o.ID, _ = strconv.Atoi(w[1])
	}
	switch w[0] {
	case "call":
		o.Kind = SendCall
	case "accepted":
		o.Kind, o.Caller = SendAccepted, 1
	case "refused":
		o.Kind, o.Caller, o.Err = SendRefused, 1, strings.Join(w[2:], " ")
	case "dispatcher-refused":
		o.Kind, o.Err = SendRefused, strings.Join(w[2:], " ")
	case "handle":
		o.Kind = HandlerCall
	case "handled":
		o.Kind, o.Payload = HandlerReturn, protocol.Digest([]byte(w[2]))
	case "dispatch":
		o.Kind = DispatchCall
		switch w[2] {
		case "replied":
			o.Outcome, o.Payload = protocol.Replied, protocol.Digest([]byte(w[3]))
		case "not-sent":
			o.Outcome = protocol.NotSent
		case "unknown":
			o.Outcome = protocol.Unknown
		}
		if len(w) > 3 && o.Outcome != protocol.Replied {
			o.Reason = reasons[w[3]]
		}
	case "dispatched":
		o.Kind = DispatchReturn
	case "closed":
		o.Kind = CloseReturn
	default:
		return Observation{}, false
	}
	return o, true
}

// reasons are those that observations name.
var reasons = map[string]protocol.Reason{"offline": protocol.Offline, "link-lost": protocol.LinkLost,
	"deadline": protocol.Deadline, "closed": protocol.Closed}

const (
	// up is an open link.
	up = `
		connect epoch=1
		link-up epoch=1
	`
	// begun are two messages that were accepted.
	begun = `
		call 1
		accept seq=1 digest=$m1
		accepted 1
		call 2
		accept seq=2 digest=$m2
		accepted 2
	`
	// sent1 is the first of them from its frame to its handler.
	sent1 = `
		send epoch=1 seq=1 value=1
		handle-begin epoch=1 seq=1 digest=$m1
		handle 1
		handled 1 r1
		handle-end epoch=1 seq=1 digest=$r1
	`
	// told1 is the end of the first.
	told1 = `
		receive epoch=1 seq=1 digest=$r1
		resolve epoch=1 seq=1 outcome=replied digest=$r1
		dispatch-begin seq=1 outcome=replied
		dispatch 1 replied r1
		dispatched 1
		dispatch-end seq=1
	`
	// whole2 is the second from its frame to its end.
	whole2 = `
		send epoch=1 seq=2 value=2
		handle-begin epoch=1 seq=2 digest=$m2
		handle 2
		handled 2 r2
		handle-end epoch=1 seq=2 digest=$r2
		receive epoch=1 seq=2 digest=$r2
		resolve epoch=1 seq=2 outcome=replied digest=$r2
		dispatch-begin seq=2 outcome=replied
		dispatch 2 replied r2
		dispatched 2
		dispatch-end seq=2
	`
	// silent1 is a message of which only the suite's own eyes tell.
	silent1 = `
		call 1
		accepted 1
		handle 1
		handled 1 r1
		dispatch 1 replied r1
		dispatched 1
	`
)

// remoteHistory is a history with the laws that it breaks and the facts that
// it shows, both without their prefix.
type remoteHistory struct {
	name   string
	bounds func(*RemoteBounds)
	// watched is whether the suite sat on the wire: "lost" in the text is then what
	// a message may be lost for, and "forced" a Close that has run out of time.
	watched bool
	text    string
	laws    []string
	facts   []string
}

func remoteTestBounds() RemoteBounds {
	return RemoteBounds{Mode: protocol.Async, Delivery: protocol.AtMostOnce, Buffer: 2, Window: 2, FrameMessages: 2, ConnectTimeout: 5 * time.Second, Punctual: true}
}

// delays bounds the delays between attempts.
func delays(b *RemoteBounds) { b.BackoffMin, b.BackoffMax = 100*time.Millisecond, time.Second }

func resume(b *RemoteBounds) { b.Delivery = protocol.Resume }

func (h remoteHistory) check(t *testing.T) *findings {
	b := remoteTestBounds()
	if h.bounds != nil {
		h.bounds(&b)
	}
	if !h.watched {
		return checkRemote(parseRemoteHistory(t, h.text), b)
	}
	w, records := newRemoteWitness(b), []Record(nil)
	w.causes = &remoteCauses{forced: -1}
	for _, line := range strings.Split(h.text, "\n") {
		switch strings.TrimSpace(line) {
		case "lost":
			w.causes.lost = append(w.causes.lost, len(records))
		case "forced":
			w.causes.forced = 0
		default:
			records = append(records, parseRemoteHistory(t, line)...)
		}
	}
	for i, r := range records {
		w.record(i, r)
	}
	w.end(len(records))
	return w.f
}

func (h remoteHistory) broken(t *testing.T) []string {
	var out []string
	for _, v := range h.check(t).sorted() {
		if name := strings.TrimPrefix(v.Law, "remote/"); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// TestRemoteLawful feeds histories that break nothing, several of them odd.
func TestRemoteLawful(t *testing.T) {
	for _, c := range remoteLawful {
		t.Run(c.name, func(t *testing.T) {
			f := c.check(t)
			for _, v := range f.sorted() {
				t.Errorf("record %d broke %s: %s, want %s", v.At, v.Law, v.Observed, v.Allowed)
			}
			for _, fact := range c.facts {
				if !f.seen["remote/sometimes-"+fact] {
					t.Errorf("sometimes-%s was not seen, got %v", fact, f.seen)
				}
			}
			for slug := range f.seen {
				if !catalogued(slug) {
					t.Errorf("%s is not in the catalogue", slug)
				}
			}
			for slug := range f.judged {
				if !catalogued(slug) {
					t.Errorf("%s is judged and not in the catalogue", slug)
				}
			}
		})
	}
}

// TestRemoteUnlawful feeds histories each of which breaks one law, and only
// that: the others must not cry along.
func TestRemoteUnlawful(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range remoteUnlawful {
		t.Run(c.name, func(t *testing.T) {
			if got := c.broken(t); !slices.Equal(got, c.laws) {
				t.Errorf("broke %v, want %v", got, c.laws)
				for _, v := range c.check(t).sorted() {
					t.Logf("record %d %s: %s, want %s", v.At, v.Law, v.Observed, v.Allowed)
				}
			}
		})
		if len(c.laws) == 1 {
			covered[c.laws[0]] = true
		}
	}
	for _, law := range []string{"order", "reply-order", "right-reply", "one-outcome", "honest-outcome", "window", "epoch", "link", "frame", "backoff", "quiet-after-close", "no-needless-loss"} {
		if !covered[law] {
			t.Errorf("no history breaks %s alone", law)
		}
	}
}
