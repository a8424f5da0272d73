package reduce

import (
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// prove says what can be shown of the best, of which no move makes less, by
// trying every run with less: first those with fewer switches, fewest first,
// then the others. It ends early where it finds a better one. What it has shown
// of a number of switches holds for whatever is the best later.
func (r *reducer) prove() Proof {
	left := r.limit.Proof
	if left == 0 {
		left = max(r.runs, 2000)
	}
	for ; r.shown < r.best.measure.Switches; r.shown++ {
		most := r.shown
		if !r.everywhere(&left, func(m Measure, _ int) bool { return m.Switches <= most }) {
			return Single
		}
	}
	switch {
	case r.everywhere(&left, r.mayBeLess):
		return Minimal
	case r.shown == 0:
		return Single // there are no fewer switches than none
	}
	return Fewest
}

// mayBeLess reports whether a run that has measure m when it is asked for the
// choice at a place can still be less than the best.
func (r *reducer) mayBeLess(m Measure, at int) bool {
	switch more := m.atLeast(r.best.measure); {
	case more > 0:
		return false
	case more == 0 && r.best.measure.Operations == 0 && at >= r.best.measure.Choices:
		return false // it would have more choices, and no fewer of anything else
	}
	return true
}

// everywhere goes through all runs that may still be worth it, depth first, and
// reports whether it has seen them all and none is better than the best. It
// ends early at a limit, of which left is what it may still run, and when it
// finds a better one.
//
// The order is that of an odometer whose wheels are the choices, the last
// turning fastest. A wheel isn't turned to where the run isn't worth it, which
// is told by the numbers of switches and faults, because those only grow.
func (r *reducer) everywhere(left *int, worth func(m Measure, at int) bool) bool {
	for list := []uint32{}; ; *left-- {
		if *left == 0 || r.over() {
			return false
		}
		a := r.perform(&attempt{guide: byList{schedule.NewList(list)}, costing: true})
		if r.accept(a) {
			return false
		}
		at := len(a.asks) - 1
		next := -1
		for ; at >= 0; at-- {
			if next = a.turn(at, worth); next > 0 {
				break
			}
		}
		if at < 0 {
			return true
		}
		list = append(slices.Clone(a.list[:at]), uint32(next))
	}
}

// turn is the next value of a wheel with which the run is worth it, or -1.
func (a *attempt) turn(at int, worth func(m Measure, at int) bool) int {
	q := a.asks[at]
	for v := int(a.list[at]) + 1; v < q.n; v++ {
		m := q.before
		m.Switches += q.costs[v].Switches
		m.Faults += q.costs[v].Faults
		if worth(m, at) {
			return v
		}
	}
	return -1
}
