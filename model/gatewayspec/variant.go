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
	// G05: a reassign charges the slot to the host that it comes from.
	G05
	// G06: a reassign keeps the first reservation beside the second, and an end
	// releases only one of them.
	G06
	// G07: a caller who gives up leaves the reservation behind.
	G07
	// G08: a write that fails leaves the reservation behind.
	G08
	// G09: only a success releases, an error reply does not.
	G09
	// G10: a broken attachment's reservations are not settled, and the host
	// comes back with their count.
	G10
	// G11: a broken attachment is settled by its writer and by its reader.
	G11
	// G15: the threshold is > where it should be >=: a host is full only above
	// its limit.
	G15
	// G18: the dispatcher is woken by one flag, and goes back to sleep after one
	// reservation although a second request could go.
	G18
	// G21: a waiting caller gives up, and the queue still grants him a slot.
	G21
	// G23: newcomers are served before those that wait.
	G23
	// G24: requests with a deadline bypass the limiter when they reserve, but
	// not when they release.
	G24
	// G25: limit - reserved wraps when the limit is lowered below what is
	// reserved, so that the host has many free slots.
	G25
	// G26: when a host goes, its requests are not put back into the queue.
	G26
	// G27: nobody looks at the time of a request that waits.
	G27
	// G28: a paused host is not read, so that no reply can free a slot.
	G28
	// G29: a paused host stalls the dispatcher for all.
	G29
	// G31: a due request may be reassigned to the host that it is at. It takes
	// a Limit of 2 to show, or the host is paused.
	G31
	// G32: nothing bounds how often a request is sent: reassigns ask no budget,
	// and refused attempts do not count.
	G32
	// G35: the late reply is delivered too.
	G35
	// G36: late replies are not counted.
	G36
	// G39: the slot is counted at the write, not at the choice.
	G39
	// G41: two paths end a superseded stream, and both give back its slots.
	G41
	// G44: abandoned work is not counted against the cap.
	G44
	// G45: an answer is credited without asking whose attempt it is.
	G45
	// G47: Close returns although requests are open.
	G47
	variantEnd
)

var variantNames = [...]string{
	"correct", "G01", "G02", "G05", "G06", "G07", "G08", "G09", "G10", "G11", "G15", "G18", "G21", "G23", "G24",
	"G25", "G26", "G27", "G28", "G29", "G31", "G32", "G35", "G36", "G39", "G41", "G44", "G45", "G47",
}

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
