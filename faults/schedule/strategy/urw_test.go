package strategy_test

import (
	"slices"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// places is how often one step of a goroutine came before the first, the
// second and so on of many steps of another one, and after the last.
func places(t *testing.T, s strategy.Strategy, many, schedules int) []int {
	at := make([]int, many+1)
	for range schedules {
		c, _ := s.Next()
		play(t, c, toy{name: "one among many", start: func() ([]func(), func() bool) {
			var x atomic.Int32
			before := int32(0)
			return []func(){
				func() { before = x.Swap(100) },
				func() {
					for range many {
						x.Add(1)
					}
				},
			}, func() bool { at[before]++; return false }
		}})
		s.Done(strategy.Outcome{})
	}
	return at
}

// However many steps another goroutine takes, URW gives no order much less than
// an even share, and a walk does. It gives the first and the last more, because
// it looks at the other objects, too, and walks through this one meanwhile.
func TestURWIsEven(t *testing.T) {
	const many, schedules = 9, 600
	even := schedules / (many + 1)
	fewest := func(s strategy.Strategy) int { return slices.Min(places(t, s, many, schedules)) }
	if n := fewest(strategy.URW(3)); n < even/2 {
		t.Errorf("urw: an order has %d of %d schedules, want %d or more", n, schedules, even/2)
	}
	for name, s := range map[string]strategy.Strategy{"random": strategy.Random(3), "pos": strategy.POS(3)} {
		if n := fewest(s); n > even/4 {
			t.Errorf("%s: every order has %d of %d schedules or more, want one that it neglects", name, n, schedules)
		}
	}
}
