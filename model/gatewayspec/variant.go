package gatewayspec

import "strconv"

// Variant is a bug that the spec can be given, to see which law catches it.
type Variant uint8

// The variants, by the name of the bug in the catalogue of planted bugs.
const (
	// Correct is the protocol as it is meant to be.
	Correct Variant = iota
	// G01: a reassign does not deduct the reservation from the first host.
	G01
	// G02: a reassign deducts, and the late reply deducts again.
	G02
	// G10: a broken attachment's reservations are not settled, and the host
	// comes back with their count.
	G10
	// G15: the threshold is > where it should be >=: a host is full only above
	// its limit.
	G15
	// G31: a due request may be reassigned to the host that it is at. It takes
	// a Limit of 2 to show, or the host is paused.
	G31
	// G45: an answer is credited without asking whose attempt it is. It takes
	// Forgeries to show.
	G45
	variantEnd
)

var variantNames = [...]string{"correct", "G01", "G02", "G10", "G15", "G31", "G45"}

// String returns the name of v, as in "G01".
func (v Variant) String() string {
	if v >= variantEnd {
		return "variant(" + strconv.Itoa(int(v)) + ")"
	}
	return variantNames[v]
}

// Variants returns every variant that has a bug.
func Variants() []Variant {
	out := make([]Variant, 0, variantEnd-1)
	for v := Correct + 1; v < variantEnd; v++ {
		out = append(out, v)
	}
	return out
}
