package woven

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"
	"golang.org/x/sync/syncmap"
)

// A weighted semaphore never lends more than it has, and loses nothing to
// those who give up waiting.
func TestSemaphore(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		const size = 3
		s := semaphore.NewWeighted(size)
		var held atomic.Int64
		done := make(chan bool)
		for g := range 3 {
			go func() {
				for i := range 2 {
					n := int64(1 + (g+i)%3)
					ctx, cancel := context.Background(), func() {}
					if g == 2 {
						ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
					}
					if s.Acquire(ctx, n) == nil {
						if h := held.Add(n); h > size {
							t.Errorf("%d are held, want at most %d", h, size)
						}
						if i == 1 {
							time.Sleep(2 * time.Millisecond)
						}
						held.Add(-n)
						s.Release(n)
					}
					cancel()
				}
				done <- true
			}()
		}
		for range 3 {
			<-done
		}
		if !s.TryAcquire(size) {
			t.Error("something is held at the end")
		}
	})
}

// The first error of a group ends its context and is what Wait returns.
func TestErrgroup(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		bad := errors.New("bad")
		g, ctx := errgroup.WithContext(context.Background())
		g.SetLimit(2)
		numbers := make(chan int)
		g.Go(func() error {
			defer close(numbers)
			for i := range 3 {
				select {
				case numbers <- i:
				case <-ctx.Done():
					return nil
				}
			}
			return nil
		})
		g.Go(func() error {
			for n := range numbers {
				if n == 1 {
					return bad
				}
			}
			return nil
		})
		g.Go(func() error { <-ctx.Done(); return ctx.Err() })
		if err := g.Wait(); err != bad {
			t.Errorf("got error %v, want %v", err, bad)
		}
		if ctx.Err() == nil {
			t.Error("the context lives after Wait")
		}
	})
}

// Those who ask at the same time share one call, and nobody gets the value of
// a call that had ended before he asked.
func TestSingleflight(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		var g singleflight.Group
		var calls, running atomic.Int64
		done := make(chan bool)
		for range 3 {
			go func() {
				before := calls.Load()
				v, err, _ := g.Do("key", func() (any, error) {
					if running.Add(1) != 1 {
						t.Error("two calls at a time")
					}
					defer running.Add(-1)
					return calls.Add(1), nil
				})
				if err != nil || v.(int64) < before {
					t.Errorf("got %v, %v after call %d", v, err, before)
				}
				done <- true
			}()
		}
		for range 3 {
			<-done
		}
	})
}

// Of those who store the same key one does, and all load what he stored; a
// range over keys that nobody touches gives each of them once.
func TestSyncmap(t *testing.T) {
	explore.Test(t, explore.Config{}, func(t *explore.T) {
		var m syncmap.Map
		m.Store("here", -1)
		var stored atomic.Int64
		done := make(chan any)
		for g := range 3 {
			go func() {
				v, loaded := m.LoadOrStore("key", g)
				if !loaded {
					stored.Add(1)
				}
				if again, ok := m.Load("key"); !ok || again != v {
					t.Errorf("got %v, %v after %v", again, ok, v)
				}
				seen := 0
				m.Range(func(k, _ any) bool {
					if k == "here" {
						seen++
					}
					return true
				})
				if seen != 1 {
					t.Errorf("a range gave a key %d times, want once", seen)
				}
				done <- v
			}()
		}
		first := <-done
		for range 2 {
			if v := <-done; v != first {
				t.Errorf("got %v and %v for one key", first, v)
			}
		}
		if n := stored.Load(); n != 1 {
			t.Errorf("%d stored, want 1", n)
		}
		if v, loaded := m.LoadAndDelete("key"); !loaded || v != first {
			t.Errorf("deleted %v, %v, want %v", v, loaded, first)
		}
	})
}
