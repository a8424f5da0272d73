package properties

import (
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
	r := saved.Replay(run)
	return r.String(), r.Choices
}

// failed runs the choices once and returns them.
func failed(run replay.Run, choices []uint32) []uint32 {
	run(schedule.NewList(choices))
	return choices
}

// deriveTime is how long the constraints of a case may be looked for.
const deriveTime = 3 * time.Second

// constrained makes a case one that survives edits. Where there are no
// constraints, it says why.
func (e *explorer) constrained(o *outcome, effort replay.Effort) (saved *replay.Failure, loose string) {
	saved, _, err := replay.Derive(o.list, func(c schedule.Chooser) bool { return breaks(e.one(c), e.law) }, effort)
	if err != nil {
		return nil, err.Error() // what it has then are choices only
	}
	return saved, ""
}
