package remote

import (
	"math/bits"
	"time"
)

// backoff draws the delays between attempts to connect: exponential with full
// jitter, that is uniform in [0, min(max, min * 2^failures)]. Spreading over the
// whole interval is what keeps many clients of a restarted server apart (Marc
// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
type backoff struct {
	min, max time.Duration
	failures int       // since the last healthy link
	until    time.Time // no attempt begins before it
}

// draw returns the delay before the next attempt and makes the one after it
// longer. chance is uniform over all 64-bit numbers.
func (k *backoff) draw(chance uint64) time.Duration {
	ceiling := k.max
	// The shift is tried on max, not on min, where it could overflow.
	if k.failures < 63 && k.min <= k.max>>k.failures {
		ceiling = k.min << k.failures
		k.failures++
	}
	// The high half of the product maps chance onto [0, ceiling] without the bias
	// of a remainder.
	delay, _ := bits.Mul64(chance, uint64(ceiling)+1)
	return time.Duration(delay)
}

// reset begins again at the shortest delays.
func (k *backoff) reset() { k.failures = 0 }
