package linear

import (
	"math"
	"slices"

	"github.com/anishathalye/porcupine"
)

// partitionLedger splits a history into groups of hosts that have nothing to
// do with each other. Host and reservation belong together if the reservation
// was or may have been given there, or was to be moved there; an ID that was
// given twice joins both places, so that the mistake is seen. A reservation
// that nobody gave is a group of its own, in which nothing is live.
//
// What may have taken effect at any time is made to return after everything
// else.
func partitionLedger(history []porcupine.Operation) [][]porcupine.Operation {
	g := groups{}
	for _, op := range history {
		in, out := op.Input.(LedgerOp), op.Output.(LedgerResult)
		if id, ok := in.given(out); ok {
			g.join(node{host: in.Host}, node{isID: true, id: id})
		}
		if in.Do == Reassign {
			g.join(node{host: in.Host}, node{isID: true, id: in.ID})
		}
	}
	var parts [][]porcupine.Operation
	index := map[node]int{}
	for _, op := range history {
		in := op.Input.(LedgerOp)
		n := node{host: in.Host}
		if in.Do == Release || in.Do == Acknowledge {
			n = node{isID: true, id: in.ID}
		}
		n = g.find(n)
		i, ok := index[n]
		if !ok {
			i = len(parts)
			index[n] = i
			parts = append(parts, nil)
		}
		if op.Output.(LedgerResult).Known == Unknown {
			op.Return = math.MaxInt64
		}
		parts[i] = append(parts[i], op)
	}
	return parts
}

// given returns the ID that the operation gave or may have given, if it has a
// name.
func (op LedgerOp) given(r LedgerResult) (uint64, bool) {
	if !gives(op.Do) || r.Known == Seen && !r.OK || r.Known != Seen && r.ID == 0 {
		return 0, false
	}
	return r.ID, true
}

// node is a host or a reservation.
type node struct {
	isID bool
	host int
	id   uint64
}

// groups is a disjoint-set forest: each node's parent; a root has none.
type groups map[node]node

func (g groups) find(n node) node {
	for {
		up, ok := g[n]
		if !ok {
			return n
		}
		if upper, ok := g[up]; ok {
			g[n] = upper // halves the path for the next search
		}
		n = up
	}
}

func (g groups) join(a, b node) {
	if a, b = g.find(a), g.find(b); a != b {
		g[a] = b
	}
}

// sortedInts sorts and removes repetitions.
func sortedInts(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}
