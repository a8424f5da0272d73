package reduce

import (
	"encoding/binary"
	"slices"
)

// List makes a list of choices smaller while try accepts it, where nothing is
// known of a run but its list: one in a process of its own, say. try runs a
// list and returns the one that the run really drew, which may differ. The
// result is the last list that was accepted, without zeros at its end. No list
// is tried twice.
func List(list []uint32, try func([]uint32) ([]uint32, bool)) []uint32 {
	best := trim(list)
	tried := map[string]bool{}
	l := lister{
		best: func() []uint32 { return best },
		try: func(list []uint32) bool {
			k := key(list)
			if tried[k] {
				return false
			}
			tried[k] = true
			got, ok := try(list)
			got = trim(got)
			if !ok || len(got) > len(best) || len(got) == len(best) && slices.Compare(got, best) >= 0 {
				return false
			}
			best = slices.Clone(got)
			return true
		},
	}
	l.shorten()
	return best
}

// key is the same for lists that lead to the same run.
func key(list []uint32) string {
	var k []byte
	for _, v := range trim(list) {
		k = binary.AppendUvarint(k, uint64(v))
	}
	return string(k)
}

// lister works on a list as a list of numbers. best is the smallest so far,
// without zeros at its end; try makes a list the best if that is accepted.
type lister struct {
	best func() []uint32
	try  func([]uint32) bool
}

// shorten works first on the end of the list, then on parts of it, then on
// single values, then on all that in step with what lies between two choices.
func (l lister) shorten() {
	for moved := true; moved; {
		l.dropTail()
		l.dropRuns()
		l.lower()
		moved = l.shift()
	}
}

// dropTail cuts the list at the earliest place found by halving.
func (l lister) dropTail() {
	for n := len(l.best()) / 2; n > 0; n /= 2 {
		for {
			list := l.best()
			if len(list) < n || !l.try(list[:len(list)-n]) {
				break
			}
		}
	}
}

// dropRuns drops or zeroes parts of halving length.
func (l lister) dropRuns() {
	for n := len(l.best()) / 2; n > 0; n /= 2 {
		for at := 0; at+n <= len(l.best()); {
			list := l.best()
			if l.try(slices.Concat(list[:at], list[at+n:])) {
				continue
			}
			zeroed := slices.Clone(list)
			clear(zeroed[at : at+n])
			l.try(zeroed)
			at += n
		}
	}
}

// lower brings single values down, to zero or by one.
func (l lister) lower() {
	for at := 0; at < len(l.best()); at++ {
		for at < len(l.best()) && l.best()[at] > 0 && l.lowered(at, 0, 0) {
		}
	}
}

// lowered brings down the value at one place and drops n choices before
// another.
func (l lister) lowered(at, before, n int) bool {
	list := l.best()
	shorter := slices.Clone(list)
	if n > 0 {
		shorter = slices.Concat(list[:before-n], list[before:])
	}
	to := list[at]
	shorter[at] = 0
	if l.try(shorter) {
		return true
	}
	if to < 2 {
		return false
	}
	shorter = slices.Clone(shorter)
	shorter[at] = to - 1
	return l.try(shorter)
}

// shiftMax is how far shift moves a choice.
const shiftMax = 64

// shift brings a choice forward by dropping the zeros before it, alone or
// together with lowering an earlier one: a case with a message less has fewer
// steps, and what matters comes so much sooner. Small moves come first.
func (l lister) shift() bool {
	list := l.best()
	for n := 1; n <= shiftMax; n++ {
		gap := 0
		for at, v := range list {
			if v == 0 {
				gap++
				continue
			}
			enough := gap >= n
			gap = 0
			if !enough {
				continue
			}
			if l.try(slices.Concat(list[:at-n], list[at:])) {
				return true
			}
			for earlier := 0; earlier < at-n; earlier++ {
				if list[earlier] > 0 && l.lowered(earlier, at, n) {
					return true
				}
			}
		}
	}
	return false
}
