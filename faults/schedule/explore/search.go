package explore

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// Search says how schedules are looked for. The zero value is the portfolio.
type Search struct {
	// Name is "portfolio", "random", "pct", "pos", "rarest", "urw", "deeper",
	// "exhaustive" or "bounded"; see package strategy. Empty means portfolio.
	Name string
	// N is the depth for pct and the preemptions for bounded; 0 for the others.
	N int
}

// pctDepth is the depth of pct where none is given: most bugs need no more
// ordering constraints.
const pctDepth = 3

// ParseSearch reads what String writes: a name, and for pct (default 3) and
// bounded a colon and a number up to 255. Empty means portfolio.
func ParseSearch(text string) (Search, error) {
	name, number, numbered := strings.Cut(text, ":")
	s := Search{Name: name}
	least := 0
	switch name {
	case "", "portfolio", "random", "pos", "rarest", "urw", "deeper", "exhaustive":
		if numbered {
			return Search{}, fmt.Errorf("strategy %q takes no number", text)
		}
		return s, nil
	case "pct":
		if !numbered {
			number = strconv.Itoa(pctDepth)
		}
		least = 1
	case "bounded":
	default:
		return Search{}, fmt.Errorf("strategy %q is unknown, want portfolio, random, pct:DEPTH, pos, rarest, urw, deeper, exhaustive or bounded:PREEMPTIONS", text)
	}
	n, err := strconv.ParseUint(number, 10, 8)
	if err != nil || int(n) < least {
		return Search{}, fmt.Errorf("strategy %q wants a number from %d to 255, as in %s:2", text, least, name)
	}
	s.N = int(n)
	return s, nil
}

// String is what ParseSearch reads.
func (s Search) String() string {
	switch s.Name {
	case "":
		return "portfolio"
	case "pct", "bounded":
		return fmt.Sprintf("%s:%d", s.Name, s.N)
	}
	return s.Name
}

// Splits reports whether several processes can share the search. One that
// enumerates can't be shared: each process would run the same schedules.
func (s Search) Splits() bool { return s.Name != "exhaustive" && s.Name != "bounded" }

// strategy makes the strategy. A portfolio enumerates too if that is worth it.
func (s Search) strategy(seed uint64, enumerate bool) strategy.Strategy {
	switch s.Name {
	case "random":
		return strategy.Random(seed)
	case "pct":
		return strategy.PCT(seed, s.N)
	case "pos":
		return strategy.POS(seed)
	case "rarest":
		return strategy.Rarest(seed)
	case "urw":
		return strategy.URW(seed)
	case "deeper":
		return strategy.Deeper(seed)
	case "exhaustive":
		return strategy.Exhaustive()
	case "bounded":
		return strategy.Bounded(s.N)
	}
	if enumerate {
		return strategy.Default(seed)
	}
	return strategy.Portfolio(strategy.Samplers(seed)...)
}
