package explore

import (
	"slices"
	"time"
)

// failing runs a list of choices and returns the choices that were made, and
// whether it fails in the same way as the one that is reduced.
type failing func([]uint32) (made []uint32, fails bool)

// A reducer makes a failing list of choices smaller; what it returns fails.
// proven says that no list with fewer switches does. It ends soon after expired
// says so.
type reducer func(choices []uint32, fails failing, expired func() bool) (smaller []uint32, proven bool)

// reduce is delta debugging, which is quick, and then a search for fewer
// switches, which knows when there is nothing to find.
func reduce(choices []uint32, fails failing, expired func() bool) ([]uint32, bool) {
	return fewest(delta(choices, fails, expired), fails, expired)
}

// smaller orders lists of choices: by switches, then by length, then by value.
func smaller(a, b []uint32) bool {
	if x, y := switches(a), switches(b); x != y {
		return x < y
	}
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return slices.Compare(a, b) < 0
}

// trim cuts the zeros at the end, which a list answers anyway.
func trim(choices []uint32) []uint32 {
	for len(choices) > 0 && choices[len(choices)-1] == 0 {
		choices = choices[:len(choices)-1]
	}
	return choices
}

// delta is delta debugging (Zeller, Hildebrandt: Simplifying and isolating
// failure-inducing input, TSE 2002) on a list of choices: it drops chunks and
// replaces them by "go on", with chunks of half the size in each round, and then
// lowers single choices. A result that changed nothing in a whole round is what
// it ends with.
func delta(choices []uint32, fails failing, expired func() bool) []uint32 {
	d := &deltaRun{best: trim(choices), fails: fails, expired: expired}
	for progress := true; progress && !expired(); {
		progress = d.chunks(true)
		progress = d.chunks(false) || progress
		progress = d.lower() || progress
	}
	return d.best
}

type deltaRun struct {
	best    []uint32
	fails   failing
	expired func() bool
}

// try keeps the candidate if it fails and is smaller.
func (d *deltaRun) try(candidate []uint32) bool {
	if d.expired() || !smaller(trim(candidate), d.best) {
		return false
	}
	made, ok := d.fails(candidate)
	if made = trim(made); !ok || !smaller(made, d.best) {
		return false
	}
	d.best = slices.Clone(made)
	return true
}

// chunks drops or zeroes ranges.
func (d *deltaRun) chunks(zero bool) (progress bool) {
	for size := max(1, len(d.best)/2); size >= 1; size /= 2 {
		for at := len(d.best) - size; at > -size && !d.expired(); at -= size {
			from, to := max(0, at), min(len(d.best), at+size)
			if from >= to {
				continue
			}
			candidate := slices.Clone(d.best)
			if zero {
				clear(candidate[from:to])
			} else {
				candidate = slices.Delete(candidate, from, to)
			}
			progress = d.try(candidate) || progress
		}
	}
	return progress
}

// lower replaces single choices by smaller ones.
func (d *deltaRun) lower() (progress bool) {
	for i := 0; i < len(d.best) && !d.expired(); i++ {
		for v := uint32(1); i < len(d.best) && v < min(d.best[i], maxLower); v++ {
			candidate := slices.Clone(d.best)
			candidate[i] = v
			if d.try(candidate) {
				progress = true
				break
			}
		}
	}
	return progress
}

// maxLower bounds how many smaller values of one choice are tried.
const maxLower = 8

// within is an expired that holds after d.
func within(d time.Duration) func() bool {
	end := time.Now().Add(d)
	return func() bool { return !time.Now().Before(end) }
}
