package woven

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/jackc/puddle/v2"
	"github.com/panjf2000/ants/v2"
	"github.com/sourcegraph/conc/pool"
	"github.com/weir-dev/weir/faults/schedule/explore"
)

// A resource pool makes no more than its maximum, lends each to one, and gets
// all back, also from those who give up waiting.
func TestPuddle(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		const size = 2
		var live, made atomic.Int32
		p, err := puddle.NewPool(&puddle.Config[*atomic.Int32]{
			Constructor: func(context.Context) (*atomic.Int32, error) {
				if n := live.Add(1); n > size {
					t.Errorf("%d resources live, want at most %d", n, size)
				}
				made.Add(1)
				return &atomic.Int32{}, nil
			},
			Destructor: func(*atomic.Int32) { live.Add(-1) },
			MaxSize:    size,
		})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan bool)
		for i := range 3 {
			go func() {
				defer func() { done <- true }()
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if i == 2 {
					go cancel()
				}
				r, err := p.Acquire(ctx)
				if err != nil {
					return
				}
				if r.Value().Add(1) != 1 {
					t.Error("a resource is lent twice")
				}
				r.Value().Add(-1)
				if i == 1 {
					r.Destroy()
				} else {
					r.Release()
				}
			}()
		}
		for range 3 {
			<-done
		}
		p.Close()
		if n := live.Load(); n != 0 {
			t.Errorf("%d of %d resources live after Close", n, made.Load())
		}
	})
}

// A pool of workers runs every task that it accepted, no more than its size at
// a time, and leaves nothing behind.
func TestAnts(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		const size, tasks = 2, 4
		p, err := ants.NewPool(size)
		if err != nil {
			t.Fatal(err)
		}
		var running, ran atomic.Int32
		done := make(chan bool, tasks)
		for range tasks {
			go func() {
				if err := p.Submit(func() {
					if n := running.Add(1); n > size {
						t.Errorf("%d tasks run, want at most %d", n, size)
					}
					running.Add(-1)
					ran.Add(1)
					done <- true
				}); err != nil {
					t.Error(err)
				}
			}()
		}
		for range tasks {
			<-done
		}
		p.Release()
		if n := ran.Load(); n != tasks {
			t.Errorf("%d tasks ran, want %d", n, tasks)
		}
	})
}

// A bounded pool of goroutines gives every result, in the order of the tasks.
func TestConc(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		const size = 2
		p := pool.NewWithResults[int]().WithMaxGoroutines(size)
		var running atomic.Int32
		for i := range 4 {
			p.Go(func() int {
				if n := running.Add(1); n > size {
					t.Errorf("%d tasks run, want at most %d", n, size)
				}
				defer running.Add(-1)
				return i
			})
		}
		if got := p.Wait(); len(got) != 4 {
			t.Errorf("got results %v, want 4", got)
		}
	})
}
