package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
)

// The figures that a search for planted bugs is measured by.
const (
	searchSeeds     = 10
	searchSchedules = 50_000
	// medianSchedules is the largest median of a bug that is a matter of order.
	medianSchedules = 2_000
)

// plantsFlags are the flags of plants.
type plantsFlags struct {
	search           bool
	ids              []string
	seeds, schedules int
	json             string
}

// parsePlants reads the flags of plants.
func parsePlants(args []string) (plantsFlags, error) {
	var flags plantsFlags
	f := newFlags("plants")
	f.BoolVar(&flags.search, "search", false, "search for the bugs")
	f.IntVar(&flags.seeds, "seeds", searchSeeds, "seeds for each bug")
	f.IntVar(&flags.schedules, "schedules", searchSchedules, "schedules for each seed")
	f.StringVar(&flags.json, "json", "", "file for the result")
	var err error
	if flags.ids, err = parseMixed(f, args); err != nil {
		return flags, err
	}
	switch {
	case !flags.search && f.NFlag() > 0:
		return flags, usageError{errors.New("plants: --seeds, --schedules and --json are for --search")}
	case !flags.search && len(flags.ids) > 0:
		return flags, usageError{fmt.Errorf("plants: argument %q is not understood: with --search it names a bug", flags.ids[0])}
	case flags.seeds < 1:
		return flags, usageError{fmt.Errorf("plants: --seeds is %d, want 1 or more", flags.seeds)}
	case flags.schedules < 1:
		return flags, usageError{fmt.Errorf("plants: --schedules is %d, want 1 or more", flags.schedules)}
	case flags.json != "":
		if flags.json, err = filepath.Abs(flags.json); err != nil {
			return flags, err
		}
	}
	return flags, nil
}

// plantsCommand lists the planted bugs, or searches for them.
func plantsCommand(ctx context.Context, args []string, out, errs io.Writer) (code int, err error) {
	flags, err := parsePlants(args)
	if err != nil {
		return 0, err
	}
	root, err := findRoot()
	if err != nil {
		return 0, err
	}
	plants, err := readPlants(root)
	if err != nil {
		return 0, err
	}
	if !flags.search {
		listPlants(plants, out)
		return exitHeld, nil
	}
	for _, id := range flags.ids {
		if _, err := findPlant(plants, id); err != nil {
			return 0, err
		}
	}
	if flags.json != "" {
		if err := prepareJSON("plants", flags.json); err != nil {
			return 0, err
		}
	}
	s, err := newScratch(workDir(root))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.remove()) }()
	b, err := newBuilder(ctx, root, s)
	if err != nil {
		return 0, err
	}
	v := newVerification(root, verifyFlags{}, newProgress(errs))
	v.build, v.runner.scratch = b.build, s
	v.progress.say("weir plants --search: %s by %s of up to %s schedules, on %d cores, %s %s/%s",
		plural(len(flags.named(plants)), "bug"), plural(flags.seeds, "seed"), grouped(flags.schedules), v.cores, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return v.searchPlants(ctx, flags, out)
}

// named are the bugs that are searched for: all, if none is named.
func (f plantsFlags) named(plants []plant) (out []plant) {
	for _, p := range plants {
		if len(f.ids) == 0 || strings.Contains(" "+strings.Join(f.ids, " ")+" ", " "+p.ID+" ") {
			out = append(out, p)
		}
	}
	return out
}

// yesNo is how the header of a patch has it.
var yesNo = map[bool]string{true: "yes", false: "no"}

// listPlants lists the planted bugs.
func listPlants(plants []plant, out io.Writer) {
	widest := 0
	for _, p := range plants {
		widest = max(widest, len(p.Law))
	}
	fmt.Fprintf(out, "%-4s  %-5s  %-*s  %s\n", "bug", "order", widest, "law", "what is wrong")
	for _, p := range plants {
		fmt.Fprintf(out, "%-4s  %-5s  %-*s  %s\n", p.ID, yesNo[p.Order], widest, p.Law, p.Title)
	}
}
