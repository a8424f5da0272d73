package wire

import (
	"io"
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/weir-dev/weir/faults"
)

// pumpBytes is how much a pump moves at once.
const pumpBytes = 16 << 10

// conn is a connection with faults: the client's end of two lanes, with a pump
// at the other end of each that moves bytes to and from the connection below.
type conn struct {
	f          *Faults
	inner      net.Conn
	link       string
	generation int
	up, down   *lane

	// All below is under f.mu.
	traps         []trap
	breaker       *time.Timer // of a half-open connection's end
	broken        bool
	pumping       int // pumps that have ended
	readDeadline  time.Time
	writeDeadline time.Time
}

// trap is a fault that may fire on a connection.
type trap struct {
	index int // in the plan
	fault faults.Fault
	bytes int // position at which it fires, or 0
	fired bool
}

// match sets the traps of the plan.
func (c *conn) match() {
	for i, fault := range c.f.plan {
		if fault.Kind == faults.Refuse || !fault.Matches(c.link, c.generation) {
			continue
		}
		t := trap{index: i, fault: fault}
		switch fault.When.Moment {
		case faults.Bytes:
			t.bytes = fault.When.N
		case faults.Chosen:
			t.bytes = 1 + c.f.draw(i, c.link, c.generation, chosenBytesMax)
		}
		c.traps = append(c.traps, t)
	}
}

func (c *conn) lanes(d faults.Direction) []*lane {
	switch d {
	case faults.Up:
		return []*lane{c.up}
	case faults.Down:
		return []*lane{c.down}
	}
	return []*lane{c.up, c.down}
}

// forward is the pump from the client to the connection below.
func (c *conn) forward() {
	defer c.ended()
	var never time.Time
	buf := make([]byte, pumpBytes)
	for {
		n, err := c.up.read(buf, &never, func(n int) int { return c.limit(faults.Up, n) })
		if err != nil {
			if err == io.EOF {
				_ = c.inner.Close() // the client has closed and isn't told more
			}
			return
		}
		if _, err := c.inner.Write(buf[:n]); err != nil {
			c.f.mu.Lock()
			c.up.abort(err)
			for !c.down.unread && !c.broken {
				c.down.wait() // what came down may still be read
			}
			c.f.mu.Unlock()
			_ = c.inner.Close()
			return
		}
		c.f.mu.Lock()
		c.pass(c.up, buf[:n])
		c.f.mu.Unlock()
	}
}

// receive is the pump from the connection below to the client.
func (c *conn) receive() {
	defer c.ended()
	var never time.Time
	buf := make([]byte, pumpBytes)
	for {
		n, err := c.inner.Read(buf)
		if n > 0 {
			if _, failed := c.down.write(buf[:n], &never); failed != nil {
				return
			}
		}
		if err != nil {
			c.f.mu.Lock()
			c.down.finish(err)
			c.f.mu.Unlock()
			return
		}
	}
}

// ended takes the connection off the list when both pumps have ended.
func (c *conn) ended() {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.pumping++
	if c.pumping == 2 {
		c.f.conns = slices.DeleteFunc(c.f.conns, func(o *conn) bool { return o == c })
		if c.breaker != nil {
			c.breaker.Stop()
		}
	}
}

// limit is how many of n bytes may come out of a direction before a trap has
// to be looked at again.
func (c *conn) limit(d faults.Direction, n int) int {
	if c.f.healed {
		return n
	}
	for i := range c.traps {
		t := &c.traps[i]
		if t.fired || !t.fault.Dir.Covers(d) {
			continue
		}
		if t.bytes > 0 {
			n = min(n, max(1, t.bytes-c.passed(t.fault.Dir)))
		}
		if t.fault.When.Moment == faults.Frames {
			for _, l := range c.lanes(d) {
				n = l.frames.limit(n)
			}
		}
	}
	return n
}

func (c *conn) passed(d faults.Direction) (bytes int) {
	for _, l := range c.lanes(d) {
		bytes += l.passed
	}
	return bytes
}

// pass counts what came out of a lane, and springs the traps that waited for it.
func (c *conn) pass(l *lane, p []byte) {
	l.passed += len(p)
	l.frames.pass(p)
	c.fireEach(func(t *trap) bool {
		if t.bytes > 0 {
			return c.passed(t.fault.Dir) >= t.bytes
		}
		frames := 0
		for _, l := range c.lanes(t.fault.Dir) {
			frames += l.frames.count
		}
		return t.fault.When.Moment == faults.Frames && frames >= t.fault.When.N
	})
}

func (c *conn) fireEach(met func(*trap) bool) {
	for i := range c.traps {
		t := &c.traps[i]
		if c.broken || c.f.healed {
			return
		}
		if !t.fired && met(t) {
			t.fired = true
			c.f.fired[t.index]++
			c.fire(t.fault)
		}
	}
}

func (c *conn) fire(f faults.Fault) {
	switch f.Kind {
	case faults.Cut:
		c.cut()
		return
	case faults.HalfOpen:
		if f.For > 0 && c.breaker == nil {
			c.breaker = time.AfterFunc(f.For, func() {
				c.f.mu.Lock()
				defer c.f.mu.Unlock()
				c.cut()
			})
		}
	}
	for _, l := range c.lanes(f.Dir) {
		switch f.Kind {
		case faults.HalfOpen:
			l.dig()
		case faults.Delay:
			l.delay(f.For)
		case faults.Stall:
			l.stall(f.For)
		case faults.Latency:
			l.latency = max(l.latency, f.For)
		}
	}
}

// cut ends the connection at both ends.
func (c *conn) cut() {
	if c.broken {
		return
	}
	c.broken = true
	c.up.abort(syscall.ECONNRESET)
	c.down.abort(syscall.ECONNRESET)
	c.f.pumps.Go(func() { reset(c.inner) }) // closing may take its time
}

func (c *conn) heal() {
	if c.up.hole || c.down.hole {
		c.cut()
	}
	c.up.heal()
	c.down.heal()
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.down.read(p, &c.readDeadline, func(n int) int { return c.limit(faults.Down, n) })
	if n > 0 {
		c.f.mu.Lock()
		c.pass(c.down, p[:n])
		c.f.mu.Unlock()
	}
	return n, c.wrap("read", err)
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.up.write(p, &c.writeDeadline)
	return n, c.wrap("write", err)
}

// Close implements net.Conn. What was written is still sent, and the end of it
// told, as far as the faults let it.
func (c *conn) Close() error {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.up.finish(io.EOF)
	c.down.leave(nil)
	return nil
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return c.inner.LocalAddr() }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.inner.RemoteAddr() }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	return setDeadline(c.down, &c.readDeadline, t)
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	return setDeadline(c.up, &c.writeDeadline, t)
}

func (c *conn) wrap(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if _, already := err.(*net.OpError); already {
		return err
	}
	return &net.OpError{Op: op, Net: c.inner.RemoteAddr().Network(), Addr: c.inner.RemoteAddr(), Err: err}
}
