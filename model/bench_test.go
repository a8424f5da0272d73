package model_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/weir-dev/weir/model"
)

// benchSizes are the sizes of the oracle that take long enough to measure.
var benchSizes = []lmSize{lmSizeO, lmSizeL}

func BenchmarkCheck(b *testing.B) {
	for _, z := range benchSizes {
		for _, c := range []struct {
			name string
			o    model.Options
			mend func(*model.Spec[limiter])
		}{
			{"fingerprint/workers=1", model.Options{Workers: 1}, nil},
			{"fingerprint/workers=2", model.Options{Workers: 2}, nil},
			{"exact/workers=1", model.Options{Workers: 1, Exact: true}, nil},
			{"exact/workers=2", model.Options{Workers: 2, Exact: true}, nil},
			{"symmetry/workers=1", model.Options{Workers: 1}, func(sp *model.Spec[limiter]) { sp.Symmetry = z.symmetry() }},
			{"independent/workers=1", model.Options{Workers: 1}, func(sp *model.Spec[limiter]) { sp.Independent = (*limiter).independent }},
			{"liveness/workers=1", model.Options{Workers: 1}, func(sp *model.Spec[limiter]) {
				sp.Laws = append(sp.Laws, model.Law[limiter]{Slug: "limiter/all-done", Kind: model.Eventually, Holds: z.done})
				sp.Fair = []model.Fair{{Action: lmReserve}, {Action: lmReply, By: 2}, {Action: lmReceive, By: 1}, {Action: lmReconnect, By: 1}}
			}},
		} {
			b.Run("size="+z.name+"/"+c.name, func(b *testing.B) {
				sp := z.spec("limiter/count", "limiter/once")
				if c.mend != nil {
					c.mend(sp)
				}
				var r *model.Result[limiter]
				for b.Loop() {
					var err error
					if r, err = model.Check(context.Background(), sp, c.o); err != nil || r.Verdict != model.Held {
						b.Fatal(r, err)
					}
				}
				b.ReportMetric(float64(r.Bytes)/float64(r.States), "B/state")
				b.ReportMetric(float64(r.States)*float64(b.N)/b.Elapsed().Seconds(), "states/s")
			})
		}
		b.Run("size="+z.name+"/by-hand", func(b *testing.B) {
			for b.Loop() {
				if states, edges := byHand(&z); states == 0 || edges == 0 {
					b.Fatal("nothing was explored")
				}
			}
		})
	}
}

// byHand explores the limiter as one would without a checker: a loop over the
// successors, and Go's own map. Nothing is labelled, checked or counted but
// states and edges.
func byHand(z *lmSize) (states, edges int) {
	seen := map[limiter]struct{}{{}: {}}
	level, next := []limiter{{}}, []limiter(nil)
	visit := func(t *limiter) {
		edges++
		if _, ok := seen[*t]; !ok {
			seen[*t] = struct{}{}
			next = append(next, *t)
		}
	}
	laws := z.laws()
	for len(level) > 0 {
		for i := range level {
			s := &level[i]
			if !laws[0].Holds(s) || !laws[1].Holds(s) {
				panic(fmt.Sprintf("a law is violated in %+v", *s))
			}
			s.successors(z, visit)
		}
		level, next = next, level[:0]
	}
	return len(seen), edges
}

// successors is next without labels.
func (s *limiter) successors(z *lmSize, visit func(*limiter)) {
	for r := range z.requests {
		for h := range z.hosts {
			if s.Req[r] == lmQueued && s.free(r, h, z.limit) {
				t := *s
				t.reserve(r, h)
				visit(&t)
			}
			if s.Work[h]>>r&1 != 0 && s.Len[h] < lmQueue {
				t := *s
				t.reply(r, h)
				visit(&t)
			}
			at := s.Req[r]
			if at != lmQueued && at != lmDone && int(at) != h+1 && int(s.Reassigns) < z.reassigns && s.free(r, h, z.limit) {
				t := *s
				t.Reassigns++
				t.reserve(r, h)
				t.Count[at-1]--
				visit(&t)
			}
		}
	}
	for h := range z.hosts {
		if s.Len[h] > 0 {
			t := *s
			t.receive(h, limiterBug{})
			visit(&t)
		}
		if !s.Down[h] && int(s.Breaks) < z.breaks {
			t := *s
			t.breakStream(h, limiterBug{})
			visit(&t)
		}
		if s.Down[h] {
			t := *s
			t.Down[h] = false
			visit(&t)
		}
	}
}

func TestByHand(t *testing.T) {
	if states, edges := byHand(&lmSizeS); states != 217_342 || edges != 779_312 {
		t.Errorf("got %d states and %d edges, want 217342 and 779312", states, edges)
	}
}
