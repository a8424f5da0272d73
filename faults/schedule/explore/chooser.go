package explore

import "github.com/weir-dev/weir/faults/schedule"

// chooser makes the chooser of a schedule. The first one of a seed goes on
// wherever it can: what fails there fails without any switch.
func chooser(seed uint64, number int) schedule.Chooser {
	if number == 0 {
		return schedule.NewList(nil)
	}
	return schedule.Random(mix(seed) + uint64(number))
}

// mix spreads the seeds, so that seed 1 and seed 2 share no schedule. It is the
// finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom
// number generators, OOPSLA 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
