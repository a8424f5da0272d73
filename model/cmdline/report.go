package cmdline

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/weir-dev/weir/model"
)

// reportWidth is what a line of the report takes at most, where it can be broken.
const reportWidth = 110

// print writes the report.
func (c *checked[S]) print(out io.Writer) error {
	var b strings.Builder
	c.laws(&b)
	b.WriteByte('\n')
	c.numbers(&b)
	c.actions(&b)
	if c.story != nil {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(storyLines(c.spec, c.story), "\n"))
	}
	if c.vacuous != nil {
		b.WriteByte('\n')
		for _, p := range c.vacuous.Problems {
			row(&b, "broken", p)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", c.last())
	_, err := io.WriteString(out, b.String())
	return err
}

// laws prints the table of verdicts. A reason that several undecided laws share
// is given once, below it.
func (c *checked[S]) laws(b *strings.Builder) {
	r := c.result
	heading := title(r.Spec, r.Size)
	widest := len(heading)
	for _, v := range r.Verdicts {
		widest = max(widest, len(v.Law))
	}
	fmt.Fprintf(b, "%-*s  %-10s  verdict\n", widest, heading, "kind")
	var reasons []string
	for _, v := range r.Verdicts {
		reason := v.Reason
		if v.Verdict == model.Undecided {
			if !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
			reason = ""
		}
		fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf("%-*s  %-10v  %-9v  %s", widest, v.Law, v.Kind, v.Verdict, reason), " "))
	}
	for _, reason := range reasons {
		row(b, "undecided", reason)
	}
}

// numbers prints what was explored, how, and what that leaves open.
func (c *checked[S]) numbers(b *strings.Builder) {
	r := c.result
	largest := 0
	for i := range r.Levels {
		if r.Levels[i] > r.Levels[largest] {
			largest = i
		}
	}
	text := fmt.Sprintf("%s, %s between them; %s", plural(r.States, "state"), plural(r.Edges, "step"), plural(r.Depth, "level"))
	if len(r.Levels) > 0 {
		text += fmt.Sprintf(", the largest of %s", grouped(r.Levels[largest]))
	}
	row(b, "explored", text)
	if !r.Complete && len(r.Levels) > 1 {
		row(b, "growth", growth(r.Levels))
	}
	row(b, "took", fmt.Sprintf("%.2f s, %s states/s, %s", r.Elapsed.Seconds(), rate(r.States, r.Elapsed), bytesText(r.Bytes)))
	reduced := "none"
	if len(r.Reduced) > 0 {
		reduced = "by " + strings.Join(r.Reduced, " and ")
	}
	if r.GraphStates > 0 {
		reduced += fmt.Sprintf("; whole runs judged on all %s", plural(r.GraphStates, "state"))
	}
	row(b, "reduced", reduced)
	if c.exact {
		row(b, "collisions", "none: exact")
	} else {
		row(b, "collisions", fmt.Sprintf("a state was taken for another with a probability of %.1e; --exact rules it out", r.CollisionProbability))
	}
}

// growthLevels is how many of the last levels growth tells.
const growthLevels = 12

// growth tells how many states the last levels have, each with its factor.
func growth(levels []int) string {
	var b strings.Builder
	first := max(0, len(levels)-growthLevels)
	if first > 0 {
		fmt.Fprintf(&b, "from level %d on ", first+1)
	}
	for i := first; i < len(levels); i++ {
		fmt.Fprintf(&b, "%s ", grouped(levels[i]))
		if i > first {
			fmt.Fprintf(&b, "(x%.2f) ", float64(levels[i])/float64(levels[i-1]))
		}
	}
	return strings.TrimSpace(b.String())
}

// actions prints how often each action fired, and which never did.
func (c *checked[S]) actions(b *strings.Builder) {
	var fired, meant, missed []string
	for a, n := range c.result.ActionCounts {
		name := c.spec.Actions[a]
		switch {
		case n > 0:
			fired = append(fired, fmt.Sprintf("%s %s", name, grouped(n)))
		case slices.Contains(c.spec.Dormant, model.Action(a)):
			meant = append(meant, name)
		default:
			missed = append(missed, name)
		}
	}
	if len(fired) > 0 {
		row(b, "fired", strings.Join(fired, ", "))
	}
	if len(meant) > 0 {
		row(b, "dormant", strings.Join(meant, ", "))
	}
	if len(missed) > 0 {
		text := strings.Join(missed, ", ")
		if !c.result.Complete {
			text += "; so far"
		}
		row(b, "never fired", text)
	}
}

// last is the last line: what came of it, in one.
func (c *checked[S]) last() string {
	r := c.result
	count := make(map[model.Verdict]int)
	var broke []string
	for _, v := range r.Verdicts {
		count[v.Verdict]++
		if v.Verdict == model.Violated {
			broke = append(broke, v.Law)
		}
	}
	what := fmt.Sprintf("held: %s in %s", plural(len(r.Verdicts), "law"), plural(r.States, "state"))
	switch {
	case r.Verdict == model.Violated:
		what = "violated: " + strings.Join(broke, ", ")
	case c.vacuous != nil:
		what = "broken: no law is violated, but " + plural(len(c.vacuous.Problems), "thing") + " in the spec say" + third(len(c.vacuous.Problems)) + " nothing"
	case r.Verdict == model.Undecided:
		what = fmt.Sprintf("undecided: %s of %d", plural(count[model.Undecided], "law"), len(r.Verdicts))
	}
	return fmt.Sprintf("%s; %.1f s; exit %d", what, r.Elapsed.Seconds(), c.exit)
}

// third is the ending of a verb whose subjects are so many.
func third(n int) string {
	if n == 1 {
		return "s"
	}
	return ""
}

// row prints a label and a text, broken between its words.
func row(b *strings.Builder, label, text string) {
	line := fmt.Sprintf("%-11s", label)
	for i, word := range strings.Fields(text) {
		if i > 0 && len([]rune(line))+1+len([]rune(word)) > reportWidth {
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", 11)
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
