package properties

import (
	"errors"
	"fmt"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// replay runs a saved case: by its choices, and where those no longer lead to
// the violation, by its constraints.
func (e *explorer) replay() {
	saved := e.job.Replay
	var last *outcome // that violates the law
	undecided := ""
	how, choices := e.replayed(saved, func(c schedule.Chooser) bool {
		o := e.one(c)
		e.tally.count(o)
		if undecided == "" {
			undecided = o.undecided
		}
		_, violated := o.violation(e.job.Law)
		if violated {
			last = o
		}
		return violated
	})
	e.tally.Replayed = how
	switch {
	case last != nil:
		// The last that violates it needn't be the one that is told of.
		if e.job.Network == Simulated {
			if o := e.one(schedule.NewList(choices)); breaks(o, e.job.Law) {
				last = o
			}
		}
		f := describe(last, e.job.Law, e.job.Network)
		f.Found, f.Steps, f.Repeats, f.Replayed = 1, last.steps, true, how
		f.Picture = e.draw(last, e.job.Law)
		e.report.write(Note{Failure: f})
	case e.broken != "":
		e.report.write(Note{Undecided: e.broken})
	case undecided != "":
		e.report.write(Note{Undecided: undecided})
	default:
		e.report.write(Note{Held: e.tally})
	}
}

func breaks(o *outcome, law string) bool {
	_, violated := o.violation(law)
	return violated
}

// replayed replays a case and tells how that went, and with which choices.
func (e *explorer) replayed(saved *replay.Failure, run replay.Run) (how string, choices []uint32) {
	if e.job.Network != Simulated {
		return fmt.Sprintf("drawn as it was; on %s nobody controls what comes first", e.job.Network), failed(run, saved.Choices)
	}
	if len(saved.Draws) > 0 || len(saved.Orders) > 0 {
		r := saved.Replay(run)
		return r.String(), r.Choices
	}
	list := schedule.NewList(saved.Choices)
	came := "passed"
	if run(list) {
		came = "failed"
	}
	switch {
	case list.Diverged() || list.Left() > 0:
		how = "diverged: the choices no longer fit the program, and the case has no constraints: " + came
	case came == "failed":
		how = "exact"
	default:
		how = "the choices fit, and the case has no constraints: passed"
	}
	return how, saved.Choices
}

// failed runs the choices once and returns them.
func failed(run replay.Run, choices []uint32) []uint32 {
	run(schedule.NewList(choices))
	return choices
}

// deriveTime is how long the constraints of a case may be looked for, and
// deriveRuns in how many runs at most; fewer where a run is slow.
const (
	deriveTime = 3 * time.Second
	deriveRuns = 3000
)

// constrained makes a case one that survives edits. Where not all of what isn't
// needed can be left out within the time, the whole order of the case's racing
// steps is kept. Where there are no constraints, it says why.
func (e *explorer) constrained(o *outcome, within time.Duration) (saved *replay.Failure, loose string) {
	start := time.Now()
	e.one(schedule.NewList(o.list))
	each := max(time.Since(start), time.Microsecond)
	effort := replay.Effort{Runs: min(deriveRuns, int(within*2/3/each)+1)}
	saved, err := e.derive(o, effort, start.Add(within))
	if errors.Is(err, errTooLong) {
		saved, err = e.derive(o, wholeOrder, time.Now().Add(within))
	}
	if err != nil {
		return nil, err.Error()
	}
	return saved, ""
}

// wholeOrder is the effort that keeps all constraints: a few runs show that they
// are enough.
var wholeOrder = replay.Effort{Runs: 1, Seeds: 1}

// moreThanNeeded is the note of a case in which constraints are left that may
// not be needed.
const moreThanNeeded = "constraints more than are needed, perhaps: time ran out"

// errTooLong is returned, and thrown to leave the search, when constraints were
// not found in time.
var errTooLong = errors.New("what keeps it failing was not found in time")

// derive is replay.Derive with an end in real time: runs take longer where much
// is going on.
func (e *explorer) derive(o *outcome, effort replay.Effort, end time.Time) (saved *replay.Failure, err error) {
	defer func() {
		switch thrown := recover(); thrown {
		case nil:
		case errTooLong:
			saved, err = nil, errTooLong
		default:
			panic(thrown)
		}
	}()
	saved, how, err := replay.Derive(o.list, func(c schedule.Chooser) bool {
		if time.Now().After(end) {
			panic(errTooLong)
		}
		return breaks(e.one(c), e.law)
	}, effort)
	if err != nil {
		return nil, err // what it has then are choices only
	}
	if how.CutShort {
		saved.Notes = []string{moreThanNeeded}
	}
	return saved, nil
}
