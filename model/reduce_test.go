package model_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// perms lists the orders of n things.
func perms(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var out [][]int
	for _, p := range perms(n - 1) {
		for i := 0; i <= len(p); i++ {
			out = append(out, slices.Insert(slices.Clone(p), i, n-1))
		}
	}
	return out
}

// renameHosts renames host h to p[h].
func (s *limiter) renameHosts(p []int) limiter {
	t := *s
	for h, g := range p {
		t.Count[g], t.Out[g], t.Work[g], t.Down[g] = s.Count[h], s.Out[h], s.Work[h], s.Down[h]
		t.Epoch[g], t.Len[g], t.Queue[g] = s.Epoch[h], s.Len[h], s.Queue[h]
	}
	for r, at := range s.Req {
		if at != lmQueued && at != lmDone {
			t.Req[r] = uint8(p[at-1] + 1)
		}
	}
	return t
}

// renameRequests renames request r to p[r].
func (s *limiter) renameRequests(p []int) limiter {
	t := *s
	for r, q := range p {
		t.Req[q], t.Completed[q] = s.Req[r], s.Completed[r]
	}
	for h := range lmHosts {
		t.Out[h], t.Work[h] = 0, 0
		for r, q := range p {
			t.Out[h] |= (s.Out[h] >> r & 1) << q
			t.Work[h] |= (s.Work[h] >> r & 1) << q
		}
		for i := range s.Len[h] {
			m := s.Queue[h][i]
			t.Queue[h][i] = m&^15 | uint8(p[m&15])
		}
	}
	return t
}

// sortRequests orders requests by all that the state says of each, which is a
// normal form for a given order of hosts.
func (s *limiter) sortRequests(n int) {
	var key [lmRequests]uint64
	for r := range n {
		k := uint64(s.Req[r])<<4 | uint64(s.Completed[r])
		for h := range lmHosts {
			k = k<<2 | uint64(s.Out[h]>>r&1)<<1 | uint64(s.Work[h]>>r&1)
		}
		key[r] = k
	}
	for h := range lmHosts {
		for i := range s.Len[h] {
			key[s.Queue[h][i]&15] |= 1 << (63 - h*lmQueue - int(i))
		}
	}
	var order, place [lmRequests]int
	for i := range order {
		order[i] = i
	}
	sorted := true
	for i := 1; i < n; i++ {
		for j := i; j > 0 && key[order[j]] < key[order[j-1]]; j-- {
			order[j], order[j-1] = order[j-1], order[j]
			sorted = false
		}
	}
	if sorted {
		return
	}
	for i, r := range order {
		place[r] = i
	}
	*s = s.renameRequests(place[:n])
}

// hostKey is what the state says of a host without naming requests.
func (s *limiter) hostKey(h int) uint64 {
	ones := func(m uint8) uint64 { return uint64(m&1 + m>>1&1 + m>>2&1 + m>>3&1) }
	down := uint64(0)
	if s.Down[h] {
		down = 1
	}
	return uint64(s.Count[h])<<24 | down<<23 | uint64(s.Epoch[h])<<16 | uint64(s.Len[h])<<8 | ones(s.Out[h])<<4 | ones(s.Work[h])
}

func (s *limiter) less(t *limiter) bool {
	for _, c := range [][2][]uint8{{s.Req[:], t.Req[:]}, {s.Completed[:], t.Completed[:]}, {s.Out[:], t.Out[:]}, {s.Work[:], t.Work[:]}} {
		if d := slices.Compare(c[0], c[1]); d != 0 {
			return d < 0
		}
	}
	for h := range s.Queue {
		if d := slices.Compare(s.Queue[h][:], t.Queue[h][:]); d != 0 {
			return d < 0
		}
	}
	return false
}

// symmetry renames hosts and requests. Canon tries the orders of hosts that
// sort what the state says of them.
func (z lmSize) symmetry() *model.Symmetry[limiter] {
	orders := perms(z.hosts)
	y := &model.Symmetry[limiter]{Canon: func(s *limiter) {
		var keys [lmHosts]uint64
		for h := range z.hosts {
			keys[h] = s.hostKey(h)
		}
		var best limiter
		have := false
	next:
		for _, p := range orders {
			var sorted [lmHosts]uint64
			for h, g := range p {
				sorted[g] = keys[h]
			}
			for g := 1; g < z.hosts; g++ {
				if sorted[g] < sorted[g-1] {
					continue next
				}
			}
			t := s.renameHosts(p)
			t.sortRequests(z.requests)
			if !have || t.less(&best) {
				best, have = t, true
			}
		}
		*s = best
	}}
	swap := func(n, i int) []int {
		p := make([]int, n)
		for k := range p {
			p[k] = k
		}
		p[i], p[i+1] = i+1, i
		return p
	}
	for h := range z.hosts - 1 {
		p := swap(z.hosts, h)
		y.Swaps = append(y.Swaps, func(s *limiter) { *s = s.renameHosts(p) })
	}
	for r := range z.requests - 1 {
		p := swap(z.requests, r)
		y.Swaps = append(y.Swaps, func(s *limiter) { *s = s.renameRequests(p) })
	}
	return y
}

// independent: a host that comes back, and an answer that nobody waits for, get
// in nobody's way.
func (s *limiter) independent(l model.Label) bool {
	h := l.Args[0]
	switch l.Action {
	case lmReconnect:
		return true
	case lmReceive:
		m := s.Queue[h][0]
		return m>>4 != s.Epoch[h] || s.Req[m&15] != uint8(h+1)
	}
	return false
}

var lmAll = []string{"limiter/count", "limiter/once", "limiter/no-leak"}

func TestReductions(t *testing.T) {
	for _, c := range []struct {
		size                         lmSize
		symmetric, independent, both int
	}{
		{lmSizeS, 18_819, 27_424, 2_565},
		{lmSizeL, 26_005, 391_519, 3_479},
	} {
		if c.size.name == "l" && (testing.Short() || model.UnderRace) {
			continue
		}
		sp := c.size.spec(lmAll...)
		states := func() int {
			r := mustCheck(t, sp, model.Options{})
			if r.Verdict != model.Held || len(r.Reduced) == 0 || !strings.Contains(r.String(), "reduced by "+r.Reduced[0]) {
				t.Errorf("%s: got %v, want held, reduced", c.size.name, r)
			}
			return r.States
		}
		sp.Symmetry = c.size.symmetry()
		a := states()
		sp.Independent = (*limiter).independent
		b := states()
		sp.Symmetry = nil
		d := 0
		if c.size.name != "l" || *long {
			d = states()
		}
		t.Logf("%s: symmetry %d, independent %d, both %d", c.size.name, a, d, b)
		if a != c.symmetric || b != c.both || d != 0 && d != c.independent {
			t.Errorf("%s: got %d states by symmetry, %d by independent steps, %d by both; want %d, %d, %d", c.size.name, a, d, b, c.symmetric, c.independent, c.both)
		}
	}
}

func TestProveSymmetry(t *testing.T) {
	notUnderRace(t)
	for _, c := range []struct {
		size                    lmSize
		representatives, states int
	}{{lmSizeS, 18_819, 217_342}, {lmSizeL, 26_005, 3_374_515}} {
		if c.size.name == "l" && !*long {
			continue
		}
		sp := c.size.spec(lmAll...)
		sp.Symmetry = c.size.symmetry()
		p, err := model.ProveSymmetry(context.Background(), sp, model.Options{})
		if err != nil || p.OrbitSum != c.states || p.States != c.states || p.Representatives != c.representatives {
			t.Errorf("%s: got %+v, %v; want %d states in %d orbits", c.size.name, p, err, c.states, c.representatives)
		}
	}
}

func TestProveIndependent(t *testing.T) {
	notUnderRace(t)
	sp := lmSizeS.spec(lmAll...)
	sp.Independent = (*limiter).independent
	if err := model.ProveIndependent(context.Background(), sp, model.Options{}); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		named func(*limiter, model.Label) bool
		mend  func(*model.Spec[limiter])
		want  string
	}{
		{func(_ *limiter, l model.Label) bool { return l.Action == lmReserve }, nil, "reserve(0, 0) is not enabled any more after reserve(0, 1)"},
		{func(_ *limiter, l model.Label) bool { return l.Action == lmReply }, nil, "is not enabled any more after break"},
		{func(_ *limiter, l model.Label) bool { return l.Action == lmBreak }, func(sp *model.Spec[limiter]) { sp.Laws = nil }, "disables"},
		{func(*limiter, model.Label) bool { return false }, nil, "no step at all"},
		{(*limiter).independent, func(sp *model.Spec[limiter]) {
			sp.Laws = []model.Law[limiter]{{Slug: "limiter/up", Kind: model.Sometimes, Holds: func(s *limiter) bool { return !s.Down[0] }}}
		}, "law limiter/up sees reconnect"},
		{(*limiter).independent, func(sp *model.Spec[limiter]) {
			sp.Laws = []model.Law[limiter]{{Slug: "limiter/breaks-up", Step: func(s *limiter, l model.Label, _ *limiter) bool {
				return l.Action != lmBreak || !s.Down[1-l.Args[0]]
			}}}
		}, "reads break(1) differently after reconnect(0)"},
	} {
		sp := lmSizeS.spec(lmAll...)
		sp.Independent = c.named
		if c.mend != nil {
			c.mend(sp)
		}
		if err := model.ProveIndependent(context.Background(), sp, model.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}

// A token that goes round commutes with everything, and keeps everything else
// waiting.
func TestIndependentCycle(t *testing.T) {
	type state struct{ Token, Other uint8 }
	sp := &model.Spec[state]{
		Name: "token", Init: []state{{}}, Actions: []string{"turn", "other"},
		Next: func(s *state, x *model.Next[state]) {
			x.Do(0).Token = (s.Token + 1) % 3
			if s.Other == 0 {
				x.Do(1).Other = 1
			}
		},
		Laws:        []model.Law[state]{{Slug: "token/never", Holds: func(s *state) bool { return s.Other < 2 }}},
		Independent: func(_ *state, l model.Label) bool { return l.Action == 0 },
	}
	if err := model.ProveIndependent(context.Background(), sp, model.Options{}); err == nil || !strings.Contains(err.Error(), "close a cycle") {
		t.Errorf("got %v, want an error: the steps close a cycle", err)
	}
}

func TestBrokenSymmetry(t *testing.T) {
	notUnderRace(t)
	for _, c := range []struct {
		mend func(*model.Spec[limiter])
		want string
	}{
		{func(sp *model.Spec[limiter]) {
			sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/first", Holds: func(s *limiter) bool { return s.Count[0] < 2 && s.Req[0] != 1 }})
		}, "law limiter/first reads differently"},
		{func(sp *model.Spec[limiter]) {
			sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/step", Kind: model.Sometimes, Step: func(_ *limiter, l model.Label, _ *limiter) bool { return l.Action == lmReserve && l.Args[1] == 0 }})
		}, "a law on steps reads differently"},
		{func(sp *model.Spec[limiter]) {
			next := sp.Next
			sp.Next = func(s *limiter, x *model.Next[limiter]) {
				if next(s, x); s.Req[0] == lmQueued {
					x.Do(lmReserve, 9).Req[0] = lmDone
				}
			}
		}, "Next adds other steps after swap"},
		{func(sp *model.Spec[limiter]) { sp.Symmetry.Canon = func(s *limiter) { s.sortRequests(3) } }, "Canon gives another state after swap 0"},
		{func(sp *model.Spec[limiter]) { sp.Symmetry.Canon = func(s *limiter) { s.Breaks ^= 1 } }, "not a normal form"},
		{func(sp *model.Spec[limiter]) { sp.Symmetry.Swaps = nil }, "needs Canon, and the Swaps"},
		{func(sp *model.Spec[limiter]) { sp.Done = func(s *limiter) bool { return s.Req[0] == lmDone } }, "Done reads differently"},
	} {
		sp := lmSizeS.spec(lmAll...)
		sp.Symmetry = lmSizeS.symmetry()
		c.mend(sp)
		if _, err := model.Check(context.Background(), sp, model.Options{Workers: 1}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check: got %v, want an error with %q", err, c.want)
		}
		if _, err := model.ProveSymmetry(context.Background(), sp, model.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ProveSymmetry: got %v, want an error with %q", err, c.want)
		}
	}
}

// Under reductions a counterexample is one of the spec itself, under symmetry
// alone a shortest one.
func TestReducedStories(t *testing.T) {
	for _, c := range []struct {
		bug   limiterBug
		slug  string
		law   string
		steps int
	}{
		{limiterBug{noDeduct: true}, "limiter/count", "limiter/count", 2},
		{limiterBug{noDeduct: true}, "limiter/no-leak", "limiter/no-leak", 10},
		{limiterBug{lateDeduct: true}, "limiter/count", "limiter/count", 5},
		{limiterBug{keepCount: true}, "", model.Deadlock, 6},
	} {
		z := lmSizeS
		z.limiterBug = c.bug
		for _, o := range []model.Options{{Workers: 1}, {Workers: 2}, {Exact: true}} {
			sp := z.spec(c.slug)
			sp.Symmetry = z.symmetry()
			r := mustCheck(t, sp, o)
			if r.Violation == nil || r.Violation.Law != c.law || len(r.Violation.Steps) != c.steps || !r.Violation.Short {
				t.Errorf("%+v: got %v, want %s violated after %d steps", c.bug, r, c.law, c.steps)
			} else if err := model.Replay(sp, r.Violation); err != nil {
				t.Errorf("%+v: %v", c.bug, err)
			}
			if c.bug.lateDeduct {
				continue // then a late reply is seen by the count
			}
			sp.Independent = (*limiter).independent
			r = mustCheck(t, sp, o)
			if r.Violation == nil || r.Violation.Law != c.law || len(r.Violation.Steps) < c.steps || r.Violation.Short {
				t.Errorf("%+v, independent: got %v, want %s violated", c.bug, r, c.law)
			} else if err := model.Replay(sp, r.Violation); err != nil {
				t.Errorf("%+v: %v", c.bug, err)
			}
		}
	}
}

// Laws on whole runs are judged on the whole graph, whatever else is reduced.
func TestLivenessIsUnreduced(t *testing.T) {
	notUnderRace(t)
	sp := lmSizeS.spec("limiter/count")
	sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/all-done", Kind: model.Eventually, Holds: lmSizeS.done})
	sp.Symmetry, sp.Independent = lmSizeS.symmetry(), (*limiter).independent
	sp.Fair = []model.Fair{{Action: lmReserve}, {Action: lmReply, By: 2}, {Action: lmReceive, By: 1}, {Action: lmReconnect, By: 1}}
	r := mustCheck(t, sp, model.Options{})
	if r.Verdict != model.Held || r.GraphStates != 217_342 || r.States > 5_000 || !strings.Contains(r.String(), "whole runs judged on the unreduced 217342 states") {
		t.Errorf("got %v, want held, on the whole graph", r)
	}
	if r.Bytes < 217_342*50 {
		t.Errorf("got %d bytes, want those of the graph", r.Bytes)
	}
	if r = mustCheck(t, sp, model.Options{Unreduced: true}); r.States != 217_342 || len(r.Reduced) != 0 {
		t.Errorf("got %v, want it unreduced", r)
	}
}

// The search for a story is reduced, too: it finds within a bound that the
// unreduced search exceeds.
func TestStoryIsReduced(t *testing.T) {
	z := lmSizeS
	z.noDeduct = true
	sp := z.spec("limiter/no-leak")
	sp.Symmetry = z.symmetry()
	o := model.Options{MaxStates: 5000}
	if tr, err := model.Story(context.Background(), sp, "limiter/no-leak", o); err != nil || len(tr.Steps) != 10 {
		t.Errorf("got %v, %v; want a story of 10 steps", tr, err)
	}
	o.Unreduced = true
	if tr, err := model.Story(context.Background(), sp, "limiter/no-leak", o); err == nil {
		t.Errorf("got %v, want that %d states do not suffice", tr, o.MaxStates)
	}
}
