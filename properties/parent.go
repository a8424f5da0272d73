package properties

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// result is what a suite found out on one network.
type result struct {
	network   Network
	tally     *Tally
	failure   *Failure
	undecided string
}

// runSuite runs s in child processes and reports law by law.
func runSuite(t *testing.T, s suite, opts []Option) {
	t.Helper()
	if isChild() {
		if j, ok := myJob(t); ok {
			child(t, s, j)
		}
		return
	}
	set := newSettings(t, opts)
	if err := set.validate(); err != nil {
		t.Fatal(err)
	}
	if !set.asksFor(s.protocol) {
		t.Skipf("no law of the %s is asked for", s.protocol)
	}
	if set.replay != "" {
		replayFile(t, s, set)
		return
	}
	p := newParent(t, s, set)
	var results []result
	for _, n := range set.networks {
		r := p.explore(n)
		if r.failure != nil {
			p.save(r.failure)
		}
		results = append(results, r)
		p.publish(r)
		if r.failure != nil {
			break
		}
	}
	p.laws(results)
}

func newParent(t *testing.T, s suite, set settings) *parent {
	p := &parent{t: t, suite: s, set: set, live: make(map[int]*Tally)}
	if set.report != "" {
		r, err := newReporter(set.report)
		if err != nil {
			t.Fatal(err)
		}
		p.report = r
	}
	return p
}

// myJob reads the job of this child, if it is for this test.
func myJob(t *testing.T) (job, bool) {
	b, err := os.ReadFile(os.Getenv(jobVariable))
	if err != nil {
		t.Fatalf("job can't be read: %v", err)
	}
	var j job
	if err := json.Unmarshal(b, &j); err != nil {
		t.Fatalf("job %s is malformed: %v", os.Getenv(jobVariable), err)
	}
	return j, j.Test == t.Name()
}

// parent steers the child processes of one suite.
type parent struct {
	t      *testing.T
	suite  suite
	set    settings
	report *reporter

	mu sync.Mutex
	// live holds the tally of each child of the network at hand.
	live map[int]*Tally
}

// explore runs the cases of one network, on one process per core where cases
// are independent of real time.
func (p *parent) explore(n Network) result {
	workers := 1
	if n == Simulated {
		workers = min(p.set.workers, p.set.cases[n])
	}
	p.live = make(map[int]*Tally)
	results := make([]result, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			j := job{Test: p.t.Name(), Network: n, Seed: p.set.seed*16 + uint64(i), Cases: (p.set.cases[n] + workers - 1) / workers,
				Budget: p.set.budget, Stuck: p.set.stuck, Plain: !p.set.shrink, Dir: p.set.dir, Judges: p.set.judges}
			results[i] = p.run(i, j)
		})
	}
	wg.Wait()
	out := result{network: n, tally: newTally()}
	for _, r := range results {
		out.tally.add(r.tally)
		if r.failure != nil && (out.failure == nil || r.failure.Found < out.failure.Found) {
			out.failure = r.failure
		}
		if r.undecided != "" {
			out.undecided = r.undecided
		}
	}
	switch {
	case out.undecided != "" || out.failure != nil:
	case out.tally.Undecided > 0:
		out.undecided = fmt.Sprintf("%d of %d cases were not judged to their end, the first because of %s", out.tally.Undecided, out.tally.Cases, out.tally.Why)
	case out.tally.Cases == 0:
		out.undecided = fmt.Sprintf("no case was run within %v", p.set.budget)
	}
	return out
}

// run runs one child to its end and turns a crash into a verdict.
func (p *parent) run(worker int, j job) result {
	r, crash, last := p.child(worker, j)
	if crash == "" {
		return r
	}
	if j.Plain {
		r.failure = crashFailure(p.suite.protocol, j.Network, crash, last.list)
	} else {
		r.failure = p.reduceCrash(worker, j.Network, last.list, crash)
	}
	r.failure.By, r.failure.Found, r.failure.Steps, r.failure.Reduced = last.by, max(last.number, 1), len(last.list), len(r.failure.Choices)
	r.tally.Cases = max(last.number, r.tally.Cases)
	return r
}

// progress passes the sum of all children on.
func (p *parent) progress(worker int, t *Tally) {
	if p.report == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live[worker] = t
	sum := newTally()
	for _, t := range p.live {
		sum.add(t)
	}
	p.report.progress(sum)
}

// publish reports what a network came to.
func (p *parent) publish(r result) {
	if p.report == nil {
		return
	}
	switch {
	case r.failure != nil:
		p.report.write(Note{Progress: r.tally})
		p.report.write(Note{Failure: r.failure})
	case r.undecided != "":
		p.report.write(Note{Progress: r.tally})
		p.report.write(Note{Undecided: r.undecided})
	default:
		p.report.write(Note{Held: r.tally})
	}
}

// save writes the case of a failure to a file and says how to replay it.
func (p *parent) save(f *Failure) {
	path := filepath.Join(p.set.dir, strings.ReplaceAll(f.Law, "/", "-")+".case")
	if err := writeCase(path, p.suite.protocol, p.set.seed, f); err != nil {
		p.t.Errorf("case can't be saved: %v", err)
		return
	}
	f.File, f.Command = path, p.set.commandFor(path)
}
