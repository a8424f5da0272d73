package main

import (
	"testing"
	"time"
)

// clocked is a budget with a clock that is set by hand.
func clocked(deep bool) (b *budget, now *time.Time) {
	at := time.Unix(0, 0)
	now = &at
	return newBudget(deep, func() time.Time { return *now }), now
}

func TestSharesFitIntoTheTotal(t *testing.T) {
	if sum := modelTime + wanted(wovenSuites(1, false)) + wanted(racedSuites(1, false))/2 + 50*plantShare/2; sum > totalTime {
		t.Errorf("on two cores the slowest models, the suites and 50 planted bugs want %v, want at most %v", sum, totalTime)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		took, want, later, share time.Duration
	}{
		{0, 18 * time.Second, 60 * time.Second, 18 * time.Second},                         // there is plenty
		{totalTime - 39*time.Second, 18 * time.Second, 60 * time.Second, 9 * time.Second}, // half of what all want
		{totalTime - 10*time.Second, 18 * time.Second, 0, 10 * time.Second},
		{totalTime + time.Minute, 18 * time.Second, 60 * time.Second, leastShare},
	} {
		b, now := clocked(false)
		*now = now.Add(c.took)
		if got := b.share(c.want, c.later); got != c.share {
			t.Errorf("after %v, wanting %v with %v later: got %v, want %v", c.took, c.want, c.later, got, c.share)
		}
	}
	b, now := clocked(true)
	*now = now.Add(time.Hour)
	if got := b.share(time.Minute, time.Hour); got != time.Minute {
		t.Errorf("deep: got %v, want %v", got, time.Minute)
	}
}

func TestSlowMachineStaysWithinTheTotal(t *testing.T) {
	b, now := clocked(false)
	*now = now.Add(modelTime)
	suites := append(wovenSuites(1, false), racedSuites(1, false)...)
	for i, s := range suites {
		b.building(func() { *now = now.Add(20 * time.Second) }) // is not counted
		*now = now.Add(b.share(s.budget, wanted(suites[i+1:])+8*plantShare) + time.Second)
	}
	for i := range 8 {
		*now = now.Add(b.search(8 - i)) // none is caught
	}
	if spent := totalTime - b.left(); spent > totalTime+8*plantShare {
		t.Errorf("got %v spent besides building, want about %v", spent, totalTime)
	}
}

func TestSearch(t *testing.T) {
	b, now := clocked(false)
	if got := b.search(2); got != plantSearch {
		t.Errorf("with all the time: got %v, want %v", got, plantSearch)
	}
	*now = now.Add(totalTime - 40*time.Second)
	if got := b.search(8); got != 5*time.Second {
		t.Errorf("with 40s for 8: got %v, want 5s", got)
	}
	*now = now.Add(totalTime)
	if got := b.search(8); got != plantShare {
		t.Errorf("late: got %v, want %v", got, plantShare)
	}
}
