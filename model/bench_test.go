package model_test

import (
	"context"
	"testing"

	"github.com/weir-dev/weir/model"
)

// benchSizes are the sizes of the oracle that take long enough to measure.
var benchSizes = []lmSize{lmSizeO, lmSizeL}

// A mode is one way to check the limiter.
type mode struct {
	name string
	o    model.Options
	mend func(*model.Spec[limiter], *lmSize)
}

var modes = []mode{
	{"fingerprint/workers=1", model.Options{Workers: 1}, nil},
	{"fingerprint/workers=2", model.Options{Workers: 2}, nil},
	{"exact/workers=1", model.Options{Workers: 1, Exact: true}, nil},
	{"exact/workers=2", model.Options{Workers: 2, Exact: true}, nil},
	{"symmetry/workers=1", model.Options{Workers: 1}, bySymmetry},
	{"symmetry/workers=2", model.Options{Workers: 2}, bySymmetry},
	{"independent/workers=1", model.Options{Workers: 1}, byIndependence},
	{"both/workers=1", model.Options{Workers: 1}, func(sp *model.Spec[limiter], z *lmSize) {
		bySymmetry(sp, z)
		byIndependence(sp, z)
	}},
	{"liveness/workers=1", model.Options{Workers: 1}, withLiveness},
	{"liveness/workers=2", model.Options{Workers: 2}, withLiveness},
}

func bySymmetry(sp *model.Spec[limiter], z *lmSize)     { sp.Symmetry = z.symmetry() }
func byIndependence(sp *model.Spec[limiter], _ *lmSize) { sp.Independent = (*limiter).independent }

func withLiveness(sp *model.Spec[limiter], z *lmSize) {
	sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/all-done", Kind: model.Eventually, Holds: z.done})
	sp.Fair = []model.Fair{{Action: lmReserve}, {Action: lmReply, By: 2}, {Action: lmReceive, By: 1}, {Action: lmReconnect, By: 1}}
}

// spec is the limiter as it is measured.
func (m *mode) spec(z *lmSize) *model.Spec[limiter] {
	sp := z.spec("limiter/count", "limiter/once")
	if m.mend != nil {
		m.mend(sp, z)
	}
	return sp
}

func BenchmarkCheck(b *testing.B) {
	for _, z := range benchSizes {
		for _, m := range modes {
			b.Run("size="+z.name+"/"+m.name, func(b *testing.B) {
				sp := m.spec(&z)
				var r *model.Result[limiter]
				for b.Loop() {
					var err error
					if r, err = model.Check(context.Background(), sp, m.o); err != nil || r.Verdict != model.Held {
						b.Fatal(r, err)
					}
				}
				b.ReportMetric(float64(r.Bytes)/float64(max(r.States, r.GraphStates)), "B/state")
				b.ReportMetric(float64(r.States)*float64(b.N)/b.Elapsed().Seconds(), "states/s")
			})
		}
		for _, workers := range []int{1, 2} {
			b.Run("size="+z.name+"/by-hand/workers="+string(rune('0'+workers)), func(b *testing.B) {
				for b.Loop() {
					if states, edges := byHand(&z, workers); states == 0 || edges == 0 {
						b.Fatal("nothing was explored")
					}
				}
			})
		}
	}
}

// BenchmarkCanon is what the limiter's canonical form costs a transition: the
// form itself, of states as they come, and the fingerprint that follows.
func BenchmarkCanon(b *testing.B) {
	z := lmSizeL
	states := []limiter{{}}
	seen := map[limiter]bool{{}: true}
	to := make([]limiter, 64)
	for i := 0; len(states) < 100_000; i++ {
		for _, t := range to[:states[i].successors(&z, to)] {
			if !seen[t] {
				seen[t] = true
				states = append(states, t)
			}
		}
	}
	canon := z.symmetry().Canon
	i := 0
	for b.Loop() {
		t := states[i%len(states)]
		canon(&t)
		i++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/transition")
}

// byHand explores the limiter, with two laws, by a loop over successors that
// has no labels, on the checker's own table.
func byHand(z *lmSize, workers int) (states, edges int) {
	states, edges, violated := model.ByHand(z.spec("limiter/count", "limiter/once"), model.Options{Workers: workers}, func(s *limiter, to []limiter) int { return s.successors(z, to) })
	if violated {
		panic("a law of the limiter is violated")
	}
	return states, edges
}

// successors is next without labels.
func (s *limiter) successors(z *lmSize, to []limiter) (n int) {
	step := func() *limiter {
		t := &to[n]
		*t = *s
		n++
		return t
	}
	for r := range z.requests {
		for h := range z.hosts {
			if s.Req[r] == lmQueued && s.free(r, h, z.limit) {
				step().reserve(r, h)
			}
			if s.Work[h]>>r&1 != 0 && s.Len[h] < lmQueue {
				step().reply(r, h)
			}
			at := s.Req[r]
			if at != lmQueued && at != lmDone && int(at) != h+1 && int(s.Reassigns) < z.reassigns && s.free(r, h, z.limit) {
				t := step()
				t.Reassigns++
				t.reserve(r, h)
				t.Count[at-1]--
			}
		}
	}
	for h := range z.hosts {
		if s.Len[h] > 0 {
			step().receive(h, limiterBug{})
		}
		if !s.Down[h] && int(s.Breaks) < z.breaks {
			step().breakStream(h, limiterBug{})
		}
		if s.Down[h] {
			step().Down[h] = false
		}
	}
	return n
}

func TestByHand(t *testing.T) {
	for _, workers := range []int{1, 2} {
		if states, edges := byHand(&lmSizeS, workers); states != 217_342 || edges != 779_312 {
			t.Errorf("%d workers: got %d states and %d edges, want 217342 and 779312", workers, states, edges)
		}
	}
}
