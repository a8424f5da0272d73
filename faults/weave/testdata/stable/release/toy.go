// Package toy is a reservation that a late reply and a reassign both release.
package toy

import "sync"

type ledger struct {
	mu       sync.Mutex
	reserved int
	live     map[int]bool
}

func (l *ledger) isLive(id int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live[id]
}

func (l *ledger) reserve(id int) {
	l.mu.Lock()
	l.live[id] = true
	l.reserved++
	l.mu.Unlock()
}

func (l *ledger) release(id int) {
	if !l.isLive(id) {
		return
	}
	l.mu.Lock()
	delete(l.live, id)
	l.reserved--
	l.mu.Unlock()
}

type host struct {
	replies chan int
}

func (h *host) serve(requests <-chan int) {
	for id := range requests {
		h.replies <- id
	}
	close(h.replies)
}

// Run reports whether more was released than reserved.
func Run() bool {
	l := &ledger{live: make(map[int]bool), reserved: 0}
	h := &host{replies: make(chan int, 2)}
	requests := make(chan int, 2)
	var all sync.WaitGroup
	all.Add(3)
	go func() {
		defer all.Done()
		h.serve(requests)
	}()
	go func() {
		defer all.Done()
		for id := range h.replies {
			l.release(id)
		}
	}()
	l.reserve(1)
	l.reserve(2)
	requests <- 1
	requests <- 2
	close(requests)
	go func() {
		defer all.Done()
		l.release(2)
	}()
	all.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reserved < 0
}
