package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/properties"
)

// anyTime is the budget of what is bounded by a number.
const anyTime = 24 * time.Hour

// falseAlarms runs what is known to be right, and counts the laws that it
// seems to violate.
func (m *measurement) falseAlarms(ctx context.Context) error {
	for _, s := range []struct{ protocol, test string }{{"remote", "TestReferenceRemote"}, {"gateway", "TestReferenceGateway"}} {
		b, err := m.binary(ctx, suiteWoven)
		if err != nil {
			return err
		}
		r, err := m.runners.suite(ctx, b.path, suiteRun{title: "false alarms of the " + s.protocol, test: s.test, protocol: s.protocol,
			judges: properties.Judges(s.protocol), network: properties.Simulated, cases: m.flags.schedules, budget: anyTime, seed: m.flags.seed,
			keep: m.runners.keep})
		switch {
		case err != nil:
			return err
		case r.undecided != "":
			return fmt.Errorf("%s is undecided: %s", s.test, r.undecided)
		case r.failure == nil && r.tally.Points == 0:
			return fmt.Errorf("%s: %w", s.test, errNotWoven)
		}
		alarms := 0
		if r.failure != nil {
			alarms = 1
			m.alarms = append(m.alarms, r.failure.Block())
		}
		m.figures = append(m.figures, alarmFigure("alarms", "false alarms, "+s.protocol, alarms, r.tally.Cases, fmt.Sprintf("drawn worlds, workloads and faults; %s judged", plural(len(properties.Judges(s.protocol)), "law"))))
	}
	return m.xsyncAlarms(ctx)
}

// xsyncAlarms counts those of golang.org/x/sync, in two processes.
func (m *measurement) xsyncAlarms(ctx context.Context) error {
	const processes = 2
	tests, err := m.runners.tests()
	if err != nil {
		return err
	}
	type ended struct {
		explored
		error
	}
	done := make(chan ended, processes)
	m.say("alarms: golang.org/x/sync")
	for shard := range processes {
		go func() {
			set := explore.Settings{Schedules: m.flags.schedules, Seed: m.flags.seed, Shard: shard, Shards: processes}
			r, err := m.explore(ctx, xsyncWoven, set, tests...)
			done <- ended{r, err}
		}()
	}
	least := make(map[string]int)
	var errs []error
	alarms := 0
	for range processes {
		r := <-done
		errs = append(errs, r.error)
		for test, n := range r.notes {
			least[test] += n.Schedules
			if n.Kind != explore.Held {
				alarms++
				m.alarms = append(m.alarms, fmt.Sprintf("%s: %s\n%s", test, n.Kind, n.Report))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	of := make([]int, 0, len(least))
	for _, n := range least {
		of = append(of, n)
	}
	how := "each of " + strings.ToLower(strings.ReplaceAll(strings.Join(tests, ", "), "Test", ""))
	m.figures = append(m.figures, alarmFigure("alarms", "false alarms, golang.org/x/sync", alarms, slices.Min(of), how))
	return nil
}

// replays runs schedules twice, and counts those that were the same.
func (m *measurement) replays(ctx context.Context) error {
	n := m.flags.replays
	for _, protocol := range protocols {
		m.say("replay: %s", protocol)
		r, err := m.bench(ctx, suiteWoven, "BenchmarkReplay/"+protocol, n)
		if err == nil && r.metrics["points/op"] == 0 {
			err = errNotWoven
		}
		if err != nil {
			return err
		}
		m.figures = append(m.figures, replayFigure("replay", "identical when replayed, "+protocol, int(r.metrics["identical"]), r.n, "drawn cases; every record, choice and verdict is compared"))
	}
	m.say("replay: %s", limiterTest)
	ran, err := m.explore(ctx, xsyncWoven, explore.Settings{Schedules: n, Seed: m.flags.seed, Check: true}, limiterTest)
	if err != nil {
		return err
	}
	note := ran.notes[limiterTest]
	identical := note.Schedules
	switch note.Kind {
	case explore.Held:
	case explore.Unstable:
		identical--
		m.alarms = append(m.alarms, note.Report)
	default:
		return fmt.Errorf("%s is not held: %s %s", limiterTest, note.Kind, note.Message)
	}
	m.figures = append(m.figures, replayFigure("replay", "identical when replayed, limiter", identical, note.Schedules, "x/sync semaphore; every step is compared"))
	return nil
}
