package remotespec

import "strconv"

// Variant is a bug that the spec can be given, to see which law catches it.
type Variant uint8

// The variants, by the name of the bug in the catalogue of planted bugs.
const (
	// Correct is the protocol as it is meant to be.
	Correct Variant = iota
	// R05: messenger and listener share the fields online and stream. The
	// listener checks online, the messenger clears stream, and the listener
	// reads from what is no longer there.
	R05
	// R06: the listener returns at its first error and nothing starts another,
	// so that after a reconnect messages go out and no reply is read.
	R06
	// R07: the listener of an ended link reads the new link's stream, beside
	// its listener.
	R07
	// R23: the messenger returns at its first failed send.
	R23
	// R31: what is in flight when the link is lost is forgotten: no outcome.
	R31
	// R42: every dispatch has a goroutine of its own.
	R42
	// R47: a reply that comes late resolves its message again.
	R47
	// R55: a Close whose time is up throws the buffer away.
	R55
	variantEnd
)

var variantNames = [...]string{"correct", "R05", "R06", "R07", "R23", "R31", "R42", "R47", "R55"}

// String returns the name of v, as in "R05".
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
