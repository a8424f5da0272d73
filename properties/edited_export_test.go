package properties

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/reduce"
	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// Edited saves a violation of a law as constraints and replays it on edited
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
	return Edited{&explorer{t: t, suite: s, job: job{Network: Simulated}, tally: newTally()}, law}
}

func (d Edited) violates(c schedule.Chooser) (*outcome, bool) {
	o := d.e.one(c)
	_, violated := o.violation(d.law)
	return o, violated
}

func (d Edited) fails(c schedule.Chooser) bool {
	_, violated := d.violates(c)
	return violated
}

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

// Save finds a violation, makes it small in both ways, and writes it to a file.
func (d Edited) Save(path string, seed uint64, cases int) error {
	next := d.sources(seed)
	for i := range cases {
		o, violated := d.violates(next())
		if !violated {
			continue
		}
		fmt.Printf("FOUND %s at case %d: %d records, %d choices\n", d.law, i+1, len(o.records), len(o.list))
		return d.save(path, o)
	}
	return fmt.Errorf("%s holds in %d cases", d.law, cases)
}

func (d Edited) outcome(c schedule.Chooser) reduce.Outcome {
	o, violated := d.violates(c)
	return reduce.Outcome{Same: violated, Faults: o.fired, Operations: len(o.records)}
}

func (d Edited) save(path string, o *outcome) error {
	start := time.Now()
	got, err := reduce.Reduce(o.list, d.outcome, reduce.Limit{Runs: 10_000, Wall: reduceAlone, Proof: 1})
	if err != nil {
		return err
	}
	fmt.Printf("NEW %s: %v, %v\n", d.law, got, time.Since(start).Round(time.Millisecond))
	start = time.Now()
	f, how, err := replay.Derive(got.Choices, d.fails, replay.Effort{})
	fmt.Printf("DERIVED %s: %+v in %v (%v)\n", d.law, how, time.Since(start).Round(time.Millisecond), err)
	if f == nil {
		return err
	}
	f.Verdict, f.Law = "violated", d.law
	again, _ := d.violates(schedule.NewList(f.Choices))
	f.Notes = []string{"world " + again.world, "load " + again.load, "plan " + again.plan.String()}
	return os.WriteFile(path, []byte(f.String()), 0o666)
}

// Replay replays the file and prints what came of it.
func (d Edited) Replay(path string, seed uint64) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := replay.Parse(string(text))
	if err != nil {
		return err
	}
	r := f.Replay(d.fails)
	random := false
	next := d.sources(seed)
	for range r.Runs {
		random = random || d.fails(next())
	}
	row, err := json.Marshal(map[string]any{
		"How": r.How.String(), "Text": r.String(), "Aligned": r.Aligned, "Runs": r.Runs,
		"Listed": d.fails(schedule.NewList(f.Choices)), "Random": random,
	})
	fmt.Printf("ROW %s\n", row)
	return err
}
