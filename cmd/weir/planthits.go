package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// sentence tells in one line what the searches for a bug came to.
func (r hitRow) sentence() string {
	seeds := r.Found + len(r.Missed) + len(r.Undecided)
	switch {
	case r.broken != "":
		return fmt.Sprintf("%s: %s", r.ID, firstLine(r.broken))
	case r.Found == 0:
		return fmt.Sprintf("%s: found on none of %s", r.ID, plural(seeds, "seed"))
	}
	return fmt.Sprintf("%s: found on %d of %s, median schedule %s, worst %s", r.ID, r.Found, plural(seeds, "seed"), number(r.Median), number(r.Worst))
}

// print prints the hit tables, and what a reader must act on.
func (h hits) print(out io.Writer) {
	p := printer{out: out, colors: hasColors(out)}
	p.hits(h)
	p.hitStrategies(h.Bugs)
	between := "\n"
	for _, r := range h.Bugs {
		switch {
		case r.broken != "":
			p.line("%s", between+p.paint("broken", "broken")+"     "+r.ID+": "+strings.ReplaceAll(strings.TrimSpace(r.broken), "\n", "\n           "))
		case r.why != "":
			p.line("%s", between+p.paint("not caught", "not found")+"  "+r.ID+", "+r.why)
		default:
			continue
		}
		between = ""
	}
	p.line("\n%s", h.last())
}

// hits prints a row for each bug.
func (p printer) hits(h hits) {
	widest := 0
	for _, r := range h.Bugs {
		widest = max(widest, len(r.Law))
	}
	p.line("\n%-5s  %-*s  %-5s  %7s  %8s  %8s  %11s", "bug", widest, "law", "order", "found", "median", "worst", "schedules/s")
	for _, r := range h.Bugs {
		found := fmt.Sprintf("%d/%d", r.Found, h.Seeds)
		p.line("%-5s  %-*s  %-5s  %7s  %8s  %8s  %11s  %s", r.ID, widest, r.Law, yesNo[r.Order], found, number(r.Median), number(r.Worst),
			perSecond(r.PerSecond), r.falls())
	}
}

// hitStrategies prints what each strategy has found of each bug.
func (p printer) hitStrategies(bugs []hitRow) {
	var names []string
	for _, r := range bugs {
		for _, s := range r.Strategies {
			if !slices.Contains(names, s.Name) {
				names = append(names, s.Name)
			}
		}
	}
	if len(names) == 0 {
		return
	}
	slices.SortStableFunc(names, func(a, b string) int { return boolRank(a == unknownStrategy) - boolRank(b == unknownStrategy) })
	p.line("\nby strategy: on how many seeds it found the bug before the others / how many schedules it ran")
	header := fmt.Sprintf("%-5s", "bug")
	for _, n := range names {
		header += fmt.Sprintf("  %14s", n)
	}
	p.line("%s", header)
	all := hitRow{ID: "all"}
	for _, r := range bugs {
		p.hitCells(r, names)
		for _, s := range r.Strategies {
			i := slices.IndexFunc(all.Strategies, func(t hitStrategy) bool { return t.Name == s.Name })
			if i < 0 {
				i = len(all.Strategies)
				all.Strategies = append(all.Strategies, hitStrategy{Name: s.Name})
			}
			all.Strategies[i].Found += s.Found
			all.Strategies[i].Schedules += s.Schedules
		}
	}
	p.hitCells(all, names)
}

// hitCells prints a row of the strategies.
func (p printer) hitCells(r hitRow, names []string) {
	line := fmt.Sprintf("%-5s", r.ID)
	for _, n := range names {
		cell := "-"
		for _, s := range r.Strategies {
			if s.Name == n {
				cell = fmt.Sprintf("%d / %s", s.Found, grouped(s.Schedules))
			}
		}
		line += fmt.Sprintf("  %14s", cell)
	}
	p.line("%s", line)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// last is the last line: what came of it, in one.
func (h hits) last() string {
	order, good, every := 0, 0, 0
	for _, r := range h.Bugs {
		if r.Found == h.Seeds {
			every++
		}
		if r.Order {
			order++
			if r.Found == h.Seeds && r.falls() == "" {
				good++
			}
		}
	}
	text := fmt.Sprintf("%d of %s found on all of %s; %d of %d that are a matter of order found so, and with a median of %s schedules or fewer; %.1f s; exit %d",
		every, plural(len(h.Bugs), "bug"), plural(h.Seeds, "seed"), good, order, grouped(medianSchedules), h.Seconds, h.Exit)
	if h.interrupted {
		return "interrupted, " + text
	}
	return text
}
