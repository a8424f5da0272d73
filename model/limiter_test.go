package model_test

import (
	"context"
	"flag"
	"slices"
	"testing"

	"github.com/weir-dev/weir/model"
)

// The limiter is a small gateway protocol (reservations, reassign, late
// replies, broken streams) whose state counts were established with two other
// checkers, TLC and Spin, from specs with the same semantics. It tests the
// checker; the project's own gateway spec is richer.

const (
	lmRequests = 4 // at most
	lmHosts    = 3 // at most
	lmQueue    = 2 // replies under way from one host

	lmQueued = 0 // a request's state: queued, at host h as h+1, done
	lmDone   = lmHosts + 1
)

// lmSize are the bounds of a limiter, and what it does wrong.
type lmSize struct {
	name                                      string
	requests, hosts, limit, breaks, reassigns int
	limiterBug
}

var (
	lmSizeS = lmSize{name: "s", requests: 3, hosts: 2, limit: 1, breaks: 2, reassigns: 2}
	lmSizeO = lmSize{name: "o", requests: 4, hosts: 2, limit: 1, breaks: 2, reassigns: 2}
	lmSizeL = lmSize{name: "l", requests: 4, hosts: 3, limit: 2, breaks: 1, reassigns: 1}
)

type limiter struct {
	Req       [lmRequests]uint8
	Completed [lmRequests]uint8 // completions, counted up to 2
	Count     [lmHosts]uint8    // reserved, as the gateway counts
	Out       [lmHosts]uint8    // set of requests sent on the stream without a reply yet
	Work      [lmHosts]uint8    // set of requests at the host
	Down      [lmHosts]bool
	Epoch     [lmHosts]uint8
	Len       [lmHosts]uint8
	Queue     [lmHosts][lmQueue]uint8 // request | epoch<<4, oldest first
	Breaks    uint8
	Reassigns uint8
}

const (
	lmReserve model.Action = iota
	lmReply
	lmReassign
	lmReceive
	lmBreak
	lmReconnect
)

// limiterBug is what a variant of the limiter does wrong.
type limiterBug struct {
	noDeduct   bool // reassign leaves the first host's count as it is
	lateDeduct bool // a late reply deducts again
	keepCount  bool // a break leaves the host's count as it is
}

func (s *limiter) free(r, h, limit int) bool {
	return !s.Down[h] && int(s.Count[h]) < limit && s.Out[h]>>r&1 == 0
}

func (s *limiter) reserve(r, h int) {
	s.Req[r] = uint8(h + 1)
	s.Count[h]++
	s.Out[h] |= 1 << r
	s.Work[h] |= 1 << r
}

func (s *limiter) reply(r, h int) {
	s.Work[h] &^= 1 << r
	s.Queue[h][s.Len[h]] = uint8(r) | s.Epoch[h]<<4
	s.Len[h]++
}

func (s *limiter) receive(h int, bug limiterBug) {
	m := s.Queue[h][0]
	copy(s.Queue[h][:], s.Queue[h][1:])
	s.Len[h]--
	s.Queue[h][s.Len[h]] = 0
	if m>>4 != s.Epoch[h] {
		return
	}
	r := m & 15
	s.Out[h] &^= 1 << r
	switch {
	case s.Req[r] == uint8(h+1):
		s.Req[r] = lmDone
		s.Count[h]--
		s.Completed[r] = min(s.Completed[r]+1, 2)
	case bug.lateDeduct && s.Count[h] > 0:
		s.Count[h]--
	}
}

func (s *limiter) breakStream(h int, bug limiterBug) {
	s.Breaks++
	s.Down[h] = true
	s.Epoch[h]++
	if !bug.keepCount {
		s.Count[h] = 0
	}
	s.Out[h], s.Work[h] = 0, 0
	for r := range s.Req {
		if s.Req[r] == uint8(h+1) {
			s.Req[r] = lmQueued
		}
	}
}

func (s *limiter) next(x *model.Next[limiter], z *lmSize) {
	for r := range z.requests {
		for h := range z.hosts {
			if s.Req[r] == lmQueued && s.free(r, h, z.limit) {
				x.Do(lmReserve, r, h).reserve(r, h)
			}
			if s.Work[h]>>r&1 != 0 && s.Len[h] < lmQueue {
				x.Do(lmReply, r, h).reply(r, h)
			}
			at := s.Req[r]
			if at != lmQueued && at != lmDone && int(at) != h+1 && int(s.Reassigns) < z.reassigns && s.free(r, h, z.limit) {
				t := x.Do(lmReassign, r, h)
				t.Reassigns++
				t.reserve(r, h)
				if !z.noDeduct {
					t.Count[at-1]--
				}
			}
		}
	}
	for h := range z.hosts {
		if s.Len[h] > 0 {
			x.Do(lmReceive, h).receive(h, z.limiterBug)
		}
		if !s.Down[h] && int(s.Breaks) < z.breaks {
			x.Do(lmBreak, h).breakStream(h, z.limiterBug)
		}
		if s.Down[h] {
			x.Do(lmReconnect, h).Down[h] = false
		}
	}
}

// done: requests beyond the size stay queued.
func (z *lmSize) done(s *limiter) bool {
	for _, at := range s.Req[:z.requests] {
		if at != lmDone {
			return false
		}
	}
	return true
}

func (z *lmSize) laws() []model.Law[limiter] {
	return []model.Law[limiter]{
		{Slug: "limiter/count", Holds: func(s *limiter) bool {
			var n [lmHosts + 2]uint8
			for _, at := range s.Req {
				n[at]++
			}
			for h, c := range s.Count {
				if c != n[h+1] || int(c) > z.limit {
					return false
				}
			}
			return true
		}},
		{Slug: "limiter/once", Holds: func(s *limiter) bool {
			for _, n := range s.Completed {
				if n > 1 {
					return false
				}
			}
			return true
		}},
		{Slug: "limiter/no-leak", Holds: func(s *limiter) bool {
			return !z.done(s) || s.Count == [lmHosts]uint8{}
		}},
	}
}

// limiterSpec is size s with a bug.
func limiterSpec(bug limiterBug, slugs ...string) *model.Spec[limiter] {
	z := lmSizeS
	z.limiterBug = bug
	return z.spec(slugs...)
}

// spec judges the laws with those slugs, and deadlock.
func (z lmSize) spec(slugs ...string) *model.Spec[limiter] {
	sp := &model.Spec[limiter]{
		Name:    "limiter",
		Size:    z.name,
		Init:    []limiter{{}},
		Next:    func(s *limiter, x *model.Next[limiter]) { s.next(x, &z) },
		Actions: []string{"reserve", "reply", "reassign", "receive", "break", "reconnect"},
		Done:    z.done,
	}
	for _, l := range z.laws() {
		if slices.Contains(slugs, l.Slug) {
			sp.Laws = append(sp.Laws, l)
		}
	}
	return sp
}

var long = flag.Bool("long", false, "run the tests that take minutes")

func TestLimiterCounts(t *testing.T) {
	for _, c := range []struct {
		size                  lmSize
		states, edges, levels int
		o                     []model.Options
	}{
		{lmSizeS, 217_342, 779_312, 22, []model.Options{{Workers: 1}, {Workers: 2}, {Exact: true, Workers: 1}, {Exact: true, Workers: 2}}},
		{lmSizeO, 1_562_238, 5_808_476, 25, []model.Options{{}}},
		{lmSizeL, 3_374_515, 17_679_945, 21, []model.Options{{}, {Exact: true}}},
	} {
		if c.size.name != "s" && testing.Short() || c.size.name == "l" && !*long {
			continue
		}
		if model.UnderRace && c.size.name != "s" {
			continue
		}
		for _, o := range c.o {
			r := mustCheck(t, c.size.spec("limiter/count", "limiter/once", "limiter/no-leak"), o)
			if r.States != c.states || r.Edges != c.edges || r.Depth != c.levels {
				t.Errorf("%+v: got %d states, %d edges, %d levels; want %d, %d, %d", o, r.States, r.Edges, r.Depth, c.states, c.edges, c.levels)
			}
			if r.Verdict != model.Held || len(r.NeverFired) != 0 {
				t.Errorf("%+v: want held and every action fired, got %v", o, r)
			}
			t.Logf("%+v: %.2f s, %.1f bytes a state", o, r.Elapsed.Seconds(), float64(r.Bytes)/float64(r.States))
		}
	}
}

func TestLimiterBugs(t *testing.T) {
	for _, c := range []struct {
		bug   limiterBug
		slug  string // the only law, with deadlock
		law   string // the one that is violated
		steps int
	}{
		{limiterBug{noDeduct: true}, "limiter/count", "limiter/count", 2},
		{limiterBug{noDeduct: true}, "limiter/no-leak", "limiter/no-leak", 10},
		{limiterBug{lateDeduct: true}, "limiter/count", "limiter/count", 5},
		{limiterBug{keepCount: true}, "", model.Deadlock, 6},
	} {
		r := mustCheck(t, limiterSpec(c.bug, c.slug), model.Options{})
		if r.Verdict != model.Violated || r.Violation == nil || r.Violation.Law != c.law || len(r.Violation.Steps) != c.steps {
			t.Errorf("%+v: want %s violated after %d steps, got %v", c.bug, c.law, c.steps, r)
		}
	}
}

func TestStoryText(t *testing.T) {
	sp := limiterSpec(limiterBug{noDeduct: true}, "limiter/count")
	sp.ArgName = func(a model.Action, arg int, v int16) string {
		if arg == 0 && a <= lmReassign {
			return "r" + string('1'+rune(v))
		}
		return "h" + string('1'+rune(v))
	}
	sp.Format = func(s *limiter) string { return string([]byte{'0' + s.Count[0], ' ', '0' + s.Count[1]}) }
	got := mustCheck(t, sp, model.Options{}).Violation.String()
	want := `law      limiter/count
verdict  violated after 2 steps
   0  initial state
      0 0
   1  reserve(r1, h1)
      1 0
   2  reassign(r1, h2)
      1 1
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// notUnderRace skips a test of serial code that the race detector has no time
// for.
func notUnderRace(t *testing.T) {
	t.Helper()
	if model.UnderRace {
		t.Skip("the race detector has no time for it")
	}
}

// mustCheck fails the test if the checker refuses the spec.
func mustCheck[S comparable](t *testing.T, sp *model.Spec[S], o model.Options) *model.Result[S] {
	t.Helper()
	r, err := model.Check(context.Background(), sp, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
