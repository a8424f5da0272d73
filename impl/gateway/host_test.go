package gateway

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// bench is a handler whose calls end when the test says so.
type bench struct {
	running, most atomic.Int32
	begun         atomic.Int32
	release       chan string
	ignore        bool // its context
}

func newBench() *bench { return &bench{release: make(chan string)} }

func (b *bench) handle(ctx context.Context, q HostRequest) ([]byte, error) {
	b.begun.Add(1)
	n := b.running.Add(1)
	defer b.running.Add(-1)
	for most := b.most.Load(); n > most && !b.most.CompareAndSwap(most, n); most = b.most.Load() {
	}
	cancelled := ctx.Done()
	if b.ignore {
		cancelled = nil
	}
	select {
	case s := <-b.release:
		return []byte(s), nil
	case <-cancelled:
		return nil, ctx.Err()
	}
}

// backoffMin is the default of HostConfig.BackoffMin.
const backoffMin = 50 * time.Millisecond

const (
	fine      = gatewayv1.FailureCode_FAILURE_CODE_UNSPECIFIED
	broken    = gatewayv1.FailureCode_FAILURE_CODE_HANDLER
	abandoned = gatewayv1.FailureCode_FAILURE_CODE_CANCELLED
)

func (p *puppet) start(c HostConfig) *Host {
	p.Helper()
	c.Name, c.Connect, c.Tracer = "h1", p.connect, p.journal
	if c.Rand == nil {
		c.Rand = func() uint64 { return 0 }
	}
	host, err := NewHost(c)
	if err != nil {
		p.Fatal(err)
	}
	p.ends = append(p.ends, func() { host.Close(done()) })
	return host
}

// done is a context that is done.
func done() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestAHostKeepsItsCapacityAndItsQueue(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		p.start(HostConfig{Capacity: 2, Queue: 1, Handle: b.handle})
		k := p.welcome(1)
		for attempt := uint64(1); attempt <= 4; attempt++ {
			k.request(attempt)
		}
		k.refuses(4) // two run, one waits
		if n := b.running.Load(); n != 2 {
			p.Fatalf("%d run, want 2", n)
		}
		b.release <- "x"
		synctest.Wait()
		if n := b.begun.Load(); n != 3 {
			p.Fatalf("%d have begun, want 3", n)
		}
		if r := k.next().GetReply(); r.GetFailure() != nil || r.GetAttempt() > 2 {
			p.Fatalf("got %v", r)
		}
		if k.next().GetReady() == nil {
			p.Fatal("no Ready after a refusal")
		}
		b.release <- "y"
		b.release <- "z"
		k.next()
		k.next()
		k.silent()
		if n := b.most.Load(); n != 2 {
			p.Fatalf("%d ran at a time, want 2", n)
		}
	})
}

func TestCancelStopsWorkAndIsAnsweredOnce(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		p.start(HostConfig{Capacity: 1, Handle: b.handle})
		k := p.welcome(1)
		k.request(1)
		k.request(2)
		k.cancel(2) // waiting
		k.answer(2, abandoned, "cancelled")
		k.cancel(1) // running
		k.answer(1, abandoned, "cancelled")
		k.cancel(1)
		k.cancel(77)
		k.silent()
		if n := b.begun.Load(); n != 1 {
			p.Fatalf("%d have begun, want 1", n)
		}
	})
}

func TestACancelledHandlerThatGoesOnIsAnsweredWhenItReturns(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		b.ignore = true
		p.start(HostConfig{Capacity: 1, Handle: b.handle})
		k := p.welcome(1)
		k.request(1)
		k.cancel(1)
		k.silent()
		b.release <- "unwanted"
		k.answer(1, abandoned, "cancelled")
	})
}

func TestHandlersThatBreakAreAnswered(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		p.start(HostConfig{Capacity: 1, MessageBytes: 4096, Handle: func(_ context.Context, q HostRequest) ([]byte, error) {
			switch string(q.Payload) {
			case "1":
				panic("oh")
			case "2":
				runtime.Goexit()
			case "3":
				return nil, errors.New(strings.Repeat("é", 4000))
			case "4":
				return make([]byte, 4097), nil
			}
			return []byte("x"), nil
		}})
		k := p.welcome(1)
		for attempt, want := range []string{"panicked: oh", "did not return", "ééé", "4097 bytes, want at most 4096"} {
			k.request(uint64(attempt + 1))
			k.answer(uint64(attempt+1), broken, want)
		}
		k.request(5)
		k.answer(5, fine, "x")
	})
}

func TestTheDeadlineReachesTheHandler(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		p.start(HostConfig{Capacity: 1, Handle: b.handle})
		k := p.welcome(1)
		for attempt := uint64(1); attempt <= 2; attempt++ {
			k.say(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Request{
				Request: &gatewayv1.Request{Attempt: attempt, TimeoutMs: 6 - attempt}}})
		}
		time.Sleep(5*time.Millisecond - time.Nanosecond)
		k.silent()
		time.Sleep(time.Nanosecond)
		k.answer(1, broken, "deadline exceeded")
		k.answer(2, abandoned, "cancelled") // never begun
		if n := b.begun.Load(); n != 1 {
			p.Fatalf("%d have begun, want 1", n)
		}
	})
}

func TestWhatRunsForALostAttachmentCountsUntilItReturns(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		b.ignore = true
		p.start(HostConfig{Capacity: 2, Queue: 1, Handle: b.handle})
		k := p.welcome(1)
		for attempt := uint64(1); attempt <= 3; attempt++ {
			k.request(attempt)
		}
		k.hang()
		k = p.welcome(2)
		k.request(1) // another gateway may well count from one
		k.request(2)
		k.refuses(2)
		if n := b.begun.Load(); n != 2 {
			p.Fatalf("%d have begun, want 2: the lost ones still run", n)
		}
		b.release <- "for the old attachment"
		synctest.Wait()
		if k.next().GetReady() == nil {
			p.Fatal("no Ready after a refusal")
		}
		if n := b.begun.Load(); n != 3 {
			p.Fatalf("%d have begun, want 3", n)
		}
		k.silent() // the old answer goes nowhere
		b.release <- "either"
		b.release <- "other"
		k.answer(1, fine, "")
		k.silent()
		if n := b.most.Load(); n != 2 {
			p.Fatalf("%d ran at a time, want 2", n)
		}
	})
}

func TestReattachingBacksOffWithFullJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		half := func() uint64 { return 1<<62 - 1 }
		h, err := NewHost(HostConfig{Name: "h1", Handle: echo, Rand: half,
			BackoffMin: time.Second, BackoffMax: 8 * time.Second,
			Connect: func(context.Context) (Conn, error) {
				at = append(at, time.Since(start))
				return nil, errors.New("nobody there")
			}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := h.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		var ceiling time.Duration = time.Second
		for i := 1; i < len(at); i++ {
			want := time.Duration(half() % uint64(ceiling+1))
			if got := at[i] - at[i-1]; got != want {
				t.Fatalf("delay %d is %v, want %v", i, got, want)
			}
			ceiling = min(2*ceiling, 8*time.Second)
		}
		if len(at) < 5 {
			t.Fatalf("%d attempts in a minute", len(at))
		}
	})
}

func TestAHealthyAttachmentResetsTheBackoff(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		var open atomic.Bool
		var last atomic.Int64 // when it tried to attach, in time of the bubble
		host, err := NewHost(HostConfig{Name: "h1", Handle: echo, Rand: func() uint64 { return 1<<62 - 1 },
			Connect: func(ctx context.Context) (Conn, error) {
				last.Store(time.Now().UnixNano())
				if !open.Load() {
					return nil, errors.New("nobody there")
				}
				return p.connect(ctx)
			}})
		if err != nil {
			p.Fatal(err)
		}
		p.ends = append(p.ends, func() { host.Close(done()) })
		time.Sleep(time.Minute)
		open.Store(true)
		time.Sleep(20 * time.Second)
		p.welcome(1).hang() // no request came: not healthy
		time.Sleep(20 * time.Second)
		k := p.welcome(2)
		k.request(1)
		k.answer(1, fine, "re: 1")
		before := time.Now()
		k.hang()
		time.Sleep(backoffMin)
		synctest.Wait()
		if delay := time.Duration(last.Load() - before.UnixNano()); delay < 0 || delay > backoffMin {
			p.Fatalf("the next attempt to attach came after %v, want within %v", delay, backoffMin)
		}
	})
}

func TestAnAttemptToAttachEndsInTime(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		p.start(HostConfig{Handle: echo, ConnectTimeout: 3 * time.Second})
		synctest.Wait()
		first := <-p.links // never gets a welcome
		time.Sleep(3*time.Second - time.Nanosecond)
		synctest.Wait()
		if err := first.stream.Context().Err(); err != nil {
			p.Fatalf("stream ended early: %v", err)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if first.stream.Context().Err() == nil {
			p.Fatal("stream is open")
		}
		k := p.welcome(1)
		time.Sleep(time.Hour) // the timeout is over with the welcome
		k.request(1)
		k.answer(1, fine, "re: 1")
	})
}

func TestTheConnectionIsClosedWhateverHappens(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		var opened, closed atomic.Int32
		c := HostConfig{Name: "h1", Handle: echo, Rand: func() uint64 { return 0 },
			Connect: func(ctx context.Context) (Conn, error) {
				conn, err := p.connect(ctx)
				opened.Add(1)
				return counted{conn, &closed}, err
			}}
		h, err := NewHost(c)
		if err != nil {
			p.Fatal(err)
		}
		for epoch := range uint64(3) {
			p.welcome(epoch + 1).hang()
		}
		h.Close(done())
		if opened.Load() < 3 || opened.Load() != closed.Load() {
			p.Fatalf("%d were opened, %d closed", opened.Load(), closed.Load())
		}
	})
}

type counted struct {
	Conn
	closed *atomic.Int32
}

func (c counted) Close() error {
	c.closed.Add(1)
	return c.Conn.Close()
}

func TestAFloodOfRequestsIsHeldBack(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		const flood = 20_000
		b := newBench()
		host := p.start(HostConfig{Capacity: 1, Queue: 1, Handle: b.handle})
		k := p.welcome(1)
		sent := make(chan int)
		go func() { // the puppet stops reading after a while
			n := 0
			for n < flood && k.stream.Send(&gatewayv1.GatewayMessage{Body: &gatewayv1.GatewayMessage_Request{
				Request: &gatewayv1.Request{Attempt: uint64(n + 1)}}}) == nil {
				n++
			}
			sent <- n
		}()
		synctest.Wait()
		host.mu.Lock()
		n := len(host.link.outbox)
		host.mu.Unlock()
		if bound := 2*(host.config.Capacity+host.config.Queue) + 2; n > bound || n == 0 {
			p.Fatalf("outbox holds %d, want some and at most %d", n, bound)
		}
		for attempt := uint64(3); attempt <= flood; attempt++ { // read on, and all is answered
			synctest.Wait()
			for len(k.got) > 0 {
				if m := <-k.got; m.GetRefuse().GetAttempt() != attempt {
					p.Fatalf("got %v, want attempt %d refused", m, attempt)
				}
				attempt++
			}
			attempt--
		}
		if n := <-sent; n != flood {
			p.Fatalf("%d were sent, want %d", n, flood)
		}
	})
}

func TestACancelThatFreesRoomIsFollowedByReady(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		p.start(HostConfig{Capacity: 1, Queue: 1, Handle: b.handle})
		k := p.welcome(1)
		k.request(1)
		k.request(2)
		k.request(3)
		k.refuses(3)
		k.cancel(2) // it waits, and no handler returns
		k.answer(2, abandoned, "cancelled")
		if m := k.next(); m.GetReady() == nil {
			p.Fatalf("got %v, want Ready after a refusal", m)
		}
		k.request(4)
		k.silent() // it has room
	})
}
