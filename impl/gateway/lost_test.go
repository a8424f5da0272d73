package gateway

import "testing"

func TestLostForgetsTheOldest(t *testing.T) {
	var m lost
	for i := uint64(1); i <= lostMax+10; i++ {
		m.add(&Reservation{Host: "a", Attempt: i})
	}
	if len(m.byAttempt) != lostMax || len(m.order) != lostMax {
		t.Fatalf("%d and %d are remembered, want %d", len(m.byAttempt), len(m.order), lostMax)
	}
	for attempt, want := range map[uint64]bool{1: false, 10: false, 11: true, lostMax + 10: true} {
		if _, ok := m.find("a", attempt); ok != want {
			t.Errorf("attempt %d is remembered: %v, want %v", attempt, ok, want)
		}
	}
	if _, ok := m.find("b", 11); ok {
		t.Error("an attempt of host a was found for host b")
	}
}
