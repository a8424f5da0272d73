package faults

import (
	"fmt"
	"time"
)

// What is drawn grows from small to large, because a smaller choice is the
// simpler plan.
var (
	drawDurations = [...]time.Duration{10 * time.Millisecond, 100 * time.Millisecond, time.Second, 10 * time.Second, time.Minute}
	drawFrames    = [...]int{1, 2, 3, 5, 8, 13}
	drawBytes     = [...]int{1, 16, 128, 512, 4096}
	drawTimes     = [...]time.Duration{time.Millisecond, 100 * time.Millisecond, time.Second, 10 * time.Second, time.Minute}
)

// nthMax is the highest generation that Draw names.
const nthMax = 3

// Draw draws a valid plan of at most max faults of the given kinds on the given
// links; no kinds are all kinds. Each choice of 0 is the simplest there is, and
// the first is no (further) fault, so that a plan shrinks to the empty one. It
// panics when there are no links, max is negative or above PlanMax, or a kind
// or link is unknown: there is no such plan.
func Draw(c interface{ Choose(n int, what string) int }, links []string, max int, kinds ...Kind) Plan {
	if len(links) == 0 || max < 0 || max > PlanMax {
		panic(fmt.Sprintf("faults: Draw of at most %d faults on %d links, want 0 to %d faults and at least 1 link", max, len(links), PlanMax))
	}
	if len(kinds) == 0 {
		kinds = Kinds()
	}
	d := drawer{c}
	var p Plan
	for len(p) < max && d.choose(2, "fault") == 1 {
		p = append(p, d.fault(links, kinds))
	}
	if err := p.Validate(); err != nil {
		panic("faults: Draw was given what no plan can have: " + err.Error())
	}
	return p
}

type drawer struct {
	c interface{ Choose(n int, what string) int }
}

// choose asks only when there is a choice.
func (d drawer) choose(n int, what string) int {
	if n < 2 {
		return 0
	}
	return d.c.Choose(n, what)
}

func (d drawer) fault(links []string, kinds []Kind) Fault {
	f := Fault{
		Kind: kinds[d.choose(len(kinds), "fault.kind")],
		Link: links[d.choose(len(links), "fault.link")],
	}
	if f.Kind == Refuse {
		f.Count = 1 + d.choose(3, "fault.count")
		f.When = d.trigger(false)
		return f
	}
	f.Nth = d.nth()
	f.Dir = [...]Direction{Both, Up, Down}[d.choose(3, "fault.direction")]
	f.When = d.trigger(true)
	needed, allowed := f.Kind.lasts()
	switch {
	case needed:
		f.For = drawDurations[d.choose(len(drawDurations), "fault.for")]
	case allowed: // the last choice is until healed
		if i := d.choose(len(drawDurations)+1, "fault.for"); i < len(drawDurations) {
			f.For = drawDurations[i]
		}
	}
	return f
}

// nth draws the first generation, a later one, or all.
func (d drawer) nth() int {
	if i := d.choose(nthMax+1, "fault.generation"); i < nthMax {
		return i + 1
	}
	return 0
}

func (d drawer) trigger(counting bool) Trigger {
	moments := []Moment{Chosen, Start, Elapsed, Frames, Bytes}
	if !counting {
		moments = moments[:3]
	}
	switch m := moments[d.choose(len(moments), "fault.when")]; m {
	case Frames:
		return AfterFrames(drawFrames[d.choose(len(drawFrames), "fault.frames")])
	case Bytes:
		return AfterBytes(drawBytes[d.choose(len(drawBytes), "fault.bytes")])
	case Elapsed:
		return At(drawTimes[d.choose(len(drawTimes), "fault.at")])
	default:
		return Trigger{Moment: m}
	}
}
