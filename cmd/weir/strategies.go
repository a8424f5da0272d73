package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// searchResult is what the strategies did that drew the schedules of a suite.
type searchResult struct {
	// Suite is what was run: the protocol, or it with a planted bug.
	Suite     string `json:"suite"`
	Schedules int    `json:"schedules"`
	// Seconds is how long the suite ran, on all of its processes.
	Seconds    float64          `json:"seconds"`
	Strategies []strategyResult `json:"strategies"`
	reports    []strategy.Report
	failed     bool
}

// strategyResult is the row of a strategy.
type strategyResult struct {
	Name      string `json:"name"`
	Schedules int    `json:"schedules"`
	// Distinct counts those that differ in their steps, Traces those that differ
	// in the order of steps that don't commute; 0 if nobody counts them.
	Distinct int `json:"distinct"`
	Traces   int `json:"traces"`
	Failures int `json:"failures"`
	// HitRate is the share of the schedules that failed.
	HitRate float64 `json:"hitRate"`
	// Bound is the probability with which a schedule of PCT shows a bug of its
	// depth, at least, with Tasks goroutines and Steps steps; 0 for the others.
	Bound float64 `json:"bound"`
	Steps int     `json:"steps"`
	Tasks int     `json:"tasks"`
}

// searched notes what the strategies did in a suite.
func (v *verification) searched(s suiteRun, r suiteResult) {
	if r.tally == nil || len(r.tally.Strategies) == 0 {
		return
	}
	name := strings.TrimSpace(s.protocol + " " + s.planted)
	i := slices.IndexFunc(v.searches, func(at searchResult) bool { return at.Suite == name })
	if i < 0 {
		i = len(v.searches)
		v.searches = append(v.searches, searchResult{Suite: name})
	}
	v.searches[i].add(r)
}

// add adds what one run did.
func (r *searchResult) add(run suiteResult) {
	r.failed = r.failed || run.failure != nil
	r.Schedules += run.tally.Cases
	r.Seconds += run.took.Round(time.Millisecond).Seconds()
	r.reports = addReports(r.reports, run.tally.Strategies)
	r.Strategies = r.Strategies[:0]
	for _, s := range r.reports {
		r.Strategies = append(r.Strategies, strategyResult{Name: s.Name, Schedules: s.Schedules, Distinct: s.Distinct, Traces: s.Traces,
			Failures: s.Failures, HitRate: s.HitRate(), Bound: s.Bound, Steps: s.Steps, Tasks: s.Tasks})
	}
}

// addReports adds what strategies did elsewhere, by their names.
func addReports(to, from []strategy.Report) []strategy.Report {
	for _, r := range from {
		if i := slices.IndexFunc(to, func(s strategy.Report) bool { return s.Name == r.Name }); i >= 0 {
			to[i] = merged(to[i], r)
		} else {
			to = append(to, r)
		}
	}
	return to
}

// strategies prints what the strategies did in each suite.
func (p printer) strategies(searches []searchResult) {
	for _, r := range searches {
		p.line("\n%-16s  %10s  %10s  %10s  %6s  %8s  %s", r.Suite+" drawn by", "schedules", "distinct", "traces", "failed", "hit rate", "bound of a schedule")
		for _, s := range r.Strategies {
			hits, bound := "-", ""
			if s.Failures > 0 {
				hits = fmt.Sprintf("%.2g", s.HitRate)
			}
			if s.Bound > 0 {
				bound = fmt.Sprintf("%.2g (n=%d k=%d)", s.Bound, s.Tasks, s.Steps)
			}
			p.line("%-16s  %10s  %10s  %10s  %6s  %8s  %s", s.Name, number(s.Schedules), number(s.Distinct), number(s.Traces), number(s.Failures), hits, bound)
		}
		speed := perSecond(float64(r.Schedules)/max(r.Seconds, 0.001)) + " schedules/s"
		if r.failed {
			speed = "" // most of the time went into making the case small
		}
		p.line("%-16s  %10s  %s", "all", number(r.Schedules), speed)
	}
}
