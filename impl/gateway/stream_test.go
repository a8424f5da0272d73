package gateway

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// TestMain makes the property tests draw the same every time.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": "500", "rapid.steps": "60", "rapid.nofailfile": "true"} {
		flag.Set(name, value)
	}
	flag.Parse() // what the command line says comes after, and wins
	os.Exit(m.Run())
}

// stubborn is a stream that the test holds in its hand: Send waits until it is
// told what to return.
type stubborn struct {
	grpc.ServerStream
	ctx     context.Context
	in      chan *gatewayv1.HostMessage
	sending chan *gatewayv1.GatewayMessage
	result  chan error
}

func (s *stubborn) Context() context.Context { return s.ctx }

func (s *stubborn) Send(m *gatewayv1.GatewayMessage) error {
	select {
	case s.sending <- m:
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	select {
	case err := <-s.result:
		return err
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (s *stubborn) Recv() (*gatewayv1.HostMessage, error) {
	select {
	case m, ok := <-s.in:
		if !ok {
			return nil, io.EOF
		}
		return m, nil
	case <-s.ctx.Done():
		return nil, s.ctx.Err()
	}
}

// stubborn attaches a host whose Sends wait, and lets the Welcome through.
func (h *house) stubborn(name string, capacity uint32) *stubborn {
	ctx, cancel := context.WithCancel(context.Background())
	s := &stubborn{ctx: ctx, in: make(chan *gatewayv1.HostMessage), sending: make(chan *gatewayv1.GatewayMessage),
		result: make(chan error)}
	go func() {
		h.gateway.serve(s)
		cancel() // as gRPC does
	}()
	h.ends = append(h.ends, cancel)
	s.in <- hello(name, capacity)
	<-s.sending
	s.result <- nil
	synctest.Wait()
	return s
}

func TestAFailedWriteReleasesWithItsReason(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.stubborn("a", 3)
		risky := h.do(Request{Payload: []byte("a"), NonIdempotent: true})
		unsent := h.do(Request{Payload: []byte("b"), NonIdempotent: true})
		<-s.sending
		s.result <- errors.New("no more")
		if _, err := risky.result(); !errors.Is(err, protocol.ErrHostLost) {
			h.Fatalf("Do returned %v", err)
		}
		if got := h.gateway.Stats(); got.Released[protocol.WriteFailed] != 1 || got.Released[protocol.Detached] != 1 || len(got.Hosts) != 0 {
			h.Fatalf("got %+v", got)
		}
		b := h.scripted("b", 1) // what was never written may go on
		b.say(reply(b.request(), "x"))
		if got, err := unsent.result(); got != "x" || err != nil {
			h.Fatalf("Do returned %q, %v", got, err)
		}
	})
}

func TestWhatIsReleasedUnsentIsNeverWritten(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.stubborn("a", 3)
		h.do(payload("a"))
		gone := h.do(payload("b"))
		h.do(payload("c"))
		<-s.sending
		gone.cancel()
		synctest.Wait()
		if got := h.stats("a"); got.Reserved != 2 || got.Abandoned != 0 {
			h.Fatalf("got %+v, want the unsent one gone without a trace", got)
		}
		s.result <- nil
		if got := string((<-s.sending).GetRequest().GetPayload()); got != "c" {
			h.Fatalf("%q was written, want c", got)
		}
		s.result <- nil
		synctest.Wait()
		select {
		case m := <-s.sending:
			h.Fatalf("%v was written", m)
		default:
		}
	})
}

func TestDrainMovesWhatIsReservedAndUnsent(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.stubborn("a", 3)
		h.do(payload("a"))
		h.do(payload("b"))
		<-s.sending
		b := h.scripted("b", 3)
		s.in <- drain()
		if got := string(b.next().GetRequest().GetPayload()); got != "b" {
			h.Fatalf("%q was written, want b", got)
		}
		b.silent()
		if got := h.gateway.Stats(); got.Released[protocol.Draining] != 1 {
			h.Fatalf("got %+v", got)
		}
	})
}

// An unsent attempt that is due may move even when only one attempt is
// allowed; once it is sent it may not.
func TestADueAttemptThatIsSentUsesItsAttemptUp(t *testing.T) {
	inBubble(t, Config{ReassignAfter: time.Second, MaxAttempts: 1}, func(h *house) {
		s := h.stubborn("a", 3)
		h.do(payload("a"))
		h.do(payload("b"))
		h.do(payload("c"))
		<-s.sending
		time.Sleep(2 * time.Second)
		s.result <- nil
		<-s.sending // b is sent now
		b := h.scripted("b", 3)
		if got := string(b.next().GetRequest().GetPayload()); got != "c" {
			h.Fatalf("%q was written, want c", got)
		}
		b.silent()
	})
}

func TestASenderThatIsStuckDoesNotHoldUpClose(t *testing.T) {
	inBubble(t, Config{}, func(h *house) {
		s := h.stubborn("a", 3)
		h.do(payload("a"))
		<-s.sending
		start := time.Now()
		h.gateway.Close(done())
		if took := time.Since(start); took != 0 {
			h.Fatalf("Close took %v", took)
		}
	})
}
