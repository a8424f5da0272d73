package corpus

import "slices"

// Minimised is a run that is smaller than r, where one is found, and shows all
// that r would be kept for; it shows more or less besides, and says so. It plays
// at most as many lists as runs says, and returns r where r would not be kept.
// Play must show the same for the same list.
//
// It cuts the end off, leaves chunks out, and makes chunks zeros, in halves,
// quarters and so on: the moves of ddmin (Zeller, Hildebrandt: Simplifying and
// isolating failure-inducing input, TSE 2002), and zeros besides, because a
// choice that is left out moves all that follow.
func (c *Corpus) Minimised(r Run, play func(list []uint32) Run, runs int) Run {
	m := minimiser{wanted: c.Gains(r), best: Run{Trim(r.Choices), r.Features}, play: play, left: runs}
	if len(m.wanted) == 0 {
		return r
	}
	for size := len(m.best.Choices); size > 0 && m.left > 0; size /= 2 {
		for at := len(m.best.Choices); at > 0 && m.left > 0; at = min(at-size, len(m.best.Choices)) {
			from := max(at-size, 0)
			if m.without(from, at) || m.zeros(from, at) {
				continue
			}
		}
	}
	return m.best
}

type minimiser struct {
	wanted []Feature
	best   Run
	play   func([]uint32) Run
	left   int
}

// without tries to leave the choices from i to j out.
func (m *minimiser) without(i, j int) bool {
	return m.try(slices.Concat(m.best.Choices[:i], m.best.Choices[j:]))
}

// zeros tries to make the choices from i to j zeros.
func (m *minimiser) zeros(i, j int) bool {
	list := slices.Clone(m.best.Choices)
	clear(list[i:j])
	return m.try(list)
}

// try takes a list if it is smaller and shows what is wanted. What was played
// may have fewer choices than it was given, and then is taken as it was.
func (m *minimiser) try(list []uint32) bool {
	list = Trim(list)
	if m.left == 0 || Compare(list, m.best.Choices) >= 0 {
		return false
	}
	m.left--
	r := m.play(list)
	r.Choices = Trim(r.Choices)
	if Compare(r.Choices, m.best.Choices) >= 0 || !contains(unique(r.Features), m.wanted) {
		return false
	}
	m.best = r
	return true
}

// contains tells whether a sorted list has all of another.
func contains(all, some []Feature) bool {
	for _, f := range some {
		if _, ok := slices.BinarySearch(all, f); !ok {
			return false
		}
	}
	return true
}
