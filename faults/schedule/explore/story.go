package explore

import (
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// Step is one step of a failing schedule, as it is told.
type Step struct {
	schedule.Step
	// Where is the call that a goroutine goes on from, with its line; for its
	// first step the go statement that started it. Empty if unknown.
	Where string
}

// teller collects the steps of a schedule with their places. It looks at all
// stacks at every step, so that it is for one schedule and not for many.
type teller struct {
	s     *schedule.Scheduler
	steps []Step
	known map[string]string // of each goroutine, where it was started
	last  map[string]string // of each goroutine, where it was
}

// maxTold bounds the steps with a place.
const maxTold = 2000

func newTeller(s *schedule.Scheduler) *teller {
	return &teller{s: s, known: map[string]string{}, last: map[string]string{}}
}

func (l *teller) step(s schedule.Step) {
	step := Step{Step: s}
	if len(l.steps) < maxTold {
		l.look()
		step.Where = l.last[s.Name]
		if s.What == "start" {
			step.Where = l.known[s.Name]
		}
	}
	l.steps = append(l.steps, step)
}

// look notes where everybody is. A goroutine that is new was started by its
// parent, which has not gone on since.
func (l *teller) look() {
	for _, text := range l.s.Stacks() {
		name, stack, _ := strings.Cut(text, "\n")
		l.last[name] = outside(stack)
	}
	for _, t := range l.s.Tasks() {
		if _, ok := l.known[t.Name]; !ok {
			l.known[t.Name] = l.last[t.Parent]
		}
	}
}

// left lists who is still there: what each waits in and where, and where it
// was started.
func (l *teller) left() (lines []string) {
	l.look()
	for _, t := range l.s.Tasks() {
		line := t.String()
		if at := l.last[t.Name]; at != "" {
			line += " at " + at
		}
		if by := l.known[t.Name]; by != "" {
			line += ", started by " + t.Parent + " at " + by
		}
		lines = append(lines, line)
	}
	return lines
}

// shimCalls begin the lines of a stack that belong to the shims, to what they
// call, and to this package.
var shimCalls = []string{"sync.", "atomic.", "reflect.", "explore.(*bubble)", "explore.(*T)"}

// outside is the innermost line of a stack that belongs to the code under
// test.
func outside(stack string) string {
lines:
	for line := range strings.Lines(stack) {
		for _, prefix := range shimCalls {
			if strings.HasPrefix(line, prefix) {
				continue lines
			}
		}
		return strings.TrimSpace(line)
	}
	return ""
}
