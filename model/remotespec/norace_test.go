//go:build !race

package remotespec

// underRace is whether the race detector is on.
const underRace = false
