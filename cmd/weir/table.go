package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// tableWidth is what a line of the table may take.
const tableWidth = 120

// print prints the result: the laws by protocol, what the models explored, the
// bugs, and last what a reader must act on.
func (r result) print(out io.Writer) {
	p := printer{out: out, colors: hasColors(out)}
	for _, name := range protocols {
		p.laws(name, r.shown())
	}
	p.strategies(r.Searches)
	p.specs(r.Specs)
	p.bugs(r)
	for _, s := range r.Specs {
		if s.story != "" {
			p.line("\n%s", strings.TrimSpace(s.story))
		}
	}
	for _, f := range r.failures {
		p.line("\n%s", strings.TrimSpace(f.Block()))
	}
	for _, b := range r.Planted {
		if b.Undecided {
			p.line("\n%s  planted bug %s: %s", p.paint("undecided", "undecided"), b.ID, b.why)
		}
	}
	for _, b := range r.broken {
		p.line("\n%s", p.paint("broken", "broken")+"  "+strings.ReplaceAll(strings.TrimSpace(b), "\n", "\n        "))
	}
	p.line("\n%s", p.last(r))
}

// printer prints the parts of a result.
type printer struct {
	out    io.Writer
	colors bool
}

func (p printer) line(format string, args ...any) {
	fmt.Fprintln(p.out, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

// shown are the laws to print: those that were checked, where only a planted
// bug was run.
func (r result) shown() []lawResult {
	if r.plant == "" {
		return r.Laws
	}
	return slices.DeleteFunc(slices.Clone(r.Laws), func(l lawResult) bool { return l.Verdict == unchecked })
}

// laws prints the laws of a protocol, and below them why any of them is
// undecided or violated: the same reason once.
func (p printer) laws(protocolName string, all []lawResult) {
	widest, rows := 0, []lawResult(nil)
	for _, l := range all {
		widest = max(widest, len(l.Law)) // of both protocols: the columns align
		if strings.HasPrefix(l.Law, protocolName+"/") {
			rows = append(rows, l)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.line("\n%-*s  %-10s  %-9s  %12s  %10s  %10s", widest, protocolName+" laws", "kind", "verdict", "states", "schedules", "messages")
	reasons := make(map[string][]string)
	var order []string
	for _, l := range rows {
		e := l.Evidence
		p.line("%-*s  %-10s  %s  %12s  %10s  %10s", widest, l.Law, l.Kind, p.paint(string(l.Verdict), fmt.Sprintf("%-9s", l.Verdict)),
			number(e.States), number(e.Schedules), number(e.Messages))
		if l.why == "" {
			continue
		}
		key := string(l.Verdict) + ": " + l.why
		if reasons[key] == nil {
			order = append(order, key)
		}
		reasons[key] = append(reasons[key], strings.TrimPrefix(l.Law, protocolName+"/"))
	}
	for _, key := range order {
		names := strings.Join(reasons[key], ", ")
		if len(reasons[key]) > 3 {
			names = plural(len(reasons[key]), "law")
		}
		p.wrapped("  "+names+" ", key)
	}
}

// wrapped prints a text behind a label within the width of the table.
func (p printer) wrapped(label, text string) {
	line := label
	for _, word := range strings.Fields(text) {
		if len([]rune(line))+1+len([]rune(word)) > tableWidth && strings.TrimSpace(line) != "" {
			p.line("%s", strings.TrimRight(line, " "))
			line = "     "
		}
		if !strings.HasSuffix(line, " ") {
			line += " "
		}
		line += word
	}
	p.line("%s", line)
}

// specs prints what the models explored.
func (p printer) specs(specs []specResult) {
	if len(specs) == 0 {
		return
	}
	widest := 0
	for _, s := range specs {
		widest = max(widest, len(s.Spec+" "+s.Size))
	}
	p.line("\n%-*s  %-9s  %12s  %12s", widest, "spec", "verdict", "states", "edges")
	for _, s := range specs {
		p.line("%-*s  %s  %12s  %12s", widest, s.Spec+" "+s.Size, p.paint(s.verdict, fmt.Sprintf("%-9s", s.verdict)), grouped(s.States), grouped(s.Edges))
	}
}

// bugs prints what became of the bugs that were put into specs and into code.
func (p printer) bugs(r result) {
	if r.plant != "" {
		p.line("\nonly %s was run, and judged by its law alone; not run: the models, the implementation without it, real gRPC, and the other planted bugs", r.plant)
		return
	}
	widest := len("gateway/released-once")
	for _, b := range r.Planted {
		widest = max(widest, len(b.Law))
	}
	p.line("\n%-5s  %-13s  %-10s  %-*s  %-9s  %s", "bug", "planted in", "verdict", widest, "law", "schedule", "drawn by")
	row := func(id, where, verdict, law, evidence string) {
		p.line("%-5s  %-13s  %s  %-*s  %s", id, where, p.paint(verdict, fmt.Sprintf("%-10s", verdict)), widest, law, evidence)
	}
	for _, name := range protocols {
		s := summarize(r.Refuted, name)
		switch where := name + " spec"; {
		case s.bugs == 0:
		case s.ran < s.bugs:
			row("all", where, "not run", "", fmt.Sprintf("%s; %d run", s, s.ran))
		case s.refuted < s.bugs:
			row("all", where, "not caught", "", s.String())
		default:
			row("all", where, "caught", "", s.String())
		}
	}
	for _, b := range r.Planted {
		switch {
		case b.Caught:
			row(b.ID, "code", "caught", b.Law, fmt.Sprintf("%-9s  %s", grouped(b.Schedules), b.By))
		case b.Undecided:
			row(b.ID, "code", "undecided", b.Law, "see below")
		default:
			row(b.ID, "code", "not caught", b.Law, "see below")
		}
	}
	switch missing := r.plants - len(r.Planted); {
	case r.unbuilt:
		row("all", "code", "not run", "", "because the implementation can't be built")
	case !r.ranPlanted && r.Exit == exitViolated:
		row("all", "code", "not run", "", "because a law is violated")
	case !r.ranPlanted:
		row("all", "code", "not run", "", "")
	case missing > 0:
		row("more", "code", "not run", "", plural(missing, "planted bug"))
	}
}

// last is the last line: what came of it, in one.
func (p printer) last(r result) string {
	counts := make(map[verdict]int)
	var broke []string
	modelled := 0 // held, though no run of the code has shown it
	for _, l := range r.Laws {
		counts[l.Verdict]++
		if l.Verdict == held && l.Evidence.Schedules == 0 && l.Evidence.Messages == 0 {
			modelled++
		}
		if l.Verdict == violated {
			broke = append(broke, l.Law)
		}
	}
	caught := len(slices.DeleteFunc(slices.Clone(r.Planted), func(b plantResult) bool { return !b.Caught }))
	var parts []string
	switch r.Exit {
	case exitHeld:
		parts = append(parts, p.paint("held", "held")+": every checked law")
	case exitViolated:
		parts = append(parts, p.paint("violated", "violated")+": "+strings.Join(broke, ", "))
	case exitBroken:
		parts = append(parts, p.paint("broken", "broken")+": the suite itself, "+plural(len(r.broken), "fault"))
	default:
		what := plural(counts[undecided], "law")
		if counts[undecided] == 0 {
			what = "not all was run to its end"
		}
		parts = append(parts, p.paint("undecided", "undecided")+": "+what)
	}
	if r.interrupted {
		parts[0] = "interrupted, " + parts[0]
	}
	if r.plant == "" {
		parts = append(parts, fmt.Sprintf("%d held (%d in the models alone), %d violated, %d undecided, %d unchecked", counts[held], modelled, counts[violated], counts[undecided], counts[unchecked]))
	}
	if r.ranPlanted {
		parts = append(parts, fmt.Sprintf("%d of %d planted bugs caught", caught, r.plants))
	} else if r.plant == "" {
		parts = append(parts, "planted bugs not run")
	}
	return strings.Join(append(parts, fmt.Sprintf("%.1f s", r.Seconds), fmt.Sprintf("exit %d", r.Exit)), "; ")
}

// number leaves zero out, so that a table shows what there is.
func number(n int) string {
	if n == 0 {
		return "-"
	}
	return grouped(n)
}
