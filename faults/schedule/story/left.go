package story

import (
	"fmt"
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// Left has a line for each goroutine that is left: what it waits for, where and
// for how long, and who started it, with the ancestors. Long enough after a test
// these are its leaks: all goroutines of a run belong to one test, whatever else
// runs in parallel.
func (s *Story) Left() (lines []string) {
	for i := range s.Waits {
		w := &s.Waits[i]
		lines = append(lines, fmt.Sprintf("%s %s at %s for %v, started by %s", s.task(w.Task), s.state(w), w.Stack, s.Length-w.Since, s.birth(w.Task)))
	}
	return lines
}

// state is what a goroutine does that is left.
func (s *Story) state(w *Wait) string {
	what := w.Kind.String()
	switch w.Kind {
	case schedule.KindSeam:
		what = "seam \"" + w.Text + "\""
	case schedule.KindRecv:
		what = "receive from " + s.object(w.Object)
		if w.Stack.in("schedule.(*Receiver).Next") {
			what = "receive from " + s.object(w.Object) + " until it is closed"
		}
	case schedule.KindSend:
		what = "send to " + s.object(w.Object)
	case schedule.KindLock:
		what = "lock " + s.object(w.Object)
	case schedule.KindRLock:
		what = "lock " + s.object(w.Object) + " for reading"
	case schedule.KindCondWait:
		what = "be signalled at " + s.object(w.Object)
	case schedule.KindGroupWait:
		what = "see group " + s.object(w.Object) + " done"
	default:
		if w.Object >= 0 {
			what += " " + s.object(w.Object)
		}
	}
	switch {
	case w.Able && w.Kind == schedule.KindStart:
		return "can begin"
	case w.Able:
		return "can go on from " + w.Kind.String()
	case w.Beyond:
		return "went on beyond control after " + w.Kind.String()
	case w.Kind == schedule.KindSleep:
		return "sleeps"
	case w.Kind == schedule.KindBlock:
		return "waits for ever in select {}"
	case w.Kind == schedule.KindSelect:
		return "waits in a select"
	case w.Kind == schedule.KindSeam:
		return "waits at " + what
	case w.Object < 0 && (w.Kind == schedule.KindRecv || w.Kind == schedule.KindSend):
		return "waits for ever: the channel is nil"
	}
	return "waits to " + what
}

// birth is who started the task and where, and who started that.
func (s *Story) birth(task int) string {
	var text []string
	for i := task; i >= 0 && len(text) < maxChain; i = s.Tasks[i].Parent {
		at := ""
		if c := s.Tasks[i].Birth.Place(); c.File != "" {
			at = " at " + c.String()
		}
		text = append(text, s.task(s.Tasks[i].Parent)+at)
	}
	return strings.Join(text, ", that by ")
}

// maxChain bounds the ancestors that are told.
const maxChain = 5
