package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/weir-dev/weir/faults/schedule/explore"
)

// How much one run of a rate does: some two seconds on a slow core, so that
// what starting a process costs doesn't count.
const (
	limiterSchedules = 20_000
	racedSchedules   = 6_000
	remoteSchedules  = 6_000
	bareSwitches     = 4_000_000
	racedSwitches    = 1_000_000
)

// limiterTest is the test of examples/woven whose steps are counted: three
// goroutines that acquire and release the weighted semaphore of golang.org/x/sync.
const limiterTest = "TestSemaphore"

// steps measures how many steps of woven code a core takes in a second, and
// beside it the bare hand-over from one goroutine to another and back.
func (m *measurement) steps(ctx context.Context) error {
	plain, err := m.stepsOf(ctx, "steps/s, woven limiter", xsyncWoven, suiteWoven, limiterSchedules, bareSwitches, goalSteps)
	if err != nil {
		return err
	}
	raced, err := m.stepsOf(ctx, "the same with -race", xsyncRaced, suiteRaced, racedSchedules, racedSwitches, goalRacedSteps)
	if err != nil {
		return err
	}
	m.figures = append(m.figures, plain, raced)
	return nil
}

func (m *measurement) stepsOf(ctx context.Context, name string, limiter, reference measured, schedules, switches int, goal float64) (figure, error) {
	var rates, ratios benchSpread
	each := 0
	for round := range m.flags.count {
		m.say("steps: round %d of %d", round+1, m.flags.count)
		bare, err := m.bench(ctx, reference, "BenchmarkSwitch", switches)
		if err != nil {
			return figure{}, err
		}
		ran, err := m.explore(ctx, limiter, explore.Settings{Schedules: schedules, Seed: m.flags.seed, Search: explore.Search{Name: "random"}}, limiterTest)
		if err != nil {
			return figure{}, err
		}
		n := ran.notes[limiterTest]
		if n.Kind != explore.Held {
			return figure{}, fmt.Errorf("%s is not held: %s %s", limiterTest, n.Kind, n.Message)
		}
		rate := float64(n.Steps) / ran.cpu.Seconds()
		rates.add(rate)
		ratios.add(rate / bare.rate())
		each = n.Steps / n.Schedules
	}
	how := fmt.Sprintf("x/sync semaphore, random walk, %d steps a schedule; %.2f of bare hand-overs", each, ratios.median())
	return rateFigure("steps", name, &rates, goal, wholes, how), nil
}

// errNotWoven is returned when a binary that is to be woven reached no woven
// point.
var errNotWoven = errors.New("no woven point was reached")

// remote runs schedules of the Remote that is measured.
func (m *measurement) remote(ctx context.Context, search string) (benchRun, error) {
	r, err := m.bench(ctx, suiteWoven, "BenchmarkRemote/"+search, remoteSchedules)
	if err == nil && r.metrics["points/op"] == 0 {
		err = errNotWoven
	}
	return r, err
}

// schedules measures how many schedules of a whole Remote a core runs in a
// second, each judged by every law.
func (m *measurement) schedules(ctx context.Context) error {
	for _, search := range []string{"portfolio", "random"} {
		var rates benchSpread
		var last benchRun
		for round := range m.flags.count {
			m.say("schedules: %s, round %d of %d", search, round+1, m.flags.count)
			var err error
			if last, err = m.remote(ctx, search); err != nil {
				return err
			}
			rates.add(last.rate())
		}
		how := fmt.Sprintf("async, window 2, 6 messages, %.2f cuts; all laws judged; %.0f steps a schedule", last.metrics["cuts/op"], last.metrics["steps/op"])
		m.figures = append(m.figures, rateFigure("schedules", "schedules/s, whole Remote, "+search, &rates, goalSchedules, wholes, how))
	}
	return nil
}

// processes measures how much two processes do of what one does: in real time,
// and for a machine that does other things as well per second of the processor
// time that they were given.
func (m *measurement) processes(ctx context.Context) error {
	var ratios, given, alone benchSpread
	for round := range m.flags.count {
		m.say("processes: round %d of %d", round+1, m.flags.count)
		one, err := m.remote(ctx, "portfolio")
		if err != nil {
			return err
		}
		type ended struct {
			benchRun
			error
		}
		done := make(chan ended)
		for range 2 {
			go func() {
				r, err := m.remote(ctx, "portfolio")
				done <- ended{r, err}
			}()
		}
		first, second := <-done, <-done
		if err := errors.Join(first.error, second.error); err != nil {
			return err
		}
		const perSecond = "schedules/s"
		alone.add(one.metrics[perSecond])
		ratios.add((first.metrics[perSecond] + second.metrics[perSecond]) / one.metrics[perSecond])
		given.add((first.rate() + second.rate()) / one.rate())
	}
	how := fmt.Sprintf("real time, %s schedules/s alone: shown only by a machine that does nothing else", wholes(alone.median()))
	m.figures = append(m.figures, rateFigure("processes", "two processes, of one", &ratios, goalProcesses, times, how))
	m.figures = append(m.figures, rateFigure("processes", "the same, processor time", &given, goalProcesses, times, "what sharing memory and caches costs"))
	return nil
}
