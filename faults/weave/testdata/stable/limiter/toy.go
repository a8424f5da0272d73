// Package toy is a limiter that loses a wake-up: who finds nothing free waits
// only after it has given up the lock, and a release in between wakes nobody.
package toy

import "sync"

type limiter struct {
	mu      sync.Mutex
	free    int
	waiting []chan struct{}
	taken   int
}

func newLimiter(limit int) *limiter {
	l := &limiter{free: limit, taken: 0}
	return l
}

func (l *limiter) acquire() {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.taken++
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	wake := make(chan struct{})
	l.mu.Lock()
	l.waiting = append(l.waiting, wake)
	l.taken++
	l.mu.Unlock()
	<-wake
}

func (l *limiter) release() {
	l.mu.Lock()
	if len(l.waiting) > 0 {
		first := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.mu.Unlock()
		close(first)
		return
	}
	l.free++
	l.mu.Unlock()
}

// Run reports whether something is wrong; it doesn't return if a wake-up is
// lost.
func Run() bool {
	l := newLimiter(1)
	var all sync.WaitGroup
	all.Add(2)
	caller := func() {
		defer all.Done()
		for range 2 {
			l.acquire()
			l.release()
		}
	}
	go caller()
	go caller()
	all.Wait()
	return false
}
