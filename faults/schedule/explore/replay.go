package explore

import (
	"slices"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

// deriveTime is how long the constraints of a failure may be looked for, and
// afterShrink how long after Config.Shrink at the latest: what fails is told of in
// ten seconds.
const deriveTime, afterShrink = 3 * time.Second, 4 * time.Second

// constrained is the failure of an outcome's choices with the constraints that
// bring it back after an edit. Where there are none it has the choices alone, and
// loose says why. The failure was found at the given time.
func (x *explorer) constrained(o *outcome, found time.Time) (f replay.Failure, loose string) {
	f.Choices = o.choices
	switch {
	case o.kind == Hang:
		return f, "a schedule that hangs leaves goroutines behind, so that nothing can be tried after it"
	case o.kind == Race:
		return f, "whether a race is reported depends on what the race detector remembers of other schedules"
	}
	wall := max(min(deriveTime, time.Until(found.Add(x.cfg.Shrink+afterShrink))), 1)
	end, stuck := time.Now().Add(wall), ""
	derived, _, err := replay.Derive(o.choices, func(c schedule.Chooser) bool {
		if stuck != "" {
			return false
		}
		limit := max(time.Until(end), deriveTime/4)
		p := x.within(c, want{}, min(limit, x.cfg.Watchdog))
		switch {
		case p.kind == Hang && limit < x.cfg.Watchdog:
			stuck = replay.ErrLate.Error()
		case p.kind == Hang:
			stuck = "another schedule hangs, and after it nothing can be tried"
		}
		return same(p, o.kind, shape(o))
	}, replay.Effort{Wall: wall})
	switch {
	case stuck != "":
		return f, stuck
	case err != nil:
		return f, err.Error()
	}
	return *derived, ""
}

// same reports whether an outcome is a failure of the kind and the shape.
func same(o *outcome, kind Kind, like string) bool { return o.kind == kind && shape(o) == like }

// followed is what the replay of a saved schedule came to.
type followed struct {
	replay.Result
	// failing is the run that failed as the saved one did, nil if none did;
	// other is the first that failed in another way or that came to no verdict,
	// and held one that held.
	failing, other, held *outcome
}

// told is the outcome that there is most to say about.
func (d *followed) told() *outcome {
	switch {
	case d.failing != nil:
		return d.failing
	case d.other != nil:
		return d.other
	}
	return d.held
}

// follow replays a saved schedule: by its choices, and where those no longer
// lead to the failure by its constraints.
func (x *explorer) follow(f File, w want) *followed {
	if f.Kind == Hang {
		return x.followHang(f, w)
	}
	d := &followed{}
	var failing []*outcome
	isOver := false
	d.Result = f.complete().Replay(func(c schedule.Chooser) bool {
		if isOver {
			return false
		}
		w.census = x.tally.schedules < censuses
		o := x.once(c, w)
		x.tally.add(o)
		// Nothing can be followed where nothing is woven, and nothing be tried
		// beside goroutines that are stuck.
		isOver = o.kind == Hang || o.kind == Skipped || o.points == 0
		switch {
		case same(o, f.Kind, shapeOf(f.Kind, f.Message)):
			failing = append(failing, o)
			return true
		case o.kind == Held:
			d.held = o
		case d.other == nil || !d.other.kind.failed():
			d.other = o
		}
		return false
	})
	for i, o := range failing {
		// Choices that no longer fit were answered by others, in the first run.
		if i == 0 || slices.Equal(trim(o.choices), trim(d.Choices)) {
			d.failing = o
		}
	}
	return d
}

// followHang replays a schedule that hung, which is run once.
func (x *explorer) followHang(f File, w want) *followed {
	w.census = true
	o := x.again(f.Failure.Choices, w)
	x.tally.add(o)
	d := &followed{Result: replay.Result{Loose: true, Runs: 1}}
	// Its list may still be asked: what it was asked for is known.
	fits := slices.Equal(trim(o.choices), trim(f.Failure.Choices))
	switch {
	case o.kind == Held:
		d.held = o
	case o.kind == Hang:
		d.failing, d.How = o, replay.Exact
	default:
		d.other = o
	}
	if !fits {
		d.Reason = "the choices no longer fit the program, and there are no constraints (" + f.Loose + ")"
		if d.failing != nil {
			d.How = replay.Diverged
		}
	}
	return d
}

// says tells how the replay went.
func (d *followed) says() string {
	switch {
	case d.How == replay.Exact:
		return "it was replayed exactly"
	case d.failing == nil && d.other != nil:
		return "it fails in another way than when it was saved: " + d.String()
	}
	return d.String()
}

// replay runs the one schedule that the settings name.
func (x *explorer) replay() {
	x.t.Helper()
	f, err := ReadFile(x.set.Replay)
	if err != nil {
		x.t.Fatal(err)
	}
	if f.Test != x.t.Name() {
		x.t.Skipf("explore: not explored: %s is a schedule of %s", x.set.Replay, f.Test)
	}
	d := x.follow(f, want{lines: true, story: true})
	out := d.told()
	if err := x.set.draw(out.told); err != nil {
		x.t.Error(err)
	}
	n := Note{Kind: out.kind, Message: out.message, File: x.set.Replay, Trace: trace(out), Exact: d.How == replay.Exact, Replayed: d.says(), Lost: !d.Failed() && d.Reason != ""}
	switch {
	case out.points == 0 && out.kind != Hang:
		n.Kind, n.Message = Unwoven, "no woven point was reached: build it woven"
		x.final(n)
		x.t.Errorf("explore: unwoven: %s", n.Message)
	case out.kind == Held && n.Lost:
		x.final(n)
		x.t.Skipf("explore: not decided: the schedule in %s holds now, but it is another one: %s", x.set.Replay, n.Replayed)
	case out.kind == Held:
		x.final(n)
		x.t.Logf("explore: the schedule in %s holds now: %s", x.set.Replay, n.Replayed)
	default:
		n.Report = x.text(out, "in the saved schedule", n.Replayed, x.set.Replay)
		x.final(n)
		x.t.Error(n.Report)
	}
}
