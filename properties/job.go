package properties

import (
	"time"

	"github.com/weir-dev/weir/faults/schedule/replay"
)

// job is what a child process is to do. Cases run in child processes, so that
// a crash of what is tested is a verdict and not the end of the suite.
type job struct {
	// Test is the name of the test that started it.
	Test    string
	Network Network
	Seed    uint64
	Cases   int
	Budget  time.Duration
	// Stuck is how long a case may take in real time without a single choice.
	Stuck time.Duration
	// Law is the law that a replay is about.
	Law string
	// Replay is the case to replay; nil to explore.
	Replay *replay.Failure
	// Judges are the laws to judge by; all if empty.
	Judges []string
	// Plain leaves a failing case as it was found.
	Plain bool
	// Dir takes pictures of what can't be linearized.
	Dir string
	// Report takes notes, a JSON object a line. Ahead takes each choice before it
	// is acted on.
	Report, Ahead string
}
