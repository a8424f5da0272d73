package gateway

import (
	"errors"
	"testing"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// The first release of the original gateway did not deduct a reassigned
// request from its first host: after as many as its limit, the host was paused
// for ever.
func TestReassignNeverLeaksTheLimit(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second, BudgetBurst: 100}, func(h *house) {
		slow := h.scripted("slow", 2)
		fast := h.scripted("fast", 2)
		for i := range 20 {
			c := h.do(payload("a"))
			if h.stats("slow").Reserved == 0 { // the other one took it
				fast.say(reply(fast.request(), "x"))
				continue
			}
			first := slow.request()
			time.Sleep(time.Second)
			second := fast.request()
			if got := slow.cancelled(); got != first {
				h.Fatalf("round %d: attempt %d was cancelled, want %d", i, got, first)
			}
			fast.say(reply(second, "fast"))
			if got, err := c.result(); got != "fast" || err != nil {
				h.Fatalf("round %d: Do returned %q, %v", i, got, err)
			}
			slow.say(reply(first, "slow")) // late: it credits nobody
			if s := h.stats("slow"); s.Reserved != 0 || s.Abandoned != 0 || s.Paused {
				h.Fatalf("round %d: slow is %+v", i, s)
			}
		}
		s := h.gateway.Stats()
		if s.Reserved != 0 || s.Late == 0 || s.Late != s.Released[protocol.Reassigned] || s.Rejected != 0 {
			h.Fatalf("got %+v", s)
		}
		if n := h.journal.count(protocol.KindAcknowledged, "slow"); n != int(s.Late) {
			h.Fatalf("%d were acknowledged, %d late", n, s.Late)
		}
	})
}

func TestALateReplyBeforeTheAnswerChangesNothing(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second}, func(h *house) {
		slow := h.scripted("a", 1)
		c := h.do(payload("a"))
		first := slow.request()
		fast := h.scripted("b", 1)
		time.Sleep(time.Second)
		second := fast.request()
		slow.say(reply(first, "late"))
		c.open()
		if s := h.stats("b"); s.Reserved != 1 {
			h.Fatalf("b is %+v", s)
		}
		slow.say(reply(first, "twice"))
		fast.say(reply(second, "right"))
		if got, err := c.result(); got != "right" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		if s := h.gateway.Stats(); s.Late != 1 || s.Rejected != 1 {
			h.Fatalf("late %d, rejected %d, want 1, 1", s.Late, s.Rejected)
		}
	})
}

func TestADueAttemptStaysAndCompetesByAge(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second}, func(h *house) {
		a := h.scripted("a", 2)
		older := h.do(payload("older"))
		attempt := a.request()
		b := h.scripted("b", 1)
		h.do(payload("other"))
		other := b.request()
		h.do(payload("filler"))
		h.do(payload("waiting"))
		time.Sleep(time.Second) // older is due, and there is no untried slot
		older.open()
		if s := h.stats("a"); s.Reserved != 2 {
			h.Fatalf("a is %+v, want the due attempt to stay", s)
		}
		b.say(reply(other, ""))
		if got := b.next().GetRequest(); string(got.GetPayload()) != "older" {
			h.Fatalf("b got %v, want the oldest", got)
		}
		a.request() // filler
		if got := a.cancelled(); got != attempt {
			h.Fatalf("attempt %d was cancelled, want %d", got, attempt)
		}
	})
}

func TestTheTimerRunsFromTheReservation(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second}, func(h *house) {
		h.do(payload("a"))
		time.Sleep(10 * time.Second)
		h.scripted("a", 1)
		b := h.scripted("b", 1)
		time.Sleep(time.Second - time.Nanosecond)
		b.silent()
		time.Sleep(time.Nanosecond)
		b.request()
	})
}

func TestTheAnswerOfADueAttemptCounts(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second}, func(h *house) {
		a := h.scripted("a", 1)
		c := h.do(payload("a"))
		attempt := a.request()
		time.Sleep(2 * time.Second)
		a.say(reply(attempt, "x"))
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		b := h.scripted("b", 1)
		b.silent()
	})
}

func TestReassignKeepsWithinMaxAttempts(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second, MaxAttempts: 2}, func(h *house) {
		names := []string{"a", "b", "c"}
		for _, name := range names {
			h.scripted(name, 1)
		}
		h.do(payload("a"))
		time.Sleep(time.Minute)
		if s := h.gateway.Stats(); s.Released[protocol.Reassigned] != 1 || s.Reserved != 1 {
			h.Fatalf("got %+v, want one reassign", s)
		}
	})
}

func TestReassignKeepsWithinTheBudget(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second, BudgetBurst: 1, BudgetRatio: 0.5}, func(h *house) {
		h.scripted("a", 10)
		h.scripted("b", 10)
		h.do(payload("a"))
		h.do(payload("b"))
		time.Sleep(time.Minute)
		if s := h.gateway.Stats(); s.Released[protocol.Reassigned] != 1 {
			h.Fatalf("got %+v, want one reassign", s)
		}
		h.do(payload("c"))
		h.do(payload("d")) // two earn one more, which is used at once
		if s := h.gateway.Stats(); s.Released[protocol.Reassigned] != 2 {
			h.Fatalf("got %+v, want two reassigns", s)
		}
	})
}

func TestWhatMayHaveRunIsNotRepeatedIfNotIdempotent(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second}, func(h *house) {
		a := h.scripted("a", 1)
		c := h.do(Request{Payload: []byte("a"), NonIdempotent: true})
		a.request()
		b := h.scripted("b", 1)
		time.Sleep(time.Minute)
		b.silent()
		a.cancel()
		if _, err := c.result(); !errors.Is(err, protocol.ErrHostLost) {
			h.Fatalf("Do returned %v", err)
		}
		b.silent()
	})
}

func TestWhatWasRefusedIsHandedOnEvenIfNotIdempotent(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		a := h.scripted("a", 1)
		c := h.do(Request{Payload: []byte("a"), NonIdempotent: true})
		a.say(refuse(a.request()))
		b := h.scripted("b", 1)
		b.say(reply(b.request(), "x"))
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
	})
}

func TestAbandonedAttemptsFillAHostUpToTheCap(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 2)
		var given []uint64
		for range 3 { // of limit + cap, four
			c := h.do(payload("a"))
			given = append(given, s.request())
			c.cancel()
			s.cancelled()
		}
		h.do(payload("b"))
		s.request()
		h.do(payload("c"))
		s.silent()
		if got := h.stats("a"); got.Reserved != 1 || got.Abandoned != 3 || !got.Paused {
			h.Fatalf("got %+v", got)
		}
		s.say(failure(given[0], "cancelled"))
		s.request()
		if got := h.stats("a"); got.Reserved != 2 || got.Abandoned != 2 {
			h.Fatalf("got %+v", got)
		}
	})
}

func TestARefusingHostIsLeftAlone(t *testing.T) {
	inBubble(t, Config{RefuseBackoff: 5 * time.Second, MaxAttempts: 10}, func(h *house) {
		s := h.scripted("a", 3)
		c := h.do(payload("a"))
		s.say(refuse(s.request()))
		s.silent()
		s.say(ready()) // until it is ready
		held := s.request()
		h.do(payload("b"))
		s.say(refuse(s.request()))
		s.silent()
		s.say(reply(held, "x")) // until it finishes an attempt
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		s.say(refuse(s.request()))
		time.Sleep(5*time.Second - time.Nanosecond)
		s.silent()
		time.Sleep(time.Nanosecond) // until the backoff has passed
		s.request()
	})
}

func TestARefusedRequestRunsElsewhere(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		a := h.scripted("a", 1)
		c := h.do(payload("a"))
		attempt := a.request()
		b := h.scripted("b", 1)
		a.say(refuse(attempt))
		b.say(reply(b.request(), "x"))
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
	})
}

func TestRefusedUntilTheAttemptsAreUsedUp(t *testing.T) {
	inBubble(t, Config{MaxAttempts: 2}, func(h *house) {
		s := h.scripted("a", 1)
		c := h.do(payload("a"))
		s.say(refuse(s.request()))
		s.say(ready())
		s.say(refuse(s.request()))
		if _, err := c.result(); !errors.Is(err, protocol.ErrRefused) {
			h.Fatalf("Do returned %v", err)
		}
		if got := h.gateway.Stats(); got.Refusals != 2 || got.Ended[protocol.Refused] != 1 {
			h.Fatalf("got %+v", got)
		}
	})
}

func TestARefusalCrossesACancel(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 1)
		c := h.do(payload("a"))
		attempt := s.request()
		c.cancel()
		s.cancelled()
		s.say(refuse(attempt))
		if got := h.stats("a"); got.Abandoned != 0 {
			h.Fatalf("got %+v, want the refusal to be the answer", got)
		}
	})
}

func TestMaxWaitCountsForWhatWasOverdueAndLostItsHost(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second, MaxWait: 10 * time.Second}, func(h *house) {
		a := h.scripted("a", 1)
		c := h.do(payload("a"))
		a.request()
		time.Sleep(5 * time.Second) // overdue, and there is no other host
		a.cancel()
		time.Sleep(10*time.Second - time.Nanosecond)
		c.open()
		time.Sleep(time.Nanosecond)
		if _, err := c.result(); !errors.Is(err, protocol.ErrNoHost) {
			h.Fatalf("Do returned %v", err)
		}
	})
}
