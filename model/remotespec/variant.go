package remotespec

import "strconv"

// Variant is a bug that the spec can be given, to see which law catches it.
type Variant uint8

// The variants, by the name of the bug in the catalogue of planted bugs.
const (
	// Correct is the protocol as it is meant to be.
	Correct Variant = iota
	// R01: the messenger puts the hello into the message buffer, which it alone
	// empties: when that is full at a reconnect it waits for itself.
	R01
	// R02: Close waits for a signal from the listener, which has given it before
	// Close began, when its link was lost.
	R02
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
	// R14: Close finds nothing to cancel while an attempt to connect is under
	// way, and then the attempt succeeds.
	R14
	// R18: an attempt after a failure is let through by one breaker, which then
	// is used up, and stopped by a second: it never reconnects.
	R18
	// R19: success does not reset the offline flag of a failure before.
	R19
	// R20: no delay after a failure is kept.
	R20
	// R23: the messenger returns at its first failed send.
	R23
	// R25: the peer's reader hands over what it has read after nobody takes it
	// any more, and waits for ever.
	R25
	// R29: of a frame whose send failed one message is counted.
	R29
	// R31: what is in flight when the link is lost is forgotten: no outcome.
	R31
	// R32: a send that returned nil is counted as an answer.
	R32
	// R38: a message is written over in memory by the next one while it is
	// still on its way.
	R38
	// R39: what is to be sent again is queued behind what was not sent yet.
	R39
	// R42: every dispatch has a goroutine of its own.
	R42
	// R44: replies are matched by position: each is for the oldest message in
	// flight.
	R44
	// R47: a reply that comes late resolves its message again.
	R47
	// R48: in Sync a message whose deadline passed frees its slot, and the next
	// reply is taken for that of the next message.
	R48
	// R49: a reply is dropped when an outcome waits for its dispatch already.
	R49
	// R51: the listener does not read while the messenger writes.
	R51
	// R55: a Close whose time is up throws the buffer away.
	R55
	// R58: the peer begins messages that a repeating link brings twice.
	R58
	// R61: what was sent is not sent again, whether it was handled or not.
	R61
	// R62: the peer forgets a reply once it was sent.
	R62
	// R63: the Remote does not look at the memory id.
	R63
	variantEnd
)

var variantNames = [...]string{
	"correct", "R01", "R02", "R05", "R06", "R07", "R14", "R18", "R19", "R20", "R23", "R25", "R29", "R31", "R32",
	"R38", "R39", "R42", "R44", "R47", "R48", "R49", "R51", "R55", "R58", "R61", "R62", "R63",
}

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
