//go:build !race

package gatewayspec

// underRace is whether the race detector is on.
const underRace = false
