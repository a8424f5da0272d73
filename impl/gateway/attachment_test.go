package gateway

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

func TestDetachReleasesEverythingOnce(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 2)
		first, second := h.do(payload("a")), h.do(payload("b"))
		s.request()
		s.request()
		s.cancel()
		synctest.Wait()
		if got := h.gateway.Stats(); got.Released[protocol.Detached] != 2 || got.Waiting != 2 || len(got.Hosts) != 0 {
			h.Fatalf("got %+v", got)
		}
		s = h.scripted("a", 2) // it comes back neither paused nor charged
		s.say(reply(s.request(), "x"))
		s.say(reply(s.request(), "y"))
		if got, err := first.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		second.result()
	})
}

func TestWhatADetachReleasesGoesOnAtOnce(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		a := h.scripted("a", 1)
		h.do(payload("a"))
		a.request()
		b := h.scripted("b", 1)
		a.cancel()
		b.request()
	})
}

func TestHostLostWhenTheAttemptsAreUsedUp(t *testing.T) {
	inBubble(t, Config{MaxAttempts: 2}, func(h *house) {
		c := h.do(payload("a"))
		for _, name := range []string{"a", "b"} {
			c.open()
			s := h.scripted(name, 1)
			s.request()
			s.cancel()
		}
		if _, err := c.result(); !errors.Is(err, protocol.ErrHostLost) || !strings.Contains(err.Error(), `host "b"`) {
			h.Fatalf("Do returned %v", err)
		}
	})
}

func TestANewAttachmentSupersedesTheOld(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		old := h.scripted("a", 1)
		c := h.do(payload("a"))
		attempt := old.request()
		young := h.scripted("a", 1)
		if err := <-old.ended; status.Code(err) != codes.Aborted {
			h.Fatalf("old stream ended with %v", err)
		}
		again := young.request() // tried, but nobody else is there
		young.say(reply(attempt, "late"))
		c.open()
		if s := h.gateway.Stats(); s.Late != 1 || s.Rejected != 0 {
			h.Fatalf("late %d, rejected %d, want 1, 0", s.Late, s.Rejected)
		}
		young.say(reply(attempt, "twice"))
		if s := h.gateway.Stats(); s.Late != 1 || s.Rejected != 1 {
			h.Fatalf("late %d, rejected %d, want 1, 1", s.Late, s.Rejected)
		}
		young.say(reply(again, "right"))
		if got, err := c.result(); got != "right" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		events := h.journal.list()
		for i, e := range events {
			if e.Kind == protocol.KindAttach && e.Epoch == 2 && events[i-1].Kind != protocol.KindDetach {
				h.Fatalf("%v stands between detach and attach", events[i-1])
			}
		}
	})
}

func TestDrainGivesBackWhatWasNotSent(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 2)
		c := h.do(payload("a"))
		attempt := s.request()
		s.say(drain())
		h.do(payload("b"))
		s.silent()
		s.say(reply(attempt, "x")) // the rest finishes
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		b := h.scripted("b", 1)
		b.request()
	})
}

func TestAHalfCloseIsADetach(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 2)
		c := h.do(payload("a"))
		attempt := s.request()
		s.stream.Send(reply(attempt, "x"))
		s.stream.CloseSend()
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		if err := <-s.ended; err.Error() != "EOF" {
			h.Fatalf("stream ended with %v", err)
		}
	})
}

func TestAHostThatDoesNotReadHoldsUpNobody(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second, BudgetBurst: 100, MaxAttempts: 100}, func(h *house) {
		conn, err := h.connect(h.Context())
		if err != nil {
			h.Fatal(err)
		}
		defer conn.Close()
		deaf, err := gatewayv1.NewGatewayClient(conn).Attach(h.Context())
		if err != nil {
			h.Fatal(err)
		}
		deaf.Send(hello("deaf", 20))
		synctest.Wait()
		big := Request{Payload: make([]byte, 100<<10)}
		var calls []*call
		for range 20 {
			calls = append(calls, h.do(big))
		}
		sent := h.journal.count(protocol.KindSent, "deaf")
		if sent == 0 || sent >= 20 {
			h.Fatalf("%d were sent to a host that does not read, want some and not all", sent)
		}
		h.host("good", 20, echo)
		time.Sleep(time.Second)
		for i, c := range calls {
			if _, err := c.result(); err != nil {
				h.Fatalf("Do %d returned %v", i, err)
			}
		}
		// What was not written before it moved is never written.
		if n := h.journal.count(protocol.KindSent, "deaf"); n != sent {
			h.Fatalf("%d were sent, want %d", n, sent)
		}
		if n := h.stats("deaf").Abandoned; n != sent {
			h.Fatalf("%d are abandoned, want %d", n, sent)
		}
	})
}

func TestHostsComeAndGoMoreOftenThanTheBound(t *testing.T) {
	inBubble(t, Config{Hosts: 2}, func(h *house) {
		for range 5 { // each time beside another, and in place of itself
			a, b := h.scripted("a", 1), h.scripted("b", 1)
			young := h.scripted("a", 1)
			if err := <-a.ended; status.Code(err) != codes.Aborted {
				h.Fatalf("old stream ended with %v", err)
			}
			young.cancel()
			b.cancel()
			synctest.Wait()
		}
	})
}

func TestTheAnswerToWhatWasGivenUpBeforeADetachIsLate(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		old := h.scripted("a", 1)
		c := h.do(payload("a"))
		attempt := old.request()
		c.cancel()
		old.cancelled()
		old.cancel()
		synctest.Wait()
		young := h.scripted("a", 1)
		young.say(reply(attempt, "late"))
		if s := h.gateway.Stats(); s.Late != 1 || s.Rejected != 0 {
			h.Fatalf("late %d, rejected %d, want 1, 0", s.Late, s.Rejected)
		}
		young.say(reply(attempt, "twice"))
		if s := h.gateway.Stats(); s.Late != 1 || s.Rejected != 1 {
			h.Fatalf("late %d, rejected %d, want 1, 1", s.Late, s.Rejected)
		}
	})
}
