package linear

import "slices"

// givenIDs is a set of the IDs that were given: a list that is shared by the
// states that came after each other, so that one more costs the same however
// many there are. Nil is the empty set.
type givenIDs struct {
	id     uint64
	before *givenIDs
	n      int
	sum    uint64 // of a hash of each: the same in any order
}

// with is the set with one more.
func (g *givenIDs) with(id uint64) *givenIDs {
	h := newHash()
	h.add(id)
	h.add(id >> 32)
	longer := &givenIDs{id: id, before: g, n: 1, sum: uint64(h)}
	if g != nil {
		longer.n, longer.sum = g.n+1, g.sum+uint64(h)
	}
	return longer
}

func (g *givenIDs) has(id uint64) bool {
	for ; g != nil; g = g.before {
		if g.id == id {
			return true
		}
	}
	return false
}

// equal compares two sets. Sets of one history mostly share their beginnings,
// and only what is not shared is looked at.
func (g *givenIDs) equal(f *givenIDs) bool {
	if g == f {
		return true
	}
	if g == nil || f == nil || g.n != f.n || g.sum != f.sum {
		return false
	}
	var a, b []uint64
	for ; g != f; g, f = g.before, f.before {
		a, b = append(a, g.id), append(b, f.id)
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
