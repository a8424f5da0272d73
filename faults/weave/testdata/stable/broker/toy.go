// Package toy is a broker that closes the channel of a subscriber which a
// publisher is about to send to.
package toy

import "sync"

type broker struct {
	mu   sync.Mutex
	subs map[int]chan int
	next int
}

func newBroker() *broker {
	return &broker{subs: map[int]chan int{}, next: 0}
}

func (b *broker) subscribe() (int, chan int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	ch := make(chan int, 4)
	b.subs[b.next] = ch
	return b.next, ch
}

func (b *broker) cancel(id int) {
	b.mu.Lock()
	ch, ok := b.subs[id]
	delete(b.subs, id)
	b.mu.Unlock()
	if ok {
		close(ch)
	}
}

func (b *broker) publish(v int) {
	b.mu.Lock()
	var to []chan int
	for id := 1; id <= b.next; id++ {
		if ch, ok := b.subs[id]; ok {
			to = append(to, ch)
		}
	}
	b.mu.Unlock()
	for _, ch := range to {
		ch <- v
	}
}

// Run panics if a message is sent to a channel that is closed.
func Run() bool {
	b := newBroker()
	id, ch := b.subscribe()
	b.subscribe()
	var all sync.WaitGroup
	all.Add(3)
	go func() {
		defer all.Done()
		b.publish(1)
		b.publish(2)
	}()
	go func() {
		defer all.Done()
		<-ch
		b.cancel(id)
	}()
	go func() {
		defer all.Done()
		b.publish(3)
	}()
	all.Wait()
	return false
}
