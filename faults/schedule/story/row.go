package story

import (
	"fmt"

	"github.com/weir-dev/weir/faults/schedule"
)

// row is a line of a rendering: what a task does in a step, or what else it
// did in it.
type row struct {
	step  *Step
	first bool // the step itself, not something more that was done in it
	what  string
	stack Stack
}

// rows are the lines of a step. The point after a go statement is none where
// something else is done in its step: that statement is told in the step that
// it ended.
func (s *Story) rows(step *Step) []row {
	rows := []row{{step, true, s.deed(step), step.Stack}}
	for _, u := range step.Uses {
		if u.Task != step.Task {
			continue
		}
		switch u.Verb {
		case Spawns:
			rows = append(rows, row{step, false, "go " + u.Value, u.Stack})
		case Unlocks, Awaits:
			rows = append(rows, row{step, false, string(u.Verb) + " " + s.object(u.Object), u.Stack})
		case RUnlocks, Dones, Locks, RLocks:
			if !u.Stack.same(step.Stack) {
				rows = append(rows, row{step, false, string(u.Verb) + " " + s.object(u.Object), u.Stack})
			}
		}
	}
	if step.Ended {
		rows = append(rows, row{step: step, what: "ends"})
	}
	if step.Kind == schedule.KindGo && !step.Waits && len(rows) > 1 {
		rows = rows[1:]
		rows[0].first = true
	}
	return rows
}

// deed is what the task does in a step, with what came of it.
func (s *Story) deed(step *Step) string {
	what := step.Kind.String()
	if step.Object >= 0 {
		what += " " + s.object(step.Object)
	}
	switch step.Kind {
	case schedule.KindAction:
		return step.Text
	case schedule.KindDelay:
		return "time passes: " + step.Text
	case schedule.KindSeam:
		what = step.Text
	case schedule.KindGo:
		what = "goes on"
	case schedule.KindResume:
		what = "goes on"
		if by := step.Woken.Step; by > 0 {
			what += s.outcome(s.step(by), step.Task)
		}
	case schedule.KindTryLock, schedule.KindTryRLock:
		if !step.locks() {
			what += ": it is locked"
		}
	case schedule.KindLock:
		if !step.locks() {
			what += ": next when its readers have left"
		}
	}
	what += s.outcome(step, step.Task)
	if step.Waits {
		what += ", waits"
	}
	return what
}

// locks reports whether the task acquired a lock in the step.
func (step *Step) locks() bool {
	for _, u := range step.Uses {
		if u.Task == step.Task && (u.Verb == Locks || u.Verb == RLocks) {
			return true
		}
	}
	return false
}

// outcome is what came of an operation that the task did, or was waiting in,
// in the step.
func (s *Story) outcome(step *Step, task int) (text string) {
	for _, u := range step.Uses {
		if u.Task != task {
			continue
		}
		channel := ""
		if step.Kind == schedule.KindSelect || step.Kind == schedule.KindResume || step.Task != task {
			channel = " " + s.object(u.Object)
		}
		switch u.Verb {
		case Sends:
			text += fmt.Sprintf("%s <- %s", channel, u.Value)
		case Receives:
			text += fmt.Sprintf("%s = %s", channel, u.Value)
		case FindsEnd:
			text += channel + ": it is closed"
		case GivesUp:
			text += ": default"
		case Signals, Broadcasts:
			if u.Value != "" {
				text += ": " + u.Value
			}
		}
	}
	return text
}

// woken says what let the task of a step go on, empty if it didn't wait.
func (s *Story) woken(step *Step) string {
	w := step.Woken
	if w.Step == 0 {
		if step.Kind == schedule.KindResume {
			return "virtual time passed"
		}
		return ""
	}
	by := s.step(w.Step)
	switch {
	case by.Task < 0:
		return fmt.Sprintf("woken by %s in step %d", by.Text, w.Step)
	case w.Use.Verb == Spawns:
		return fmt.Sprintf("started by %s in step %d", s.task(by.Task), w.Step)
	}
	return fmt.Sprintf("woken by %s in step %d: %s %s at %s", s.task(w.Use.Task), w.Step, w.Use.Verb, s.object(w.Use.Object), w.Use.Stack.Place())
}
