//go:build race

package simnet

// underRace says that the race detector reports overlapping calls on its own.
const underRace = true
