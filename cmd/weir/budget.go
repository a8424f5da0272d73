package main

import (
	"sync"
	"time"
)

// How long things may take, all in one place. A verification takes at most
// totalTime once everything is built; what is built is kept and costs nothing
// the next time. On two cores, and with fifty planted bugs, the shares below add
// up to less than totalTime on the slowest machine that is worth the wait; on a
// slower one they shrink.
const (
	// totalTime is for everything but building.
	totalTime = 165 * time.Second
	// modelTime is when the models are given up, undecided. They take some 15
	// seconds on two cores that do nothing else.
	modelTime = 75 * time.Second
	// simulatedShare, virtualShare and loopbackShare are for the suite of one
	// protocol on one network, limiterShare for that of the ledger, which has a
	// fixed number of histories.
	simulatedShare = 18 * time.Second
	virtualShare   = 6 * time.Second
	loopbackShare  = 8 * time.Second
	limiterShare   = 2 * time.Second
	// plantShare is what is set aside for each planted bug on one core, and what
	// the last one gets when the time was up before: most are caught within half a
	// second. plantSearch is what one may take of what is left.
	plantShare  = 1500 * time.Millisecond
	plantSearch = 30 * time.Second
	// leastShare is given to each whatever the time: no evidence is worse than
	// being late.
	leastShare = 2 * time.Second

	// overrun is how much longer than its share a suite may take before it is
	// ended, undecided: to finish its last case, and to make a failing case small
	// (at most half a minute). plainOverrun is the same where nothing is made small.
	overrun      = 45 * time.Second
	plainOverrun = 15 * time.Second

	// deepFactor lengthens the shares and deepSeeds is the number of seeds of a
	// deep verification, which has no limit on its total time.
	deepFactor = 15
	deepSeeds  = 10
)

// plantSchedules is how many schedules a planted bug may take: ten times what
// one may in the median of ten seeds. One that shows in none of them is not
// caught; one for which there was no time for so many is undecided, so that a
// slow machine tells no wrong tale.
const plantSchedules = 20_000

// budget tells each stage how long it may take.
type budget struct {
	now   func() time.Time
	start time.Time
	// mu guards built, the time spent on building, which is not counted.
	mu    sync.Mutex
	built time.Duration
	deep  bool
}

func newBudget(deep bool, now func() time.Time) *budget {
	return &budget{now: now, start: now(), deep: deep}
}

// took is the time since the beginning.
func (b *budget) took() time.Duration { return b.now().Sub(b.start) }

// building runs f off the clock.
func (b *budget) building(f func()) {
	start := b.now()
	f()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.built += b.now().Sub(start)
}

// left is what remains of the total.
func (b *budget) left() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return totalTime - b.took() + b.built
}

// share is what a stage gets that wants so much when others that want later
// are still to come: what it wants, or its part of what is left.
func (b *budget) share(want, later time.Duration) time.Duration {
	if b.deep {
		return want
	}
	part := float64(want) / float64(want+later)
	return max(leastShare, min(want, time.Duration(part*float64(b.left()))))
}

// search is what the next of so many planted bugs, one after the other, gets.
// Each may use what its predecessors have left.
func (b *budget) search(bugs int) time.Duration {
	if b.deep {
		return plantSearch * deepFactor
	}
	return max(plantShare, min(plantSearch, b.left()/time.Duration(max(bugs, 1))))
}
