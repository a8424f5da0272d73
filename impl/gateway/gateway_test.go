package gateway

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/protocol"
)

func echo(_ context.Context, q HostRequest) ([]byte, error) {
	return append([]byte("re: "), q.Payload...), nil
}

func TestDoReturnsTheAnswer(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.host("h1", 2, echo)
		got, err := h.do(payload("a")).result()
		if got != "re: a" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
	})
}

func TestDoReturnsTheFailureOfTheHandler(t *testing.T) {
	for name, handle := range map[string]func(context.Context, HostRequest) ([]byte, error){
		"error": func(context.Context, HostRequest) ([]byte, error) { return []byte("ignored"), errors.New("no") },
		"panic": func(context.Context, HostRequest) ([]byte, error) { panic("no") },
	} {
		inBubble(t, Config{}, func(h *house) {
			h.host("h1", 1, handle)
			for range 3 { // more than its limit: a failure releases
				_, err := h.do(payload("a")).result()
				var failed *protocol.HandlerError
				if !errors.As(err, &failed) || failed.Party != "h1" || !strings.HasSuffix(failed.Message, "no") {
					h.Fatalf("%s: Do returned %v", name, err)
				}
			}
			if s := h.gateway.Stats(); s.Released[protocol.ByErrorReply] != 3 || s.Ended[protocol.ByErrorReply] != 3 {
				h.Fatalf("%s: %+v", name, s)
			}
		})
	}
}

func TestWaitingRequestsGoOldestFirst(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		var calls []*call
		for _, p := range []string{"a", "b", "c"} {
			calls = append(calls, h.do(payload(p)))
		}
		s := h.scripted("h1", 1)
		for i, want := range []string{"a", "b", "c"} {
			m := s.next().GetRequest()
			if string(m.GetPayload()) != want {
				h.Fatalf("request %d is %q, want %q", i, m.GetPayload(), want)
			}
			s.silent()
			s.say(reply(m.GetAttempt(), want))
			if got, err := calls[i].result(); got != want || err != nil {
				h.Fatalf("Do %d returned %q, %v", i, got, err)
			}
		}
	})
}

func TestTheLeastLoadedHostIsChosen(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.scripted("small", 2)
		h.scripted("large", 6)
		for range 8 {
			h.do(payload("a"))
			small, large := h.stats("small"), h.stats("large")
			if (small.Reserved-1)*6 > large.Reserved*2 || (large.Reserved-1)*2 > small.Reserved*6 {
				h.Fatalf("small holds %d of 2, large %d of 6", small.Reserved, large.Reserved)
			}
		}
		if !h.stats("small").Paused || !h.stats("large").Paused {
			h.Fatal("eight requests fill both")
		}
	})
}

func TestHysteresisHoldsAHostWithAFreeSlot(t *testing.T) {
	inBubble(t, Config{Mark: 1}, func(h *house) {
		s := h.scripted("h1", 3)
		for range 4 {
			h.do(payload("a"))
		}
		first, second := s.request(), s.request()
		s.request()
		s.say(reply(first, ""))
		s.silent() // two are held, the mark is one
		if got := h.stats("h1"); !got.Paused || got.Reserved != 2 {
			h.Fatalf("got %+v, want paused with 2 reserved", got)
		}
		s.say(reply(second, ""))
		s.request()
		if got := h.stats("h1"); got.Paused || got.Reserved != 2 {
			h.Fatalf("got %+v, want resumed with 2 reserved", got)
		}
	})
}

func TestAPausedHostDelaysNoOther(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.scripted("full", 1)
		h.do(payload("a"))
		s := h.scripted("other", 5)
		h.do(payload("b"))
		s.request()
	})
}

func TestOverloaded(t *testing.T) {
	inBubble(t, Config{Waiting: 2}, func(h *house) {
		h.do(payload("a"))
		h.do(payload("b"))
		_, err := h.do(payload("c")).result()
		if !errors.Is(err, protocol.ErrOverloaded) {
			h.Fatalf("third Do got %v, want ErrOverloaded", err)
		}
		if got := h.gateway.Stats(); got.Waiting != 2 || got.Accepted != 2 {
			h.Fatalf("got %+v", got)
		}
	})
}

func TestRequestsComeBackBeyondTheBoundToTheirOldPlaces(t *testing.T) {
	inBubble(t, Config{Waiting: 1}, func(h *house) {
		s := h.scripted("h1", 2)
		h.do(payload("a"))
		h.do(payload("b"))
		h.do(payload("c"))
		s.cancel()
		synctest.Wait()
		if got := h.gateway.Stats(); got.Waiting != 3 {
			h.Fatalf("%d are waiting, want 3", got.Waiting)
		}
		s = h.scripted("h2", 3)
		for _, want := range []string{"a", "b", "c"} {
			if got := s.next().GetRequest().GetPayload(); string(got) != want {
				h.Fatalf("got %q, want %q", got, want)
			}
		}
	})
}

func TestNoHostSaysWhatTheHostsWereDoing(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.scripted("full", 1)
		h.scripted("zero", 0)
		leaving := h.scripted("leaving", 1)
		leaving.say(drain())
		h.do(payload("a"))
		c := h.do(payload("b"))
		time.Sleep(DefaultMaxWait - time.Nanosecond)
		c.open()
		time.Sleep(time.Nanosecond)
		_, err := c.result()
		if !errors.Is(err, protocol.ErrNoHost) ||
			!strings.Contains(err.Error(), "3 hosts attached, 2 paused, 1 draining") {
			h.Fatalf("Do returned %v", err)
		}
	})
}

func TestMaxWaitCountsAllWaitsTogether(t *testing.T) {
	inBubble(t, Config{MaxWait: 10 * time.Second}, func(h *house) {
		c := h.do(payload("a"))
		time.Sleep(6 * time.Second)
		s := h.scripted("h1", 1)
		s.request()
		time.Sleep(time.Minute) // reserved: no waiting
		s.cancel()
		time.Sleep(4*time.Second - time.Nanosecond)
		c.open()
		time.Sleep(time.Nanosecond)
		if _, err := c.result(); !errors.Is(err, protocol.ErrNoHost) {
			h.Fatalf("Do returned %v", err)
		}
	})
}

func TestMaxWaitCanBeOff(t *testing.T) {
	inBubble(t, Config{MaxWait: -1}, func(h *house) {
		c := h.do(payload("a"))
		time.Sleep(1000 * time.Hour)
		c.open()
	})
}

func TestCallersCancelAndDeadline(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("h1", 1)
		held, waiting := h.do(payload("a")), h.doFor(payload("b"), time.Second)
		attempt := s.request()
		time.Sleep(time.Second)
		if _, err := waiting.result(); !errors.Is(err, context.DeadlineExceeded) ||
			!strings.Contains(err.Error(), "1 hosts attached, 1 paused, 0 draining") {
			h.Fatalf("waiting Do returned %v", err)
		}
		held.cancel()
		if _, err := held.result(); !errors.Is(err, context.Canceled) {
			h.Fatalf("Do returned %v", err)
		}
		if got := s.cancelled(); got != attempt {
			h.Fatalf("attempt %d was cancelled, want %d", got, attempt)
		}
		if got := h.stats("h1"); got.Reserved != 0 || got.Abandoned != 1 || got.Paused {
			h.Fatalf("got %+v", got)
		}
		h.doFor(payload("c"), time.Second)
		s.request()
		time.Sleep(time.Second) // a deadline is told like a cancel
		s.cancelled()
		if got := h.gateway.Stats(); got.Released[protocol.Deadline] != 1 || got.Released[protocol.Cancelled] != 1 {
			h.Fatalf("got %+v", got)
		}
	})
}

func TestACancelMakesRoomForTheNext(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("h1", 1)
		held := h.do(payload("a"))
		h.do(payload("b"))
		first := s.request()
		held.cancel()
		if got := s.cancelled(); got != first {
			h.Fatalf("attempt %d was cancelled, want %d", got, first)
		}
		s.request()
	})
}

func TestAContextThatIsDoneIsNotAccepted(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := h.gateway.Do(ctx, payload("a")); !errors.Is(err, context.Canceled) {
			h.Fatalf("Do returned %v", err)
		}
		if got := h.gateway.Stats(); got.Accepted != 0 {
			h.Fatalf("got %+v", got)
		}
	})
}

func TestAPayloadAboveTheBoundIsRefused(t *testing.T) {
	inBubble(t, Config{MessageBytes: 3}, func(h *house) {
		_, err := h.do(payload("abcd")).result()
		if !errors.Is(err, protocol.ErrTooLarge) || !strings.Contains(err.Error(), "4 bytes, want at most 3") {
			h.Fatalf("Do returned %v", err)
		}
	})
}

func TestTheDeadlineTravels(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("h1", 3)
		h.doFor(payload("a"), 1500*time.Microsecond)
		if got := s.next().GetRequest().GetTimeoutMs(); got != 2 {
			h.Fatalf("timeout is %d ms, want 2: rounded up", got)
		}
		h.do(payload("b"))
		if m := s.next(); m.GetRequest() != nil && m.GetRequest().GetTimeoutMs() != 0 {
			h.Fatalf("got %v, want no timeout", m)
		}
	})
}

func TestThePayloadIsTheGatewaysOwn(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		mine := []byte("mine")
		h.do(Request{Payload: mine})
		copy(mine, "your")
		s := h.scripted("h1", 1)
		if got := s.next().GetRequest().GetPayload(); !bytes.Equal(got, []byte("mine")) {
			h.Fatalf("host got %q", got)
		}
	})
}

func TestLimitsAreChangedAtRunTime(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		if err := h.gateway.SetLimit("h1", 1); err != nil { // before it is attached
			h.Fatal(err)
		}
		s := h.scripted("h1", 5)
		for range 6 {
			h.do(payload("a"))
		}
		attempts := []uint64{s.request()}
		s.silent()
		h.gateway.SetLimit("h1", 3) // raising wakes
		attempts = append(attempts, s.request(), s.request())
		s.silent()
		h.gateway.SetLimit("h1", 1) // lowering drains
		s.say(reply(attempts[0], ""))
		s.say(reply(attempts[1], ""))
		s.silent()
		s.say(reply(attempts[2], ""))
		last := s.request()
		s.say(declare(0)) // paused until raised
		s.say(reply(last, ""))
		s.silent()
		h.gateway.SetLimit("h1", 1024)
		s.silent() // what it declared holds
		s.say(declare(5))
		s.request()
		s.request()
		if err := h.gateway.SetLimit("h1", -1); !errors.Is(err, protocol.ErrConfig) {
			h.Fatalf("a negative limit got %v", err)
		}
	})
}

func TestConfigIsValidated(t *testing.T) {
	for _, c := range []Config{
		{HostLimit: -1}, {AbandonedCap: -1}, {Waiting: -1}, {ReassignAfter: -1}, {MaxAttempts: 101}, {BudgetRatio: -0.1},
		{BudgetRatio: 101}, {BudgetBurst: -1}, {RefuseBackoff: -1}, {Hosts: -1}, {MessageBytes: -1},
	} {
		if _, err := New(c); !errors.Is(err, protocol.ErrConfig) {
			t.Errorf("New(%+v) got %v, want ErrConfig", c, err)
		}
	}
	whole := HostConfig{Name: "h", Connect: func(context.Context) (Conn, error) { return nil, nil }, Handle: echo}
	for name, change := range map[string]func(*HostConfig){
		"Name":         func(c *HostConfig) { c.Name = "" },
		"long name":    func(c *HostConfig) { c.Name = strings.Repeat("x", 256) },
		"Connect":      func(c *HostConfig) { c.Connect = nil },
		"Handle":       func(c *HostConfig) { c.Handle = nil },
		"Capacity":     func(c *HostConfig) { c.Capacity = -1 },
		"Queue":        func(c *HostConfig) { c.Queue = -1 },
		"MessageBytes": func(c *HostConfig) { c.MessageBytes = 100 },
		"BackoffMin":   func(c *HostConfig) { c.BackoffMin = time.Minute },
		"BackoffMax":   func(c *HostConfig) { c.BackoffMax = -1 },
	} {
		c := whole
		change(&c)
		if _, err := NewHost(c); !errors.Is(err, protocol.ErrConfig) {
			t.Errorf("%s: NewHost got %v, want ErrConfig", name, err)
		}
	}
}
