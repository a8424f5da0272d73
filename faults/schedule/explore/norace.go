//go:build !race

package explore

// raced says that the race detector counts.
const raced = false
