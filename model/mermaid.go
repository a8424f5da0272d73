package model

import (
	"fmt"
	"slices"
	"strings"
)

// Mermaid returns the trace as a sequence diagram in the language of Mermaid:
// the parties of [Spec.Parties] are its lifelines, in the order in which they
// first act. A step that concerns nobody else is a note over its actor, and one
// without an actor a note over everybody. What repeats for ever is a loop.
func (t *Trace[S]) Mermaid() string {
	var body strings.Builder
	var lifelines []string
	know := func(name string) int {
		i := slices.Index(lifelines, name)
		if i < 0 {
			i = len(lifelines)
			lifelines = append(lifelines, name)
		}
		return i
	}
	indent := "    "
	at := t.Init
	for i, st := range t.Steps {
		if t.Lasso && i == t.Loop {
			body.WriteString("    loop for ever\n")
			indent = "        "
		}
		from, text := at, mermaidText(t.spec.LabelString(st.Label))
		at = st.State
		to := at
		switch actor, other := t.spec.parties(&from, st.Label, &to); {
		case actor == "":
			fmt.Fprintf(&body, "%sNote over %s: %s\n", indent, everyone, text)
		case other == "" || other == actor:
			fmt.Fprintf(&body, "%sNote over p%d: %s\n", indent, know(actor), text)
		default:
			a, b := know(actor), know(other)
			fmt.Fprintf(&body, "%sp%d->>p%d: %s\n", indent, a, b, text)
		}
	}
	if len(indent) > 4 {
		body.WriteString("    end\n")
	}
	if len(lifelines) == 0 {
		lifelines = []string{t.spec.Name}
	}
	end := "it ends"
	if t.Lasso && t.Loop == len(t.Steps) {
		end = "it may stop here for ever"
	} else if t.Lasso {
		end = ""
	}
	if end != "" {
		fmt.Fprintf(&body, "    Note over %s: %s, %s\n", everyone, mermaidText(t.Law), end)
	}
	var b strings.Builder
	b.WriteString("sequenceDiagram\n")
	for i, name := range lifelines {
		fmt.Fprintf(&b, "    participant p%d as %s\n", i, mermaidText(name))
	}
	span := "p0"
	if len(lifelines) > 1 {
		span = fmt.Sprintf("p0,p%d", len(lifelines)-1)
	}
	b.WriteString(strings.ReplaceAll(body.String(), everyone, span))
	return b.String()
}

// everyone stands for the span of all lifelines until it is known.
const everyone = "\x00"

// mermaidText replaces what Mermaid would read as its own.
func mermaidText(s string) string {
	return strings.NewReplacer(";", "#59;", "#", "#35;", "\n", " ", "\x00", " ").Replace(s)
}
