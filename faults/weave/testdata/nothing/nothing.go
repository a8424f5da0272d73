// Package nothing has nothing to weave.
package nothing

// Sum has no concurrency.
func Sum(a, b int) int { return a + b }
