package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// searchBudget bounds the search for one bug by one seed in time.
const searchBudget = 10 * time.Minute

// hits is what a search for planted bugs comes to, for people and machines.
type hits struct {
	// Seeds and Schedules are what each bug was given.
	Seeds     int      `json:"seeds"`
	Schedules int      `json:"schedules"`
	Bugs      []hitRow `json:"bugs"`
	Seconds   float64  `json:"seconds"`
	Exit      int      `json:"exit"`

	interrupted bool
}

// hitRow is what the searches for one bug came to.
type hitRow struct {
	ID    string `json:"id"`
	Law   string `json:"law"`
	Order bool   `json:"order"`
	// Found is on how many seeds it was found, Missed are those on which it was
	// not, Undecided those on which that can't be said.
	Found     int      `json:"found"`
	Missed    []uint64 `json:"missed"`
	Undecided []uint64 `json:"undecided"`
	// Median and Worst are of the numbers of the schedules that have shown it;
	// Median is 0 if half of the seeds have not.
	Median int `json:"median"`
	Worst  int `json:"worst"`
	// PerSecond is how many schedules a process runs in a second, with its start.
	PerSecond float64 `json:"perSecond"`
	// Strategies tells what each strategy has run and found; it is empty where
	// none draws the schedules.
	Strategies []hitStrategy `json:"strategies"`

	broken string // why it can't be searched for
	why    string // the first seed that missed it has to say
}

// hitStrategy is what a strategy did in the searches for one bug.
type hitStrategy struct {
	Name      string `json:"name"`
	Schedules int    `json:"schedules"`
	// Found is on how many seeds it has found the bug before all others.
	Found int `json:"found"`
}

// searchPlants searches for bugs by several seeds each, one process a core.
func (v *verification) searchPlants(ctx context.Context, flags plantsFlags, out io.Writer) (int, error) {
	if err := v.prepare(); err != nil {
		return 0, err
	}
	plants := flags.named(v.plan.plants)
	v.startBuilding(ctx, woven)
	defer v.stopBuilding()
	b, err := v.binary(ctx, woven)
	if err != nil {
		return 0, interruptedOr(ctx, fmt.Errorf("the implementation can't be built: %w", err))
	}
	found := make([][]plantResult, len(plants))
	var mu sync.Mutex
	abreast(ctx, max(1, v.cores), len(plants)*flags.seeds, func(i int) {
		at, seed := i/flags.seeds, uint64(1+i%flags.seeds)
		s := v.searchFor(plants[at], seed, flags.schedules, searchBudget)
		s.title += fmt.Sprintf(", seed %d", seed)
		s.keep = filepath.Join(workDir(v.root), "found", fmt.Sprintf("seed-%d", seed), plants[at].ID)
		r := v.catch(ctx, b, s, plants[at])
		if !r.Caught && ctx.Err() != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		r.seed = seed
		if found[at] = append(found[at], r); len(found[at]) == flags.seeds {
			v.progress.say("%s", rowOf(plants[at], found[at]).sentence())
		}
	})
	v.progress.end()
	h := hits{Seeds: flags.seeds, Schedules: flags.schedules, Bugs: []hitRow{}, interrupted: ctx.Err() != nil,
		Seconds: v.budget.took().Round(time.Millisecond).Seconds()}
	for i, p := range plants {
		h.Bugs = append(h.Bugs, rowOf(p, found[i]))
	}
	h.Exit = h.exit()
	h.print(out)
	if flags.json == "" {
		return h.Exit, nil
	}
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return 0, err
	}
	return h.Exit, os.WriteFile(flags.json, append(text, '\n'), 0o666)
}

// rowOf sums up the searches for one bug.
func rowOf(p plant, searches []plantResult) hitRow {
	row := hitRow{ID: p.ID, Law: p.Law, Order: p.Order, Missed: []uint64{}, Undecided: []uint64{}, Strategies: []hitStrategy{}}
	slices.SortFunc(searches, func(a, b plantResult) int { return cmp.Compare(a.seed, b.seed) })
	var numbers []int
	var reports []strategy.Report
	schedules, took := 0, time.Duration(0)
	foundBy := make(map[string]int)
	for _, r := range searches {
		schedules += r.Schedules
		took += r.search.took
		if r.search.tally == nil {
			row.broken = r.why
			continue
		}
		reports = addReports(reports, r.search.tally.Strategies)
		switch {
		case r.Caught:
			numbers = append(numbers, r.Schedules)
			foundBy[r.By]++
			continue
		case r.Undecided:
			row.Undecided = append(row.Undecided, r.seed)
		default:
			row.Missed = append(row.Missed, r.seed)
		}
		row.why = cmp.Or(row.why, fmt.Sprintf("seed %d: %s", r.seed, firstLine(r.why)))
	}
	row.Found, row.Median, row.Worst = len(numbers), median(numbers, len(searches)), slices.Max(append(numbers, 0))
	if took > 0 {
		row.PerSecond = float64(schedules) / took.Seconds()
	}
	for _, r := range reports {
		row.Strategies = append(row.Strategies, hitStrategy{r.Name, r.Schedules, foundBy[r.Name]})
		delete(foundBy, r.Name)
	}
	if n := foundBy[""]; n > 0 && len(reports) > 0 {
		row.Strategies = append(row.Strategies, hitStrategy{Name: unknownStrategy, Found: n})
	}
	return row
}

// unknownStrategy stands for the one that drew a schedule whose process died.
const unknownStrategy = "unknown"

// median is that of n numbers of which only some are known, the others being
// larger than all; 0 if it is one of these.
func median(known []int, n int) int {
	slices.Sort(known)
	if upper := n / 2; n == 0 || upper >= len(known) {
		return 0
	} else if n%2 == 0 {
		return (known[upper-1] + known[upper] + 1) / 2
	} else {
		return known[upper]
	}
}

// falls tells why a bug that is a matter of order is not found as it must be;
// empty if it is.
func (r hitRow) falls() string {
	switch {
	case !r.Order || r.broken != "":
	case len(r.Missed) > 0:
		return fmt.Sprintf("missed on %s", plural(len(r.Missed), "seed"))
	case r.Median > medianSchedules:
		return fmt.Sprintf("the median is %s schedules, want %s or fewer", grouped(r.Median), grouped(medianSchedules))
	}
	return ""
}

// exit is 1 when a bug that is a matter of order is not found as it must be, 4
// when one can't be searched for, 3 when that can't be said.
func (h hits) exit() int {
	code := exitHeld
	for _, r := range h.Bugs {
		switch {
		case r.falls() != "":
			return exitViolated
		case r.broken != "":
			code = exitBroken
		case code != exitBroken && (len(r.Undecided) > 0 || h.interrupted):
			code = exitUndecided
		}
	}
	return code
}
