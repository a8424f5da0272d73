package linear

import (
	"fmt"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/protocol"
)

// QueueKind is an operation on the queue.
type QueueKind uint8

const (
	// Send offers a message. OK: it was accepted, at the end of the queue; if
	// not OK it has left no trace.
	Send QueueKind = iota
	// Handle begins to handle a message: it must be in the queue. What was
	// accepted before it and was not handled is lost.
	Handle
	// Resolve decides a message's Outcome, once. Replied: it was handled.
	// NotSent: it was not, and never will be. Unknown: it may have been, and may
	// yet be.
	Resolve
)

// QueueOp is the Input of an operation on a [Queue].
type QueueOp struct {
	Do QueueKind
	// Session tells queues apart: each is judged alone.
	Session int
	// Value is the message. A history in which the messages of a session are
	// all different is judged much faster.
	Value uint64
}

// QueueResult is the Output of an operation on a [Queue]: OK is read for Send,
// Outcome for Resolve. A Handle may have none.
type QueueResult struct {
	OK      bool
	Outcome protocol.Outcome
}

// Queue is the sequential specification of order at the peer: messages are
// handled in the order in which they were accepted, each at most once; some
// may never be. Input is a [QueueOp], Output a [QueueResult].
//
// A Send of which nobody knows whether it was accepted goes into the history
// as accepted, and as returned after everything else: a message that was
// refused cannot be told from one that was lost.
//
// Sessions are judged apart. If the messages of one are all different and its
// Handles do not overlap, then the order in which it handled them is known
// beforehand. Its sends can only have been accepted in that order, and those
// that were never handled constrain nothing but their own outcomes; so the
// search has nothing to guess. Otherwise the general specification is used,
// which is exponential in the number of sends that overlap.
func Queue() Object {
	o := Object{Name: "queue", Instead: insteadQueue, Needs: queueNeeds, bare: bareQueue}
	o.NondeterministicModel = porcupine.NondeterministicModel{
		Partition: partitionQueue,
		Init:      func() []any { return []any{queueState{}} },
		Step: func(state, input, output any) []any {
			s, r := state.(queueState), queueResult(input, output)
			if ranked, ok := input.(rankedOp); ok {
				return s.stepRanked(ranked, r)
			}
			return s.step(input.(QueueOp), r)
		},
		Equal:             func(a, b any) bool { return a.(queueState).equal(b.(queueState)) },
		Hash:              func(s any) uint64 { return s.(queueState).hash() },
		DescribeOperation: func(in, out any) string { return bareQueue(in).(QueueOp).describe(queueResult(in, out)) },
		DescribeState:     func(s any) string { return s.(queueState).String() },
	}
	return o
}

// queueResult is the output, which Handle may lack.
func queueResult(input, output any) QueueResult {
	if output == nil && bareQueue(input).(QueueOp).Do == Handle {
		return QueueResult{}
	}
	return output.(QueueResult)
}

// bareQueue is the input without its rank.
func bareQueue(input any) any {
	if ranked, ok := input.(rankedOp); ok {
		return ranked.QueueOp
	}
	return input
}

// queueNeeds: what is said of a message needs that it was accepted, and a
// reply needs that it was handled. A message that is left out with all that
// was said of it is one that was lost, or never sent.
func queueNeeds(history []porcupine.Operation) [][]int {
	type message struct {
		session int
		value   uint64
	}
	sends, handles := map[message][]int{}, map[message][]int{}
	for i, op := range history {
		in := op.Input.(QueueOp)
		m := message{in.Session, in.Value}
		switch {
		case in.Do == Handle:
			handles[m] = append(handles[m], i)
		case in.Do == Send && op.Output.(QueueResult).OK:
			sends[m] = append(sends[m], i)
		}
	}
	out := make([][]int, len(history))
	for i, op := range history {
		in := op.Input.(QueueOp)
		m := message{in.Session, in.Value}
		var all []int
		if in.Do != Send {
			all = append(all, sends[m]...)
		}
		if in.Do == Resolve && op.Output.(QueueResult).Outcome == protocol.Replied {
			all = append(all, handles[m]...)
		}
		for _, j := range all {
			if history[j].Call <= op.Return {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}

// insteadQueue says what is true of the message.
func insteadQueue(state, input, output any) string {
	s, op := state.(queueState), bareQueue(input).(QueueOp)
	waits, handled := false, false
	known := false
	for _, m := range s.items {
		if m.value == op.Value {
			known = true
			waits = waits || m.phase == waiting
			handled = handled || m.phase == handledOnce
		}
	}
	switch {
	case !known:
		return fmt.Sprintf("that %d is not there, or all is done with it", op.Value)
	case op.Do == Handle && handled:
		return fmt.Sprintf("that %d was handled", op.Value)
	case op.Do == Handle:
		return fmt.Sprintf("that %d is lost: a later one was handled", op.Value)
	case handled:
		return fmt.Sprintf("that %d was handled", op.Value)
	case waits || known:
		return fmt.Sprintf("that %d was not handled", op.Value)
	}
	return ""
}

// describe prints the operation with its result as a call.
func (op QueueOp) describe(r QueueResult) string {
	switch {
	case op.Do == Handle:
		return fmt.Sprintf("handle(%d)", op.Value)
	case op.Do == Resolve:
		return fmt.Sprintf("resolve(%d) -> %s", op.Value, r.Outcome)
	case r.OK:
		return fmt.Sprintf("send(%d) -> accepted", op.Value)
	}
	return fmt.Sprintf("send(%d) -> refused", op.Value)
}
