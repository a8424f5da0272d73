package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
)

// protocols have a suite each.
var protocols = []string{"remote", "gateway"}

// testOf is the test of package properties that runs the suite of a protocol.
func testOf(protocolName string) string {
	if protocolName == "remote" {
		return "TestReferenceRemote"
	}
	return "TestReferenceGateway"
}

// suiteOf is the suite of a protocol on a network.
func suiteOf(protocolName string, n properties.Network, seed uint64) suiteRun {
	s := suiteRun{protocol: protocolName, test: testOf(protocolName), network: n, seed: seed, cases: anyNumber,
		judges: properties.Judges(protocolName), witnesses: properties.Witnesses(protocolName)}
	switch n {
	case properties.Simulated:
		s.title, s.budget = protocolName+" under schedules", simulatedShare
	case properties.Virtual:
		s.title, s.budget = protocolName+" over gRPC in virtual time", virtualShare
	default:
		s.title, s.budget = protocolName+" over TCP", loopbackShare
	}
	return s
}

// limiterSuite is the suite of the gateway's ledger.
func limiterSuite(seed uint64) suiteRun {
	return suiteRun{title: "ledger under schedules", protocol: "gateway", test: "TestReferenceLimiter", network: properties.Simulated,
		judges: []string{"gateway/linearizable"}, seed: seed, cases: 1, budget: limiterShare}
}

// wovenSuites are run under controlled schedules, racedSuites over real gRPC:
// in virtual time, and on TCP.
func wovenSuites(seed uint64, deep bool) (out []suiteRun) {
	seeds := uint64(1)
	if deep {
		seeds = deepSeeds
	}
	for i := range seeds {
		for _, s := range []suiteRun{suiteOf("remote", properties.Simulated, seed+i), suiteOf("gateway", properties.Simulated, seed+i), limiterSuite(seed + i)} {
			if deep {
				s.title += fmt.Sprintf(", seed %d", s.seed)
				s.budget = s.budget * deepFactor / deepSeeds
			}
			out = append(out, s)
		}
	}
	return out
}

func racedSuites(seed uint64, deep bool) (out []suiteRun) {
	for _, p := range protocols {
		for _, n := range []properties.Network{properties.Virtual, properties.Loopback} {
			s := suiteOf(p, n, seed)
			if deep {
				s.budget *= deepFactor
			}
			out = append(out, s)
		}
	}
	return out
}

// expectSuite announces what a suite will judge.
func (b *book) expectSuite(s suiteRun) {
	for _, slug := range append(append([]string(nil), s.judges...), s.witnesses...) {
		b.expect(slug, s.title)
	}
}

// codeStage drives the implementation: woven, under simulated faults and
// schedules; then under the race detector, over real gRPC.
func (v *verification) codeStage(ctx context.Context) {
	v.runOn(ctx, woven, v.plan.woven, v.plan.raced)
	if ctx.Err() == nil && !v.unbuilt {
		v.runOn(ctx, raced, v.plan.raced, nil)
	}
}

// runOn runs suites on the implementation built in one way, as many side by
// side as there are cores for, with others to come later.
func (v *verification) runOn(ctx context.Context, kind buildKind, suites, later []suiteRun) {
	if ctx.Err() != nil || !v.anyLeft(suites) {
		return
	}
	b, err := v.binary(ctx, kind)
	if err != nil {
		v.unbuilt = ctx.Err() == nil
		v.breaks(ctx, fmt.Errorf("the implementation can't be built: %w", err))
		return
	}
	lanes := v.lanes(kind)
	var mu sync.Mutex // of what is known of violations
	found := make([]suiteResult, len(suites))
	abreast(ctx, lanes, len(suites), func(i int) {
		s := suites[i]
		mu.Lock()
		isOver := v.violatedIn[s.protocol]
		mu.Unlock()
		if isOver {
			return
		}
		rest := wanted(suites[i+1:])/time.Duration(lanes) + wanted(later)/time.Duration(v.lanes(raced))
		s.budget = v.budget.share(s.budget, rest+time.Duration(len(v.plan.plants))*plantShare/time.Duration(v.cores))
		s.keep = v.casesDir(bug{})
		found[i] = v.suite(ctx, b.path, s)
		if found[i].failure != nil {
			mu.Lock()
			v.violatedIn[s.protocol] = true
			mu.Unlock()
		}
	})
	for i, r := range found {
		if r.failure != nil {
			v.failures = append(v.failures, r.failure)
		}
		v.searched(suites[i], r)
	}
}

// anyLeft tells whether a suite is one of a protocol without a violation.
func (v *verification) anyLeft(suites []suiteRun) bool {
	for _, s := range suites {
		if !v.violatedIn[s.protocol] {
			return true
		}
	}
	return false
}

// wanted is the time that suites would like to have.
func wanted(suites []suiteRun) (d time.Duration) {
	for _, s := range suites {
		d += s.budget
	}
	return d
}

// breaks notes that the suite does not work, unless it was stopped: what is
// stopped may complain.
func (v *verification) breaks(ctx context.Context, err error) {
	if ctx.Err() == nil {
		v.progress.say("broken: %s", firstLine(err.Error()))
		v.book.breaks(err.Error())
	}
}

// suite runs one suite and enters what it found.
func (v *verification) suite(ctx context.Context, binary string, s suiteRun) suiteResult {
	r, err := v.runner.run(ctx, binary, s)
	if err != nil {
		v.breaks(ctx, err)
		return suiteResult{}
	}
	v.book.enter(s, r)
	switch {
	case r.failure != nil:
		v.complete(r.failure)
		v.progress.say("%s: %s is violated: %s", s.title, r.failure.Law, firstLine(r.failure.Observed))
	case r.undecided != "":
		v.progress.say("%s: undecided after %s: %s", s.title, r.done(s), firstLine(r.undecided))
	default:
		v.progress.say("%s: %s held in %s", s.title, s.laws(), r.done(s))
	}
	return r
}

// enter adds what a suite found to the book.
func (b *book) enter(s suiteRun, r suiteResult) {
	e := evidence{Messages: r.tally.Messages}
	if s.network == properties.Simulated {
		e = evidence{Schedules: r.tally.Cases}
	}
	for _, slug := range s.judges {
		n := r.tally.Judged[slug]
		switch {
		case r.failure != nil && r.failure.Law == slug:
			b.say(slug, violated, firstLine(r.failure.Observed), e)
			continue
		case r.failure != nil:
			b.say(slug, undecided, s.title+" ended when "+r.failure.Law+" was violated", evidence{})
			continue
		case r.undecided != "":
			b.say(slug, undecided, s.title+": "+firstLine(r.undecided), evidence{})
			continue
		case n > 0:
			b.say(slug, held, "", e)
			b.through(slug, anyCase)
		}
		b.through(slug, s.title)
	}
	for _, slug := range s.witnesses {
		if r.tally.Seen[slug] {
			b.witnessed(slug, e)
		} else if r.failure == nil && r.undecided == "" {
			b.through(slug, s.title)
		}
	}
	if r.failure != nil {
		if l, ok := protocol.LawBySlug(r.failure.Law); !ok || l.Protocol() != s.protocol {
			b.breaks(fmt.Sprintf("%s: %s was violated, which is no law of the %s", s.title, r.failure.Law, s.protocol))
		}
	}
	b.sound(s, r)
}

// sound notes what makes the runs of a suite worth nothing.
func (b *book) sound(s suiteRun, r suiteResult) {
	t := r.tally
	if s.network != properties.Simulated || len(s.judges) == 1 || t.Cases == 0 {
		return
	}
	if t.Points == 0 && r.failure == nil && r.undecided == "" {
		b.breaks(s.title + ": no point in woven code was reached: the implementation is not under control")
	}
	if t.Points > 0 && t.Diverged > 0 {
		b.breaks(fmt.Sprintf("%s: %d of %d cases gave another history when they were run again", s.title, t.Diverged, t.Repeated))
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// plural is a number of things.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}
