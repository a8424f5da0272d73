package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"

	"github.com/weir-dev/weir/faults"
)

const link = "remote->peer"

func parse(t testing.TB, text string) faults.Plan {
	t.Helper()
	p, err := faults.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMemoryIsANetConn(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		a, b := pair()
		return a, b, func() { a.Close(); b.Close() }, nil
	})
}

func TestConnWithoutFaultsIsANetConn(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		f := New(nil, 1)
		a, b := pair()
		c := f.Conn(a, link)
		return c, b, func() { c.Close(); b.Close(); f.Close() }, nil
	})
}

func TestConnOverTCPIsANetConn(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, nil, err
		}
		defer l.Close()
		a, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return nil, nil, nil, err
		}
		b, err := l.Accept()
		if err != nil {
			return nil, nil, nil, err
		}
		f := New(nil, 1)
		c := f.Conn(a, link)
		return c, b, func() { c.Close(); b.Close(); f.Close() }, nil
	})
}

// bench is a wrapped client and its server in a bubble.
type bench struct {
	t              *testing.T
	f              *Faults
	client, server net.Conn
	start          time.Time
}

func bubble(t *testing.T, plan string, body func(*bench)) {
	t.Helper()
	p := parse(t, plan)
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, f: New(p, 1), start: time.Now()}
		defer b.f.Close()
		b.open()
		body(b)
		b.client.Close()
		b.server.Close()
	})
}

// open opens the next generation.
func (b *bench) open() {
	client, server := pair()
	b.client, b.server = b.f.Conn(client, link), server
}

func (b *bench) write(c net.Conn, text string) {
	b.t.Helper()
	if n, err := c.Write([]byte(text)); n != len(text) || err != nil {
		b.t.Errorf("write of %d bytes gave %d, %v", len(text), n, err)
	}
}

// reads reads until an error, or until d has passed without a byte.
func (b *bench) reads(c net.Conn, d time.Duration) (string, error) {
	var got bytes.Buffer
	for {
		c.SetReadDeadline(time.Now().Add(d))
		buf := make([]byte, 64)
		n, err := c.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			return got.String(), err
		}
	}
}

func (b *bench) expect(c net.Conn, d time.Duration, text string, want error) {
	b.t.Helper()
	got, err := b.reads(c, d)
	if got != text || !errors.Is(err, want) {
		b.t.Errorf("read %q, %v, want %q, %v", got, err, text, want)
	}
}

func (b *bench) fired(fault string, want int) {
	b.t.Helper()
	if got := b.f.Fired(); got[fault] != want {
		b.t.Errorf("fired %v, want %q %d times", got, fault, want)
	}
}

var faultTimeout = os.ErrDeadlineExceeded

func TestCutAtBytes(t *testing.T) {
	for _, n := range []int{1, 5, 9} {
		t.Run(fmt.Sprint("up ", n), func(t *testing.T) {
			plan := faults.Fault{Kind: faults.Cut, Link: link, Dir: faults.Up, When: faults.AfterBytes(n)}.String()
			bubble(t, plan, func(b *bench) {
				b.write(b.client, "0123456789")
				b.expect(b.server, time.Second, "0123456789"[:n], syscall.ECONNRESET)
				if _, err := b.client.Write([]byte("x")); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("client's write got %v, want ECONNRESET", err)
				}
				b.fired(plan, 1)
			})
		})
		t.Run(fmt.Sprint("down ", n), func(t *testing.T) {
			plan := faults.Fault{Kind: faults.Cut, Link: link, Dir: faults.Down, When: faults.AfterBytes(n)}.String()
			bubble(t, plan, func(b *bench) {
				b.write(b.server, "0123456789")
				b.expect(b.client, time.Second, "0123456789"[:n], syscall.ECONNRESET)
				synctest.Wait()
				b.expect(b.server, time.Second, "", syscall.ECONNRESET)
				b.fired(plan, 1)
			})
		})
	}
}

func TestCutAtATime(t *testing.T) {
	bubble(t, "cut * at 3s", func(b *bench) {
		b.expect(b.client, time.Minute, "", syscall.ECONNRESET)
		if d := time.Since(b.start); d != 3*time.Second {
			t.Errorf("cut after %v, want 3s", d)
		}
		b.fired("cut * at 3s", 1)
	})
}

func TestGenerations(t *testing.T) {
	bubble(t, "cut remote->peer#2 up after 1 bytes", func(b *bench) {
		b.write(b.client, "ab")
		b.expect(b.server, time.Second, "ab", faultTimeout)
		b.client.Close()
		b.open()
		b.write(b.client, "ab")
		b.expect(b.server, time.Second, "a", syscall.ECONNRESET)
	})
}

func TestStallHoldsAndLetsGo(t *testing.T) {
	bubble(t, "stall remote->peer up after 2 bytes for 2s", func(b *bench) {
		b.write(b.client, "0123")
		b.expect(b.server, time.Second, "01", faultTimeout)
		b.write(b.client, "45")
		got, _ := b.reads(b.server, 1100*time.Millisecond)
		if d := time.Since(b.start); got != "2345" || d != 3100*time.Millisecond {
			t.Errorf("read %q until %v, want 2345 at 2s", got, d)
		}
	})
}

func TestStallEndsWhenHealed(t *testing.T) {
	bubble(t, "stall * down", func(b *bench) {
		b.write(b.server, "0123")
		b.expect(b.client, time.Hour, "", faultTimeout)
		b.f.Heal()
		b.expect(b.client, time.Second, "0123", faultTimeout)
	})
}

func TestStallIsBounded(t *testing.T) {
	bubble(t, "stall * up", func(b *bench) {
		b.client.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := b.client.Write(make([]byte, 10*laneBytes))
		if n != laneBytes || !errors.Is(err, faultTimeout) {
			t.Errorf("write into a stall took %d bytes, %v, want %d and a timeout", n, err, laneBytes)
		}
	})
}

func TestLatencyIsNotBandwidth(t *testing.T) {
	bubble(t, "latency * up for 50ms", func(b *bench) {
		for range 10 {
			b.write(b.client, "x")
			time.Sleep(time.Millisecond)
		}
		got, _ := b.reads(b.server, 45*time.Millisecond)
		if d := time.Since(b.start); got != strings.Repeat("x", 10) || d != (59+45)*time.Millisecond {
			t.Errorf("read %q until %v, want ten bytes, the last after 59ms", got, d)
		}
	})
}

func TestDelayHoldsOneChunk(t *testing.T) {
	bubble(t, "delay * up for 1s", func(b *bench) {
		b.write(b.client, "a")
		b.write(b.client, "b")
		b.expect(b.server, 999*time.Millisecond, "", faultTimeout)
		b.expect(b.server, 10*time.Millisecond, "ab", faultTimeout)
		b.write(b.client, "c")
		b.expect(b.server, time.Millisecond, "c", faultTimeout)
	})
}

func TestHalfOpenVanishes(t *testing.T) {
	bubble(t, "half-open * up after 2 bytes", func(b *bench) {
		b.write(b.client, "0123")
		b.write(b.client, strings.Repeat("x", 3*laneBytes))
		b.expect(b.server, time.Hour, "01", faultTimeout)
		b.write(b.server, "down")
		b.expect(b.client, time.Second, "down", faultTimeout)
		b.client.Close()
		b.expect(b.server, time.Hour, "", faultTimeout)
		b.f.Heal()
		b.expect(b.server, time.Hour, "", syscall.ECONNRESET)
	})
}

func TestHalfOpenEnds(t *testing.T) {
	bubble(t, "half-open * down for 5s", func(b *bench) {
		b.write(b.server, "lost")
		b.server.Close()
		b.expect(b.client, time.Hour, "", syscall.ECONNRESET)
		if d := time.Since(b.start); d != 5*time.Second {
			t.Errorf("half-open ended after %v, want 5s", d)
		}
	})
}

func TestRefuse(t *testing.T) {
	bubble(t, "refuse remote->peer 2 times", func(b *bench) {
		for i := range 3 {
			if i > 0 {
				b.open()
			}
			_, err := b.client.Write([]byte("x"))
			if refused := errors.Is(err, syscall.ECONNREFUSED); refused != (i < 2) {
				t.Errorf("attempt %d got %v, want the first two refused", i, err)
			}
		}
		b.fired("refuse remote->peer 2 times", 2)
	})
}

// Every fault of a healed plan is over before it began.
func TestHealForgetsWhatHasNotFired(t *testing.T) {
	bubble(t, "cut * up after 3 bytes; cut * at 1s; refuse * 5 times at 1s; stall * when chosen", func(b *bench) {
		b.f.Heal()
		b.write(b.client, strings.Repeat("x", 3*chosenBytesMax))
		if got, _ := b.reads(b.server, 2*time.Second); len(got) != 3*chosenBytesMax {
			t.Errorf("read %d bytes, want all %d", len(got), 3*chosenBytesMax)
		}
		for fault, n := range b.f.Fired() {
			if n != 0 {
				t.Errorf("%s fired %d times after the healing", fault, n)
			}
		}
	})
}

func TestChosenIsDrawnFromTheSeed(t *testing.T) {
	position := func(seed uint64) (n int) {
		synctest.Test(t, func(t *testing.T) {
			f := New(parse(t, "cut * up when chosen"), seed)
			defer f.Close()
			a, b := pair()
			c := f.Conn(a, link)
			defer c.Close()
			c.Write(make([]byte, 2*chosenBytesMax))
			got, err := io.ReadAll(b)
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("read got %v, want ECONNRESET", err)
			}
			n = len(got)
		})
		return n
	}
	first := position(1)
	if again := position(1); again != first {
		t.Errorf("one seed cut at %d and at %d", first, again)
	}
	if other := position(2); other == first {
		t.Errorf("two seeds cut at %d", other)
	}
	if first < 1 || first > chosenBytesMax {
		t.Errorf("cut at %d, want 1 to %d", first, chosenBytesMax)
	}
}

func TestCutOverTCPIsAReset(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	f := New(parse(t, "cut * down after 3 bytes"), 1)
	defer f.Close()
	client := f.Conn(a, link)
	defer client.Close()
	if _, err := server.Write([]byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(client)
	if string(got) != "012" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("client read %q, %v, want 3 bytes and ECONNRESET", got, err)
	}
	if _, err := server.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("server read %v, want ECONNRESET", err)
	}
}

func TestNewRefusesAnInvalidPlan(t *testing.T) {
	defer func() {
		if r := recover(); r == nil {
			t.Error("New took a plan with an unknown kind")
		}
	}()
	New(faults.Plan{{Link: "*"}}, 1)
}
