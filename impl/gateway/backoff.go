package gateway

import "time"

// backoff draws the delays between attempts to attach: exponential, with full
// jitter, so that hosts that lost their Gateway together do not come back
// together. See M. Brooker, "Exponential Backoff And Jitter", 2015.
type backoff struct {
	least, most time.Duration
	rand        func() uint64
	ceiling     time.Duration // of the next delay; zero after a reset
}

// next draws a delay from zero to the ceiling, both included, and doubles the
// ceiling.
func (b *backoff) next() time.Duration {
	if b.ceiling == 0 {
		b.ceiling = min(b.least, b.most)
	}
	delay := time.Duration(b.rand() % uint64(b.ceiling+1))
	b.ceiling = min(2*b.ceiling, b.most)
	return delay
}

func (b *backoff) reset() { b.ceiling = 0 }
