package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// Mermaid tells the story as a sequence diagram, in the language of Mermaid
// (mermaid.js.org, sequenceDiagram). Goroutines are lifelines; what they send,
// start and wake are arrows; locks, signals and seams are notes. An action
// called "deliver a->b#1 up 3", or accept, header or close, is an arrow between
// the lifelines of two parties, "down" in the other direction; any other that
// names two parties so is a fault, a coloured note over them; delays are coloured
// notes, too, and other actions notes. Where the story is longer than
// Layout.Lines allows, what matters least is left out, and then the beginning;
// Layout.Width is not used.
func (s *Story) Mermaid(l Layout) string {
	l = l.complete()
	d := &diagram{Story: s, interests: s.interests()}
	for floor := dull; floor <= cited; floor++ {
		if d.draw(floor); len(d.lines) <= l.Lines {
			break
		}
	}
	if extra := len(d.lines) - l.Lines; extra > 0 {
		d.lines = d.lines[extra:]
	}
	return "sequenceDiagram\n" + d.participants() + strings.Join(d.lines, "")
}

// diagram collects the lines of a sequence diagram.
type diagram struct {
	*Story
	interests []interest
	parties   []string
	lines     []string
}

func (d *diagram) draw(floor interest) {
	d.lines, d.parties = nil, nil
	hidden := 0
	for i := range d.Steps {
		if d.interests[i] < floor {
			hidden++
			continue
		}
		d.step(&d.Steps[i])
	}
	for i := range d.Waits {
		w := &d.Waits[i]
		d.line("Note over %s: %s at %s", lifeline(w.Task), quoted(d.state(w)), w.Stack.Place())
	}
	if hidden > 0 && len(d.Tasks) > 0 {
		d.lines = slices.Insert(d.lines, 0, fmt.Sprintf("  Note over %s: %s left out\n", lifeline(0), count(hidden, "step is", "steps are")))
	}
}

func (d *diagram) line(format string, args ...any) {
	d.lines = append(d.lines, "  "+fmt.Sprintf(format, args...)+"\n")
}

// mark writes a line that is coloured over the whole width.
func (d *diagram) mark(format string, args ...any) {
	// One element, because what is left out at the beginning is elements.
	d.lines = append(d.lines, "  rect rgb(255, 220, 220)\n    "+fmt.Sprintf(format, args...)+"\n  end\n")
}

// participants are the lifelines: first the parties, then the goroutines in
// the order they were met.
func (d *diagram) participants() string {
	var b strings.Builder
	for i, p := range d.parties {
		fmt.Fprintf(&b, "  actor p%d as %s\n", i, quoted(p))
	}
	for i, t := range d.Tasks {
		fmt.Fprintf(&b, "  participant %s as %s\n", lifeline(i), quoted(t.Name))
	}
	return b.String()
}

func lifeline(task int) string { return fmt.Sprintf("t%d", task) }

// party is the lifeline of a party.
func (d *diagram) party(name string) string {
	i := slices.Index(d.parties, name)
	if i < 0 {
		i = len(d.parties)
		d.parties = append(d.parties, name)
	}
	return fmt.Sprintf("p%d", i)
}

func (d *diagram) step(step *Step) {
	if step.Task < 0 {
		d.action(step)
		return
	}
	me := lifeline(step.Task)
	if w := step.Woken; w.Step > 0 && d.waker(w).Task >= 0 && w.Use.Verb != Sends && w.Use.Verb != Receives {
		label := string(w.Use.Verb)
		if w.Use.Object >= 0 {
			label += " " + d.object(w.Use.Object)
		}
		d.line("%s-)%s: %s, %s", lifeline(w.Use.Task), me, quoted(label), w.Use.Stack.Place())
	}
	for _, u := range step.Uses {
		if u.From == 0 {
			continue
		}
		d.line("%s->>%s: %s, %s", lifeline(d.Steps[u.From-1].sender(u.Object)), lifeline(u.Task), quoted(u.Value+" by "+d.object(u.Object)), u.Stack.Place())
	}
	switch step.Kind {
	case schedule.KindStart, schedule.KindGo, schedule.KindYield, schedule.KindResume:
		return
	case schedule.KindSend, schedule.KindRecv:
		if !step.Waits && step.matched() {
			return // the arrow says it
		}
	}
	what := quoted(d.deed(step))
	for _, r := range d.rows(step)[1:] {
		if strings.HasPrefix(r.what, string(Spawns)+" ") {
			continue // the arrow to who was started says it
		}
		what += "<br/>" + quoted(r.what)
	}
	d.line("Note over %s: %s, %s", me, what, step.Stack.Place())
}

func (d *diagram) waker(w Wake) *Step { return &d.Steps[w.Step-1] }

// sender is who sent to the object in the step.
func (step *Step) sender(object int) int {
	for _, u := range step.Uses {
		if u.Verb == Sends && u.Object == object {
			return u.Task
		}
	}
	return step.Task
}

// matched reports whether the step did nothing but send, or receive
// what is known to have been sent.
func (step *Step) matched() bool {
	for _, u := range step.Uses {
		if u.Task == step.Task && u.Verb != Sends && u.Verb != Spawns && u.From == 0 {
			return false
		}
	}
	return len(step.Uses) > 0 && !step.Ended
}

func (d *diagram) action(step *Step) {
	m := messageOf(step)
	over := "t0"
	if n := len(d.Tasks); n > 1 {
		over = fmt.Sprintf("t0,t%d", n-1)
	}
	switch {
	case step.Kind == schedule.KindDelay:
		d.mark("Note over %s: %s", over, quoted(d.deed(step)))
	case m.from == "":
		d.line("Note over %s: %s", over, quoted(d.deed(step)))
	case m.fault:
		d.mark("Note over %s,%s: fault: %s", d.party(m.from), d.party(m.to), quoted(step.Text))
	default:
		d.line("%s->>%s: %s", d.party(m.from), d.party(m.to), quoted(step.Text))
	}
}

// quoted is text as Mermaid takes it.
func quoted(text string) string {
	return strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "\n", " ").Replace(text)
}
