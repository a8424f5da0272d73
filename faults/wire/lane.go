package wire

import (
	"net"
	"os"
	"sync"
	"time"
)

// laneBytes bounds what a direction holds, as a socket's buffer does.
const laneBytes = 64 << 10

// chunk is what one Write took, or the rest of it.
type chunk struct {
	data []byte
	due  time.Time // not to be read before; zero: at any time
}

// lane is one direction of a connection: a bounded queue of bytes between one
// writer and one reader, and what faults do to it. Everything in it is under
// mu, which is never held while it waits.
type lane struct {
	mu     *sync.Mutex
	chunks []chunk
	size   int

	end      error // what the reader gets after the last byte; io.EOF is the good end
	broken   error // what both get, at once
	unread   bool  // the reader has closed: what is written goes nowhere
	unwanted error // what the writer gets then, if the writer can know

	passed int // bytes that came out
	frames scanner

	hole     bool
	stalled  bool
	stallEnd time.Time // zero: until healed
	latency  time.Duration
	hold     time.Duration // for the next chunk
	changed  chan struct{}
}

// wake lets everybody who waits look again.
func (l *lane) wake() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// wait waits for a change or one of the moments. It is called with mu held,
// and doesn't hold it while it waits.
func (l *lane) wait(moments ...time.Time) {
	var first time.Time
	for _, t := range moments {
		if first.IsZero() || !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	changed := l.changed
	l.mu.Unlock()
	defer l.mu.Lock()
	if first.IsZero() {
		<-changed
		return
	}
	timer := time.NewTimer(time.Until(first))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	}
}

func expired(deadline time.Time) bool {
	return !deadline.IsZero() && !time.Now().Before(deadline)
}

// write puts p into the lane, waiting for room. deadline is read anew after
// each wait, under mu.
func (l *lane) write(p []byte, deadline *time.Time) (n int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case l.broken != nil:
			return n, l.broken
		case l.end != nil:
			return n, net.ErrClosed
		case expired(*deadline):
			return n, os.ErrDeadlineExceeded
		case l.unwanted != nil:
			return n, l.unwanted
		case l.hole || l.unread:
			return n + len(p), nil
		case len(p) == 0:
			return n, nil
		}
		room := min(laneBytes-l.size, len(p))
		if room > 0 {
			l.push(p[:room])
			n, p = n+room, p[room:]
			continue
		}
		l.wait(*deadline)
	}
}

func (l *lane) push(p []byte) {
	c := chunk{data: append([]byte(nil), p...)}
	if wait := l.latency + l.hold; wait > 0 {
		c.due = time.Now().Add(wait)
		l.hold = 0
	}
	l.chunks = append(l.chunks, c)
	l.size += len(p)
	l.wake()
}

// read waits until bytes may come out and takes at most limit() of them. The
// caller tells by pass when they have arrived.
func (l *lane) read(p []byte, deadline *time.Time, limit func(int) int) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case l.broken != nil:
			return 0, l.broken
		case l.unread:
			return 0, net.ErrClosed
		case expired(*deadline):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		}
		opens, open := l.opens()
		if open && !opens.After(time.Now()) {
			if len(l.chunks) == 0 {
				return 0, l.end
			}
			return l.pop(p[:limit(len(p))]), nil
		}
		l.wait(*deadline, opens)
	}
}

// opens is the moment from which there is something to read, as far as time
// alone decides that; else false.
func (l *lane) opens() (time.Time, bool) {
	if l.hole || l.stalled && l.stallEnd.IsZero() || len(l.chunks) == 0 && l.end == nil {
		return time.Time{}, false
	}
	var at time.Time
	if len(l.chunks) > 0 {
		at = l.chunks[0].due
	}
	if l.stalled && l.stallEnd.After(at) {
		at = l.stallEnd
	}
	return at, true
}

// pop takes bytes from the chunks that are due.
func (l *lane) pop(p []byte) (n int) {
	now := time.Now()
	for n < len(p) && len(l.chunks) > 0 && !l.chunks[0].due.After(now) {
		c := &l.chunks[0]
		k := copy(p[n:], c.data)
		n += k
		c.data = c.data[k:]
		if len(c.data) == 0 {
			*c = chunk{}
			l.chunks = l.chunks[1:]
		}
	}
	l.size -= n
	l.wake()
	return n
}

// finish is the writer's close: after the last byte the reader gets err.
func (l *lane) finish(err error) {
	if l.end == nil {
		l.end = err
	}
	l.wake()
}

// leave is the reader's close: what is still written goes nowhere, with an
// error when the writer can know.
func (l *lane) leave(known error) {
	l.unread, l.unwanted = true, known
	l.chunks, l.size = nil, 0
	l.wake()
}

// abort ends both sides at once. What is in the lane is lost.
func (l *lane) abort(err error) {
	if l.broken == nil {
		l.broken = err
	}
	l.chunks, l.size = nil, 0
	l.wake()
}

// dig makes a hole: what is in the lane and what is still written vanishes.
func (l *lane) dig() {
	l.hole = true
	l.chunks, l.size = nil, 0
	l.wake()
}

// delay holds the first chunk back, or else the next.
func (l *lane) delay(d time.Duration) {
	if len(l.chunks) == 0 {
		l.hold += d
		return
	}
	if due := time.Now().Add(d); due.After(l.chunks[0].due) {
		l.chunks[0].due = due
	}
	l.wake()
}

// stall lets nothing out for a time; 0 is until healed. The longest of several
// stalls counts.
func (l *lane) stall(d time.Duration) {
	switch {
	case d == 0:
		l.stallEnd = time.Time{}
	case l.stalled && l.stallEnd.IsZero():
	default:
		if end := time.Now().Add(d); end.After(l.stallEnd) {
			l.stallEnd = end
		}
	}
	l.stalled = true
	l.wake()
}

// heal undoes what faults did, but a hole.
func (l *lane) heal() {
	l.stalled, l.stallEnd, l.latency, l.hold = false, time.Time{}, 0, 0
	for i := range l.chunks {
		l.chunks[i].due = time.Time{}
	}
	l.wake()
}
