package properties

import (
	"context"
	"sync"
	"sync/atomic"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// stage runs the goroutines of a case, phase by phase.
type stage interface {
	// spawn starts a goroutine of the suite.
	spawn(name string, f func())
	// until lets the case go on until done holds, at most for horizon. done is
	// called where nothing of the case runs, and must not block.
	until(done func() bool, horizon time.Duration) stageVerdict
	// rests tells whether "at rest" can be told: in a bubble it can.
	rests() bool
}

// stageVerdict is how a phase ended.
type stageVerdict struct {
	kind    stageEnd
	message string
	tasks   []string
}

type stageEnd uint8

const (
	stageDone     stageEnd = iota // done came to hold
	stageRest                     // nothing can happen any more and done does not hold
	stageCrash                    // a goroutine panicked
	stageTooLong                  // the step cap or, in real time, the horizon was hit: nothing can be said
	stageStarving                 // the horizon passed in virtual time, with things still happening
)

// scheduled is a stage under the scheduler.
type scheduled struct{ s *schedule.Scheduler }

func (g scheduled) spawn(name string, f func()) { g.s.Go(name, f) }
func (g scheduled) rests() bool                 { return true }

func (g scheduled) until(done func() bool, horizon time.Duration) stageVerdict {
	v := g.s.Run(done, horizon)
	out := stageVerdict{message: v.Message, tasks: v.Tasks}
	switch v.Kind {
	case schedule.Done:
		out.kind = stageDone
	case schedule.Rest:
		out.kind = stageRest
	case schedule.Failed:
		out.kind = stageCrash
	default:
		out.kind = stageTooLong
	}
	return out
}

// bubbled is a stage inside a bubble without a scheduler: goroutines run as
// they like, time is virtual.
type bubbled struct{ running sync.WaitGroup }

func (g *bubbled) spawn(_ string, f func()) { g.running.Go(f) }
func (g *bubbled) rests() bool              { return true }

// The virtual time between two looks grows from the first to the last of
// these: most phases end soon, and a silence is long.
const (
	quantumMin = 5 * time.Millisecond
	quantumMax = 30 * time.Second
)

func (g *bubbled) until(done func() bool, horizon time.Duration) stageVerdict {
	quantum := quantumMin
	for end := time.Now().Add(horizon); ; quantum = min(quantum*5/4, quantumMax) {
		synctest.Wait()
		if done() {
			return stageVerdict{kind: stageDone}
		}
		if !time.Now().Before(end) {
			return stageVerdict{kind: stageRest}
		}
		time.Sleep(quantum)
	}
}

// realtime is a stage on real sockets. That something has not happened yet
// proves nothing there.
type realtime struct{ running sync.WaitGroup }

func (g *realtime) spawn(_ string, f func()) { g.running.Go(f) }
func (g *realtime) rests() bool              { return false }

// patience is how long a phase that must come to its end may take in real
// time before the case is undecided.
const patience = 60 * time.Second

func (g *realtime) until(done func() bool, horizon time.Duration) stageVerdict {
	for end := time.Now().Add(min(horizon, patience)); ; {
		if done() {
			return stageVerdict{kind: stageDone}
		}
		if !time.Now().Before(end) {
			if horizon < patience {
				return stageVerdict{kind: stageRest}
			}
			return stageVerdict{kind: stageTooLong, message: "not done after " + patience.String() + " of real time"}
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// hold keeps a callback of the suite busy for d, or until ctx is done. It
// tells whether the time was up.
func hold(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	// The goroutine woke up by itself: from here on it is the scheduler's again.
	// Both may have come to pass at one instant, so that only the context tells.
	schedule.Point("resume")
	return ctx.Err() == nil
}

// latch is a flag that one goroutine of a case sets and the root reads.
type latch struct{ v atomic.Bool }

func (l *latch) set()      { l.v.Store(true) }
func (l *latch) get() bool { return l.v.Load() }
