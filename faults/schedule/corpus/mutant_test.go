package corpus_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/corpus"
)

// combination is the order in which two goroutines have to take their steps for
// the bug to show.
const combination = "aabbbabaabbabb"

// play lets two goroutines turn a dial, and returns what that showed: how many
// of their steps were right from the start, and the pairs.
func play(t *testing.T, chooser schedule.Chooser) corpus.Run {
	var right int
	var r corpus.Run
	var pairs corpus.Pairs
	synctest.Test(t, func(t *testing.T) {
		record := schedule.Record(pairs.Follow(chooser), func(c uint32) { r.Choices = append(r.Choices, c) })
		s, err := schedule.New(schedule.Config{Chooser: record})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		var dial atomic.Int32 // a point before each step
		var mu sync.Mutex     // for the race detector; no point lies between
		wrong := false
		turn := func(who byte) func() {
			return func() {
				for range len(combination) {
					dial.Add(1)
					mu.Lock()
					if !wrong && right < len(combination) && combination[right] == who {
						right++
					} else {
						wrong = true
					}
					mu.Unlock()
				}
			}
		}
		s.Go("a", turn('a'))
		s.Go("b", turn('b'))
		s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
	})
	for n := range right + 1 {
		r.Features = append(r.Features, corpus.NewFeature(0, uint64(n)))
	}
	for _, h := range pairs.Hashes() {
		r.Features = append(r.Features, corpus.NewFeature(1, h))
	}
	return r
}

// opened tells whether a run shows the bug.
func opened(r corpus.Run) bool {
	return slices.Contains(r.Features, corpus.NewFeature(0, uint64(len(combination))))
}

// tries is the number of schedules until one opens the lock, or most.
func tries(t *testing.T, seed uint64, most int, mutate bool) int {
	r := rand.New(rand.NewPCG(seed, 1))
	c := corpus.New(corpus.Config{})
	for n := 1; n < most; n++ {
		chooser := schedule.Random(r.Uint64())
		if mutate && n%2 == 0 {
			chooser = c.Mutant(r, chooser)
		}
		run := play(t, chooser)
		if opened(run) {
			return n
		}
		c.Add(run)
	}
	return most
}

// A bug that needs fourteen steps in one order is found by mutants of what came
// nearer to it, and not by walks.
func TestMutantsFindDeepBugs(t *testing.T) {
	const seeds, most = 4, 2500
	mutants, walks := 0, 0
	for seed := range uint64(seeds) {
		mutants += tries(t, seed, most, true)
		walks += tries(t, seed, most, false)
	}
	t.Logf("%d schedules with mutants, %d without, where %d are given up: %.1f times as many or more", mutants, walks, seeds*most, float64(walks)/float64(mutants))
	if mutants*2 > walks {
		t.Errorf("%d schedules with mutants, %d without, want half as many or fewer", mutants, walks)
	}
}

// The same draws make the same mutant, and its choices are in range whatever
// the list says.
func TestMutants(t *testing.T) {
	c := corpus.New(corpus.Config{})
	c.Add(corpus.Run{Choices: []uint32{5, 1, 0, 2, 3}, Features: []corpus.Feature{1}})
	c.Add(corpus.Run{Choices: []uint32{9, 9, 9, 9, 9, 9, 9}, Features: []corpus.Feature{2}})
	list := func(seed uint64) (out []int) {
		r := rand.New(rand.NewPCG(seed, 2))
		m := c.Mutant(r, schedule.Random(seed))
		for range 20 {
			q := &schedule.Choice{N: 4, What: schedule.WhatStep}
			i := m.Choose(q)
			if i < 0 || i >= q.N {
				t.Fatalf("seed %d: choice %d of %d", seed, i, q.N)
			}
			out = append(out, i)
		}
		return out
	}
	seen := map[string]bool{}
	for seed := range uint64(200) {
		one, two := list(seed), list(seed)
		if !slices.Equal(one, two) {
			t.Fatalf("seed %d: %v, then %v", seed, one, two)
		}
		b := make([]byte, len(one))
		for i := range one {
			b[i] = byte(one[i])
		}
		seen[string(b)] = true
	}
	if len(seen) < 150 {
		t.Errorf("%d of 200 mutants are different, want most", len(seen))
	}
	r := rand.New(rand.NewPCG(1, 1))
	if got, want := corpus.New(corpus.Config{}).Mutant(r, fixed(3)), fixed(3); got != want {
		t.Errorf("an empty corpus makes %v, want the tail", got)
	}
}

// fixed always chooses the same.
type fixed int

func (f fixed) Choose(*schedule.Choice) int { return int(f) }

// Pairs have the same numbers in every run, and other schedules have others.
func TestPairs(t *testing.T) {
	pairs := func(c schedule.Chooser) []corpus.Feature {
		r := play(t, c)
		slices.Sort(r.Features)
		return slices.DeleteFunc(r.Features, func(f corpus.Feature) bool { return f.Kind() == 0 })
	}
	one, two := pairs(schedule.Random(3)), pairs(schedule.Random(3))
	if len(one) == 0 || !slices.Equal(one, two) {
		t.Errorf("the same schedule shows %x, then %x", one, two)
	}
	if straight := pairs(schedule.NewList(nil)); len(straight) >= len(one) {
		t.Errorf("a schedule with one switch shows %d pairs, one with many %d", len(straight), len(one))
	}
	var p corpus.Pairs
	if p.Follow(fixed(1)).Choose(&schedule.Choice{N: 2}); len(p.Hashes()) != 0 {
		t.Error("a choice that isn't the scheduler's shows a pair")
	}
}
