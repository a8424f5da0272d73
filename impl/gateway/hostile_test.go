package gateway

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

func TestBreachesEndTheStreamWithAClearStatus(t *testing.T) {
	big := strings.Repeat("x", 5000)
	for name, c := range map[string]struct {
		first, second *gatewayv1.HostMessage
		want          codes.Code
		text          string
	}{
		"no hello":      {reply(1, ""), nil, codes.InvalidArgument, "not a hello"},
		"no body":       {&gatewayv1.HostMessage{}, nil, codes.InvalidArgument, "not a hello"},
		"no name":       {hello("", 1), nil, codes.InvalidArgument, "0 bytes, want 1 to 255"},
		"long name":     {hello(strings.Repeat("x", 256), 1), nil, codes.InvalidArgument, "256 bytes, want 1 to 255"},
		"second hello":  {hello("a", 1), hello("a", 1), codes.InvalidArgument, "twice"},
		"empty message": {hello("a", 1), &gatewayv1.HostMessage{}, codes.InvalidArgument, "no body"},
		"large answer":  {hello("a", 1), reply(1, big), codes.InvalidArgument, "5000 bytes, want at most 4096"},
		"large failure": {hello("a", 1), failure(1, big[:4097]), codes.OK, ""},
	} {
		inBubble(t, Config{MessageBytes: 4096}, func(h *house) {
			good := h.scripted("good", 1)
			call := h.do(payload("a"))
			attempt := good.request()
			s := h.dial()
			s.say(c.first)
			if c.second != nil {
				s.say(c.second)
			}
			synctest.Wait()
			if c.want == codes.OK { // an answer to nothing is forgiven
				if n := h.gateway.Stats().Rejected; n != 1 {
					h.Errorf("%s: %d were rejected, want 1", name, n)
				}
				return
			}
			select {
			case err := <-s.ended:
				if status.Code(err) != c.want || !strings.Contains(err.Error(), c.text) {
					h.Errorf("%s: stream ended with %v", name, err)
				}
			default:
				h.Errorf("%s: stream is open", name)
			}
			if n, told := h.gateway.Stats().Rejected, h.journal.count(protocol.KindRejected, ""); n != 1 || told != 1 {
				h.Errorf("%s: %d were rejected, %d told, want 1", name, n, told)
			}
			good.say(reply(attempt, "x"))
			if got, err := call.result(); got != "x" || err != nil {
				h.Errorf("%s: Do of another host returned %q, %v", name, got, err)
			}
		})
	}
}

func TestAHostCanChangeOnlyWhatItHolds(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		good, bad := h.scripted("good", 2), h.scripted("bad", 0)
		c := h.do(payload("a"))
		attempt := good.request()
		for _, m := range []*gatewayv1.HostMessage{
			reply(attempt, "stolen"), failure(attempt, "stolen"), refuse(attempt),
			reply(0, ""), reply(attempt+1, ""), reply(1<<63, ""), refuse(1 << 63),
		} {
			bad.say(m)
		}
		c.open()
		if s := h.gateway.Stats(); s.Rejected != 7 || s.Late != 0 || s.Refusals != 0 || s.Reserved != 1 {
			h.Fatalf("got %+v", s)
		}
		good.say(reply(attempt, "x"))
		if got, err := c.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
		good.say(reply(attempt, "again"))
		good.say(refuse(attempt))
		if s := h.gateway.Stats(); s.Rejected != 9 {
			h.Fatalf("%d were rejected, want 9", s.Rejected)
		}
	})
}

func TestAFloodIsCutOff(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 1)
		for range 10 * rejectedMax {
			if s.stream.Send(reply(77, "")) != nil {
				break
			}
		}
		synctest.Wait()
		if err := <-s.ended; status.Code(err) != codes.InvalidArgument {
			h.Fatalf("stream ended with %v", err)
		}
		if n := h.gateway.Stats().Rejected; n != rejectedMax {
			h.Fatalf("%d were rejected, want %d", n, rejectedMax)
		}
	})
}

func TestAStreamWithoutAHelloEnds(t *testing.T) {
	inBubble(t, Config{Hosts: 1}, func(h *house) {
		s := h.dial()
		synctest.Wait()
		other := h.dial() // one is on its way, and that is the bound
		if err := <-other.ended; status.Code(err) != codes.ResourceExhausted {
			h.Fatalf("second stream ended with %v", err)
		}
		time.Sleep(helloWait)
		if err := <-s.ended; status.Code(err) != codes.DeadlineExceeded {
			h.Fatalf("stream ended with %v", err)
		}
		h.scripted("a", 1)
		late := h.dial()
		late.say(hello("b", 1))
		if err := <-late.ended; status.Code(err) != codes.ResourceExhausted {
			h.Fatalf("second host ended with %v", err)
		}
	})
}

func TestMalformedAndOversizedFramesCount(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.scripted("a", 1)
		c := h.do(payload("a"))
		attempt := s.request()
		s.stream.Send(reply(attempt, strings.Repeat("x", 5<<20))) // above what gRPC takes
		synctest.Wait()
		if err := <-s.ended; status.Code(err) != codes.ResourceExhausted {
			h.Fatalf("stream ended with %v", err)
		}
		if n := h.gateway.Stats().Rejected; n != 1 {
			h.Fatalf("%d were rejected, want 1", n)
		}
		c.open() // it waits for another host
	})
}

func TestADeclaredCapacityCannotOverflow(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		h.scripted("a", 1<<32-1)
		if got := h.stats("a").Limit; got != int(protocol.HostLimit.Default) {
			h.Fatalf("limit is %d, want %d", got, protocol.HostLimit.Default)
		}
	})
}
