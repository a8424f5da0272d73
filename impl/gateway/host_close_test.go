package gateway

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/protocol"
)

func TestCloseOfAHostDrains(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		host := p.start(HostConfig{Capacity: 1, Handle: b.handle})
		k := p.welcome(1)
		k.request(1)
		k.request(2)
		closed := make(chan error, 1)
		go func() { closed <- host.Close(context.Background()) }()
		if k.next().GetDrain() == nil {
			p.Fatal("no Drain")
		}
		k.request(3) // it crossed the Drain
		k.refuses(3)
		b.release <- "x"
		k.answer(1, fine, "x")
		b.release <- "y"
		k.answer(2, fine, "y")
		k.request(4)
		k.refuses(4)
		time.Sleep(drainLinger)
		if m := k.next(); m != nil {
			p.Fatalf("got %v, want the stream closed", m)
		}
		select {
		case err := <-closed:
			p.Fatalf("Close returned %v before the gateway has read everything", err)
		default:
		}
		k.hang()
		if err := <-closed; err != nil {
			p.Fatal(err)
		}
		if err := host.Close(done()); err != nil {
			p.Fatalf("second Close returned %v", err)
		}
	})
}

func TestCloseOfAHostEndsWithItsContext(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		host := p.start(HostConfig{Capacity: 1, Handle: b.handle})
		k := p.welcome(1)
		k.request(1)
		k.request(2)
		patient := make(chan error, 1)
		go func() { patient <- host.Close(context.Background()) }()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err := host.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 attempts unanswered") {
			p.Fatalf("Close returned %v", err)
		}
		<-patient // the context that is done first ends both
		if n := b.running.Load(); n != 0 {
			p.Fatalf("%d handlers run", n)
		}
	})
}

func TestCloseOfAHostNamesHandlersThatStay(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		b := newBench()
		b.ignore = true
		host := p.start(HostConfig{Capacity: 2, Handle: b.handle})
		k := p.welcome(1)
		k.request(1)
		k.request(7)
		err := host.Close(done())
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "attempts 1, 7") {
			p.Fatalf("Close returned %v", err)
		}
		events := len(p.journal.list())
		b.release <- "x"
		b.release <- "y"
		synctest.Wait()
		if n := len(p.journal.list()); n != events {
			p.Fatalf("%d events after Close", n-events)
		}
		if last := p.journal.list()[events-1]; last.Kind != protocol.KindCloseEnd {
			p.Fatalf("last event is %v", last)
		}
	})
}

func TestCloseOfAHostGivesHandlersTimeToReturn(t *testing.T) {
	withPuppet(t, func(p *puppet) {
		host := p.start(HostConfig{Handle: func(ctx context.Context, _ HostRequest) ([]byte, error) {
			<-ctx.Done()
			time.Sleep(handlerGrace / 2)
			return nil, nil
		}})
		p.welcome(1).request(1)
		if err := host.Close(done()); err == nil || strings.Contains(err.Error(), "still run") {
			p.Fatalf("Close returned %v", err)
		}
	})
}

func TestCloseOfAHostThatIsNotAttached(t *testing.T) {
	for name, connect := range map[string]func(context.Context) (Conn, error){
		"backing off": func(context.Context) (Conn, error) { return nil, errors.New("nobody there") },
		"connecting": func(ctx context.Context) (Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			h, err := NewHost(HostConfig{Name: "h1", Handle: echo, Connect: connect, BackoffMin: time.Hour, BackoffMax: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			start := time.Now()
			if err := h.Close(context.Background()); err != nil || time.Since(start) > drainLinger {
				t.Fatalf("%s: Close returned %v after %v", name, err, time.Since(start))
			}
		})
	}
}
