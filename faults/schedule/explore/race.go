//go:build race

package explore

// raced says that the race detector counts, which it does for the process and
// not for a schedule.
const raced = true
