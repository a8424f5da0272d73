package model

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// trend is how the levels of a search grow: the number of states of each that
// is known as a whole.
type trend []int

// growth returns by what factor the last level was larger than the one before,
// and by what factor that factor itself changes from level to level, smoothed
// over the last few. It is not ok while there are too few levels.
func (t trend) growth() (factor, change float64, ok bool) {
	const span = 3
	n := len(t)
	if n < span+2 {
		return 0, 0, false
	}
	ratio := func(i int) float64 { return float64(t[i]) / float64(t[i-1]) }
	return ratio(n - 1), math.Pow(ratio(n-1)/ratio(n-1-span), 1/float64(span)), true
}

// ahead estimates how many states the levels after the last will have, if
// growth goes on changing as it does. It is not ok if it sees no end.
func (t trend) ahead() (states float64, ok bool) {
	factor, change, ok := t.growth()
	if !ok {
		return 0, false
	}
	level := float64(t[len(t)-1])
	for range 1000 {
		factor *= change
		level *= factor
		if level < 1 {
			return states, true
		}
		states += level
	}
	return 0, false
}

// left estimates the time to the end of a search that has expanded so many
// states of all it has found.
func (t trend) left(found, expanded int, elapsed time.Duration) time.Duration {
	ahead, ok := t.ahead()
	if !ok || expanded == 0 {
		return 0
	}
	left := (ahead + float64(found-expanded)) / float64(expanded) * float64(elapsed)
	if left > float64(math.MaxInt64/2) {
		return 0
	}
	return time.Duration(left)
}

// String tells the last few levels and whether they shrink.
func (t trend) String() string {
	if len(t) < 2 {
		return "too few levels to see a trend"
	}
	var b strings.Builder
	b.WriteString("the last levels have")
	from := max(0, len(t)-4)
	for i := from; i < len(t); i++ {
		fmt.Fprintf(&b, " %d", t[i])
		if i > from {
			fmt.Fprintf(&b, " (x%.2f)", float64(t[i])/float64(t[i-1]))
		}
	}
	factor, change, ok := t.growth()
	switch {
	case t[len(t)-1] < t[len(t)-2]:
		b.WriteString(" states and shrink")
		if n, ok := t.ahead(); ok {
			fmt.Fprintf(&b, ", which leaves about %.0f states to find after them", n)
		}
	case ok && factor > 1 && change < 1:
		b.WriteString(" states: they grow, but ever more slowly")
	default:
		b.WriteString(" states and do not shrink")
	}
	return b.String()
}
