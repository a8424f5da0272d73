package remote

// signal wakes the one goroutine that waits on it. All but wait happens under
// the mutex of its owner, which looks at the state and not at the signal to
// learn what there is to do: a wake-up too many costs a look, and there is none
// too few as long as every change of the state ends in a raise where the waiter
// is ready.
type signal struct {
	armed bool
	c     chan struct{} // capacity 1: an armed signal is raised at most once
}

func newSignal() signal { return signal{c: make(chan struct{}, 1)} }

// arm says that the owner's goroutine is about to wait. It calls wait next,
// after unlocking.
func (s *signal) arm() { s.armed = true }

// raise wakes the goroutine if it is waiting or about to; it never blocks.
func (s *signal) raise() {
	if s.armed {
		s.armed = false
		s.c <- struct{}{}
	}
}

// wait returns once the signal was raised after the last arm.
func (s *signal) wait() { <-s.c }
