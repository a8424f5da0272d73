package properties

import "testing"

// What was taken stays as it was: neither what is recorded later nor what the
// caller adds to it gets into the other.
func TestRecordsAreApart(t *testing.T) {
	r := NewRecorder(3)
	r.Observe(Observation{ID: 1})
	taken, dropped := r.Records()
	if len(taken) != 1 || dropped != 0 || r.Len() != 1 {
		t.Fatalf("got %d records and %d dropped, want 1 and 0", len(taken), dropped)
	}
	mine := append(taken, Record{Observed: Observation{ID: 9}})
	for id := 2; id <= 4; id++ {
		r.Observe(Observation{ID: id})
	}
	if len(taken) != 1 || taken[0].Observed.ID != 1 || mine[1].Observed.ID != 9 {
		t.Errorf("what was taken became %v, and what was added to it %v", taken, mine)
	}
	all, dropped := r.Records()
	if len(all) != 3 || all[1].Observed.ID != 2 || dropped != 1 {
		t.Errorf("got %v and %d dropped, want records 1 to 3 and 1", all, dropped)
	}
}
