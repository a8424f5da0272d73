package replay

import (
	"fmt"
	"strings"
)

// header begins the file of a failure; the number is the version.
const header = "weir failure 1"

// String is the text of the failure's file.
func (f *Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nverdict %s\n", header, oneLine(f.Verdict))
	if f.Law != "" {
		fmt.Fprintf(&b, "law %s\n", oneLine(f.Law))
	}
	for _, a := range f.Facts {
		fmt.Fprintf(&b, "fact %s %s\n", a.Name, oneLine(a.Value))
	}
	for _, n := range f.Notes {
		for line := range strings.Lines(n) {
			fmt.Fprintf(&b, "note %s\n", strings.TrimRight(line, "\n"))
		}
	}
	b.WriteString("choices")
	numbers(&b, f.Choices)
	for _, d := range f.Draws {
		fmt.Fprintf(&b, "draw %q", d.What)
		numbers(&b, d.Values)
	}
	for _, d := range f.Delays {
		fmt.Fprintf(&b, "delay %s\n", d)
	}
	for _, t := range f.Tasks {
		fmt.Fprintf(&b, "task %s %q", t.Path, t.Name)
		for _, p := range t.Points {
			fmt.Fprintf(&b, " %s", p)
		}
		b.WriteString("\n")
	}
	for _, w := range f.Ways {
		fmt.Fprintf(&b, "way %s is %d\n", f.Text(w.At), w.Case)
	}
	for _, o := range f.Orders {
		fmt.Fprintf(&b, "order %s before %s\n", f.Text(o.Before), f.Text(o.After))
	}
	return b.String()
}

func numbers(b *strings.Builder, list []uint32) {
	for _, v := range list {
		fmt.Fprintf(b, " %d", v)
	}
	b.WriteString("\n")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
