package story

import (
	"fmt"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// Explain says of each goroutine that is left what it waits for and since
// when, who holds that or could have ended the wait, and why nobody will; empty
// if nobody is left.
func (s *Story) Explain() string {
	if len(s.Waits) == 0 {
		return ""
	}
	x := explainer{Story: s}
	x.verdict()
	for i := range s.Waits {
		x.wait(&s.Waits[i])
	}
	for _, c := range s.Cycles() {
		x.cycle(c)
	}
	return x.text.String()
}

// explainer writes an explanation.
type explainer struct {
	*Story
	text   strings.Builder
	source sources
}

// block writes a line behind a label, which is empty for the next lines of the
// same block.
func (x *explainer) block(label, format string, args ...any) {
	line := fmt.Sprintf("%-9s ", label)
	for word := range strings.SplitSeq(fmt.Sprintf(format, args...), " ") {
		if len(line)+len(word) > explainWidth && len(line) > 30 {
			fmt.Fprintln(&x.text, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", 14)
		}
		line += word + " "
	}
	fmt.Fprintln(&x.text, strings.TrimRight(line, " "))
}

// explainWidth is where lines of an explanation are broken.
const explainWidth = 120

func (x *explainer) verdict() {
	able, timed := 0, 0
	for _, w := range x.Waits {
		switch {
		case w.Able:
			able++
		case w.Kind == schedule.KindSleep || w.Beyond:
			timed++
		}
	}
	left := count(len(x.Waits), "goroutine is", "goroutines are") + " left"
	none := "none of them can go on"
	if len(x.Waits) == 1 {
		none = "it can't go on"
	}
	switch {
	case able+timed == 0:
		x.block("stuck", "%s after %v, and %s", left, x.Length, none)
	case able == 0:
		x.block("left", "%s after %v: %d of them may go on by itself", left, x.Length, timed)
	default:
		x.block("left", "%s after %v: %d of them can go on", left, x.Length, able)
	}
}

// wait tells one goroutine that is left.
func (x *explainer) wait(w *Wait) {
	since := ""
	if w.Step > 0 {
		since = fmt.Sprintf(" since %s", x.when(w.Step))
	}
	x.block(x.task(w.Task), "%s%s", x.state(w), since)
	if !w.Able || w.Stack.Place().File != "" {
		x.block("", "at %s", x.place(w.Stack))
	}
	x.why(w)
	x.block("", "started by %s", x.birth(w.Task))
}

// why says who could end the wait, and what they did.
func (x *explainer) why(w *Wait) {
	if w.Able || w.Beyond {
		return
	}
	switch w.Kind {
	case schedule.KindLock, schedule.KindRLock:
		x.held(w)
	case schedule.KindRecv:
		if w.Object >= 0 {
			x.enders(w, w.Object, Receives, "nobody ever sent to it or closed it")
		}
	case schedule.KindSend:
		if w.Object >= 0 {
			x.enders(w, w.Object, Sends, "nobody ever received from it")
		}
	case schedule.KindCondWait:
		x.enders(w, w.Object, Awaits, "nobody ever signalled it")
	case schedule.KindGroupWait:
		x.block("", "%s of Add and %s of Done were made", count(w.Adds, "call", "calls"), count(w.Dones, "call", "calls"))
		x.enders(w, w.Object, "", "nobody else used it")
	case schedule.KindSelect:
		x.cases(w)
	}
}

func (x *explainer) cases(w *Wait) {
	if len(w.Cases) == 0 {
		x.block("", "no case is known")
	}
	for i, c := range w.Cases {
		switch c.Verb {
		case TriesNil:
			x.block("", "case %d   never: the channel is nil", i+1)
		case TriesRecv:
			x.block("", "case %d   receive from %s", i+1, x.object(c.Object))
			x.enders(w, c.Object, Receives, "nobody ever sent to it or closed it")
		case TriesSend:
			x.block("", "case %d   send to %s", i+1, x.object(c.Object))
			x.enders(w, c.Object, Sends, "nobody ever received from it")
		}
	}
}

// held says who holds a lock.
func (x *explainer) held(w *Wait) {
	if len(w.Holders) == 0 {
		x.block("", "nobody that is known holds it")
	}
	for _, h := range w.Holders {
		how := "locked"
		if h.Use.Verb == RLocks {
			how = "locked for reading"
		}
		who, now := x.task(h.Task), "; "+x.task(h.Task)+" "+x.now(h.Task)
		if h.Task == w.Task {
			who, now = "itself", ": it can't be locked twice"
		}
		x.block("", "%s is %s by %s since %s, at %s%s", x.object(w.Object), how, who, x.when(h.Step), x.place(h.Use.Stack), now)
	}
}

// maxEnders bounds the tasks that are told of one object.
const maxEnders = 4

// enders says who could have ended the wait for an object; lost is the verb of
// what a goroutine begins to do that comes too late.
func (x *explainer) enders(w *Wait, object int, lost Verb, nobody string) {
	if o := x.Objects[object]; o.First.Place() != w.Stack.Place() {
		x.block("", "%s is first used at %s, by %s", o.Name, o.First.Place(), x.task(o.Task))
	}
	n := 0
	for _, d := range w.Enders {
		if d.Object != object {
			continue
		}
		if n++; n > maxEnders {
			continue
		}
		x.block("", "%s %s in %s at %s%s; it %s", x.task(d.Task), past[d.Verb], x.when(d.Step), x.place(d.Stack), x.late(w, d, lost), x.now(d.Task))
	}
	switch {
	case n == 0:
		x.block("", "%s", nobody)
	case n > maxEnders:
		x.block("", "and so did %s more before", count(n-maxEnders, "goroutine", "goroutines"))
	}
}

// late says that the deed came before the wait, where that makes it a wake-up
// that was lost.
func (x *explainer) late(w *Wait, d Deed, lost Verb) string {
	if d.Step > w.Step || d.Value != NobodyWaited && d.Value != string(GivesUp) {
		return ""
	}
	return fmt.Sprintf(", when nobody waited: %s began to wait later, in step %d (a lost wake-up)", x.task(w.Task), w.Step)
}

// past is what a deed is called that could have ended a wait.
var past = map[Verb]string{
	Sends: "sent to it", Receives: "received from it", Closes: "closed it", TriesSend: "tried to send to it", TriesRecv: "tried to receive from it",
	Unlocks: "unlocked it", RUnlocks: "unlocked it", Signals: "signalled it", Broadcasts: "signalled it to all",
	Dones: "called Done", Adds: "called Add",
}

// now says where a task is.
func (x *explainer) now(task int) string {
	if n := x.Tasks[task].Ended; n > 0 {
		return fmt.Sprintf("has ended in step %d", n)
	}
	if w := x.waits(task); w != nil {
		return x.state(w)
	}
	return "is gone"
}

// cycle tells who waits for whom.
func (x *explainer) cycle(tasks []int) {
	var text []string
	for _, t := range tasks {
		text = append(text, fmt.Sprintf("%s waits for %s, locked by", x.task(t), x.object(x.waits(t).Object)))
	}
	x.block("cycle", "%s %s", strings.Join(text, " "), x.task(tasks[0]))
}

// place is a stack with the text of its innermost line.
func (x *explainer) place(s Stack) string {
	text := s.String()
	if line := x.source.line(s.Place()); line != "" {
		text += " `" + line + "`"
	}
	return text
}

// when is a step and its virtual time.
func (x *explainer) when(step int) string {
	if at := x.step(step).At; at > 0 {
		return fmt.Sprintf("step %d (%v)", step, at.Round(time.Microsecond))
	}
	return fmt.Sprintf("step %d", step)
}

// count is n with the word that fits it.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
