package schedule

import (
	"fmt"
	"time"
)

// VerdictKind says how a phase ended.
type VerdictKind uint8

const (
	// Done means that the condition given to Run holds.
	Done VerdictKind = iota
	// Rest means that nothing is enabled and the horizon or Config.Idle of
	// virtual time has passed: what is still waiting waits for ever, as far as
	// the run can tell.
	Rest
	// Failed means that a controlled goroutine panicked or Failf was called.
	Failed
	// Steps means that Config.MaxSteps was reached: nothing is decided.
	Steps
)

// String is "done", "rest", "failed" or "steps".
func (k VerdictKind) String() string {
	if int(k) < len(verdictNames) {
		return verdictNames[k]
	}
	return fmt.Sprintf("VerdictKind(%d)", uint8(k))
}

var verdictNames = [...]string{"done", "rest", "failed", "steps"}

// Verdict is how a phase ended. It holds no addresses and no goroutine
// numbers: the same choices give the same verdict.
type Verdict struct {
	Kind VerdictKind
	// Message tells the failure, or why the phase ended; empty for Done.
	Message string
	// Tasks has a line for each goroutine that is left, unless Done: its name,
	// its origin, and where it waits.
	Tasks []string
	// Stacks has the stack of the panic, innermost first, or for Steps those
	// of the goroutines that are left. For Rest, which often is the good end,
	// [Scheduler.Stacks] gives them to those who want to pay.
	Stacks []string
}

// String is the kind and the message, on one line unless the message has more.
func (v Verdict) String() string {
	if v.Message == "" {
		return v.Kind.String()
	}
	return v.Kind.String() + ": " + v.Message
}

// TaskInfo describes a live controlled goroutine.
type TaskInfo struct {
	Name   string
	Parent string // name of the goroutine that started it, "root" for the root
	Path   string // its place in the spawn tree, as [Event.Path] has it
	Origin Origin
	// Parked tells a goroutine that waits for the scheduler from one that
	// waits for something else (a channel, a timer).
	Parked bool
	// What is the point it is parked at, or the operation it waits in; for an
	// adopted goroutine that isn't parked the last point it passed.
	What string
}

// String is the line that Verdict.Tasks has for the goroutine.
func (i TaskInfo) String() string {
	state := "waiting in"
	switch {
	case i.Parked:
		state = "parked at"
	case i.Origin == Adopted:
		state = "beyond control after"
	}
	return fmt.Sprintf("%s (%s) %s %s", i.Name, i.Origin, state, i.What)
}

// Tasks lists the live controlled goroutines in the order they were met.
//
//go:norace
func (s *Scheduler) Tasks() []TaskInfo {
	s.mustBeRoot("Tasks")
	s.settle()
	s.dropEndedAdopted()
	infos := make([]TaskInfo, 0, len(s.tasks))
	for _, t := range s.tasks {
		infos = append(infos, TaskInfo{Name: t.name, Parent: t.parent.name, Origin: t.origin, Parked: t.parked, What: t.what(), Path: t.path()})
	}
	return infos
}

type failure struct {
	kind    string
	message string
	task    *task
	stack   string
}

// fail keeps the first failure of the run.
//
//go:norace
func (s *Scheduler) fail(f *failure) {
	RaceRelease(ptr(&s.edge))
	raceDisable()
	s.mu.Lock()
	if s.failure == nil && !s.stopping {
		s.failure = f
	}
	s.mu.Unlock()
	s.arrives()
	raceEnable()
}

// failed is the first failure. The root asks, when everything is blocked.
//
//go:norace
func (s *Scheduler) failed() *failure {
	return s.failure
}

func (s *Scheduler) verdict(kind VerdictKind, format string, args ...any) Verdict {
	v := Verdict{Kind: kind, Message: fmt.Sprintf(format, args...)}
	if kind != Done {
		for _, i := range s.Tasks() {
			v.Tasks = append(v.Tasks, i.String())
		}
	}
	if kind == Steps {
		v.Stacks = s.Stacks()
	}
	return v
}

func (s *Scheduler) elapsed() time.Duration { return time.Since(s.start) }
