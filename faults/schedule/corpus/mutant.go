package corpus

import (
	"math/rand/v2"
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// Mutant makes a Chooser that follows a list of the corpus with a few changes:
// one choice made anew, some left out or made anew, a part of another list put
// in, the end of another list in the place of its own, the end cut off. Where
// the list doesn't say, and after its end, tail chooses; some mutants go on with
// zeros after the end instead, as the list itself would. Long lists are mutated
// more often than short ones, because it took more to find them. An empty corpus
// leaves it all to tail. The same corpus and the same draws of r give the same
// mutant.
func (c *Corpus) Mutant(r *rand.Rand, tail schedule.Chooser) schedule.Chooser {
	lists := c.lists()
	if len(lists) == 0 {
		return tail
	}
	parent := lists[max(r.IntN(len(lists)), r.IntN(len(lists)))]
	m := &mutant{list: slices.Clone(parent), tail: tail, rest: r.IntN(4) > 0}
	changes := r.IntN(4)
	for range changes {
		m.change(r, lists[r.IntN(len(lists))], c.cfg.Choices)
	}
	m.rest = m.rest || changes == 0
	return m
}

// open stands for a choice that the list leaves to the tail. No list has it: a
// choice is below the number of alternatives.
const open = ^uint32(0)

type mutant struct {
	list []uint32
	at   int
	tail schedule.Chooser
	// rest is whether the tail chooses after the end.
	rest bool
}

// change makes one change; other is a list to take from.
func (m *mutant) change(r *rand.Rand, other []uint32, most int) {
	if len(m.list) == 0 {
		m.list = slices.Clone(other)
		return
	}
	i := r.IntN(len(m.list))
	j := min(i+1+r.IntN(1<<r.IntN(6)), len(m.list)) // short parts more often than long ones
	switch r.IntN(6) {
	case 0:
		m.list[i] = open
	case 1:
		for k := range m.list[i:j] {
			m.list[i+k] = open
		}
	case 2:
		m.list = slices.Delete(m.list, i, j)
	case 3:
		m.list = slices.Insert(m.list, i, part(r, other)...)
	case 4:
		m.list = slices.Concat(m.list[:i], other[min(i, len(other)):])
	case 5:
		m.list, m.rest = m.list[:i], true
	}
	m.list = m.list[:min(len(m.list), most)]
}

// part is some of a list.
func part(r *rand.Rand, list []uint32) []uint32 {
	if len(list) == 0 {
		return nil
	}
	i := r.IntN(len(list))
	return list[i:min(i+1+r.IntN(1<<r.IntN(6)), len(list))]
}

// Choose is the next choice of the list, or the tail's.
func (m *mutant) Choose(c *schedule.Choice) int {
	if m.at == len(m.list) {
		if !m.rest {
			return 0
		}
		return m.tail.Choose(c)
	}
	i := m.list[m.at]
	m.at++
	if uint64(i) >= uint64(c.N) {
		return m.tail.Choose(c)
	}
	return int(i)
}
