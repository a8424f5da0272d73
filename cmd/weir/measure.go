package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// measurement is one run of weir measure: what controlled schedules cost, and
// whether they can be relied on, each with its goal.
type measurement struct {
	flags   measureFlags
	runners measureRunners
	say     func(format string, args ...any)

	building sync.Mutex // guards built
	built    map[measured]builtBinary

	figures []figure
	// alarms are the reports of laws that the reference seems to violate.
	alarms []string
}

// measureFlags are the flags of measure.
type measureFlags struct {
	rows                      []string // of measureRows, to be measured; all if empty
	json                      string
	count, schedules, replays int
	seed                      uint64
}

// measureRow is what can be asked for by name.
type measureRow struct {
	name    string
	measure func(*measurement, context.Context) error
}

// measureRows are in the order in which they are measured and shown.
var measureRows = []measureRow{
	{"steps", (*measurement).steps},
	{"schedules", (*measurement).schedules},
	{"processes", (*measurement).processes},
	{"alarms", (*measurement).falseAlarms},
	{"replay", (*measurement).replays},
}

// The goals. A rate is one of a core: per second of processor time, so that
// what else the machine does changes it little.
const (
	goalSteps      = 600_000 // a second, on a woven limiter
	goalRacedSteps = 200_000 // the same under the race detector
	goalSchedules  = 3_000   // a second, of the whole Remote
	goalProcesses  = 1.9     // times what one process does
	goalAlarms     = 200_000 // schedules without one
	goalReplays    = 1_000   // of as many
)

// measureMax bounds what can be asked for: it is days of measuring.
const measureMax = 1 << 30

// parseMeasure reads the flags of measure.
func parseMeasure(args []string) (measureFlags, error) {
	var flags measureFlags
	f := newFlags("measure")
	f.IntVar(&flags.count, "count", 3, "rounds of the rates")
	f.IntVar(&flags.schedules, "schedules", 2_000, "schedules in which there must be no false alarm")
	f.IntVar(&flags.replays, "replays", 100, "schedules to replay")
	f.Uint64Var(&flags.seed, "seed", 1, "seed of the cases")
	f.StringVar(&flags.json, "json", "", "file for the figures")
	var err error
	if flags.rows, err = parseMixed(f, args); err != nil {
		return flags, err
	}
	names := rowNames()
	for _, row := range flags.rows {
		if !slices.Contains(names, row) {
			return flags, usageError{fmt.Errorf("measure: row %q is unknown, want some of %s", row, strings.Join(names, ", "))}
		}
	}
	for _, c := range []struct {
		name string
		got  int
	}{{"count", flags.count}, {"schedules", flags.schedules}, {"replays", flags.replays}} {
		if c.got < 1 || c.got > measureMax {
			return flags, usageError{fmt.Errorf("measure: --%s is %d, want 1 to %d", c.name, c.got, measureMax)}
		}
	}
	if flags.seed == 0 {
		return flags, usageError{errors.New("measure: --seed is 0, want 1 or more")}
	}
	if flags.json == "" {
		return flags, nil
	}
	if flags.json, err = filepath.Abs(flags.json); err != nil {
		return flags, err
	}
	if info, err := os.Stat(filepath.Dir(flags.json)); err != nil || !info.IsDir() {
		return flags, usageError{fmt.Errorf("measure: --json: %s is no directory", filepath.Dir(flags.json))}
	}
	return flags, nil
}

func rowNames() []string {
	var names []string
	for _, r := range measureRows {
		names = append(names, r.name)
	}
	return names
}

// measureCommand reads the flags of measure, measures, and prints the figures.
// The exit code is exitViolated for a false alarm or a replay that differs, and
// exitHeld otherwise, whatever the rates: they are the machine's as well.
func measureCommand(ctx context.Context, args []string, out, errs io.Writer) (code int, err error) {
	flags, err := parseMeasure(args)
	if err != nil {
		return 0, err
	}
	root, err := findRoot()
	if err != nil {
		return 0, err
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
	p := newProgress(errs)
	defer p.end()
	m := &measurement{flags: flags, runners: newMeasureRunners(b, p), say: p.step}
	return m.command(ctx, out)
}

// command measures and prints. What was measured before an error is printed,
// too.
func (m *measurement) command(ctx context.Context, out io.Writer) (int, error) {
	conditions := machine(m.flags)
	err := m.measure(ctx)
	report := measureReport{Conditions: conditions, Figures: m.figures, alarms: m.alarms}
	if len(m.figures) > 0 {
		report.print(out)
	}
	if err != nil {
		return 0, fmt.Errorf("measure: %w", interruptedOr(ctx, err))
	}
	if m.flags.json != "" {
		if err := report.write(m.flags.json); err != nil {
			return 0, fmt.Errorf("measure: %w", err)
		}
	}
	if report.lawless() {
		return exitViolated, nil
	}
	return exitHeld, nil
}

// measure measures the rows that were asked for.
func (m *measurement) measure(ctx context.Context) error {
	for _, row := range measureRows {
		if len(m.flags.rows) > 0 && !slices.Contains(m.flags.rows, row.name) {
			continue
		}
		if err := row.measure(m, ctx); err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
	}
	return nil
}

// machine says under what the figures were measured.
func machine(flags measureFlags) []string {
	load := "load unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		if one, _, found := strings.Cut(string(text), " "); found {
			load = "load " + one
		}
	}
	return []string{
		fmt.Sprintf("%s at the start; %d cores, go %s, %s/%s; each process has GOMAXPROCS=1", load, runtime.NumCPU(), strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH),
		fmt.Sprintf("rates are per second of processor time, medians (least-most) of %s, interleaved with what they are compared with", plural(flags.count, "round")),
	}
}
