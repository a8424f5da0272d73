package properties

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// Edited saves a violation of a law as the suites do and replays it on edited
// code, in this process.
type Edited struct {
	e   *explorer
	law string
}

// EditedRemote makes an Edited for a law of the Remote.
func EditedRemote(t *testing.T, law string, make func(*RemoteWorld) Remote) Edited {
	return newEdited(t, law, toyRemoteSuite(make))
}

// EditedGateway makes an Edited for a law of the Gateway.
func EditedGateway(t *testing.T, law string, make func(*GatewayWorld) Gateway, host func(*HostWorld) Host) Edited {
	return newEdited(t, law, suite{protocol: "gateway", run: func(t *testing.T, n Network, c *choices) *outcome {
		return runGateway(t, gatewayMakers{make, host}, n, c)
	}})
}

func newEdited(t *testing.T, law string, s suite) Edited {
	return Edited{&explorer{t: t, suite: s, job: job{Network: Simulated}, tally: newTally(), law: law}, law}
}

func (d Edited) fails(c schedule.Chooser) bool { return breaks(d.e.one(c), d.law) }

// sources hands out a chooser for each case.
func (d Edited) sources(seed uint64) func() schedule.Chooser {
	search := newSearch(seed * 1_000_003)
	n := uint64(0)
	return func() schedule.Chooser {
		n++
		next := newRand(seed*1_000_003 + n)
		rest := newOddsSource(func(n int) int { return int(next() % uint64(n)) })
		if n%2 == 0 {
			return rest
		}
		if n > 1 {
			search.Done(strategy.Outcome{})
		}
		steps, _ := search.Next()
		return searchSource{rest, steps}
	}
}

// wholeFile ends the name of the file with all constraints.
const wholeFile = ".whole"

// wholeOrder is the effort that keeps all constraints: a few runs show that they
// are enough.
var wholeOrder = replay.Effort{Runs: 1, Seeds: 1}

// unhurried is the time for what depends on real time: what is measured here
// shouldn't, on a machine that is busy with other things.
const unhurried = 30 * time.Second

// Save finds a violation, makes it small in both ways, and writes it to a file.
func (d Edited) Save(path string, seed uint64, cases int) error {
	next := d.sources(seed)
	for i := range cases {
		o := d.e.one(next())
		if !breaks(o, d.law) {
			continue
		}
		start := time.Now()
		d.e.first, d.e.last = o, o
		small, reduction := d.e.reduced(o, unhurried)
		reduced := time.Since(start)
		f := describe(small, d.law, Simulated)
		f.Saved, f.Loose = d.e.constrained(small, replay.Effort{Wall: unhurried})
		fmt.Printf("SAVED %s: found in case %d, reduced in %v, %v, with constraints in %v\n%s\n", d.law, i+1,
			reduced.Round(time.Millisecond), reduction, time.Since(start).Round(time.Millisecond), f.Loose)
		if err := writeCase(path, d.e.suite.protocol, seed, f); err != nil {
			return err
		}
		if f.Saved, f.Loose = d.e.constrained(small, wholeOrder); f.Saved == nil {
			return errors.New(f.Loose)
		}
		return writeCase(path+wholeFile, d.e.suite.protocol, seed, f)
	}
	return fmt.Errorf("%s holds in %d cases", d.law, cases)
}

// Replay replays the file and prints what came of it, and what the choices
// alone, the whole order of its racing steps, and as many random schedules would have done.
func (d Edited) Replay(path, variant string, seed uint64) error {
	_, j, err := readCase(path)
	if err != nil {
		return err
	}
	f := j.Replay
	r := f.Replay(d.fails)
	random := false
	next := d.sources(seed)
	for range r.Runs {
		random = random || d.fails(next())
	}
	_, j, err = readCase(path + wholeFile)
	if err != nil {
		return err
	}
	whole := j.Replay.Replay(d.fails)
	row, err := json.Marshal(map[string]any{
		"Variant": variant, "How": r.How.String(), "Text": r.String(), "Aligned": r.Aligned, "Runs": r.Runs,
		"Listed": d.fails(schedule.NewList(f.Choices)), "Random": random,
		"Whole": whole.How == replay.Exact || whole.How == replay.Reproduced,
	})
	fmt.Printf("ROW %s\n", row)
	return err
}
