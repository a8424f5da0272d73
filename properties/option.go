package properties

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// Option changes how a suite runs.
type Option func(*settings)

// Cases sets how many cases are run on a network; more find more, and no
// number proves a law.
func Cases(n Network, cases int) Option {
	return func(s *settings) { s.cases[n] = cases }
}

// On restricts a suite to some networks.
func On(networks ...Network) Option {
	return func(s *settings) { s.networks = networks }
}

// JudgedBy lets a suite judge by these laws alone, by their slugs, as in
// "remote/order". The first law that is violated ends a suite, so that this is
// how to look past one. That a process crashes is always told.
func JudgedBy(laws ...string) Option {
	return func(s *settings) { s.judges = laws }
}

// Workers sets how many processes run the simulated cases; by default one for
// each of two cores. Which cases are drawn depends on it.
func Workers(n int) Option {
	return func(s *settings) { s.workers = n }
}

// settings is what a suite runs with: defaults, then options, then flags.
type settings struct {
	networks []Network
	cases    map[Network]int
	budget   time.Duration
	seed     uint64
	replay   string
	dir      string
	report   string
	command  string
	judges   []string // the laws to judge by; all if empty
	workers  int
	shrink   bool
	// stuck is how long a case may take in real time without a single choice.
	stuck time.Duration
}

var flags struct {
	net, judges, replay, dir, report, command string
	cases, workers                            int
	budget                                    time.Duration
	seed                                      uint64
	shrink                                    bool
}

func init() {
	flag.StringVar(&flags.net, "weir.net", "", "weir: run only on this `network`: sim, virtual or loopback")
	flag.StringVar(&flags.judges, "weir.judges", "", "weir: judge by these `laws` alone, separated by commas")
	flag.IntVar(&flags.workers, "weir.workers", 0, "weir: `number` of processes for simulated cases")
	flag.IntVar(&flags.cases, "weir.cases", 0, "weir: number of cases on each network")
	flag.DurationVar(&flags.budget, "weir.budget", 0, "weir: run no further cases on a network after this time")
	flag.Uint64Var(&flags.seed, "weir.seed", 1, "weir: seed of the cases")
	flag.StringVar(&flags.replay, "weir.replay", "", "weir: run only the case in this `file`")
	flag.StringVar(&flags.dir, "weir.dir", filepath.Join("testdata", "weir"), "weir: `directory` for the cases of violated laws")
	flag.StringVar(&flags.report, "weir.report", "", "weir: append progress and results to this `file`, a JSON object a line")
	flag.BoolVar(&flags.shrink, "weir.shrink", true, "weir: make a failing case small")
	flag.StringVar(&flags.command, "weir.command", "", "weir: `command` that replays a case, with %s for its file")
}

// newSettings merges defaults, options and flags. A fixed seed by default
// makes a suite as repeatable as what it tests.
func newSettings(t *testing.T, opts []Option) settings {
	s := settings{
		networks: Networks(),
		cases:    map[Network]int{Simulated: 300, Virtual: 12, Loopback: 6},
		seed:     flags.seed,
		replay:   flags.replay,
		dir:      flags.dir,
		report:   flags.report,
		command:  flags.command,
		budget:   flags.budget,
		workers:  min(2, runtime.NumCPU()),
		shrink:   flags.shrink,
		stuck:    stuckAfter,
	}
	for _, o := range opts {
		o(&s)
	}
	if testing.Short() {
		for n := range s.cases {
			s.cases[n] = max(min(1, s.cases[n]), s.cases[n]/5)
		}
	}
	if flags.net != "" {
		s.networks = []Network{Network(flags.net)}
	}
	if flags.judges != "" {
		s.judges = strings.Split(flags.judges, ",")
	}
	if flags.workers != 0 {
		s.workers = flags.workers
	}
	if flags.cases != 0 {
		for n := range s.cases {
			s.cases[n] = flags.cases
		}
	}
	if s.budget == 0 {
		s.budget = time.Hour
	}
	if s.command == "" {
		s.command = fmt.Sprintf("go test -run '^%s$' . -weir.replay=%%s", t.Name())
	}
	return s
}

// validate says what is wrong with the settings, if anything is.
func (s settings) validate() error {
	if len(s.networks) == 0 {
		return errors.New("no network is given, want sim, virtual or loopback")
	}
	for _, n := range s.networks {
		if _, err := parseNetwork(string(n)); err != nil {
			return err
		}
		if s.cases[n] < 1 {
			return fmt.Errorf("%d cases are to be run on network %s, want 1 or more", s.cases[n], n)
		}
	}
	for _, law := range s.judges {
		if l, ok := protocol.LawBySlug(law); !ok || !slices.Contains(Judges(l.Protocol()), law) {
			return fmt.Errorf("law %q is asked for, which no suite judges; docs/laws.md lists them", law)
		}
	}
	if s.workers < 1 {
		return fmt.Errorf("%d processes are to run the simulated cases, want 1 or more", s.workers)
	}
	if s.budget < 0 {
		return fmt.Errorf("budget is %v, want 0 (none) or more", s.budget)
	}
	if !strings.Contains(s.command, "%s") {
		return fmt.Errorf("command %q has no %%s, which stands for the file of the case", s.command)
	}
	return nil
}

// asksFor tells whether a law of the protocol is to be judged.
func (s settings) asksFor(protocolName string) bool {
	return len(s.judges) == 0 || slices.ContainsFunc(s.judges, func(law string) bool { return strings.HasPrefix(law, protocolName+"/") })
}

// judgedBy leaves out what breaks other laws; none are all.
func (o *outcome) judgedBy(laws []string) *outcome {
	if len(laws) > 0 && o.found != nil {
		o.found.violations = slices.DeleteFunc(o.found.violations, func(v Violation) bool { return !slices.Contains(laws, v.Law) })
	}
	return o
}

// commandFor is the command that replays the case in a file.
func (s settings) commandFor(path string) string { return strings.ReplaceAll(s.command, "%s", path) }

// jobVariable names the file that tells a child process what to do.
const jobVariable = "WEIR_JOB"

// isChild tells whether this process was started by a suite.
func isChild() bool { return os.Getenv(jobVariable) != "" }
