package linear

import (
	"cmp"
	"slices"

	"github.com/anishathalye/porcupine"
)

// rankedOp is a QueueOp of a message of which is known the how-manieth its
// session handled, from 1; 0 is what can't be right.
type rankedOp struct {
	QueueOp
	rank int
}

// partitionQueue splits a history into its sessions, in order of appearance,
// and those further that can be ranked.
func partitionQueue(history []porcupine.Operation) [][]porcupine.Operation {
	var sessions [][]porcupine.Operation
	index := map[int]int{}
	for _, op := range history {
		op.Input = bareQueue(op.Input)
		session := op.Input.(QueueOp).Session
		i, ok := index[session]
		if !ok {
			i = len(sessions)
			index[session] = i
			sessions = append(sessions, nil)
		}
		sessions[i] = append(sessions[i], op)
	}
	var parts [][]porcupine.Operation
	for _, session := range sessions {
		if ranks, ok := rank(session); ok {
			parts = append(parts, split(session, ranks)...)
		} else {
			parts = append(parts, session)
		}
	}
	return parts
}

// rank numbers the handled messages in the order of their Handles, the last
// one if there are several. It reports false if the order is not known: Handles
// overlap, or two sends that were accepted are of one message.
func rank(session []porcupine.Operation) (map[uint64]int, bool) {
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
	for i, op := range handles {
		if i > 0 && handles[i-1].Return >= op.Call {
			return nil, false
		}
		ranks[op.Input.(QueueOp).Value] = i + 1
	}
	return ranks, true
}

// split is the part of the handled messages, ranked, and one part for each of
// the others that has an outcome. What is done to a message a second time has
// no rank, and so no place.
func split(session []porcupine.Operation, ranks map[uint64]int) [][]porcupine.Operation {
	var handled []porcupine.Operation
	var alone [][]porcupine.Operation
	index := map[uint64]int{}
	for _, op := range session {
		in := op.Input.(QueueOp)
		if _, ok := index[in.Value]; in.Do == Resolve && ranks[in.Value] == 0 && !ok {
			index[in.Value] = len(alone)
			alone = append(alone, nil)
		}
	}
	type said struct {
		do    QueueKind
		value uint64
	}
	once := map[said]bool{}
	for _, op := range session {
		in := op.Input.(QueueOp)
		i, ok := index[in.Value]
		switch {
		case in.Do == Send && !op.Output.(QueueResult).OK:
		case ok:
			alone[i] = append(alone[i], op)
		case ranks[in.Value] > 0:
			ranked := rankedOp{in, ranks[in.Value]}
			if once[said{in.Do, in.Value}] {
				ranked.rank = 0
			}
			once[said{in.Do, in.Value}] = true
			op.Input = ranked
			handled = append(handled, op)
		}
	}
	return append([][]porcupine.Operation{handled}, alone...)
}
