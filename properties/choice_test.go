package properties

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/weir-dev/weir/faults/schedule"
)

// The kinds of choices: of a step, of a step or a delay, and all others.
const (
	stepChoice  = "step"
	delayChoice = "step or delay"
)

var whats = []string{stepChoice, delayChoice, "select"}

// choiceOf is a choice of one of those kinds.
func choiceOf(n int, what string) *schedule.Choice {
	if what == delayChoice {
		return &schedule.Choice{N: n, What: schedule.WhatStep, Delays: schedule.Ladder}
	}
	return &schedule.Choice{N: n, What: what}
}

// alternatives are how many there may be: few, and some around the bounds.
func alternatives() []int {
	out := []int{500, 1000, 1022, 1023, 1024, 1025, 4000}
	for n := 2; n < 70; n++ {
		out = append(out, n)
	}
	return out
}

// fixed makes a source that draws first stay and then what draw says.
func fixed(stay int, draw func(n int) int) *oddsSource {
	s := &oddsSource{draw: draw, stay: stays[stay]}
	return s
}

// Every number that can be drawn stands for an alternative, and every
// alternative can be drawn, unless there are more of them than numbers.
func TestOddsSourceRange(t *testing.T) {
	for stay := range stays {
		for _, what := range whats {
			for _, n := range alternatives() {
				if what == delayChoice && n <= schedule.Ladder {
					continue // there is always one step besides
				}
				reached := make([]bool, n)
				total, drawn := 1, 0
				for i := 0; i < total; i++ {
					s := fixed(stay, func(n int) int { total = n; drawn++; return i })
					c := s.Choose(choiceOf(n, what))
					if c < 0 || c >= n {
						t.Fatalf("stay %d, %q of %d: draw %d of %d gives %d", stay, what, n, i, total, c)
					}
					if i == 0 && c != 0 {
						t.Fatalf("stay %d, %q of %d: draw 0 gives %d, want 0: shrinking goes there", stay, what, n, c)
					}
					reached[c] = true
				}
				if drawn != total || total >= len(generators) {
					t.Fatalf("stay %d, %q of %d: %d draws of %d, want one below %d", stay, what, n, drawn, total, len(generators))
				}
				for c, ok := range reached {
					if !ok && n < 64 {
						t.Errorf("stay %d, %q of %d: %d is never drawn", stay, what, n, c)
					}
				}
			}
		}
	}
}

// Delays are rarer than any step by delayOdds, as long as there are few steps.
func TestOddsSourceDelaysAreRare(t *testing.T) {
	const steps = 3
	for stay := range stays {
		counts := make([]int, steps+schedule.Ladder)
		total := 1
		for i := 0; i < total; i++ {
			counts[fixed(stay, func(n int) int { total = n; return i }).Choose(choiceOf(len(counts), delayChoice))]++
		}
		for c, n := range counts {
			switch {
			case c >= steps && n != 1:
				t.Errorf("stay %d: delay %d is drawn %d times of %d, want once", stay, c-steps, n, total)
			case c > 0 && c < steps && n != delayOdds:
				t.Errorf("stay %d: step %d is drawn %d times of %d, want %d", stay, c, n, total, delayOdds)
			case c == 0 && n < delayOdds*(1+steps*stays[stay]/10):
				t.Errorf("stay %d: step 0 is drawn %d times of %d, want more", stay, n, total)
			}
		}
	}
}

// A case that fails whatever is chosen shrinks to zeros.
func TestRapidSourceShrinks(t *testing.T) {
	defer setFlags(t, map[string]string{"rapid.nofailfile": "true", "rapid.checks": "5", "rapid.seed": "7"})()
	var last []uint32
	check(func(rt *rapid.T) {
		c := &choices{source: newRapidSource(rt)}
		for i := range 20 {
			c.Choose(choiceOf(2+i+schedule.Ladder, whats[i%2]))
		}
		last = c.list
		rt.Fatalf("fails")
	})
	if len(last) != 20 || len(trim(last)) > 0 {
		t.Errorf("shrank to %v, want 20 zeros", last)
	}
}

func TestChoicesKeepTheList(t *testing.T) {
	stream := &choices{source: schedule.NewList([]uint32{1, 2, 0, 3})}
	c := dice{stream}
	if got := []int{c.Choose(2, "a"), c.Choose(1, "no choice"), between(c, "b", 5, 9), pick(c, "c", 7, 8), pick(c, "no choice", 4), between(c, "no choice", 3, 3)}; got[0] != 1 || got[1] != 0 || got[2] != 7 || got[3] != 7 || got[4] != 4 || got[5] != 3 {
		t.Errorf("got %v", got)
	}
	if chance(c, "d", 4) != true || chance(c, "e", 4) != false {
		t.Error("chance is true for its last alternative only, and 0 is false")
	}
	again := dice{&choices{source: schedule.NewList(stream.list)}}
	again.Choose(2, "a")
	if got := between(again, "b", 5, 9); got != 7 || len(stream.list) != 5 {
		t.Errorf("the list %v gives %d, want 7", stream.list, got)
	}
}
