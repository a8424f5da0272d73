package reduce

import (
	"cmp"
	"fmt"
	"slices"
)

// Measure is how hard a run is to read; the first difference decides.
type Measure struct {
	// Switches counts the steps of a goroutine before which another one ran.
	Switches int
	// Faults counts actions and delays of the schedule, and what
	// [Outcome.Faults] adds.
	Faults int
	// Operations is what [Outcome.Operations] says.
	Operations int
	// Choices is the length of the list of choices up to the last that isn't 0.
	// Of lists as long as each other, the one with the lower choices is smaller.
	Choices int
}

// String is the measure in words.
func (m Measure) String() string {
	return fmt.Sprintf("%d switches, %d faults, %d operations, %d choices", m.Switches, m.Faults, m.Operations, m.Choices)
}

// compare orders two measures without regard to the values of choices.
func (m Measure) compare(n Measure) int {
	return cmp.Or(m.atLeast(n), cmp.Compare(m.Operations, n.Operations), cmp.Compare(m.Choices, n.Choices))
}

// atLeast compares what is known to only grow while a run goes on.
func (m Measure) atLeast(n Measure) int {
	return cmp.Or(cmp.Compare(m.Switches, n.Switches), cmp.Compare(m.Faults, n.Faults))
}

// less tells whether a is easier to read than b.
func less(a, b *attempt) bool {
	return cmp.Or(a.measure.compare(b.measure), slices.Compare(trim(a.list), trim(b.list))) < 0
}

// trim drops the zeros at the end: a list that runs out goes on with zeros.
func trim(list []uint32) []uint32 {
	n := len(list)
	for n > 0 && list[n-1] == 0 {
		n--
	}
	return list[:n]
}
