package linear

import (
	"slices"

	"github.com/anishathalye/porcupine"
)

// closed tells which sets of operations of a part may be kept: those that
// contain whatever their members need.
type closed struct {
	o    *Object
	part []porcupine.Operation
	// needs and users go both ways: i is in users[j] if j is in needs[i].
	needs, users [][]int
}

func newClosed(o *Object, part []porcupine.Operation) *closed {
	c := &closed{o: o, part: part, needs: make([][]int, len(part)), users: make([][]int, len(part))}
	if o.Needs != nil {
		c.needs = o.Needs(part)
	}
	for i, needs := range c.needs {
		for _, j := range needs {
			c.users[j] = append(c.users[j], i)
		}
	}
	return c
}

// drop takes i out, with all that cannot be without it.
func (c *closed) drop(set []bool, i int) {
	set[i] = false
	for todo := []int{i}; len(todo) > 0; {
		j := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, k := range c.users[j] {
			if set[k] {
				set[k] = false
				todo = append(todo, k)
			}
		}
	}
}

// add is the set, a sorted list, with i and all that it needs. It reports
// false if i is there, or if that makes more than most.
func (c *closed) add(set []int, i, most int) ([]int, bool) {
	if slices.Contains(set, i) {
		return nil, false
	}
	more := append(slices.Clone(set), i)
	for next := len(set); next < len(more); next++ {
		for _, k := range c.needs[more[next]] {
			if !slices.Contains(more, k) {
				more = append(more, k)
			}
		}
		if len(more) > most {
			return nil, false
		}
	}
	slices.Sort(more)
	return more, true
}

// kept is the operations of the set.
func (c *closed) kept(set []bool) []porcupine.Operation {
	var out []porcupine.Operation
	for i, op := range c.part {
		if set[i] {
			out = append(out, op)
		}
	}
	return out
}

// history is what has to be illegal for the set to be a smaller mistake.
func (c *closed) history(set []bool) []porcupine.Operation {
	if c.o.Needs != nil {
		return c.kept(set)
	}
	out := slices.Clone(c.part)
	for i := range out {
		if !set[i] {
			out[i].Output = c.o.Doubt(out[i].Input, out[i].Output)
		}
	}
	return out
}

// small is the set in its context.
func (c *closed) small(set []bool) smallest {
	if c.o.Needs != nil {
		return alone(c.kept(set))
	}
	s := smallest{context: c.history(set)}
	for i, in := range set {
		if in {
			s.mine = append(s.mine, i)
		}
	}
	return s
}
