//go:build race

package linear_test

// race is whether the race detector slows this down: the longest test is
// shorter then.
const race = true
