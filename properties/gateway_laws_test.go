package properties

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// parseHistory reads a history: one record a line, an event in its text form
// or an observation in words, after its time where it has one. Events without
// a party are the gateway's; $x stands for the digest of "x".
func parseHistory(t *testing.T, text string) []Record {
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
		if o, ok := parseObservation(words); ok {
			r.Observed = o
		} else {
			e, err := protocol.ParseEvent(digests(strings.Join(words, " ")))
			if err != nil {
				t.Fatalf("line %q: %v", line, err)
			}
			if e.Party == "" {
				e.Party = "gateway"
			}
			r.Event = e
		}
		out = append(out, r)
	}
	return out
}

var digestName = regexp.MustCompile(`\$[a-z0-9]+`)

func digests(text string) string {
	return digestName.ReplaceAllStringFunc(text, func(s string) string {
		return fmt.Sprintf("%x", protocol.Digest([]byte(s[1:])))
	})
}

// parseObservation reads "do 1", "returned 1 x", "failed 1 text", "begin h1 1
// attempt", "finish h1 1 attempt x", "answer h1 attempt x", "hello h1" and
// "closed gateway".
func parseObservation(w []string) (Observation, bool) {
	num := func(i int) int {
		n, err := strconv.Atoi(w[i])
		if err != nil {
			panic(err)
		}
		return n
	}
	payload := func(i int) uint64 { return protocol.Digest([]byte(w[i])) }
	switch w[0] {
	case "do":
		return Observation{Kind: DoCall, ID: num(1)}, true
	case "returned":
		return Observation{Kind: DoReturn, ID: num(1), Payload: payload(2)}, true
	case "failed":
		return Observation{Kind: DoReturn, ID: num(1), Err: strings.Join(w[2:], " ")}, true
	case "begin":
		return Observation{Kind: HandlerCall, Party: w[1], ID: num(2), Attempt: uint64(num(3))}, true
	case "finish":
		return Observation{Kind: HandlerReturn, Party: w[1], ID: num(2), Attempt: uint64(num(3)), Payload: payload(4)}, true
	case "answer":
		return Observation{Kind: HostAnswer, Party: w[1], Attempt: uint64(num(2)), Payload: payload(3)}, true
	case "hello":
		return Observation{Kind: HostAttach, Party: w[1]}, true
	case "closed":
		return Observation{Kind: CloseReturn, Party: w[1]}, true
	}
	return Observation{}, false
}

// breached are the laws that a history breaks, each once, in order.
func breached(vs []Violation) []string {
	var out []string
	for _, v := range vs {
		name := strings.TrimPrefix(v.Law, "gateway/")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// gatewayTestBounds are the bounds of most histories here.
func gatewayTestBounds() GatewayBounds {
	return GatewayBounds{
		Waiting: 4, MaxAttempts: 3, BudgetRatio: 0.5, BudgetBurst: 2, ReassignAfter: time.Second, RefuseBackoff: time.Second,
		NonIdempotent: map[int]bool{9: true}, Capacity: map[string]int{"h1": 2, "h2": 2, "h3": 2}, Punctual: true,
	}
}

const (
	// attached has two hosts with a limit of 2.
	attached = `
		attach host=h1 epoch=1 value=2
		attach host=h2 epoch=2 value=2
	`
	// lone has one host with a limit of 2.
	lone = `
		attach host=h1 epoch=1 value=2
	`
	// first is request 1 at h1, as attempt 1, sent and begun.
	first = `
		do 1
		enqueue seq=1 digest=$m1
		reserve seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=1 host=h1 epoch=1
		begin h1 1 1
	`
	// answered is the end of first.
	answered = `
		finish h1 1 1 r1
		reply seq=1 attempt=1 host=h1 epoch=1 digest=$r1
		release seq=1 attempt=1 host=h1 epoch=1 reason=reply
		done seq=1 outcome=replied reason=reply digest=$r1
		returned 1 r1
	`
	// moved is the reassign of first to h2, as attempt 2, which is answered.
	moved = `
		@1s release seq=1 attempt=1 host=h1 epoch=1 reason=reassign
		reserve seq=1 attempt=2 host=h2 epoch=2
		cancel seq=1 attempt=1 host=h1 epoch=1
		sent seq=1 attempt=2 host=h2 epoch=2
		begin h2 1 2
		finish h2 1 2 s1
		reply seq=1 attempt=2 host=h2 epoch=2 digest=$s1
		release seq=1 attempt=2 host=h2 epoch=2 reason=reply
		done seq=1 outcome=replied reason=reply digest=$s1
		returned 1 s1
	`
)

// TestGatewayLawful feeds histories that break nothing, several of them odd:
// other orders within a step, other choices between equals.
func TestGatewayLawful(t *testing.T) {
	for _, c := range gatewayLawful {
		t.Run(c.name, func(t *testing.T) {
			b := gatewayTestBounds()
			if c.bounds != nil {
				c.bounds(&b)
			}
			f := checkGateway(parseHistory(t, c.text), b)
			for _, v := range f.sorted() {
				t.Errorf("record %d broke %s: %s, want %s", v.At, v.Law, v.Observed, v.Allowed)
			}
			for _, slug := range c.facts {
				if !f.seen["gateway/sometimes-"+slug] {
					t.Errorf("sometimes-%s was not seen, got %v", slug, f.seen)
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

// TestGatewayUnlawful feeds histories each of which breaks one law, and only
// that: the others must not cry along.
func TestGatewayUnlawful(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range gatewayUnlawful {
		t.Run(c.name, func(t *testing.T) {
			b := gatewayTestBounds()
			if c.bounds != nil {
				c.bounds(&b)
			}
			vs := CheckGateway(parseHistory(t, c.text), b)
			if got := breached(vs); !slices.Equal(got, c.laws) {
				t.Errorf("broke %v, want %v", got, c.laws)
				for _, v := range vs {
					t.Logf("record %d %s: %s, want %s", v.At, v.Law, v.Observed, v.Allowed)
				}
			}
		})
		if len(c.laws) == 1 {
			covered[c.laws[0]] = true
		}
	}
	for _, law := range []string{"count", "one-reservation", "released-once", "one-outcome", "right-reply", "paused", "fifo", "choice",
		"reassign-bounds", "late", "accounted", "epoch", "isolation", "non-idempotent", "host-capacity", "bounded", "no-needless-failure", "close-complete", "quiet-after-close"} {
		if !covered[law] {
			t.Errorf("no history breaks %s alone", law)
		}
	}
}

// TestGatewayCascade holds that one bug is told once: what follows from the
// historic leak is not blamed on other laws.
func TestGatewayCascade(t *testing.T) {
	vs := CheckGateway(parseHistory(t, reassignWithoutRelease), gatewayTestBounds())
	if len(vs) == 0 || vs[0].Law != "gateway/one-reservation" {
		t.Fatalf("got %v, want a breach of gateway/one-reservation first", vs)
	}
	if want := "attempt 2 reserved at h2 for request 1, which holds attempt 1 at h1"; vs[0].Observed != want {
		t.Errorf("got %q, want %q", vs[0].Observed, want)
	}
}

// reassignWithoutRelease is the bug of the first gateway: a slow request moves
// and the first host's reservation stays.
const reassignWithoutRelease = attached + first + `
	@1s reserve seq=1 attempt=2 host=h2 epoch=2
	sent seq=1 attempt=2 host=h2 epoch=2
	begin h2 1 2
	finish h2 1 2 s1
	reply seq=1 attempt=2 host=h2 epoch=2 digest=$s1
	release seq=1 attempt=2 host=h2 epoch=2 reason=reply
	done seq=1 outcome=replied reason=reply digest=$s1
	returned 1 s1
	`

// rest is the state of the ledger after a history, with counts that are right.
func rest(t *testing.T, text string) (*gatewayWitness, protocol.GatewayStats) {
	t.Helper()
	g := newGatewayWitness(gatewayTestBounds())
	for _, r := range parseHistory(t, text) {
		g.record(r)
	}
	l := g.shadow
	s := protocol.GatewayStats{Waiting: len(l.waiting), Open: l.open, Reserved: len(l.live), Accepted: uint64(l.ages), Done: uint64(l.ages - l.open),
		Late: l.late, Rejected: l.rejected, Refusals: l.refusals}
	for _, h := range l.current() {
		s.Hosts = append(s.Hosts, protocol.HostStats{Host: h.name, Epoch: h.epoch, Reserved: h.live, Limit: h.limit, Abandoned: h.abandoned, Paused: h.paused, Draining: h.draining})
	}
	return g, s
}

// TestGatewayAtRest judges snapshots: one that is right, and for each law of
// rest one that is not.
func TestGatewayAtRest(t *testing.T) {
	stuck := lone + "limit host=h1 epoch=1\n pause host=h1 epoch=1\n enqueue seq=1\n limit host=h1 epoch=1 value=2\n"
	for _, c := range []struct {
		name, text string
		law        string
		change     func(*protocol.GatewayStats)
	}{
		{"right", attached + first, "", func(*protocol.GatewayStats) {}},
		{"right with nobody", "enqueue seq=1", "", func(*protocol.GatewayStats) {}},
		{"right while draining", lone + "drain host=h1 epoch=1\n enqueue seq=1", "", func(*protocol.GatewayStats) {}},
		{"a counter drifts", attached + first, "count", func(s *protocol.GatewayStats) { s.Reserved, s.Hosts[0].Reserved = 2, 2 }},
		{"a counter is negative", attached + first, "count", func(s *protocol.GatewayStats) { s.Hosts[1].Reserved, s.Reserved = -1, 0 }},
		{"the historic leak", reassignWithoutRelease, "no-leak", func(*protocol.GatewayStats) {}},
		{"a lost wakeup", lone + "enqueue seq=1", "no-idle-wait", func(*protocol.GatewayStats) {}},
		{"a lost resume", stuck, "no-lockup", func(*protocol.GatewayStats) {}},
		{"an attachment stays", attached, "epoch", func(s *protocol.GatewayStats) {
			s.Hosts = append(s.Hosts, protocol.HostStats{Host: "h3", Epoch: 3, Limit: 1})
		}},
		{"an attachment is forgotten", attached, "epoch", func(s *protocol.GatewayStats) { s.Hosts = s.Hosts[1:] }},
		{"an attachment is mistaken", attached, "epoch", func(s *protocol.GatewayStats) { s.Hosts[0].Epoch = 9 }},
		{"another limit", attached, "count", func(s *protocol.GatewayStats) { s.Hosts[0].Limit = 1 }},
		{"a reservation is forgotten", attached + first, "count", func(s *protocol.GatewayStats) { s.Reserved, s.Hosts[0].Reserved = 0, 0 }},
		{"a queue beyond its bound", "enqueue seq=1\n enqueue seq=2\n enqueue seq=3\n enqueue seq=4\n enqueue seq=5", "bounded", func(*protocol.GatewayStats) {}},
		{"a late reply is not counted", attached + first + moved + "late seq=1 attempt=1 host=h1 epoch=1 digest=$r1", "accounted", func(s *protocol.GatewayStats) { s.Late = 0 }},
		{"abandoned work is forgotten", attached + first + moved, "host-capacity", func(s *protocol.GatewayStats) { s.Hosts[0].Abandoned = 0 }},
		{"a request stays in the table", attached + first + answered, "bounded", func(s *protocol.GatewayStats) { s.Open, s.Done = 1, 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, s := rest(t, c.text)
			c.change(&s)
			f := newFindings()
			f.gatewayAtRest(g.at, s, g.shadow, g.b)
			var want []string
			if c.law != "" {
				want = []string{c.law}
			}
			if got := breached(f.sorted()); !slices.Equal(got, want) {
				t.Errorf("broke %v, want %v: %v", got, want, f.sorted())
			}
		})
	}
}

// TestGatewaySums judges counts without a trace.
func TestGatewaySums(t *testing.T) {
	host := func(reserved, abandoned int) []protocol.HostStats {
		return []protocol.HostStats{{Host: "h1", Epoch: 1, Limit: 2, Reserved: reserved, Abandoned: abandoned}}
	}
	for _, c := range []struct {
		name string
		law  string
		s    protocol.GatewayStats
	}{
		{"right", "", protocol.GatewayStats{Accepted: 3, Done: 2, Open: 1, Reserved: 1, Hosts: host(1, 1)}},
		{"negative", "count", protocol.GatewayStats{Accepted: 1, Open: 1, Hosts: host(0, -1)}},
		{"another sum", "count", protocol.GatewayStats{Accepted: 1, Open: 1, Reserved: 2, Hosts: host(1, 0)}},
		{"more wait than are open", "bounded", protocol.GatewayStats{Waiting: 1}},
		{"a request is lost", "bounded", protocol.GatewayStats{Accepted: 2, Done: 1}},
		{"a leak", "no-leak", protocol.GatewayStats{Reserved: 1, Hosts: host(1, 0)}},
		{"a lost wakeup", "no-idle-wait", protocol.GatewayStats{Accepted: 1, Open: 1, Waiting: 1, Hosts: host(0, 0)}},
		{"full of abandoned work", "", protocol.GatewayStats{Accepted: 1, Open: 1, Waiting: 1, Hosts: host(0, 4)}},
		{"may have refused", "", protocol.GatewayStats{Accepted: 1, Open: 1, Waiting: 1, Refusals: 1, Hosts: host(0, 0)}},
	} {
		f := newFindings()
		f.gatewayAtRest(0, c.s, nil, gatewayTestBounds())
		want := []string{c.law}
		if c.law == "" {
			want = nil
		}
		if got := breached(f.sorted()); !slices.Equal(got, want) {
			t.Errorf("%s: broke %v, want %v: %v", c.name, got, want, f.sorted())
		}
	}
}

// TestGatewayClosed judges snapshots after Close.
func TestGatewayClosed(t *testing.T) {
	f := newFindings()
	f.gatewayClosed(0, protocol.GatewayStats{Accepted: 3, Done: 3})
	if len(f.violations) != 0 {
		t.Errorf("got %v, want nothing", f.violations)
	}
	f.gatewayClosed(0, protocol.GatewayStats{Reserved: 1})
	if got := breached(f.sorted()); !slices.Equal(got, []string{"close-complete"}) {
		t.Errorf("broke %v, want close-complete", got)
	}
}
