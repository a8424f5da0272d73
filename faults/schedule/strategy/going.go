package strategy

import "github.com/weir-dev/weir/faults/schedule"

// polls is how many steps a goroutine takes where it has been before until it
// counts as polling. The orders of those that come later are walked at random.
const polls = 50

// going finds out who goes round in a schedule without coming anywhere new.
type going struct {
	been  map[uint64]struct{} // the sites that somebody took a step at
	stale map[uint64]int      // how many steps on end each took at such sites
}

func newGoing() going { return going{been: map[uint64]struct{}{}, stale: map[uint64]int{}} }

// round reports whether who took the step has been going round for long.
func (g going) round(t *schedule.Taken) bool {
	who := identity(t.Event)
	if add(g.been, siteOf(t.Event).hash) {
		g.stale[who] = 0
		return false
	}
	g.stale[who]++
	return g.stale[who] > polls
}
