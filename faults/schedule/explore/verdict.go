package explore

import "github.com/weir-dev/weir/faults/schedule/story"

// Kind says what a schedule came to.
type Kind string

const (
	// Held means that the body ended, nothing failed and nothing is left.
	Held Kind = "held"
	// Violation means that the body called Error, Fail or the like, or that
	// code called schedule.Failf.
	Violation Kind = "violation"
	// Deadlock means that the body hasn't ended, and nothing can run.
	Deadlock Kind = "deadlock"
	// Leak means that goroutines are still there long after the body.
	Leak Kind = "leak"
	// Panic means that a controlled goroutine panicked.
	Panic Kind = "panic"
	// Race means that the race detector reported one.
	Race Kind = "race"
	// Crash means that the process ended: by a panic in a native goroutine,
	// or by what the runtime takes as fatal.
	Crash Kind = "crash"
	// Undecided means that the cap of steps was reached.
	Undecided Kind = "undecided"
	// Hang means that nothing happened for Config.Watchdog of real time: code
	// spins, or waits for what the schedule doesn't know. It decides nothing.
	Hang Kind = "hang"
	// Unstable means that the same choices gave another run.
	Unstable Kind = "unstable"
	// Unwoven means that no woven point was reached, though one was expected.
	Unwoven Kind = "unwoven"
	// Skipped means that the body called Skip.
	Skipped Kind = "skipped"
)

// Decided reports whether the kind is a verdict about the code under test.
func (k Kind) Decided() bool {
	switch k {
	case Undecided, Hang, Unstable, Unwoven, Skipped:
		return false
	}
	return true
}

// failed reports whether the kind is a fault of the code under test.
func (k Kind) failed() bool { return k != "" && k.Decided() && k != Held }

// outcome is what one schedule came to.
type outcome struct {
	kind    Kind
	message string   // what failed; lines
	left    []string // the goroutines that are left
	stacks  []string // of the panic, or of those that are left
	logs    []string // of the body

	choices  []uint32
	steps    int
	switches int // steps of a goroutine before which another one ran
	points   int
	news     int // what was shown first here, and after how many choices the last
	newsAt   int
	hash     uint64       // of the steps
	lines    []string     // the steps, if they were asked for
	told     *story.Story // what happened, if it was asked for and has come to an end
	adopted  int          // native goroutines that reached a point
	census   census
}
