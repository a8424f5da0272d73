package properties

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// Note is one line of the file that -weir.report names: a JSON object with one
// field set. Progress comes while a suite works on one network, and before a
// Failure or Undecided; the last note of a network is one of the other three.
type Note struct {
	// Progress is what was done so far.
	Progress *Tally `json:"progress,omitempty"`
	// Failure is the first law that was violated.
	Failure *Failure `json:"failure,omitempty"`
	// Undecided says why nothing can be said.
	Undecided string `json:"undecided,omitempty"`
	// Held is what was done when no law was violated.
	Held *Tally `json:"held,omitempty"`
}

// Tally is what a suite has done.
type Tally struct {
	// Cases counts cases, Undecided those that were not judged to their end.
	Cases     int `json:"cases"`
	Undecided int `json:"undecided"`
	// Why says what kept the first of these from its end.
	Why string `json:"why,omitempty"`
	// Steps counts steps of schedules, Points the points in woven code among
	// them: zero means that the implementation was not woven.
	Steps  int `json:"steps"`
	Points int `json:"points"`
	// Messages counts messages and requests, Fired faults that took effect.
	Messages int `json:"messages"`
	Fired    int `json:"fired"`
	// Repeated counts cases that were run a second time, Diverged those that
	// then gave another history.
	Repeated int `json:"repeated"`
	Diverged int `json:"diverged"`
	// Judged counts how often something was judged by a law, by its slug.
	Judged map[string]int `json:"judged"`
	// Seen holds the slugs of the sometimes laws that were witnessed.
	Seen map[string]bool `json:"seen"`
	// Strategies tells what each strategy did that drew simulated cases, rapid
	// being one. Sums of several processes are at most: what is distinct in each
	// may be the same in two.
	Strategies []strategy.Report `json:"strategies,omitempty"`
	// Replayed is what became of a case that was replayed and violates nothing.
	Replayed string `json:"replayed,omitempty"`
}

func newTally() *Tally { return &Tally{Judged: map[string]int{}, Seen: map[string]bool{}} }

// add adds what other did.
func (t *Tally) add(other *Tally) {
	t.Cases += other.Cases
	t.Steps += other.Steps
	t.Points += other.Points
	t.Messages += other.Messages
	t.Fired += other.Fired
	t.Repeated += other.Repeated
	t.Diverged += other.Diverged
	t.Undecided += other.Undecided
	if t.Why == "" {
		t.Why = other.Why
	}
	for law, n := range other.Judged {
		t.Judged[law] += n
	}
	for fact := range other.Seen {
		t.Seen[fact] = true
	}
	t.Strategies = addStrategies(t.Strategies, other.Strategies)
}

// count adds one case.
func (t *Tally) count(o *outcome) {
	t.Cases++
	t.Steps += o.steps
	t.Points += o.points
	t.Messages += o.messages
	t.Fired += o.fired
	if o.undecided != "" {
		t.Undecided++
		if t.Why == "" {
			t.Why = o.undecided
		}
	}
	if o.found == nil {
		return
	}
	for law, n := range o.found.judged {
		t.Judged[law] += n
	}
	for fact := range o.found.seen {
		t.Seen[fact] = true
	}
}

// Failure is a violated law with the smallest case found.
type Failure struct {
	// Law is the slug of the violated law, Network where it was violated.
	Law     string  `json:"law"`
	Network Network `json:"network"`
	// Observed and Allowed say what was and what may be.
	Observed string `json:"observed"`
	Allowed  string `json:"allowed"`
	// World, Load and Plan describe the case.
	World string `json:"world"`
	Load  string `json:"load"`
	Plan  string `json:"plan"`
	// Story tells what happened, a step a line; Parked where the goroutines were
	// at the end.
	Story  []string `json:"story"`
	Parked []string `json:"parked,omitempty"`
	// Choices is the case.
	Choices []uint32 `json:"choices"`
	// Saved is the case with the constraints that bring it back after an edit. It
	// is nil where there are none, and Loose says why.
	Saved *replay.Failure `json:"saved,omitempty"`
	Loose string          `json:"loose,omitempty"`
	// Reduction tells how small the case was made; nil if nobody tried.
	Reduction *Reduction `json:"reduction,omitempty"`
	// Replayed tells of a replay whether it was exact, came after an edit, or
	// diverged, and where.
	Replayed string `json:"replayed,omitempty"`
	// By names the strategy that drew the case, "rapid" where rapid did. It is
	// "portfolio" where one of the others did and the process died.
	By string `json:"by,omitempty"`
	// Found is the number of the case that showed it, from 1; Steps and Reduced
	// are the lengths of its schedule then and now.
	Found   int `json:"found"`
	Steps   int `json:"steps"`
	Reduced int `json:"reduced"`
	// Repeats is whether the case gave the same history when it was run again.
	Repeats bool `json:"repeats"`
	// Picture is an HTML page of a history that is not linearizable.
	Picture string `json:"picture,omitempty"`
	// File holds the case and Command runs it again.
	File    string `json:"file,omitempty"`
	Command string `json:"command,omitempty"`
}

// reporter writes notes.
type reporter struct {
	mu   sync.Mutex
	file *os.File
	last time.Time
}

func newReporter(path string) (*reporter, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return nil, fmt.Errorf("report can't be written: %w", err)
	}
	return &reporter{file: f}, nil
}

func (r *reporter) write(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types of this file always marshal
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file.Write(append(b, '\n'))
}

// progress writes the tally, a few times a second at most.
func (r *reporter) progress(t *Tally) {
	r.mu.Lock()
	due := time.Since(r.last) > 200*time.Millisecond
	if due {
		r.last = time.Now()
	}
	r.mu.Unlock()
	if due {
		r.write(Note{Progress: t})
	}
}
