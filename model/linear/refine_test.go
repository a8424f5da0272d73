package linear_test

import (
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/linear"
	"github.com/weir-dev/weir/model/remotespec"
)

// Every run of the checked spec of the Remote, seen as what was accepted and
// what was handled, is one of the queue that histories are judged by; and if the
// spec took the messages for others, it would not be.
func TestRemoteSpecIsQueue(t *testing.T) {
	p := remotespec.Small()
	if !race {
		p.Messages = 3
	}
	g, err := model.Explore(t.Context(), remotespec.Spec(p), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if bad, handled := notQueue(g, 0); bad > 0 || handled == 0 {
		t.Errorf("%d steps are none of a queue's, of %d that handle", bad, handled)
	}
	if bad, _ := notQueue(g, 1); bad == 0 {
		t.Error("the control is a queue too")
	}
}

// notQueue walks the graph with the states of the queue, and counts the steps
// that it does not have, and those that begin to handle. What is handled is
// taken for another message, off places further.
func notQueue(g *model.StateGraph[remotespec.State], off uint64) (bad, handled int) {
	o := linear.Queue()
	out := make([][]model.Edge, len(g.States))
	for _, e := range g.Edges {
		out[e.From] = append(out[e.From], e)
	}
	type place struct {
		node  int
		queue any
	}
	at := make([][]any, len(g.States))
	var todo []place
	visit := func(p place) {
		for _, q := range at[p.node] {
			if o.Equal(q, p.queue) {
				return
			}
		}
		at[p.node] = append(at[p.node], p.queue)
		todo = append(todo, p)
	}
	for i := range g.Initial {
		visit(place{i, o.Init()[0]})
	}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, e := range out[p.node] {
			message := uint64(e.Label.Args[max(int(e.Label.N), 1)-1])
			next := []any{p.queue}
			switch e.Label.Action {
			case remotespec.Accept:
				next = o.NondeterministicModel.Step(p.queue, send(message), accepted)
			case remotespec.HandleBegin:
				handled++
				next = o.NondeterministicModel.Step(p.queue, handle(message+off), accepted)
			}
			if len(next) == 0 {
				bad++
			}
			for _, q := range next {
				visit(place{e.To, q})
			}
		}
	}
	return bad, handled
}
