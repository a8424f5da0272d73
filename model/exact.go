package model

// exact keeps the states themselves: without any chance of a collision, for
// the price of their bytes.
type exact[S comparable] struct {
	states arena[S]
	index  *index[S]
}

func newExact[S comparable](places int, b *budget) *exact[S] {
	e := &exact[S]{}
	e.states.budget = b
	e.index = newIndex(places, &e.states, b)
	return e
}

func (e *exact[S]) add(states []S, fps []uint64, fresh []bool) bool {
	if !e.index.claim(len(fps)) {
		clear(fresh)
		return false
	}
	e.index.fetch(fps)
	added := 0
	for i := range fps {
		if _, fresh[i] = e.index.number(&states[i], fps[i]); fresh[i] {
			added++
		}
	}
	e.index.settle(len(fps), added)
	return true
}

func (e *exact[S]) size() int { return int(e.index.n.Load()) }

func (e *exact[S]) free() {
	e.index.free()
	e.states.free()
}
