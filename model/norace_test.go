//go:build !race

package model

// underRace is whether the race detector is on.
const underRace = false
