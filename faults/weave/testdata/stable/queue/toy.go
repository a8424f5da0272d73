// Package toy is a queue that loses its order: two workers share what one
// sender numbered.
package toy

import "sync"

type inbox struct {
	mu    sync.Mutex
	last  int
	wrong bool
}

func (b *inbox) deliver(seq int) {
	b.mu.Lock()
	if seq < b.last {
		b.wrong = true
	}
	b.last = seq
	b.mu.Unlock()
}

type link struct {
	messages chan int
	box      *inbox
	done     sync.WaitGroup
}

func (l *link) worker() {
	defer l.done.Done()
	for seq := range l.messages {
		l.box.deliver(seq)
	}
}

func (l *link) start(workers int) {
	for range workers {
		l.done.Add(1)
		go l.worker()
	}
}

// Run reports whether a message came after a later one.
func Run() bool {
	box := &inbox{last: 0, wrong: false}
	l := &link{messages: make(chan int, 1), box: box}
	l.start(2)
	for seq := 1; seq <= 4; seq++ {
		l.messages <- seq
	}
	close(l.messages)
	l.done.Wait()
	box.mu.Lock()
	defer box.mu.Unlock()
	return box.wrong
}
