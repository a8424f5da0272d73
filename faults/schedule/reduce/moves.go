package reduce

import (
	"maps"
	"slices"
	"strings"
)

// leaveOut drops stretches from the plan, many at a time and then fewer. What
// they did is then done when nothing else is planned, or not at all.
func (r *reducer) leaveOut() {
	for n := max(len(r.best.stretches)/2, 1); n > 0; n /= 2 {
		for at := 0; at < len(r.best.stretches); {
			to := min(at+n, len(r.best.stretches))
			if !r.try(slices.Concat(r.best.stretches[:at], r.best.stretches[to:]), r.best.draws()) {
				at = to
			}
			if r.over() {
				return
			}
		}
	}
}

// merge brings a stretch together with the next one of its party: that one
// comes sooner, or it comes later itself.
func (r *reducer) merge() {
	for at := 0; at < len(r.best.stretches) && !r.over(); at++ {
		for moved := true; moved && at < len(r.best.stretches); {
			all := r.best.stretches
			next := at + 1
			for next < len(all) && all[next].party != all[at].party {
				next++
			}
			if next >= len(all) {
				break
			}
			both := stretch{all[at].party, all[at].steps + all[next].steps}
			between := all[at+1 : next]
			draws := r.best.draws()
			moved = r.try(slices.Concat(all[:at], []stretch{both}, between, all[next+1:]), draws) ||
				r.try(slices.Concat(all[:at], between, []stretch{both}, all[next+1:]), draws)
		}
	}
}

// lowerDraws lowers draws, to 0, by half or by one, and leaves single ones out,
// while the schedule goes on as it was.
func (r *reducer) lowerDraws() {
	keys := slices.SortedFunc(maps.Keys(r.best.draws()), func(a, b drawKey) int {
		if a.task != b.task {
			if a.task < b.task {
				return -1
			}
			return 1
		}
		return strings.Compare(a.what, b.what)
	})
	for _, k := range keys {
		for at := 0; at < len(r.best.draws()[k]) && !r.over(); at++ {
			for r.lowerDraw(k, at) {
			}
		}
	}
}

func (r *reducer) lowerDraw(k drawKey, at int) bool {
	draws := r.best.draws()
	values := draws[k]
	if at >= len(values) {
		return false
	}
	v := values[at]
	if v == 0 {
		return false
	}
	tries := []uint32{0}
	if v > 3 {
		tries = append(tries, v/2)
	}
	if v > 1 {
		tries = append(tries, v-1)
	}
	for _, to := range tries {
		draws[k] = slices.Clone(values)
		draws[k][at] = to
		if r.try(r.best.stretches, draws) {
			return true
		}
	}
	draws[k] = slices.Delete(slices.Clone(values), at, at+1)
	return r.try(r.best.stretches, draws)
}
