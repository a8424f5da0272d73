package schedule

import (
	"math/rand"
	randv2 "math/rand/v2"
)

// seeds is the number of seeds a run can choose from for woven generators.
const seeds = 1 << 16

// Rand stands in for the global generator of math/rand in woven code. In a
// schedule the sequence is a choice of the run, made when it is first needed;
// outside it is the global generator.
func Rand() *rand.Rand {
	if s := seededScheduler(); s != nil {
		return rand.New(generator{s})
	}
	return rand.New(global{})
}

// Rand2 stands in for the global generator of math/rand/v2, as Rand does.
func Rand2() *randv2.Rand {
	if s := seededScheduler(); s != nil {
		return randv2.New(generator{s})
	}
	return randv2.New(global2{})
}

// RandN is math/rand/v2's N of woven code.
func RandN[Int interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}](n Int) Int {
	if n <= 0 {
		panic("invalid argument to N")
	}
	return Int(Rand2().Uint64N(uint64(n)))
}

// seededScheduler is the scheduler of the calling goroutine, with its
// generator seeded, or nil. On the root, which has no points, an unseeded
// generator starts from seed 0.
//
//go:norace
func seededScheduler() *Scheduler {
	t := lookup()
	if t == nil || t.s.stopping {
		return nil
	}
	if t != t.s.root && !t.s.seeded {
		seed := t.parkUntil(KindRand, ptr(&t.s.rand), nil, seeds)
		if !t.s.seeded {
			t.s.seeded = true
			t.s.rand.state += uint64(seed)
		}
	}
	return t.s
}

// generator draws from the run's sequence.
type generator struct{ s *Scheduler }

//go:norace
func (g generator) Uint64() uint64 {
	raceDisable()
	g.s.mu.Lock()
	n := g.s.rand.next()
	g.s.mu.Unlock()
	raceEnable()
	WovenTouch(ptr(&g.s.rand), AccessWrite)
	return n
}

func (g generator) Int63() int64 { return int64(g.Uint64() >> 1) }

// Seed is ignored: the sequence belongs to the run.
func (g generator) Seed(int64) {}

// global is the global generator of math/rand.
type global struct{}

func (global) Uint64() uint64 { return rand.Uint64() }
func (global) Int63() int64   { return rand.Int63() }
func (global) Seed(seed int64) {
	// Woven code that seeds the global generator gets what it asks for.
	rand.Seed(seed) //lint:ignore SA1019 it stands in for exactly this function
}

// global2 is the global generator of math/rand/v2.
type global2 struct{}

func (global2) Uint64() uint64 { return randv2.Uint64() }
