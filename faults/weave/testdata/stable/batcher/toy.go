// Package toy is a batcher that drops what is added between its last look and
// its stop.
package toy

import "sync"

type batcher struct {
	items   chan int
	stop    chan struct{}
	stopped chan struct{}
	mu      sync.Mutex
	batch   []int
	flushed int
}

func newBatcher() *batcher {
	b := &batcher{items: make(chan int, 4), stop: make(chan struct{}), stopped: make(chan struct{})}
	go b.loop()
	return b
}

func (b *batcher) loop() {
	for {
		select {
		case v := <-b.items:
			b.mu.Lock()
			b.batch = append(b.batch, v)
			full := len(b.batch) == 2
			b.mu.Unlock()
			if full {
				b.flush()
			}
		case <-b.stop:
			b.flush()
			close(b.stopped)
			return
		}
	}
}

func (b *batcher) flush() {
	b.mu.Lock()
	b.flushed += len(b.batch)
	b.batch = nil
	b.mu.Unlock()
}

func (b *batcher) close() {
	close(b.stop)
	<-b.stopped
}

// Run reports whether an item that was added was dropped.
func Run() bool {
	b := newBatcher()
	var all sync.WaitGroup
	add := func(v int) {
		defer all.Done()
		b.items <- v
	}
	all.Add(2)
	go add(1)
	go add(2)
	all.Wait()
	b.items <- 3
	b.close()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flushed != 3
}
