package story

import (
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// Story is what happened in a run. Numbers of tasks and objects are places in
// Tasks and Objects; none is -1. Steps are told by their numbers, from 1; none
// is 0. It isn't changed once [Recorder.End] has made it, so that anybody may
// read it.
type Story struct {
	Tasks   []Task
	Objects []Object
	Steps   []Step
	Waits   []Wait        // who is left, in the order they were met
	Length  time.Duration // virtual time from New to End
}

// Task is a goroutine.
type Task struct {
	Name string
	// Path is its place in the spawn tree: see [schedule.Event.Path].
	Path   string
	Parent int   // -1 for the root, which has no number
	Birth  Stack // where it was started
	Ended  int   // the step in which it ended; 0 if it is left
}

// Object is a channel, a lock, or whatever else points are about.
type Object struct {
	// Type is "chan", or the name of the type in sync or sync/atomic.
	Type string
	// Name is what the code calls it where that can be told first, made unique, or
	// its type and a number if the source can't be read.
	Name  string
	First Stack // where it was first used
	Task  int   // who used it first
}

// Step is one step of the run.
type Step struct {
	Number int
	At     time.Duration // virtual time since New
	Task   int           // -1 for an action or a delay
	Kind   schedule.Kind
	Text   string // at a seam its text; the name of an action or a delay
	Object int
	Stack  Stack
	Woken  Wake  // what let the task go on at this point; the zero Wake if it didn't wait
	Uses   []Use // what was done in the step, in order
	Waits  bool  // the task came to no point, but waits in the operation
	Ended  bool  // the task ended
}

// Wake is what let a task go on.
type Wake struct {
	Step int // of the task that did it
	Use  Use // what it was, with the place; its Verb is "go" for a start
}

// Use is what a task did with an object.
type Use struct {
	Task   int
	Verb   Verb
	Object int
	Value  string // what was sent or received
	Stack  Stack
	From   int // for a receive, the step in which the value was sent, if known
}

// Verb is what a use is.
type Verb string

// The verbs. Those that only attempt are the cases of a select.
const (
	Sends      Verb = "send"
	Receives   Verb = "recv"
	FindsEnd   Verb = "recv, closed"
	Closes     Verb = "close"
	TriesSend  Verb = "case send"
	TriesRecv  Verb = "case recv"
	TriesNil   Verb = "case nil"
	GivesUp    Verb = "default"
	Locks      Verb = "lock"
	RLocks     Verb = "rlock"
	Unlocks    Verb = "unlock"
	RUnlocks   Verb = "runlock"
	Awaits     Verb = "cond.wait"
	Signals    Verb = "cond.signal"
	Broadcasts Verb = "cond.broadcast"
	Adds       Verb = "wg.add"
	Dones      Verb = "wg.done"
	Spawns     Verb = "go"
	Touches    Verb = "use" // any other
)

// step is the step with that number.
func (s *Story) step(number int) *Step { return &s.Steps[number-1] }

// task is the name of a task.
func (s *Story) task(i int) string {
	if i < 0 {
		return "root"
	}
	return s.Tasks[i].Name
}

// object is the name of an object.
func (s *Story) object(i int) string {
	if i < 0 {
		return ""
	}
	return s.Objects[i].Name
}
