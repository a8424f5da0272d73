package model

import (
	"fmt"
	"strings"
)

// A Trace is a path through the states of a spec: the counterexample to a law
// or the witness of one.
type Trace[S comparable] struct {
	Law   string // the slug of the law it is the story of, or [Deadlock]
	Kind  Kind
	Init  S
	Steps []Step[S]
	// Lasso: the run goes on for ever, repeating the steps from index Loop on;
	// if there are none, it stops where it is and nothing fair is enabled. Only
	// the stories of Eventually and LeadsTo laws are lassos.
	Lasso bool
	Loop  int
	// Short: no story of the law has fewer steps. It is false only for lassos
	// that were too hard to shorten for certain, and under independent steps.
	Short bool

	spec *Spec[S]
}

// A Step is one step of a [Trace].
type Step[S comparable] struct {
	Label Label
	State S // after the step
}

// Last returns the state at the end of the trace.
func (t *Trace[S]) Last() S {
	if len(t.Steps) == 0 {
		return t.Init
	}
	return t.Steps[len(t.Steps)-1].State
}

// Path returns the steps' labels as [Spec.LabelString] prints them.
func (t *Trace[S]) Path() []string {
	path := make([]string, len(t.Steps))
	for i := range t.Steps {
		path[i] = t.spec.LabelString(t.Steps[i].Label)
	}
	return path
}

// String prints the law and the steps, numbered, each with the state after it.
func (t *Trace[S]) String() string {
	var b strings.Builder
	verb := "violated"
	if t.Kind == Sometimes {
		verb = "seen"
	}
	fmt.Fprintf(&b, "law      %s\nverdict  %s\n", t.Law, t.ending(verb))
	state := func(s *S) {
		text := strings.TrimRight(t.spec.format(s), "\n")
		fmt.Fprintf(&b, "      %s\n", strings.ReplaceAll(text, "\n", "\n      "))
	}
	b.WriteString("   0  initial state\n")
	state(&t.Init)
	for i, name := range t.Path() {
		if t.Lasso && i == t.Loop {
			b.WriteString("      from here on, round for ever:\n")
		}
		fmt.Fprintf(&b, "%4d  %s\n", i+1, name)
		state(&t.Steps[i].State)
	}
	if t.Lasso && t.Loop == len(t.Steps) {
		b.WriteString("      here it may stop for ever: nothing fair is enabled\n")
	}
	return b.String()
}

// ending says how the story ends.
func (t *Trace[S]) ending(verb string) string {
	loop := len(t.Steps) - t.Loop
	switch {
	case !t.Lasso:
		return fmt.Sprintf("%s after %d steps", verb, len(t.Steps))
	case loop == 0:
		return fmt.Sprintf("%s by a run that stops after %d steps", verb, t.Loop)
	}
	return fmt.Sprintf("%s by a loop of %d steps after %d steps", verb, loop, t.Loop)
}
