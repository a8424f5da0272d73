package woven

import (
	"testing"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/weir-dev/weir/faults/schedule/explore"
)

// A cache never holds more than its size, and tells each eviction once.
func TestLRU(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		const size = 2
		evicted := make(chan int, 16)
		c, err := lru.NewWithEvict(size, func(k, _ int) { evicted <- k })
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan bool)
		for g := range 3 {
			go func() {
				c.Add(g, g)
				if v, ok := c.Get(g); ok && v != g {
					t.Errorf("key %d has value %d", g, v)
				}
				if n := c.Len(); n > size {
					t.Errorf("the cache holds %d, want at most %d", n, size)
				}
				done <- true
			}()
		}
		for range 3 {
			<-done
		}
		if got := c.Len() + len(evicted); got != 3 {
			t.Errorf("%d held and %d evicted, want 3 in all", c.Len(), len(evicted))
		}
		time.Sleep(time.Second)
	})
}
