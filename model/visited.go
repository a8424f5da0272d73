package model

// visited is the set of states that were found. Workers add to it at the same
// time; every state is fresh for exactly one of them.
type visited[S comparable] interface {
	// add puts the states into the set and sets fresh for those that were not
	// in it. fps holds their fingerprints, by index. It returns false, and
	// nothing is fresh, if there is no memory for them.
	add(states []S, fps []uint64, fresh []bool) bool
	// size is the number of states in the set. While somebody adds it may lag
	// behind, but is never too large.
	size() int
	// free gives its memory back; the set is not used after.
	free()
}

// newVisited returns the set that the options ask for.
func newVisited[S comparable](o Options, b *budget) visited[S] {
	if o.Exact {
		return newExact[S](o.tune.places, b)
	}
	return newTable[S](o.tune.places, b)
}
