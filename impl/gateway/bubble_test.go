package gateway

import (
	"context"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/gatewayv1"
)

// journal keeps the events of a case, in order.
type journal struct {
	mu     sync.Mutex
	events []protocol.Event
}

func (j *journal) Trace(e protocol.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, e)
}

func (j *journal) list() []protocol.Event {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]protocol.Event(nil), j.events...)
}

// count counts the events of that kind about host; any host when it is empty.
func (j *journal) count(kind protocol.Kind, host string) (n int) {
	for _, e := range j.list() {
		if e.Kind == kind && (host == "" || e.Host == host || e.Party == host) {
			n++
		}
	}
	return n
}

// house is a Gateway on a real gRPC server over in-memory connections, in a
// bubble.
type house struct {
	*testing.T
	gateway  *Gateway
	journal  *journal
	listener *bufconn.Listener
	server   *grpc.Server
	ends     []func()
}

// inBubble runs body in a bubble of virtual time, and afterwards sees that the
// events obey the ledger and that nothing is left over.
func inBubble(t *testing.T, c Config, body func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{T: t, journal: &journal{}, listener: bufconn.Listen(1 << 16), server: grpc.NewServer()}
		c.Tracer = h.journal
		g, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		h.gateway = g
		g.Register(h.server)
		go h.server.Serve(h.listener)
		defer h.stop()
		body(h)
	})
}

func (h *house) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.gateway.Close(ctx)
	before := len(h.journal.list())
	for _, end := range h.ends {
		end()
	}
	h.server.Stop()
	synctest.Wait()
	for _, e := range h.journal.list()[before:] {
		if e.Party == "gateway" {
			h.Errorf("event after Close returned: %v", e)
		}
	}
	if err := replay(h.journal.list()); err != nil {
		h.Error(err)
	}
	s := h.gateway.Stats()
	if s.Open != 0 || s.Reserved != 0 || len(s.Hosts) != 0 || s.Accepted != s.Done {
		h.Errorf("after Close: %+v", s)
	}
}

func (h *house) connect(context.Context) (Conn, error) {
	return grpc.NewClient("passthrough:///gateway", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return h.listener.DialContext(ctx) }))
}

// host starts a Host and waits until it is attached.
func (h *house) host(name string, capacity int, handle func(context.Context, HostRequest) ([]byte, error)) *Host {
	h.Helper()
	host, err := NewHost(HostConfig{Name: name, Capacity: capacity, Connect: h.connect, Handle: handle,
		Rand: func() uint64 { return 0 }, Tracer: h.journal})
	if err != nil {
		h.Fatal(err)
	}
	h.ends = append(h.ends, func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		host.Close(ctx)
	})
	synctest.Wait()
	return host
}

// script is a host that says what the test wants said.
type script struct {
	*house
	stream gatewayv1.Gateway_AttachClient
	cancel context.CancelFunc
	got    chan *gatewayv1.GatewayMessage
	ended  chan error
}

// dial opens a stream without a Hello.
func (h *house) dial() *script {
	h.Helper()
	conn, err := h.connect(context.Background())
	if err != nil {
		h.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := gatewayv1.NewGatewayClient(conn).Attach(ctx)
	if err != nil {
		h.Fatal(err)
	}
	s := &script{house: h, stream: stream, cancel: cancel,
		got: make(chan *gatewayv1.GatewayMessage, 4096), ended: make(chan error, 1)}
	go func() {
		for {
			m, err := stream.Recv()
			if err != nil {
				s.ended <- err
				return
			}
			s.got <- m
		}
	}()
	h.ends = append(h.ends, func() {
		cancel()
		conn.Close()
	})
	return s
}

// scripted attaches a scripted host.
func (h *house) scripted(name string, capacity uint32) *script {
	h.Helper()
	s := h.dial()
	s.say(hello(name, capacity))
	if m := s.next(); m.GetWelcome().GetEpoch() == 0 {
		h.Fatalf("host %s got %v, want a welcome", name, m)
	}
	return s
}

func (s *script) say(m *gatewayv1.HostMessage) {
	s.Helper()
	if err := s.stream.Send(m); err != nil {
		s.Fatal(err)
	}
	synctest.Wait()
}

// next returns the next message of the Gateway, which must be there.
func (s *script) next() *gatewayv1.GatewayMessage {
	s.Helper()
	synctest.Wait()
	select {
	case m := <-s.got:
		return m
	default:
		s.Fatal("host got nothing, want a message")
		return nil
	}
}

// request returns the attempt that comes next.
func (s *script) request() uint64 {
	s.Helper()
	m := s.next()
	if m.GetRequest() == nil {
		s.Fatalf("host got %v, want a request", m)
	}
	return m.GetRequest().GetAttempt()
}

// cancelled returns the attempt that is cancelled next.
func (s *script) cancelled() uint64 {
	s.Helper()
	m := s.next()
	if m.GetCancel() == nil {
		s.Fatalf("host got %v, want a cancel", m)
	}
	return m.GetCancel().GetAttempt()
}

// silent fails if a message is there.
func (s *script) silent() {
	s.Helper()
	synctest.Wait()
	select {
	case m := <-s.got:
		s.Fatalf("host got %v, want nothing", m)
	default:
	}
}

func hello(name string, capacity uint32) *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Hello{Hello: &gatewayv1.Hello{Host: name, Capacity: capacity}}}
}

func reply(attempt uint64, payload string) *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Reply{Reply: &gatewayv1.Reply{Attempt: attempt, Payload: []byte(payload)}}}
}

func failure(attempt uint64, why string) *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Reply{Reply: failedAttempt(attempt, why)}}
}

func failedAttempt(attempt uint64, why string) *gatewayv1.Reply {
	p := failed(gatewayv1.FailureCode_FAILURE_CODE_HANDLER, why)
	p.Attempt = attempt
	return p
}

func refuse(attempt uint64) *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Refuse{Refuse: &gatewayv1.Refuse{Attempt: attempt}}}
}

func ready() *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Ready{Ready: &gatewayv1.Ready{}}}
}

func drain() *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Drain{Drain: &gatewayv1.Drain{}}}
}

func declare(n uint32) *gatewayv1.HostMessage {
	return &gatewayv1.HostMessage{Body: &gatewayv1.HostMessage_Capacity{Capacity: &gatewayv1.Capacity{Capacity: n}}}
}

// call is a Do under way.
type call struct {
	*house
	cancel context.CancelFunc
	done   chan struct{}
	got    []byte
	err    error
}

// do starts a Do and lets everything come to rest.
func (h *house) do(q Request) *call { return h.doFor(q, 0) }

// doFor is do with a deadline; zero for none.
func (h *house) doFor(q Request, limit time.Duration) *call {
	ctx, cancel := context.WithCancel(context.Background())
	if limit > 0 {
		ctx, cancel = context.WithTimeout(context.Background(), limit)
	}
	h.ends = append(h.ends, cancel)
	c := &call{house: h, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		c.got, c.err = h.gateway.Do(ctx, q)
	}()
	synctest.Wait()
	return c
}

// open fails if the Do has returned.
func (c *call) open() {
	c.Helper()
	synctest.Wait()
	select {
	case <-c.done:
		c.Fatalf("Do returned %q, %v, want it open", c.got, c.err)
	default:
	}
}

// result returns what the Do returned, which it must have.
func (c *call) result() (string, error) {
	c.Helper()
	synctest.Wait()
	select {
	case <-c.done:
		return string(c.got), c.err
	default:
		c.Fatal("Do is open, want it returned")
		return "", nil
	}
}

// stats returns what is counted for the host.
func (h *house) stats(name string) protocol.HostStats {
	h.Helper()
	synctest.Wait()
	for _, s := range h.gateway.Stats().Hosts {
		if s.Host == name {
			return s
		}
	}
	h.Fatalf("host %s is not attached", name)
	return protocol.HostStats{}
}

func payload(s string) Request { return Request{Payload: []byte(s)} }
