package model

import (
	"context"
	"strings"
	"testing"
	"time"
)

// What an undecided verdict says of the levels, by how they grow.
func TestTrendSays(t *testing.T) {
	for _, c := range []struct {
		levels trend
		want   string
	}{
		{nil, "too few levels to see a trend"},
		{trend{1}, "too few levels to see a trend"},
		{trend{1, 2}, "the last levels have 1 2 (x2.00) states and do not shrink"},
		{trend{1, 3, 9, 27, 81}, "the last levels have 3 9 (x3.00) 27 (x3.00) 81 (x3.00) states and do not shrink"},
		{trend{1, 2, 6, 24, 120}, "the last levels have 2 6 (x3.00) 24 (x4.00) 120 (x5.00) states and do not shrink"},
		{trend{1, 10, 80, 400, 800, 900}, "the last levels have 80 400 (x5.00) 800 (x2.00) 900 (x1.12) states: they grow, but ever more slowly"},
		{trend{100, 1000, 2000, 1500, 600, 60}, "the last levels have 2000 1500 (x0.75) 600 (x0.40) 60 (x0.10) states and shrink, which leaves about 2 states to find after them"},
		{trend{5, 4}, "the last levels have 5 4 (x0.80) states and shrink"},
	} {
		if got := c.levels.String(); got != c.want {
			t.Errorf("%v: got %q, want %q", []int(c.levels), got, c.want)
		}
	}
}

func TestTrendEstimates(t *testing.T) {
	if left := (trend{1, 2, 4, 8, 16, 32}).left(63, 31, time.Second); left != 0 {
		t.Errorf("growing for ever: got %v left, want no end in sight", left)
	}
	if left := (trend{1, 2}).left(3, 1, time.Second); left != 0 {
		t.Errorf("two levels: got %v left, want no estimate", left)
	}
	if left := (trend{1, 10, 80, 400, 800, 900}).left(2191, 1291, time.Second); left < time.Second/2 || left > 5*time.Second {
		t.Errorf("ever more slowly: got %v left", left)
	}
	if left := (trend{1, 2, 4, 8, 16}).left(31, 0, time.Second); left != 0 {
		t.Errorf("nothing expanded: got %v left", left)
	}
}

// Every bound ends with the same account: the bound, states, level, time, and
// how the levels grow; here of a search that was nearly over.
func TestUndecidedSaysHowFar(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sp := cubeSpec(40)
	for _, c := range []struct {
		ctx  context.Context
		o    Options
		want []string
	}{
		{context.Background(), Options{MaxStates: 60_000}, []string{"more than 60000 states, in level ", "raise MaxStates or lower the bounds"}},
		{context.Background(), Options{MaxBytes: 900_000}, []string{"more than 878.9 KiB of memory needed in level ", "raise MaxBytes or lower the bounds"}},
		{ctx, Options{Progress: func(p Progress) {
			if p.States > 60_000 {
				cancel()
			}
		}}, []string{"interrupted in level ", "context canceled"}},
	} {
		c.o.Workers = 2
		r, err := Check(c.ctx, sp, c.o)
		if err != nil || r.Verdict != Undecided || r.Complete {
			t.Fatalf("%v: got %v, %v; want undecided", c.want, r, err)
		}
		for _, v := range r.Verdicts {
			for _, part := range append(c.want, " states after ", " s: the last levels have ", " states and shrink, which leaves about ") {
				if v.Verdict != Undecided || v.Steps != -1 || !strings.Contains(v.Reason, part) {
					t.Errorf("got %+v, want %q", v, part)
				}
			}
		}
	}
}

// cubeSpec counts in three directions, so that levels grow and shrink.
func cubeSpec(n uint8) *Spec[[3]uint8] {
	return &Spec[[3]uint8]{
		Name: "cube", Init: [][3]uint8{{}}, Actions: []string{"go"},
		Next: func(s *[3]uint8, x *Next[[3]uint8]) {
			for i := range s {
				if s[i] < n-1 {
					x.Do(0, i)[i]++
				}
			}
		},
		Laws: []Law[[3]uint8]{
			{Slug: "cube/small", Holds: func(s *[3]uint8) bool { return s[0] < n }},
			{Slug: "cube/end", Kind: Sometimes, Holds: func(s *[3]uint8) bool { return s[0]+s[1]+s[2] == 3*(n-1) }},
			{Slug: "cube/ends", Kind: Eventually, Holds: func(s *[3]uint8) bool { return s[0] == n-1 }},
		},
		Fair: []Fair{{Action: 0, By: 1}},
	}
}

// The same spec with room enough: everything is decided, and the chance of a
// collision is what the birthday paradox says.
func TestCube(t *testing.T) {
	r, err := Check(context.Background(), cubeSpec(40), Options{})
	if err != nil || r.Verdict != Held || r.States != 64_000 || r.Edges != 3*39*1600 || r.Depth != 118 {
		t.Errorf("got %v, %v; want 64000 states, held", r, err)
	}
	if p := r.CollisionProbability; p < 64_000.*64_000/3.69e19 || p > 64_000.*64_000/3.68e19 {
		t.Errorf("got a chance of collision of %v, want n*n/2^65", p)
	}
	if r, err := Check(context.Background(), cubeSpec(4), Options{Exact: true}); err != nil || r.CollisionProbability != 0 {
		t.Errorf("got %v, %v; want no chance of a collision in exact mode", r, err)
	}
}
