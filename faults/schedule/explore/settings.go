package explore

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Settings is what the environment of a test process says about its
// explorations. The command weir sets it; the first seven variables serve
// people who run a woven binary by hand.
type Settings struct {
	// Schedules is the number of schedules of each test, all processes taken
	// together; 0 means what the test's Config says. WEIR_SCHEDULES.
	Schedules int
	// Seed selects the schedules that are drawn; 0 means 1. WEIR_SEED.
	Seed uint64
	// Search is how schedules are looked for. WEIR_STRATEGY.
	Search Search
	// Replay is the file with the one schedule to run. WEIR_REPLAY.
	Replay string
	// Mermaid and Perfetto are files that take a sequence diagram and a timeline
	// of the replayed schedule; see package story. WEIR_MERMAID, WEIR_PERFETTO.
	Mermaid, Perfetto string
	// Check has each schedule run twice. WEIR_CHECK_DETERMINISM.
	Check bool
	// Woven says that a run without a woven point is an error. WEIR_WOVEN.
	Woven bool
	// Shard of Shards is this process; 0 of 0 is the only one. WEIR_SHARD.
	Shard, Shards int
	// Report is a file that takes Notes. WEIR_REPORT.
	Report string
	// Ahead is a file that takes the choices of the running schedule before
	// they are acted on, so that they survive a crash. WEIR_AHEAD.
	Ahead string
	// Keep is the folder for failing schedules; empty means testdata/weir.
	// WEIR_KEEP.
	Keep string
}

// Environ is the settings as variables of the environment.
func (s Settings) Environ() []string {
	flag := func(b bool) string {
		if b {
			return "1"
		}
		return ""
	}
	return []string{
		fmt.Sprintf("WEIR_SCHEDULES=%d", s.Schedules), fmt.Sprintf("WEIR_SEED=%d", s.Seed), "WEIR_REPLAY=" + s.Replay,
		"WEIR_MERMAID=" + s.Mermaid, "WEIR_PERFETTO=" + s.Perfetto,
		"WEIR_CHECK_DETERMINISM=" + flag(s.Check), "WEIR_WOVEN=" + flag(s.Woven), fmt.Sprintf("WEIR_SHARD=%d/%d", s.Shard, s.Shards),
		"WEIR_STRATEGY=" + s.Search.String(), "WEIR_REPORT=" + s.Report, "WEIR_AHEAD=" + s.Ahead, "WEIR_KEEP=" + s.Keep,
	}
}

// readSettings reads the environment.
func readSettings() (Settings, error) {
	var errs []error
	number := func(name string) uint64 {
		text := os.Getenv(name)
		if text == "" {
			return 0
		}
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			errs = append(errs, fmt.Errorf("explore: %s is %q, want a number", name, text))
		}
		return n
	}
	s := Settings{
		Schedules: int(min(number("WEIR_SCHEDULES"), 1<<31)), Seed: number("WEIR_SEED"), Replay: os.Getenv("WEIR_REPLAY"),
		Mermaid: os.Getenv("WEIR_MERMAID"), Perfetto: os.Getenv("WEIR_PERFETTO"),
		Check: os.Getenv("WEIR_CHECK_DETERMINISM") != "", Woven: os.Getenv("WEIR_WOVEN") != "",
		Report: os.Getenv("WEIR_REPORT"), Ahead: os.Getenv("WEIR_AHEAD"), Keep: os.Getenv("WEIR_KEEP"),
	}
	if shard := os.Getenv("WEIR_SHARD"); shard != "" {
		of, all, _ := strings.Cut(shard, "/")
		i, err1 := strconv.Atoi(of)
		n, err2 := strconv.Atoi(all)
		if err1 != nil || err2 != nil || i < 0 || n < 0 || i >= max(n, 1) {
			errs = append(errs, fmt.Errorf("explore: WEIR_SHARD is %q, want as 0/2", shard))
		}
		s.Shard, s.Shards = i, n
	}
	s.Shards = max(s.Shards, 1)
	if (s.Mermaid != "" || s.Perfetto != "") && s.Replay == "" {
		errs = append(errs, errors.New("explore: WEIR_MERMAID and WEIR_PERFETTO draw the schedule of WEIR_REPLAY, which is empty: name one"))
	}
	var err error
	if s.Search, err = ParseSearch(os.Getenv("WEIR_STRATEGY")); err != nil {
		errs = append(errs, fmt.Errorf("explore: WEIR_STRATEGY: %w", err))
	}
	if !s.Search.Splits() && s.Shards > 1 {
		errs = append(errs, fmt.Errorf("explore: WEIR_STRATEGY %s can't be split, want WEIR_SHARD 0/1", s.Search))
	}
	if s.Seed == 0 {
		s.Seed = 1
	}
	if s.Keep == "" {
		s.Keep = keepDir
	}
	return s, errors.Join(errs...)
}
