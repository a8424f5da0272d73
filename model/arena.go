package model

// arenaBits: blocks have this many bits' worth of elements, so that growing
// never copies and small graphs stay small.
const arenaBits = 14

// arena is a list that grows by blocks outside the Go heap. Elements stay
// where they are.
type arena[T any] struct {
	blocks [][]T
	n      int
	budget *budget
}

// room is how many elements the blocks hold.
func (a *arena[T]) room() int { return len(a.blocks) << arenaBits }

// extend makes room for one more block of elements and reports whether there
// was memory.
func (a *arena[T]) extend() bool {
	b := allocate[T](a.budget, 1<<arenaBits)
	if b == nil {
		return false
	}
	a.blocks = append(a.blocks, b)
	return true
}

// push appends v and reports whether there was memory for it.
func (a *arena[T]) push(v T) bool {
	if a.n == a.room() && !a.extend() {
		return false
	}
	*a.at(a.n) = v
	a.n++
	return true
}

// at is the place of element i.
func (a *arena[T]) at(i int) *T { return &a.blocks[i>>arenaBits][i&(1<<arenaBits-1)] }

// free gives all memory back; the arena is empty then.
func (a *arena[T]) free() {
	for _, b := range a.blocks {
		release(a.budget, b)
	}
	a.blocks, a.n = nil, 0
}
