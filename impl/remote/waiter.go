package remote

// waiter is a caller that waits for a place in the buffer. Its message is
// accepted in its name by whoever makes room, so that nobody overtakes it.
type waiter struct {
	payload []byte
	seq     uint64 // set when accepted
	err     error  // set when refused
	decided bool   // seq or err is set
	ready   chan struct{}

	prev, next *waiter
	listed     bool
}

// waiters is the line of waiting callers, oldest first. It is linked through
// the waiters themselves, so that one that gives up leaves at once: the line is
// never longer than there are callers.
type waiters struct {
	first, last *waiter
}

// push puts w at the end of the line.
func (l *waiters) push(w *waiter) {
	w.prev, w.next, w.listed = l.last, nil, true
	if l.last == nil {
		l.first = w
	} else {
		l.last.next = w
	}
	l.last = w
}

// remove takes w out of the line, wherever it stands.
func (l *waiters) remove(w *waiter) {
	if !w.listed {
		return
	}
	if w.prev == nil {
		l.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next, w.listed = nil, nil, false
}

// pop removes and returns the oldest waiter, or nil.
func (l *waiters) pop() *waiter {
	w := l.first
	if w != nil {
		l.remove(w)
	}
	return w
}

// accepted tells w the seq of its message.
func (w *waiter) accepted(seq uint64) {
	w.seq, w.decided = seq, true
	w.ready <- struct{}{}
}

// refused tells w that its message was not accepted.
func (w *waiter) refused(err error) {
	w.err, w.decided = err, true
	w.ready <- struct{}{}
}
