package wire

import (
	"context"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// Listener is a net.Listener in memory whose connections may be used inside a
// bubble: they wait only as a bubble understands. All methods may be called
// from any goroutine.
type Listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// Memory makes a listener.
func Memory() *Listener {
	return &Listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

// DialContext opens a connection and waits until it is accepted. Its error is
// that of the context, or ECONNREFUSED when the listener is closed.
func (l *Listener) DialContext(ctx context.Context) (net.Conn, error) {
	client, server := pair()
	select {
	case <-l.done:
		return nil, opError("dial", syscall.ECONNREFUSED)
	default:
	}
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, opError("dial", syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener. Its error is net.ErrClosed after Close.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, opError("accept", net.ErrClosed)
	}
}

// Close implements net.Listener. Connections that were accepted live on.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

// Network implements net.Addr.
func (memoryAddr) Network() string { return "memory" }

// String implements net.Addr.
func (memoryAddr) String() string { return "memory" }

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "memory", Addr: memoryAddr{}, Err: err}
}

// memoryConn is one end of a connection in memory.
type memoryConn struct {
	mu            *sync.Mutex // of both ends
	in, out       *lane
	readDeadline  time.Time
	writeDeadline time.Time
}

// pair makes the two ends of a connection.
func pair() (client, server *memoryConn) {
	mu := new(sync.Mutex)
	up, down := &lane{mu: mu}, &lane{mu: mu}
	return &memoryConn{mu: mu, in: down, out: up}, &memoryConn{mu: mu, in: up, out: down}
}

func unlimited(n int) int { return n }

// Read implements net.Conn.
func (c *memoryConn) Read(p []byte) (int, error) {
	n, err := c.in.read(p, &c.readDeadline, unlimited)
	return n, wrap("read", err)
}

// Write implements net.Conn.
func (c *memoryConn) Write(p []byte) (int, error) {
	n, err := c.out.write(p, &c.writeDeadline)
	return n, wrap("write", err)
}

// Close implements net.Conn. The other end reads what was written before, then
// io.EOF; what it writes fails.
func (c *memoryConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.finish(io.EOF)
	c.in.leave(syscall.EPIPE)
	return nil
}

// Reset ends the connection as a TCP reset does: the other end reads what had
// arrived, then gets ECONNRESET; what it writes fails.
func (c *memoryConn) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.finish(syscall.ECONNRESET)
	c.in.leave(syscall.ECONNRESET)
}

// LocalAddr implements net.Conn.
func (c *memoryConn) LocalAddr() net.Addr { return memoryAddr{} }

// RemoteAddr implements net.Conn.
func (c *memoryConn) RemoteAddr() net.Addr { return memoryAddr{} }

// SetDeadline implements net.Conn.
func (c *memoryConn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *memoryConn) SetReadDeadline(t time.Time) error {
	return setDeadline(c.in, &c.readDeadline, t)
}

// SetWriteDeadline implements net.Conn.
func (c *memoryConn) SetWriteDeadline(t time.Time) error {
	return setDeadline(c.out, &c.writeDeadline, t)
}

func setDeadline(l *lane, deadline *time.Time, t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	*deadline = t
	l.wake()
	return nil
}

// wrap is err as a net.Conn gives it: io.EOF as it is.
func wrap(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return opError(op, err)
}
