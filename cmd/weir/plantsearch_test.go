package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/strategy"
	"github.com/weir-dev/weir/properties"
)

// caught is a search that found the bug.
func caught(seed uint64, by string, schedule int) plantResult {
	return plantResult{Caught: true, Law: "remote/order", Schedules: schedule, By: by, seed: seed,
		search: suiteResult{took: 1e9, tally: &properties.Tally{Cases: schedule, Strategies: []strategy.Report{
			{Name: "rapid", Schedules: schedule - 2}, {Name: "pos", Schedules: 2}}}}}
}

// passed is one that did not, for want of time if isUndecided.
func passed(seed uint64, schedules int, isUndecided bool) plantResult {
	r := caught(seed, "", schedules)
	r.Caught, r.Undecided, r.why = false, isUndecided, fmt.Sprintf("remote/order held in %d schedules", schedules)
	return r
}

func TestRowOf(t *testing.T) {
	p := plant{ID: "R01", Law: "remote/order", Order: true}
	for name, c := range map[string]struct {
		searches       []plantResult
		found          int
		median, worst  int
		missed         string
		rapid, pos     int
		falls, refusal string
	}{
		"all found":            {[]plantResult{caught(2, "pos", 30), caught(1, "rapid", 11), caught(3, "pos", 20)}, 3, 20, 30, "[][]", 1, 2, "", ""},
		"an even number":       {[]plantResult{caught(1, "rapid", 11), caught(2, "pos", 30)}, 2, 21, 30, "[][]", 1, 1, "", ""},
		"one missed":           {[]plantResult{passed(2, 50, false), caught(1, "rapid", 11), caught(3, "pos", 20)}, 2, 20, 20, "[2][]", 1, 1, "missed on 1 seed", ""},
		"half missed":          {[]plantResult{passed(2, 50, false), caught(1, "rapid", 11)}, 1, 0, 11, "[2][]", 1, 0, "missed on 1 seed", ""},
		"one undecided":        {[]plantResult{passed(2, 50, true), caught(1, "rapid", 11), caught(3, "pos", 20)}, 2, 20, 20, "[][2]", 1, 1, "", ""},
		"at the bound":         {[]plantResult{caught(1, "rapid", medianSchedules)}, 1, 2000, 2000, "[][]", 1, 0, "", ""},
		"above the bound":      {[]plantResult{caught(1, "rapid", medianSchedules+1)}, 1, 2001, 2001, "[][]", 1, 0, "the median is 2,001 schedules, want 2,000 or fewer", ""},
		"it does not build":    {[]plantResult{{seed: 1, why: "does not build: x"}}, 0, 0, 0, "[][]", 0, 0, "", "does not build: x"},
		"a process died":       {[]plantResult{caught(1, "", 11)}, 1, 11, 11, "[][]", 0, 0, "", ""},
		"nothing has been run": {nil, 0, 0, 0, "[][]", 0, 0, "", ""},
	} {
		r := rowOf(p, c.searches)
		by := map[string]int{}
		for _, s := range r.Strategies {
			by[s.Name] = s.Found
		}
		if r.Found != c.found || r.Median != c.median || r.Worst != c.worst || fmt.Sprint(r.Missed, r.Undecided) != strings.ReplaceAll(c.missed, "][", "] [") ||
			by["rapid"] != c.rapid || by["pos"] != c.pos || r.falls() != c.falls || r.broken != c.refusal {
			t.Errorf("%s: got %+v, which falls short because of %q, want %+v", name, r, r.falls(), c)
		}
		if name == "a process died" && by[unknownStrategy] != 1 {
			t.Errorf("%s: got %v, want the hit of one that nobody knows", name, by)
		}
	}
}

func TestHitsExit(t *testing.T) {
	good := hitRow{Order: true, Found: 10, Median: 7}
	bad := hitRow{Order: true, Found: 9, Median: 7, Missed: []uint64{4}}
	slow := hitRow{Order: true, Found: 10, Median: medianSchedules + 1}
	data := hitRow{Found: 9, Median: 9000, Missed: []uint64{4}} // no matter of order
	late := hitRow{Order: true, Found: 9, Median: 7, Undecided: []uint64{4}}
	broken := hitRow{Order: true, broken: "does not build"}
	for name, c := range map[string]struct {
		h    hits
		want int
	}{
		"all found":                    {hits{Bugs: []hitRow{good, data}}, exitHeld},
		"one missed":                   {hits{Bugs: []hitRow{good, bad}}, exitViolated},
		"one found late":               {hits{Bugs: []hitRow{slow, good}}, exitViolated},
		"one broken":                   {hits{Bugs: []hitRow{broken, good, late}}, exitBroken},
		"one missed and one broken":    {hits{Bugs: []hitRow{broken, bad}}, exitViolated},
		"there was no time for one":    {hits{Bugs: []hitRow{late, good}}, exitUndecided},
		"interrupted":                  {hits{Bugs: []hitRow{good}, interrupted: true}, exitUndecided},
		"interrupted, with one missed": {hits{Bugs: []hitRow{bad}, interrupted: true}, exitViolated},
	} {
		if got := c.h.exit(); got != c.want {
			t.Errorf("%s: got exit %d, want %d", name, got, c.want)
		}
	}
}

func TestHitTables(t *testing.T) {
	p := plant{ID: "R01", Law: "remote/order", Order: true}
	h := hits{Seeds: 3, Schedules: 50, Seconds: 9.25, Bugs: []hitRow{
		rowOf(p, []plantResult{caught(1, "rapid", 11), caught(2, "pos", 1200), caught(3, "", 20)}),
		rowOf(plant{ID: "G15", Law: "gateway/count"}, []plantResult{caught(1, "rapid", 11), passed(2, 50, false), passed(3, 50, false)}),
		rowOf(plant{ID: "G16", Law: "gateway/linearizable", Order: true}, []plantResult{{seed: 1, why: "planted bug G16 no longer applies\nto it"}}),
	}}
	h.Exit = h.exit()
	var out bytes.Buffer
	h.print(&out)
	golden(t, "hits.txt", out.Bytes())
}

// searched runs a search of a fake checkout.
func (f *faked) searched(t *testing.T, ctx context.Context, flags plantsFlags) (int, hits, string) {
	t.Helper()
	flags.search, flags.json = true, filepath.Join(t.TempDir(), "hits.json")
	var out bytes.Buffer
	code, err := f.searchPlants(ctx, flags, &out)
	if err != nil {
		t.Fatal(err)
	}
	var h hits
	if b, err := os.ReadFile(flags.json); err != nil {
		t.Fatal(err)
	} else if err := json.Unmarshal(b, &h); err != nil {
		t.Fatal(err)
	}
	if h.Exit != code {
		t.Errorf("got exit %d in the JSON, want %d", h.Exit, code)
	}
	return code, h, out.String()
}

func TestSearchPlants(t *testing.T) {
	f := newFaked(t, verifyFlags{})
	f.cores = 2
	code, h, out := f.searched(t, t.Context(), plantsFlags{seeds: 3, schedules: 70})
	if code != exitHeld || len(h.Bugs) != 2 || h.Bugs[0].ID != "G01" || h.Bugs[0].Found != 3 || h.Bugs[1].Median != 11 || h.Seeds != 3 || h.Schedules != 70 {
		t.Errorf("got exit %d and %+v\n%s", code, h, out)
	}
	contains(t, "output", out, "G01    gateway/count        yes        3/3         4         4", "2 of 2 bugs found on all of 3 seeds; 2 of 2 that are a matter of order found so")
	contains(t, "progress", f.progress.String(), "R31: found on 3 of 3 seeds, median schedule 11, worst 11")

	code, h, _ = f.searched(t, t.Context(), plantsFlags{seeds: 1, schedules: 70, ids: []string{"R31"}})
	if code != exitHeld || len(h.Bugs) != 1 || h.Bugs[0].ID != "R31" {
		t.Errorf("R31 alone: got exit %d and %+v", code, h)
	}

	tally := heldTally("remote")
	tally.Cases = 70
	f.script(t, "R31", testOf("remote"), properties.Simulated, note(t, properties.Note{Held: tally}))
	code, h, out = f.searched(t, t.Context(), plantsFlags{seeds: 2, schedules: 70})
	if code != exitViolated || fmt.Sprint(h.Bugs[1].Missed) != "[1 2]" {
		t.Errorf("R31 missed: got exit %d and %+v", code, h)
	}
	contains(t, "output", out, "missed on 2 seeds", "not found  R31, seed 1: remote/conservation held in 70 schedules")

	ctx, cancel := context.WithCancel(t.Context())
	f.script(t, "R31", testOf("remote"), properties.Simulated, "hang\n")
	go func() {
		defer cancel()
		waitForPid(ctx, filepath.Join(f.scripts, "pid"))
	}()
	code, h, out = f.searched(t, ctx, plantsFlags{seeds: 2, schedules: 70, ids: []string{"R31"}})
	if code != exitUndecided || len(h.Bugs) != 1 || h.Bugs[0].Found != 0 {
		t.Errorf("interrupted: got exit %d and %+v", code, h)
	}
	contains(t, "output", out, "interrupted, ")
}

func TestSearchFlags(t *testing.T) {
	s := (&verification{root: "/w"}).searchFor(plant{ID: "R05", Law: "remote/no-crash"}, 7, 50, 1e9)
	contains(t, "flags", strings.Join(s.args("report"), " "), "-test.run=^TestReferenceRemote$", "-weir.seed=7", "-weir.planted=R05", "-weir.judges=remote/no-crash",
		"-weir.net=sim", "-weir.cases=50", "-weir.shrink=false", "-weir.workers=1")
	s = (&verification{root: "/w"}).searchFor(plant{ID: "G99", Law: "gateway/linearizable"}, 7, 50, 1e9)
	contains(t, "flags", strings.Join(s.args("report"), " "), "-test.run=^TestReferenceLimiter$", "-weir.planted=G99")
	s = suiteOf("remote", properties.Simulated, 1)
	if got := strings.Join(s.args("report"), " "); strings.Contains(got, "planted") || strings.Contains(got, "judges") || strings.Contains(got, "workers") {
		t.Errorf("got flags %s of the suite of the implementation, want none of a planted bug", got)
	}
}
