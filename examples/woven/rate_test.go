package woven

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"golang.org/x/time/rate"
)

// A limiter lets through its burst, and what has accrued since.
func TestRate(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		const burst = 2
		l := rate.NewLimiter(rate.Every(time.Second), burst)
		start := time.Now()
		var passed atomic.Int64
		done := make(chan bool)
		for range 3 {
			go func() {
				for range 2 {
					if err := l.Wait(t.Context()); err != nil {
						t.Error(err)
					}
					n := passed.Add(1)
					if allowed := burst + int64(time.Since(start)/time.Second); n > allowed {
						t.Errorf("%d passed after %v, want at most %d", n, time.Since(start), allowed)
					}
				}
				done <- true
			}()
		}
		for range 3 {
			<-done
		}
		if took := time.Since(start); took != 4*time.Second {
			t.Errorf("6 took %v, want 4s", took)
		}
	})
}
