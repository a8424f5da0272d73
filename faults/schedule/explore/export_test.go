package explore

// Raced is whether the race detector counts.
const Raced = raced

// Delta and Fewest are what the reducer does.
var (
	Delta  = delta
	Fewest = fewest
)
