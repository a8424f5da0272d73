package properties

import (
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
)

// What is measured is the case that the documentation names.
func TestMeasuredCase(t *testing.T) {
	d := dice{&fixedSource{steps: schedule.NewList(nil)}}
	w, l, p := drawRemoteWorld(d, Simulated), drawRemoteLoad(d, Simulated), drawRemotePlan(d, Simulated)
	got := w.describe() + "; " + l.String() + "; " + p.String()
	want := "mode=async delivery=at-most-once buffer=3 window=2 frame=2; caller 1: send m1, send m2, send m3; caller 2: send m4, send m5, send m6; cut remote->peer#1 when chosen"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Each difference between a case and its repetition is told.
func TestBenchTellsDifferences(t *testing.T) {
	good := func() *outcome {
		return &outcome{steps: 3, list: []uint32{1, 2}, found: newFindings(), records: []Record{{At: 1}, {At: 2}}}
	}
	for _, c := range []struct {
		change func(*outcome)
		want   string
	}{
		{func(*outcome) {}, ""},
		{func(o *outcome) { o.undecided = "too long" }, `the verdict is "too long", want ""`},
		{func(o *outcome) { o.found.judge("remote/order", 1, false, "two", "one") }, `the verdict is "remote/order is violated: two, want one"`},
		{func(o *outcome) { o.steps++ }, "4 steps, want 3"},
		{func(o *outcome) { o.list = []uint32{1, 3} }, "other choices"},
		{func(o *outcome) { o.records[1].At = 7 }, "record 2 is"},
		{func(o *outcome) { o.records = append(o.records, Record{At: 3}) }, "record 3 is"},
		{func(o *outcome) { o.records = o.records[:1] }, "1 records, want 2"},
	} {
		runs := 0
		b := Bench{func(*testing.T, Network, *choices) *outcome {
			o := good()
			if runs++; runs > 1 {
				c.change(o)
			}
			return o
		}}
		if got := b.Again(b.Drawn(1)); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
