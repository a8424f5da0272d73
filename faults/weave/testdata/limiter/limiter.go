// Package limiter has a limiter that loses a wake-up and one that doesn't.
package limiter

import (
	"sync"
	"time"
)

// Limiter hands out up to free reservations.
type Limiter struct {
	mu      sync.Mutex
	free    int
	waiters []chan struct{}
	// Lossy makes a waiter give up the lock before it queues, so that a
	// Release in between finds nobody.
	Lossy bool
}

// Acquire waits up to d for a reservation.
func (l *Limiter) Acquire(d time.Duration) bool {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return true
	}
	if l.Lossy {
		l.mu.Unlock()
		l.mu.Lock()
	}
	ch := make(chan struct{}, 1)
	l.waiters = append(l.waiters, ch)
	l.mu.Unlock()
	select {
	case <-ch:
		return true
	case <-time.After(d):
		return false
	}
}

// Release gives a reservation to who has waited longest.
func (l *Limiter) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiters) > 0 {
		l.waiters[0] <- struct{}{}
		l.waiters = l.waiters[1:]
		return
	}
	l.free++
}

// Free is the number of reservations left.
func (l *Limiter) Free() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free
}

// Counter adds without a lock.
type Counter struct{ n int }

// Work runs n workers that take turns and reports whether all could; with
// racy they count without a lock.
func Work(l *Limiter, n int, c *Counter, racy bool) bool {
	ended := make(chan bool)
	for range n {
		go func() {
			ok := true
			for range 2 {
				if !l.Acquire(time.Second) {
					ok = ok && l.Free() == 0
					continue
				}
				if racy {
					c.n++
				}
				l.Release()
			}
			ended <- ok
		}()
	}
	all := true
	for range n {
		all = <-ended && all
	}
	return all
}

// Deadlock takes two locks in both orders.
func Deadlock() {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Add(2)
	go lockBoth(&a, &b, &wg)
	go lockBoth(&b, &a, &wg)
	wg.Wait()
}

func lockBoth(first, second *sync.Mutex, wg *sync.WaitGroup) {
	defer wg.Done()
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
}
