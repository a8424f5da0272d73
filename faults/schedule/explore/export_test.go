package explore

// Raced is whether the race detector counts.
const Raced = raced

// Enumerable is whether a portfolio enumerates a body whose schedule without a
// switch has so many steps, with so many ways to choose.
func Enumerable(cfg Config, steps, points int, choices float64) bool {
	k := newSeeker(&cfg, &Settings{})
	k.ways = &ways{choices}
	return k.enumerable(&outcome{steps: steps, points: points})
}

// ShapeOf is what two runs of the same failure have in common.
var ShapeOf = shapeOf
