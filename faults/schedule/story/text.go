package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// Layout bounds a rendering. The zero value is good.
type Layout struct {
	// Width is the width of a line in characters; 0 is 120, and less than 40
	// counts as 40. Longer lines are cut.
	Width int
	// Lines is how many lines are wanted at most; 0 is 150, and less than 20
	// counts as 20. What matters least is folded first; the end is kept.
	Lines int
}

func (l Layout) complete() Layout {
	if l.Width == 0 {
		l.Width = 120
	}
	if l.Lines == 0 {
		l.Lines = 150
	}
	return Layout{max(l.Width, 40), max(l.Lines, 20)}
}

// Text tells the steps by turns, each with its place and the line of the
// source, if that can be read. Turns begin with the name of who goes on, and
// with who let it; "*" marks an action, "!" a fault or a delay, and "=" where
// those are who are left. Runs of steps about objects that nobody else uses are
// folded, and the longer the story the more.
func (s *Story) Text(l Layout) string {
	l = l.complete()
	p := &printer{Story: s, layout: l, interests: s.interests()}
	p.measure()
	for floor := dull; floor <= cited; floor++ {
		if p.print(floor); len(p.lines) <= l.Lines {
			break
		}
	}
	if extra := len(p.lines) - l.Lines; extra > 0 {
		head := l.Lines / 4
		p.lines = slices.Replace(p.lines, head, head+extra+1, fmt.Sprintf("      ... %d lines more ...", extra+1))
	}
	for i, line := range p.lines {
		p.lines[i] = p.cut(strings.TrimRight(line, " "))
	}
	return strings.Join(p.lines, "\n") + "\n"
}

// printer writes the text of a story.
type printer struct {
	*Story
	layout    Layout
	interests []interest
	source    sources
	what, at  int // widths of columns
	lines     []string
	folded    []*Step
	task      int
	now       time.Duration
}

// maxWhat bounds the width of the column that says what happens.
const maxWhat = 44

func (p *printer) measure() {
	for i := range p.Steps {
		for _, r := range p.rows(&p.Steps[i]) {
			p.what = min(max(p.what, len(r.what)), maxWhat)
			p.at = max(p.at, len(r.stack.Place().String()))
		}
	}
}

// minFolded is how many dull steps in a row are worth folding.
const minFolded = 4

// print writes the steps; those below floor are folded.
func (p *printer) print(floor interest) {
	p.lines, p.folded, p.task, p.now = nil, nil, -2, 0
	p.lines = append(p.lines, fmt.Sprintf("%s of %s, %v of virtual time", count(len(p.Steps), "step", "steps"), count(len(p.Tasks), "goroutine", "goroutines"), p.Length))
	for i := range p.Steps {
		step := &p.Steps[i]
		if p.interests[i] < floor || p.isDull(i) {
			p.folded = append(p.folded, step)
			continue
		}
		p.unfold()
		p.step(step)
	}
	p.unfold()
	p.end()
}

// end writes where those are who are left.
func (p *printer) end() {
	for i := range p.Waits {
		w := &p.Waits[i]
		line := fmt.Sprintf("= %s %s", p.Tasks[w.Task].Name, p.state(w))
		if c := w.Stack.Place(); c.File != "" {
			line = fmt.Sprintf("%-*s  %-*s  %s", p.what+7, line, p.at, c, p.source.line(c))
		}
		p.lines = append(p.lines, line)
	}
}

// isDull reports whether a step is in a run of dull steps of one task that is
// worth folding, neither first nor last in its turn.
func (p *printer) isDull(i int) bool {
	if !p.isMiddle(i) {
		return false
	}
	n := 1
	for j := i - 1; j >= 0 && n < minFolded && p.isMiddle(j); j-- {
		n++
	}
	for j := i + 1; j < len(p.Steps) && n < minFolded && p.isMiddle(j); j++ {
		n++
	}
	return n >= minFolded
}

func (p *printer) isMiddle(i int) bool {
	return p.interests[i] == dull && i > 0 && i+1 < len(p.Steps) && p.Steps[i-1].Task == p.Steps[i].Task && p.Steps[i+1].Task == p.Steps[i].Task
}

// unfold writes a line for the steps that were folded.
func (p *printer) unfold() {
	if len(p.folded) == 0 {
		return
	}
	kinds, tasks := map[string]int{}, []string{}
	var order []string
	for _, step := range p.folded {
		kind := step.Kind.String()
		if kinds[kind]++; kinds[kind] == 1 {
			order = append(order, kind)
		}
		if name := p.whose(step); !slices.Contains(tasks, name) {
			tasks = append(tasks, name)
		}
	}
	for i, kind := range order {
		if n := kinds[kind]; n > 1 {
			order[i] = fmt.Sprintf("%s x%d", kind, n)
		}
	}
	who := ""
	if p.task < 0 || len(tasks) > 1 || tasks[0] != p.Tasks[p.task].Name {
		who = " of " + list(tasks, 4)
		p.task = -2
	}
	p.lines = append(p.lines, fmt.Sprintf("      ... %s%s: %s", count(len(p.folded), "step", "steps"), who, list(order, 5)))
	p.folded = p.folded[:0]
}

func (p *printer) whose(step *Step) string {
	if step.Task < 0 {
		return "nobody"
	}
	return p.Tasks[step.Task].Name
}

// list is at most n of the words.
func list(words []string, n int) string {
	if len(words) > n {
		words = append(words[:n:n], "...")
	}
	return strings.Join(words, ", ")
}

// step writes a step, under the name of its task if another one ran before.
func (p *printer) step(step *Step) {
	if step.At != p.now {
		p.now = step.At
		p.lines = append(p.lines, fmt.Sprintf("      -- %v --", p.now))
	}
	woken := p.woken(step)
	if woken != "" {
		woken = "  (" + woken + ")"
	}
	switch {
	case step.Task < 0:
		mark := "*"
		if messageOf(step).fault || step.Kind == schedule.KindDelay {
			mark = "!"
		}
		p.lines = append(p.lines, fmt.Sprintf("%s %4d %s", mark, step.Number, p.deed(step)))
		p.task = -2
		return
	case step.Task != p.task:
		p.lines = append(p.lines, "> "+p.Tasks[step.Task].Name+woken)
	case woken != "":
		p.lines = append(p.lines, "     "+woken)
	}
	p.task = step.Task
	for _, r := range p.rows(step) {
		number := ""
		if r.first {
			number = fmt.Sprint(step.Number)
		}
		line := fmt.Sprintf("  %4s %-*s", number, p.what, r.what)
		if c := r.stack.Place(); c.File != "" {
			line = fmt.Sprintf("%s  %-*s  %s", line, p.at, c, p.source.line(c))
		}
		p.lines = append(p.lines, line)
	}
}

// cut cuts a line to the width.
func (p *printer) cut(line string) string {
	if runes := []rune(line); len(runes) > p.layout.Width {
		return string(runes[:p.layout.Width-3]) + "..."
	}
	return line
}
