package explore

import (
	"encoding/json"
	"os"
	"sync"
	"time"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// Note is a line of the report that a process writes for the command weir: how
// far a test has come, and in the last one of each test what it came to.
type Note struct {
	Test  string
	Final bool // the test has come to its end
	Kind  Kind // of a final note

	Schedules, Distinct, Steps, Points int
	Undecided                          int // schedules without a verdict
	Saw                                int `json:",omitempty"` // different things that T.Saw was told
	// Adopted counts the native goroutines that reached a point; Natives says
	// where those that were seen in a few schedules were started, and Packages
	// which packages were seen at a point there.
	Adopted           int
	Natives, Packages []string
	// Of a final note: the hashes of the distinct schedules, eight bytes each,
	// little end first, the same in every process; what each strategy has done;
	// and, if all schedules were to be seen or were, what is known of that.
	Seen       []byte            `json:",omitempty"`
	Strategies []strategy.Report `json:",omitempty"`
	Covered    string            `json:",omitempty"`
	// Of a failure: how many switches its schedule has, the message, the whole
	// report, the saved file, and the hash of its steps, as a fresh process
	// repeats them.
	Switches int    `json:",omitempty"`
	Message  string `json:",omitempty"`
	Report   string `json:",omitempty"`
	File     string `json:",omitempty"`
	Trace    string `json:",omitempty"`
	// Of a replay: Replayed tells how it went; Exact whether it made the saved
	// choices, no more and no fewer, and failed as they had; Lost whether it didn't
	// fail and couldn't be followed either, so that nothing is decided.
	Replayed    string `json:",omitempty"`
	Exact, Lost bool   `json:",omitempty"`
}

// noteEvery is the time between notes about a test that goes on.
const noteEvery = 100 * time.Millisecond

// notes appends to the report. A nil value writes nothing.
type notes struct {
	mu   sync.Mutex
	file *os.File
}

// reports holds the report's file of this process.
var reports struct {
	once sync.Once
	n    *notes
	err  error
}

func openNotes(path string) (*notes, error) {
	if path == "" {
		return nil, nil
	}
	reports.once.Do(func() {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
		reports.n, reports.err = &notes{file: f}, err
	})
	return reports.n, reports.err
}

func (n *notes) write(note Note) {
	if n == nil {
		return
	}
	text, err := json.Marshal(note)
	if err != nil {
		panic(err) // a note always marshals
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	// Who reads finds no last note if this fails, and takes that for an error.
	_, _ = n.file.Write(append(text, '\n'))
}
