package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// mark says how a figure stands to its goal.
type mark string

const (
	// reached and missed are about what was measured.
	reached mark = "reached"
	missed  mark = "missed"
	// sofar is for a law that held in fewer runs than the goal is about.
	sofar mark = "so far"
	// lawless is for a law that did not hold.
	lawless mark = "broken"
)

// figure is one thing that was measured.
type figure struct {
	Row  string `json:"row"`
	Name string `json:"name"`
	// Value is the median of a rate or a ratio, or how often something happened.
	Value float64 `json:"value"`
	// Least and Most are those of the rounds; equal to Value where there are none.
	Least float64 `json:"least"`
	Most  float64 `json:"most"`
	// Of is in how many runs a law was judged; 0 for a rate.
	Of   int     `json:"of,omitempty"`
	Goal float64 `json:"goal"`
	Mark mark    `json:"mark"`
	How  string  `json:"how"`

	// measured and goal are in words.
	measured, goal string
}

// rateFigure is a rate, or a ratio, that is to be at least goal.
func rateFigure(row, name string, s *benchSpread, goal float64, unit func(float64) string, how string) figure {
	f := figure{Row: row, Name: name, Value: s.median(), Least: s.min(), Most: s.max(), Goal: goal, Mark: missed, How: how,
		measured: unit(s.median()), goal: "at least " + unit(goal)}
	if f.Value >= goal {
		f.Mark = reached
	}
	if f.Least != f.Most {
		f.measured += fmt.Sprintf(" (%s-%s)", unit(f.Least), unit(f.Most))
	}
	return f
}

// alarmFigure is how many false alarms there were in so many schedules.
func alarmFigure(row, name string, alarms, of int, how string) figure {
	return lawFigure(alarms, figure{Row: row, Name: name, Value: float64(alarms), Of: of, Goal: goalAlarms, How: how,
		measured: fmt.Sprintf("%d in %s", alarms, grouped(of)), goal: "0 in " + grouped(goalAlarms)})
}

// replayFigure is how many of so many schedules were the same when they were
// run again.
func replayFigure(row, name string, identical, of int, how string) figure {
	return lawFigure(of-identical, figure{Row: row, Name: name, Value: float64(identical), Of: of, Goal: goalReplays, How: how,
		measured: fmt.Sprintf("%s of %s", grouped(identical), grouped(of)), goal: "all of " + grouped(goalReplays)})
}

// lawFigure marks a figure by how often its law was broken.
func lawFigure(broken int, f figure) figure {
	f.Least, f.Most, f.Mark = f.Value, f.Value, reached
	switch {
	case broken != 0:
		f.Mark = lawless
	case f.Of < int(f.Goal):
		f.Mark = sofar
	}
	return f
}

// wholes and times write values.
func wholes(v float64) string { return grouped(int(v + 0.5)) }
func times(v float64) string  { return fmt.Sprintf("%.2fx", v) }

// measureReport is what was measured, for people and for machines.
type measureReport struct {
	Conditions []string `json:"conditions"`
	Figures    []figure `json:"figures"`

	alarms []string
}

// lawless tells whether a law did not hold.
func (r measureReport) lawless() bool {
	for _, f := range r.Figures {
		if f.Mark == lawless {
			return true
		}
	}
	return false
}

// print prints the conditions, the figures, and the reports of false alarms.
func (r measureReport) print(out io.Writer) {
	p := printer{out: out, colors: hasColors(out)}
	for _, line := range r.Conditions {
		p.line("%s", line)
	}
	widest, longest, farthest := len("figure"), len("measured"), len("goal")
	for _, f := range r.Figures {
		widest, longest, farthest = max(widest, len(f.Name)), max(longest, len(f.measured)), max(farthest, len(f.goal))
	}
	p.line("\n%-9s  %-*s  %-*s  %-*s  %-7s  %s", "row", widest, "figure", longest, "measured", farthest, "goal", "", "how")
	for _, f := range r.Figures {
		p.line("%-9s  %-*s  %-*s  %-*s  %s  %s", f.Row, widest, f.Name, longest, f.measured, farthest, f.goal, p.paint(markWords[f.Mark], fmt.Sprintf("%-7s", f.Mark)), f.How)
	}
	for _, alarm := range r.alarms {
		p.line("\n%s", strings.TrimSpace(alarm))
	}
}

// markWords are the words by whose colors marks are shown.
var markWords = map[mark]string{reached: "held", missed: "undecided", sofar: "undecided", lawless: "violated"}

// write writes the figures to a file.
func (r measureReport) write(path string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}
