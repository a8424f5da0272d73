package explore

import (
	"fmt"
	"strings"
)

// text is the report of a failing schedule.
func (x *explorer) text(o *outcome, from, note, path string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "explore: %s %s: %s, %s\n", o.kind, from, plural(o.steps, "step", "steps"), plural(o.switches, "switch", "switches"))
	block(&b, "observed", strings.Split(o.message, "\n"))
	block(&b, "left", o.left)
	block(&b, "logs", o.logs)
	for _, s := range o.stacks {
		block(&b, "stack", strings.Split(s, "\n"))
	}
	o.tell(&b)
	if natives := x.natives(); natives != "" {
		block(&b, "beware", []string{strings.TrimPrefix(natives, "; ")})
	}
	if note != "" {
		block(&b, "note", []string{note})
	}
	if path != "" {
		block(&b, "replay", []string{"weir test -replay " + path + ", or WEIR_REPLAY=" + path + " with a woven test binary"})
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// block writes a labelled block, if it has lines.
func block(b *strings.Builder, label string, lines []string) {
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(b, "%-9s %s\n", label, strings.TrimRight(line, " "))
	}
}

// firstDifference tells where two runs part; empty if they don't.
func firstDifference(a, b *outcome) string {
	for i := range max(len(a.lines), len(b.lines)) {
		if x, y := lineAt(a.lines, i), lineAt(b.lines, i); x != y {
			return fmt.Sprintf("first run   %s\nsecond run  %s", x, y)
		}
	}
	if a.kind != b.kind || shape(a) != shape(b) {
		return fmt.Sprintf("first run   %s: %s\nsecond run  %s: %s", a.kind, firstLine(a.message), b.kind, firstLine(b.message))
	}
	return ""
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return fmt.Sprintf("ended before step %d", i+1)
}
