package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// addSearch takes what the strategies of one process did. Schedules that
// several processes ran are distinct once.
func (t *testedTest) addSearch(n explore.Note) {
	for at := 0; at+8 <= len(n.Seen); at += 8 {
		t.seen[binary.LittleEndian.Uint64(n.Seen[at:])] = struct{}{}
	}
	if len(n.Seen) == 0 {
		t.distinct += n.Distinct
	}
	if n.Covered != "" {
		t.covered = n.Covered
	}
	t.strategies = addReports(t.strategies, n.Strategies)
	// Not every process has every strategy.
	slices.SortStableFunc(t.strategies, func(a, b strategy.Report) int { return rank(a.Name) - rank(b.Name) })
}

// rank puts the schedule without a preemption first, and what only one process
// does last.
func rank(name string) int {
	switch name {
	case "no preemption":
		return -1
	case "exhaustive":
		return 1
	}
	return 0
}

// merged adds up what a strategy did in two processes. Its distinct schedules
// and traces are distinct within each; the bound is that of all goroutines and
// steps that any of them saw.
func merged(a, b strategy.Report) strategy.Report {
	a.Schedules += b.Schedules
	a.Distinct += b.Distinct
	a.Traces += b.Traces
	a.News += b.News
	a.Failures += b.Failures
	if a.First == 0 || b.First > 0 && b.First < a.First {
		a.First = b.First
	}
	a.Steps, a.Tasks = max(a.Steps, b.Steps), max(a.Tasks, b.Tasks)
	var depth int
	if n, _ := fmt.Sscanf(a.Name, "pct d=%d", &depth); n == 1 && a.Tasks > 0 && a.Steps > 0 {
		a.Bound = 1 / (float64(a.Tasks) * math.Pow(float64(a.Steps), float64(depth-1)))
	}
	a.Complete = a.Complete || b.Complete
	return a
}

// searchTable prints what each strategy did.
func (t *testedTest) searchTable(p printer) {
	if len(t.strategies) == 0 {
		return
	}
	p.line("    %-13s %9s  %9s  %9s  %6s  %8s  %s", "strategy", "schedules", "distinct", "traces", "failed", "hit rate", "bound")
	for _, r := range t.strategies {
		bound := ""
		if r.Bound > 0 {
			bound = fmt.Sprintf("%.2g a schedule (n=%d k=%d)", r.Bound, r.Tasks, r.Steps)
		}
		p.line("    %-13s %9s  %9s  %9s  %6s  %8.2g  %s", r.Name, grouped(r.Schedules), grouped(r.Distinct), grouped(r.Traces), grouped(r.Failures), r.HitRate(), bound)
	}
}
