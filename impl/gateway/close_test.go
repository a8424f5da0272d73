package gateway

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
)

func TestCloseDrains(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 1)
		held, waiting := h.do(payload("a")), h.do(payload("b"))
		closed := make(chan error, 1)
		go func() { closed <- h.gateway.Close(context.Background()) }()
		synctest.Wait()
		if _, err := h.do(payload("c")).result(); !errors.Is(err, protocol.ErrClosed) {
			h.Fatalf("Do after Close returned %v", err)
		}
		s.say(reply(s.request(), "x"))
		held.result()
		waiting.open()
		s.say(reply(s.request(), "y"))
		if got, err := waiting.result(); got != "y" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		if err := <-closed; err != nil {
			h.Fatal(err)
		}
		if err := <-s.ended; status.Code(err) != codes.Unavailable {
			h.Fatalf("stream ended with %v", err)
		}
		late := h.dial()
		if err := <-late.ended; status.Code(err) != codes.Unavailable {
			h.Fatalf("stream ended with %v", err)
		}
		if err := h.gateway.SetLimit("a", 1); !errors.Is(err, protocol.ErrClosed) {
			h.Fatalf("SetLimit returned %v", err)
		}
	})
}

func TestCloseEndsWithItsContext(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.scripted("a", 1)
		h.dial() // never says hello
		held, waiting := h.do(payload("a")), h.do(payload("b"))
		patient := make(chan error, 1)
		go func() { patient <- h.gateway.Close(context.Background()) }()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		err := h.gateway.Close(ctx)
		if took := time.Since(start); took != time.Second {
			h.Fatalf("Close took %v, want 1s", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 requests open") {
			h.Fatalf("Close returned %v", err)
		}
		<-patient
		for _, c := range []*call{held, waiting} {
			if _, err := c.result(); !errors.Is(err, protocol.ErrClosed) {
				h.Fatalf("Do returned %v", err)
			}
		}
	})
}

func TestCloseOfAnIdleGatewayReturnsAtOnce(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.scripted("a", 1)
		start := time.Now()
		for range 2 {
			if err := h.gateway.Close(context.Background()); err != nil || time.Since(start) != 0 {
				h.Fatalf("Close returned %v after %v", err, time.Since(start))
			}
		}
	})
}

// Close is called at every instant of a busy second: with requests waiting,
// reserved, sent, due, reassigned, refused and cancelled, and hosts coming and
// going. inBubble sees that nothing is left and nothing follows.
func TestCloseAtManyInstants(t *testing.T) {
	for instant := range 30 {
		for _, grace := range []time.Duration{0, 30 * time.Millisecond} {
			inBubble(t, Config{ReassignAfter: 40 * time.Millisecond, MaxWait: 300 * time.Millisecond, BudgetBurst: 100}, func(h *house) {
				stop := busy(h, uint64(instant))
				time.Sleep(time.Duration(instant) * 10 * time.Millisecond)
				ctx, cancel := context.WithTimeout(context.Background(), grace)
				defer cancel()
				start := time.Now()
				h.gateway.Close(ctx)
				if took := time.Since(start); took > grace {
					h.Errorf("instant %d: Close took %v", instant, took)
				}
				stop()
			})
		}
	}
}

// busy keeps three hosts and a few callers at work, by a fixed pseudo-random
// sequence, until the function that it returns is called.
func busy(h *house, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 64)
	goroutines := 0
	run := func(f func(*sequence)) {
		goroutines++
		s := &sequence{state: seed*1000 + uint64(goroutines)}
		go func() {
			defer func() { done <- struct{}{} }()
			f(s)
		}()
	}
	for _, name := range []string{"a", "b", "c"} {
		run(func(s *sequence) {
			for ctx.Err() == nil {
				jitter := &sequence{state: s.next()}
				host, err := NewHost(HostConfig{Name: name, Capacity: 2, Queue: 1, Connect: h.connect, Tracer: h.journal,
					Rand: jitter.next, Handle: func(ctx context.Context, q HostRequest) ([]byte, error) {
						select {
						case <-time.After(time.Duration(len(q.Payload)) * time.Millisecond):
							return q.Payload, nil
						case <-ctx.Done():
							return nil, ctx.Err()
						}
					}})
				if err != nil {
					h.Error(err)
					return
				}
				s.sleep(ctx, 100)
				over, cancel := context.WithTimeout(context.Background(), time.Duration(s.next()%20)*time.Millisecond)
				host.Close(over)
				cancel()
			}
		})
	}
	for range 6 {
		run(func(s *sequence) {
			for ctx.Err() == nil {
				over, cancel := context.WithTimeout(ctx, time.Duration(s.next()%200)*time.Millisecond)
				q := Request{Payload: make([]byte, s.next()%90), NonIdempotent: s.next()%3 == 0}
				got, err := h.gateway.Do(over, q)
				if err == nil && len(got) != len(q.Payload) {
					h.Errorf("Do returned %d bytes, want %d", len(got), len(q.Payload))
				}
				cancel()
				s.sleep(ctx, 3)
			}
		})
	}
	return func() {
		cancel()
		for range goroutines {
			<-done
		}
		synctest.Wait()
	}
}

// sequence is a splitmix64 generator. See G. Steele, D. Lea, C. Flood, "Fast
// Splittable Pseudorandom Number Generators", 2014.
type sequence struct{ state uint64 }

func (s *sequence) next() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// sleep sleeps for less than ms milliseconds, or until ctx is done.
func (s *sequence) sleep(ctx context.Context, ms uint64) {
	select {
	case <-time.After(time.Duration(s.next()%ms) * time.Millisecond):
	case <-ctx.Done():
	}
}

// A busy house with every kind of event comes to rest without a leak: the
// shadow of its events is checked at the end.
func TestABusyHouseComesToRest(t *testing.T) {
	var seen [256]int
	for seed := range uint64(12) {
		inBubble(t, Config{ReassignAfter: 30 * time.Millisecond, BudgetBurst: 100, Waiting: 4}, func(h *house) {
			stop := busy(h, 1000+seed)
			time.Sleep(500 * time.Millisecond)
			stop()
			if s := h.gateway.Stats(); s.Open != 0 || s.Reserved != 0 || s.Waiting != 0 {
				h.Errorf("seed %d: at rest: %+v", seed, s)
			}
			for _, e := range h.journal.list() {
				seen[e.Kind]++
			}
		})
	}
	for _, k := range protocol.Kinds() {
		for _, party := range k.Parties {
			if party == "gateway" && seen[k.Kind] == 0 && k.Kind != protocol.KindLimit && k.Kind != protocol.KindRejected && k.Kind != protocol.KindReady {
				t.Errorf("no %v was seen", k.Kind)
			}
		}
	}
}
