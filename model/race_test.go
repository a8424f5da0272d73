//go:build race

package model

// underRace is whether the race detector is on: it makes the checker some
// forty times slower, so that only the small size is explored then.
const underRace = true
