package strategy_test

import (
	"math"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// atMost is the probability that of n tries with probability p at most hits
// succeed.
func atMost(hits, n int, p float64) float64 {
	sum, term := 0.0, float64(n)*math.Log1p(-p) // log of the probability of none
	for i := 0; i <= hits; i++ {
		sum += math.Exp(term)
		term += math.Log(float64(n-i)/float64(i+1)) + math.Log(p) - math.Log1p(-p)
	}
	return sum
}

// doubt is the probability, at most, with which a PCT that keeps its bound would
// fail the test for one bug.
const doubt = 1e-6

// PCT with the depth of a bug finds it with the probability that it reports, at
// least: with fewer hits than that leads one to expect, by far, it doesn't.
func TestPCTKeepsItsBound(t *testing.T) {
	for _, p := range toys {
		if p.depth > 3 || p.depth == 3 && thorough == 1 {
			continue // the bound is too small to be told from nothing in time
		}
		s := strategy.PCT(99, p.depth)
		for i := 0; ; i++ {
			c, _ := s.Next()
			s.Done(strategy.Outcome{Failed: play(t, c, p)})
			// Thirty hits are to be expected: none has a probability of e^-30.
			if r := s.Report()[0]; float64(r.Schedules)*r.Bound >= 30 {
				break
			}
		}
		r := s.Report()[0]
		t.Logf("%-24s %v", p.name, r)
		if chance := atMost(r.Failures, r.Schedules, r.Bound); chance < doubt {
			t.Errorf("%s: %d hits in %d schedules have a probability of %.3g with the bound of %.3g", p.name, r.Failures, r.Schedules, chance, r.Bound)
		}
	}
}

// The test above can fail.
func TestAtMost(t *testing.T) {
	for _, c := range []struct {
		hits, n int
		p, want float64
	}{{0, 10, 0.5, 1.0 / 1024}, {10, 10, 0.5, 1}, {1, 3, 0.25, 54.0 / 64}, {0, 3000, 0.01, math.Pow(0.99, 3000)}} {
		if got := atMost(c.hits, c.n, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("at most %d hits in %d with %v: got %v, want %v", c.hits, c.n, c.p, got, c.want)
		}
	}
	if chance := atMost(0, 3000, 0.01); chance >= doubt {
		t.Errorf("no hit in 3000 schedules with a bound of 0.01: got probability %v, want below %v", chance, doubt)
	}
}

func TestPCTRefusesDepthZero(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "depth 0") {
			t.Errorf("got panic %q", r)
		}
	}()
	strategy.PCT(1, 0)
}
