package linear_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

var (
	accepted = linear.QueueResult{OK: true}
	full     = linear.QueueResult{}
)

func send(v uint64) linear.QueueOp   { return linear.QueueOp{Do: linear.Send, Value: v} }
func handle(v uint64) linear.QueueOp { return linear.QueueOp{Do: linear.Handle, Value: v} }

func on(session int, op linear.QueueOp) linear.QueueOp {
	op.Session = session
	return op
}

// sent and handled are histories without overlap.
func sent(v uint64) func() (linear.QueueOp, linear.QueueResult) {
	return func() (linear.QueueOp, linear.QueueResult) { return send(v), accepted }
}
func handled(v uint64) func() (linear.QueueOp, linear.QueueResult) {
	return func() (linear.QueueOp, linear.QueueResult) { return handle(v), accepted }
}
func refusedSend(v uint64) func() (linear.QueueOp, linear.QueueResult) {
	return func() (linear.QueueOp, linear.QueueResult) { return send(v), full }
}

func TestQueue(t *testing.T) {
	for _, c := range []struct {
		name    string
		history []porcupine.Operation
		want    porcupine.CheckResult
	}{
		{"empty", nil, porcupine.Ok},
		{"in order", oneByOne(sent(1), sent(2), handled(1), sent(3), handled(2), handled(3)), porcupine.Ok},
		{"the first is lost", oneByOne(sent(1), sent(2), sent(3), handled(2), handled(3)), porcupine.Ok},
		{"all are lost", oneByOne(sent(1), sent(2)), porcupine.Ok},
		{"out of order", oneByOne(sent(1), sent(2), handled(2), handled(1)), porcupine.Illegal},
		{"handled twice", oneByOne(sent(1), handled(1), handled(1)), porcupine.Illegal},
		{"handled twice, another between", oneByOne(sent(1), sent(2), handled(1), handled(2), handled(1)), porcupine.Illegal},
		{"never sent", oneByOne(sent(1), handled(2)), porcupine.Illegal},
		{"handled before it was sent", oneByOne(handled(1), sent(1)), porcupine.Illegal},
		{"refused, yet handled", oneByOne(refusedSend(1), handled(1)), porcupine.Illegal},
		{"refused, then accepted", oneByOne(refusedSend(1), sent(1), handled(1)), porcupine.Ok},
		{"equal messages", oneByOne(sent(1), sent(1), handled(1), handled(1)), porcupine.Ok},
		{"equal messages, one lost, the oldest taken", oneByOne(sent(1), sent(2), sent(1), handled(1), handled(2), handled(1)), porcupine.Ok},
		{"equal messages, once too often", oneByOne(sent(1), sent(1), handled(1), handled(1), handled(1)), porcupine.Illegal},

		{"overlapping sends in either order", []porcupine.Operation{
			span(0, 10, send(1), accepted), span(1, 9, send(2), accepted), span(2, 8, send(3), accepted),
			span(11, 12, handle(3), accepted), span(13, 14, handle(1), accepted), span(15, 16, handle(2), accepted),
		}, porcupine.Ok},
		{"a send that had returned comes first", []porcupine.Operation{
			span(0, 1, send(1), accepted), span(2, 9, send(2), accepted), span(3, 8, send(3), accepted),
			span(11, 12, handle(3), accepted), span(13, 14, handle(1), accepted),
		}, porcupine.Illegal},
		{"handled while it is being sent", []porcupine.Operation{
			span(0, 10, send(1), accepted), span(2, 3, handle(1), accepted), span(4, 5, send(2), accepted), span(6, 7, handle(2), accepted),
		}, porcupine.Ok},
		{"handled while being sent, after a later one", []porcupine.Operation{
			span(0, 1, send(1), accepted), span(2, 10, send(2), accepted), span(3, 4, handle(2), accepted), span(5, 6, handle(1), accepted),
		}, porcupine.Illegal},
		{"a send without an answer was handled", []porcupine.Operation{
			span(0, math.MaxInt64, send(1), accepted), span(2, 3, handle(1), accepted), span(4, 5, send(2), accepted),
		}, porcupine.Ok},
		{"handles that overlap", []porcupine.Operation{
			span(0, 1, send(1), accepted), span(2, 3, send(2), accepted),
			span(4, 9, handle(2), accepted), span(5, 8, handle(1), accepted),
		}, porcupine.Ok},
	} {
		t.Run(c.name, func(t *testing.T) { judge(t, linear.Queue(), c.history, c.want) })
	}
}

func TestQueueSessionsAreApart(t *testing.T) {
	history := []porcupine.Operation{
		span(0, 1, on(1, send(1)), accepted), span(2, 3, on(2, send(2)), accepted),
		span(4, 5, on(2, handle(2)), accepted), span(6, 7, on(1, handle(1)), accepted),
	}
	if got := linear.Check(t.Context(), linear.Queue(), history); got != porcupine.Ok {
		t.Errorf("got %s, want Ok", got)
	}
	history = append(history, span(8, 9, on(1, handle(2)), accepted))
	if got := linear.Check(t.Context(), linear.Queue(), history); got != porcupine.Illegal {
		t.Errorf("a message of another session: got %s, want Illegal", got)
	}
}

// randomQueue is a history of n sends, of which some are lost; each takes
// effect at 10, 20, 30, … and reaches up to reach to either side. Handles
// follow behind, one at a time.
func randomQueue(rng *rand.Rand, n int, reach int64) []porcupine.Operation {
	var history []porcupine.Operation
	free := int64(0) // when the last handle returned
	for i := range n {
		at := int64(10 * (i + 1))
		from, to := at-rng.Int64N(reach), at+1+rng.Int64N(reach)
		history = append(history, span(from, to, send(uint64(i)), accepted))
		if rng.IntN(4) > 0 {
			free = max(free+1, at+rng.Int64N(25)) + 1
			history = append(history, span(free-1, free, handle(uint64(i)), accepted))
		}
	}
	return history
}

// The ranked specification and the general one come to the same verdict.
func TestQueueRandomHistories(t *testing.T) {
	var verdicts = map[porcupine.CheckResult]int{}
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 4))
		history := randomQueue(rng, 7, 25)
		if seed%3 > 0 { // exchange two messages
			i, j := rng.IntN(len(history)), rng.IntN(len(history))
			a, b := history[i].Input.(linear.QueueOp), history[j].Input.(linear.QueueOp)
			a.Value, b.Value = b.Value, a.Value
			history[i].Input, history[j].Input = a, b
		}
		whole := linear.Queue()
		whole.Partition = nil
		want := linear.Check(t.Context(), whole, history)
		judge(t, linear.Queue(), history, want)
		verdicts[want]++
		if seed%3 == 0 && want != porcupine.Ok || t.Failed() {
			t.Fatalf("seed %d: got %s", seed, want)
		}
	}
	if verdicts[porcupine.Ok] < 100 || verdicts[porcupine.Illegal] < 50 {
		t.Errorf("verdicts are one-sided: %v", verdicts)
	}
}

// Thousands of messages, dozens of sends at a time, legal and not.
func TestQueueLongHistory(t *testing.T) {
	history := randomQueue(rand.New(rand.NewPCG(1, 5)), 3000, 400)
	if got := linear.Check(t.Context(), linear.Queue(), history); got != porcupine.Ok {
		t.Errorf("got %s, want Ok", got)
	}
	last := 0
	for i := range history {
		if history[i].Input.(linear.QueueOp).Do == linear.Handle {
			last = i
		}
	}
	op := history[last].Input.(linear.QueueOp)
	op.Value = 0 // sent long before
	history[last].Input = op
	if got := linear.Check(t.Context(), linear.Queue(), history); got != porcupine.Illegal {
		t.Errorf("the last handle repeats the first message: got %s, want Illegal", got)
	}
}
