package properties

import (
	"testing"

	"github.com/weir-dev/weir/protocol"
)

func recordsOf(events ...protocol.Event) []Record {
	var out []Record
	for _, e := range events {
		out = append(out, Record{Event: e}, Record{Observed: Observation{Kind: SendCall}})
	}
	return out
}

// A step of the protocol is news once, whatever the numbers in it are.
func TestEdges(t *testing.T) {
	send := protocol.Event{Party: "remote", Kind: protocol.KindSend, Seq: 1, Epoch: 1}
	send2 := protocol.Event{Party: "remote", Kind: protocol.KindSend, Seq: 2, Epoch: 1}
	replied := protocol.Event{Party: "remote", Kind: protocol.KindResolve, Seq: 1, Outcome: protocol.Replied}
	unknown := protocol.Event{Party: "remote", Kind: protocol.KindResolve, Seq: 1, Outcome: protocol.Unknown}
	of := func(e protocol.Event, party string, seq uint64) protocol.Event {
		e.Party, e.Seq = party, seq
		return e
	}
	d := newEdges()
	for i, c := range []struct {
		events []protocol.Event
		want   int
	}{
		{[]protocol.Event{send, replied}, 2},
		{[]protocol.Event{send, replied}, 0},
		{[]protocol.Event{of(send, "remote", 5), of(replied, "remote", 5)}, 0},
		{[]protocol.Event{send, unknown}, 1},
		{[]protocol.Event{send2, replied}, 1}, // of another message
		{[]protocol.Event{of(send, "h1", 1), replied}, 2},
		{[]protocol.Event{of(send, "h2", 1)}, 0},
		{[]protocol.Event{send, of(send, "h1", 1), replied}, 0}, // parties don't mix
		{nil, 0},
	} {
		if got := d.news(recordsOf(c.events...)); got != c.want {
			t.Errorf("history %d has %d news, want %d", i, got, c.want)
		}
	}
}

// What histories show is news to the strategies: here only they have any.
func TestExploreTellsNews(t *testing.T) {
	kinds := []protocol.Kind{protocol.KindAccept, protocol.KindConnect, protocol.KindSend}
	s := drawnSuite(func([]int, *findings) {})
	plain := s.run
	s.run = func(t *testing.T, n Network, c *choices) *outcome {
		o := plain(t, n, c)
		for i := range 5 {
			o.records = append(o.records, recordsOf(protocol.Event{Party: "remote", Kind: kinds[dice{c}.Choose(3, "kind")], Seq: uint64(i)})...)
		}
		o.list = trim(c.list)
		return o
	}
	set := toySettings(t)
	set.cases[Simulated] = 4 * batch
	_, r, ok := runToy(t, s, set)
	if !ok {
		return
	}
	wantNoFailure(t, r, "")
	rapid, sum, traces := 0, 0, 0
	for _, s := range r.tally.Strategies {
		if s.Name == rapidName {
			rapid = s.News
		}
		sum, traces = sum+s.News, traces+s.Traces
	}
	// Three kinds come first, and each of them after each: twelve edges, all
	// found by rapid's first cases. These have no schedule, and so one trace
	// for each strategy.
	if rapid != 12 || sum != 12+traces || traces == 0 {
		t.Errorf("rapid has %d news of %d, of which %d are traces; want 12 besides those", rapid, sum, traces)
	}
}
