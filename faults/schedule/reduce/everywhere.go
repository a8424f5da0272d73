package reduce

import (
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// everywhere goes through all runs with a smaller measure, depth first, and
// reports whether it has seen them all and none is better than the best. It
// ends early at a limit and when it finds a better one.
//
// The order is that of an odometer whose wheels are the choices, the last
// turning fastest. A wheel isn't turned to where the run has more switches or
// faults than the best has in all, because those numbers only grow.
func (r *reducer) everywhere() bool {
	left := r.limit.Proof
	if left == 0 {
		left = max(r.runs, 1000)
	}
	for list := []uint32{}; ; left-- {
		if left == 0 || r.over() {
			return false
		}
		a := r.perform(&attempt{guide: byList{schedule.NewList(list)}, costing: true})
		if r.accept(a) {
			return false
		}
		at := len(a.asks) - 1
		next := -1
		for ; at >= 0; at-- {
			if next = r.turn(a, at); next > 0 {
				break
			}
		}
		if at < 0 {
			return true
		}
		list = append(slices.Clone(a.list[:at]), uint32(next))
	}
}

// turn is the next value of a wheel with which the run can still be smaller
// than the best, or -1.
func (r *reducer) turn(a *attempt, at int) int {
	q := a.asks[at]
	for v := int(a.list[at]) + 1; v < q.n; v++ {
		m := q.before
		m.Switches += q.costs[v].Switches
		m.Faults += q.costs[v].Faults
		switch more := m.atLeast(r.best.measure); {
		case more > 0:
		case more == 0 && r.best.measure.Operations == 0 && at >= r.best.measure.Choices:
			// It would have more choices, and no fewer of anything else.
		default:
			return v
		}
	}
	return -1
}
