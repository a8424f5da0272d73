package linear

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/anishathalye/porcupine"
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
)

// QueueOp is the Input of an operation on a [Queue].
type QueueOp struct {
	Do QueueKind
	// Session tells queues apart: each is judged alone.
	Session int
	// Value is the message. A history in which the messages of a session are
	// all different is judged much faster.
	Value uint64

	rank int // from 1: the how-manieth its session handled; 0: not worked out
}

// QueueResult is the Output of an operation on a [Queue]; OK matters for Send.
type QueueResult struct{ OK bool }

// queueState is a queue between two operations. It is never changed.
//
// Where ranks are known, only how many of the handled messages were accepted,
// and handled, so far is kept; else the messages that were accepted and may
// still be handled, oldest first.
type queueState struct {
	accepted, handled int
	waiting           []uint64
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
// that were never handled constrain nothing and are left out; so the search
// has nothing to guess. Otherwise the general specification is used, which is
// exponential in the number of sends that overlap.
func Queue() porcupine.Model {
	return porcupine.Model{
		Partition: partitionQueue,
		Init:      func() any { return &queueState{} },
		Step: func(state, input, output any) (bool, any) {
			op, s := input.(QueueOp), state.(*queueState)
			if op.rank > 0 {
				return s.stepRanked(op)
			}
			return s.step(op, output.(QueueResult))
		},
		Equal: func(a, b any) bool {
			s, t := a.(*queueState), b.(*queueState)
			return s.accepted == t.accepted && s.handled == t.handled && slices.Equal(s.waiting, t.waiting)
		},
		Hash:              func(s any) uint64 { return s.(*queueState).hash() },
		DescribeOperation: func(in, out any) string { return in.(QueueOp).describe(out.(QueueResult)) },
		DescribeState:     func(s any) string { return s.(*queueState).String() },
	}
}

// step is the general specification. With equal messages in the queue the
// oldest is the one handled: whatever can follow another choice can follow
// this one, because more remains.
func (s *queueState) step(op QueueOp, r QueueResult) (bool, any) {
	switch op.Do {
	case Send:
		if !r.OK {
			return true, s
		}
		return true, &queueState{waiting: append(slices.Clip(s.waiting), op.Value)}
	case Handle:
		i := slices.Index(s.waiting, op.Value)
		return i >= 0, &queueState{waiting: s.waiting[i+1:]}
	}
	panic(fmt.Sprintf("linear: the queue has no operation %d", op.Do))
}

// stepRanked is the specification where only handled messages, all different,
// are in the history, each with its rank.
func (s *queueState) stepRanked(op QueueOp) (bool, any) {
	t := *s
	if op.Do == Send {
		t.accepted++
		return op.rank == t.accepted, &t
	}
	t.handled++
	return op.rank == t.handled && t.handled <= t.accepted, &t
}

func (s *queueState) hash() uint64 {
	h := newHash()
	h.add(uint64(s.accepted))
	h.add(uint64(s.handled))
	for _, v := range s.waiting {
		h.add(v)
	}
	return uint64(h)
}

// String prints the messages that wait, or how many do.
func (s *queueState) String() string {
	if s.accepted > 0 {
		return fmt.Sprintf("%d accepted, %d handled", s.accepted, s.handled)
	}
	return fmt.Sprintf("waiting %v", s.waiting)
}

// describe prints the operation with its result as a call.
func (op QueueOp) describe(r QueueResult) string {
	switch {
	case op.Do == Handle:
		return fmt.Sprintf("handle(%d)", op.Value)
	case r.OK:
		return fmt.Sprintf("send(%d) -> accepted", op.Value)
	}
	return fmt.Sprintf("send(%d) -> refused", op.Value)
}

// partitionQueue splits a history into its sessions, in order of appearance,
// and ranks those that can be.
func partitionQueue(history []porcupine.Operation) [][]porcupine.Operation {
	var parts [][]porcupine.Operation
	index := map[int]int{}
	for _, op := range history {
		session := op.Input.(QueueOp).Session
		i, ok := index[session]
		if !ok {
			i = len(parts)
			index[session] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], op)
	}
	for i := range parts {
		if ranked, ok := rank(parts[i]); ok {
			parts[i] = ranked
		}
	}
	return parts
}

// rank numbers the handled messages in the order of their Handles, and leaves
// out the sends of all others. It reports false if the order is not known:
// Handles overlap, or two sends that were accepted are of one message.
func rank(session []porcupine.Operation) ([]porcupine.Operation, bool) {
	var handles []porcupine.Operation
	sent := map[uint64]bool{}
	for _, op := range session {
		in := op.Input.(QueueOp)
		switch {
		case in.Do == Handle:
			handles = append(handles, op)
		case in.Do == Send && op.Output.(QueueResult).OK:
			if sent[in.Value] {
				return nil, false
			}
			sent[in.Value] = true
		}
	}
	slices.SortFunc(handles, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	ranks := map[uint64]int{}
	var ranked []porcupine.Operation
	for i, op := range handles {
		if i > 0 && handles[i-1].Return >= op.Call {
			return nil, false
		}
		in := op.Input.(QueueOp)
		in.rank = i + 1
		op.Input = in
		ranks[in.Value] = i + 1
		ranked = append(ranked, op)
	}
	for _, op := range session {
		in := op.Input.(QueueOp)
		if in.rank = ranks[in.Value]; in.Do == Send && in.rank > 0 && op.Output.(QueueResult).OK {
			op.Input = in
			ranked = append(ranked, op)
		}
	}
	return ranked, true
}
