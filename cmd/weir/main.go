// Command weir verifies the two protocols on their specs and on the reference
// implementation, and says what came of it law by law.
//
//	weir verify [--plant ID] [--json FILE] [--deep] [--seed N]
//	weir verify --replay FILE [--plant ID]
//	weir check SPEC [flags]
//	weir test [flags of go test] -weave=PATTERNS [-schedules=N] [packages]
//	weir weave PATTERNS... [-o DIR] [-overlay FILE]
//	weir bench [--count N] [--svg FILE]
//	weir measure [ROWS] [flags]
//	weir plants [--search [ID...]] [--seeds N] [--schedules N] [--json FILE]
//
// Run "weir help" for what each does. Verify, bench, measure and plants work
// inside a checkout of the project, because they weave and build its packages;
// check, test and weave work in any module that requires it, and check of a
// built-in spec anywhere.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
)

// The exit codes. When several apply, the first of violated, broken,
// undecided is given.
const (
	exitHeld      = 0 // every checked law holds
	exitViolated  = 1 // a law is violated
	exitUsage     = 2 // the command line makes no sense
	exitUndecided = 3 // a law could not be judged
	exitBroken    = 4 // the suite itself does not work: it can't be built, or misses a planted bug
)

const usage = `weir verifies two streaming protocols: their specs, and real code; and it runs
anybody's tests under controlled schedules.

  weir verify             check every law: models, schedules, real gRPC, planted bugs
    --plant ID            run one planted bug instead: its law, under schedules
    --replay FILE         run only the case in FILE (with --plant, as it was found)
    --json FILE           write the result for machines, too
    --deep                search long: many seeds, larger models, no limit on time
    --seed N              seed of the cases (default 1)
  weir check SPEC         search a spec whole, and tell the story of a violated law
                          SPEC: remote, gateway (all sizes for every change), one
                          size as in remote/ci, or a function of your own without
                          arguments that returns a *model.Spec, as in ./lock.Spec
    --list                list the built-in specs, their sizes and bugs
    --variant ID          put one of those bugs into a built-in spec
    --law SLUG            judge this law alone; of a sometimes law, tell the witness
    --workers N           goroutines that search (default: one a core)
    --exact               keep whole states: no chance of a collision
    --unreduced           use neither symmetry nor independent steps
    --max-states N        end undecided after so many states
    --max-bytes SIZE      end undecided before more memory is needed, as in 2GiB
    --timeout TIME        end undecided after this time, as in 90s
    --dot FILE            write the state graph for Graphviz
    --json FILE           write the state graph for tools
    --graph-states N      write no graph of more states (default 1000)
    --mermaid FILE        write the story as a sequence diagram
    --result FILE         write the report for tools
  weir test [packages]    explore the tests that call explore.Test; takes go test's -run, -race, -v ...
    -weave=PATTERNS       put these packages under control: of the module, or of its dependencies
    -schedules=N          schedules of each test (default: what the test says, or 1000)
    -seed=N               which schedules (default 1)
    -strategy=NAME        how they are looked for: portfolio (default), random, pct:DEPTH, pos, rarest;
                          in one process exhaustive, or bounded:N with at most N preemptions
    -check-determinism    run each schedule twice, and say where two runs part
    -replay=FILE          run only the schedule in FILE
    -mermaid=OUT          with -replay: write it as a sequence diagram
    -perfetto=OUT         with -replay: write it as a timeline for ui.perfetto.dev
    -accept=FILES         these files, or packages, may stay as they are
    -processes=N          processes at a time (default: one a core)
  weir weave PATTERNS     only write what "go test" needs to build woven code
    -o DIR                write it here (default: the user's cache)
    -overlay=FILE         start from this overlay
  weir bench              measure a Remote as the 2018 figure did
    --count N             runs of each point (default 5)
    --svg FILE            write the plot here (default out/bench.svg)
  weir measure [ROWS]     measure what schedules cost, and whether they can be relied on, with goals;
                          ROWS: some of steps, schedules, processes, alarms, replay (default: all)
    --count N             rounds of the rates (default 3)
    --schedules N         schedules without a false alarm (default 2000; the goal is about 200000)
    --replays N           schedules to replay (default 100; the goal is about 1000)
    --seed N              seed of the cases (default 1)
    --json FILE           write the figures for tools, too
  weir plants             list the planted bugs
    --search [ID...]      search for them, or for those that are named, and tell who found what
    --seeds N             with so many seeds each (default 10)
    --schedules N         and up to so many schedules (default 50,000)
    --json FILE           write the result for machines, too
  weir help               print this

A law is held when every check of it came to its end and none saw it broken; in
the models alone if no run of the code was judged by it (for a sometimes law:
has shown it); unchecked when no check exists for it yet. The planted bugs are
not run, and their list in FILE is empty, when a law is violated.

exit codes of verify, check, test, plants and measure; when several apply, the first of 1, 4, 3:
  0  every checked law holds, and every planted bug was caught
  1  a law is violated; for plants, a bug that is a matter of order was missed by
     a seed, or its median is above 2,000 schedules
  2  the command line makes no sense, or a file can't be written
  3  a law is undecided, or a planted bug, for which there was no time; also when
     interrupted by ctrl-C, with what was decided
  4  the suite itself is broken: it can't be built, or misses a planted bug; for
     check, the spec is misused, or something in it says nothing; for test, no
     woven point was reached, or the same choices gave two runs
make turns each of these but 0 into 2; .weir/weir is the binary that it runs.
`

func main() {
	ctx, stop := context.WithCancel(context.Background())
	// What whoever started it had it ignore (nohup does) stays ignored.
	if signals := slices.DeleteFunc(slices.Clone(endings), signal.Ignored); len(signals) > 0 {
		ctx, stop = signal.NotifyContext(ctx, signals...)
	}
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(errs, usage)
		return exitUsage
	}
	var err error
	switch args[0] {
	case "verify":
		var code int
		if code, err = verifyCommand(ctx, args[1:], out, errs); err == nil {
			return code
		}
	case "check":
		var code int
		if code, err = checkCommand(ctx, args[1:], out, errs); err == nil {
			return code
		}
	case "test":
		var code int
		if code, err = testCommand(ctx, args[1:], out, errs); err == nil {
			return code
		}
	case "weave":
		err = weaveCommand(args[1:], out, errs)
	case "bench":
		err = benchCommand(ctx, args[1:], out, errs)
	case "measure":
		var code int
		if code, err = measureCommand(ctx, args[1:], out, errs); err == nil {
			return code
		}
	case "plants":
		var code int
		if code, err = plantsCommand(ctx, args[1:], out, errs); err == nil {
			return code
		}
	case "help", "-h", "-help", "--help":
		fmt.Fprint(out, usage)
	default:
		err = usageError{fmt.Errorf("command %q is unknown, want verify, check, test, weave, bench, measure, plants or help", args[0])}
	}
	var wrong usageError
	switch {
	case err == nil:
		return exitHeld
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, usage)
		return exitHeld
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(errs, "weir: %v\n", err)
		return exitUndecided
	case errors.As(err, &wrong):
		fmt.Fprintf(errs, "weir: %v\n", err)
		return exitUsage
	default:
		fmt.Fprintf(errs, "weir: %v\n", err)
		return exitBroken
	}
}

// usageError is a mistake on the command line.
type usageError struct{ error }

// newFlags returns a flag set that leaves reporting to the caller.
func newFlags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse reads flags and refuses what is left over.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return usageError{fmt.Errorf("%s: %w; \"weir help\" lists what it takes", f.Name(), err)}
	}
	if f.NArg() > 0 {
		return usageError{fmt.Errorf("%s: argument %q is not understood; \"weir help\" lists what it takes", f.Name(), f.Arg(0))}
	}
	return nil
}
