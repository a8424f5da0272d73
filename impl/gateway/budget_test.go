package gateway

import "testing"

func TestBudgetAddsTenTenthsToOne(t *testing.T) {
	b := newBudget(0.1, 1)
	b.take()
	for range 9 {
		b.earn()
	}
	if b.allows() {
		t.Fatal("nine tenths allow a reassign")
	}
	b.earn()
	if !b.allows() {
		t.Fatal("ten tenths don't allow a reassign")
	}
	for range 100 {
		b.earn()
	}
	b.take()
	if b.allows() {
		t.Fatal("a burst of one allows two")
	}
}
