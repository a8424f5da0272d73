package strategy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// hitSeeds is how many searches a figure of the hit table is the median of.
const hitSeeds = 2 * thorough

// depths are the greatest depths of a bug that a strategy finds, where it has
// one: a preemption is one ordering constraint, and who begins another.
var depths = map[string]int{"pct d=2": 2, "pct d=3": 3, "bounded": 3}

// The table of schedules to the first hit, the median of ten seeds without -race, is what -v
// shows. Every strategy finds every bug that is within its depth and none that
// is beyond, which is how it is known that the toys are as deep as they say.
func TestHitTable(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-24s d", "bug")
	for _, m := range makers {
		fmt.Fprintf(&b, " %10s", m.name)
	}
	for _, p := range toys {
		fmt.Fprintf(&b, "\n%-24s %d", p.name, p.depth)
		for _, m := range makers {
			var at []int
			for seed := range uint64(hitSeeds) {
				most := 2000
				depth, limited := depths[m.name]
				if limited = limited && p.depth > depth; limited {
					most = 100 * thorough
				}
				n := first(t, m.make(seed*1000), p, most)
				if limited {
					if n != 0 {
						t.Errorf("%s: seed %d: %q is found by schedule %d, want never: it is deeper", m.name, seed, p.name, n)
					}
					break
				}
				if n == 0 {
					t.Errorf("%s: seed %d: %q is not found in %d schedules", m.name, seed, p.name, most)
				}
				at = append(at, n)
				if m.name == "bounded" || m.name == "exhaustive" {
					break // they take no seed
				}
			}
			slices.Sort(at)
			if len(at) == 0 {
				fmt.Fprintf(&b, " %10s", "-")
				continue
			}
			fmt.Fprintf(&b, " %10d", at[len(at)/2])
		}
	}
	t.Log(b.String())
}
