package corpus

import (
	"cmp"
	"slices"
)

// Run is a list of choices and the features that it showed.
type Run struct {
	// Choices replay it. Zeros at the end don't count: a list that runs out goes
	// on with zeros.
	Choices []uint32
	// Features may come in any order, and more than once.
	Features []Feature
}

// Feature is something that a run can show, as its number: what it is is the
// caller's affair. Small numbers are kept rather than large ones.
type Feature uint64

// NewFeature makes a Feature of a kind, which says how much it is worth (0 most),
// and a hash, the top byte of which is lost.
func NewFeature(kind uint8, hash uint64) Feature {
	return Feature(uint64(kind)<<56 | hash<<8>>8)
}

// Kind is what NewFeature was given.
func (f Feature) Kind() uint8 { return uint8(f >> 56) }

// Trim drops the zeros at the end of a list, which it shares.
func Trim(list []uint32) []uint32 {
	n := len(list)
	for n > 0 && list[n-1] == 0 {
		n--
	}
	return list[:n]
}

// Compare orders lists of choices without zeros at their ends by size: negative
// if a is smaller, 0 only if they are equal.
func Compare(a, b []uint32) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(surprises(a), surprises(b)), slices.Compare(a, b))
}

// surprises counts the choices that aren't to go on.
func surprises(list []uint32) int {
	n := 0
	for _, c := range list {
		if c != 0 {
			n++
		}
	}
	return n
}
