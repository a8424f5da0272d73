package cmdline

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/weir-dev/weir/model"
)

// DefaultGraphStates bounds the graphs that are written when Options has no
// bound: beyond it nobody can look at one.
const DefaultGraphStates = 1000

// Options say what is checked of a spec, how, and what is written to files. The
// zero value is usable.
type Options struct {
	// Law is the one law to judge; its witness is told if it is a Sometimes.
	// Empty: all laws are judged.
	Law string
	// Workers, MaxStates, MaxBytes, Exact and Unreduced are those of
	// [model.Options].
	Workers, MaxStates int
	MaxBytes           int64
	Exact, Unreduced   bool
	// Timeout ends the search, undecided. 0: there is none.
	Timeout time.Duration
	// DOT and JSON are files for the state graph, Mermaid is one for the
	// sequence diagram of the story, and Result one for the report as JSON. Empty:
	// not written.
	DOT, JSON, Mermaid, Result string
	// GraphStates is how many states a graph may have that is written.
	// 0: [DefaultGraphStates].
	GraphStates int
}

// Define adds a flag for each option to f. What is on the command line ends up
// in o when f is parsed.
func (o *Options) Define(f *flag.FlagSet) {
	f.StringVar(&o.Law, "law", o.Law, "judge this law alone; of a sometimes law, tell the witness")
	f.IntVar(&o.Workers, "workers", o.Workers, "goroutines that search (0: one a core)")
	f.BoolVar(&o.Exact, "exact", o.Exact, "keep whole states instead of fingerprints")
	f.BoolVar(&o.Unreduced, "unreduced", o.Unreduced, "use neither symmetry nor independent steps")
	f.IntVar(&o.MaxStates, "max-states", o.MaxStates, "end undecided after so many states")
	f.Func("max-bytes", "end undecided before more memory is needed, as in 500MB or 2GiB", func(s string) (err error) {
		o.MaxBytes, err = parseBytes(s)
		return err
	})
	f.DurationVar(&o.Timeout, "timeout", o.Timeout, "end undecided after this time, as in 90s")
	f.StringVar(&o.DOT, "dot", o.DOT, "write the state graph for Graphviz to this file")
	f.StringVar(&o.JSON, "json", o.JSON, "write the state graph for tools to this file")
	f.IntVar(&o.GraphStates, "graph-states", o.GraphStates, fmt.Sprintf("write no graph of more states (default %d)", DefaultGraphStates))
	f.StringVar(&o.Mermaid, "mermaid", o.Mermaid, "write the story as a sequence diagram to this file")
	f.StringVar(&o.Result, "result", o.Result, "write the report for tools to this file")
}

// Files returns the files that the options name.
func (o Options) Files() []string {
	var out []string
	for _, path := range []string{o.DOT, o.JSON, o.Mermaid, o.Result} {
		if path != "" {
			out = append(out, path)
		}
	}
	return out
}

// Validate returns an error that names the option, its value and its bounds, or
// the file that can't be written.
func (o Options) Validate() error {
	switch {
	case o.Workers < 0 || o.Workers > model.MaxWorkers:
		return fmt.Errorf("--workers is %d, want 1 to %d, or 0 for one a core", o.Workers, model.MaxWorkers)
	case o.MaxStates < 0:
		return fmt.Errorf("--max-states is %d, want a positive number, or 0 for %d", o.MaxStates, model.DefaultMaxStates)
	case o.MaxBytes < 0:
		return fmt.Errorf("--max-bytes is %d, want a positive number, or 0 for %d", o.MaxBytes, int64(model.DefaultMaxBytes))
	case o.Timeout < 0:
		return fmt.Errorf("--timeout is %v, want a positive time, or 0 for none", o.Timeout)
	case o.GraphStates < 0:
		return fmt.Errorf("--graph-states is %d, want a positive number, or 0 for %d", o.GraphStates, DefaultGraphStates)
	}
	named := make(map[string]bool)
	for _, path := range o.Files() {
		clean := filepath.Clean(path)
		if named[clean] {
			return fmt.Errorf("the file %s is named twice: one result would replace the other", path)
		}
		named[clean] = true
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a directory, want a file", path)
		}
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			return fmt.Errorf("%s is no directory, so that %s can't be written", filepath.Dir(path), filepath.Base(path))
		}
	}
	return nil
}

// search returns the options of the checker.
func (o Options) search() model.Options {
	return model.Options{Workers: o.Workers, MaxStates: o.MaxStates, MaxBytes: o.MaxBytes, Exact: o.Exact, Unreduced: o.Unreduced}
}

// units are what a number of bytes may end in.
var units = []struct {
	name  string
	bytes float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1}}

// parseBytes reads a number of bytes with a unit.
func parseBytes(s string) (int64, error) {
	for _, u := range units {
		head, ok := strings.CutSuffix(strings.ToLower(s), strings.ToLower(u.name))
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(head), 64)
		if err != nil || !(n > 0) || n*u.bytes >= math.MaxInt64 {
			break
		}
		return int64(n * u.bytes), nil
	}
	return 0, errors.New("want a positive number of bytes, as in 500MB or 2GiB")
}
