package remote_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

// trace records events.
type trace struct {
	mu     sync.Mutex
	events []protocol.Event
	times  []time.Time
}

func (r *trace) Trace(e protocol.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	r.times = append(r.times, time.Now())
}

// of returns the events of the given party and kinds.
func (r *trace) of(party string, kinds ...protocol.Kind) []protocol.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []protocol.Event
	for _, e := range r.events {
		for _, k := range kinds {
			if e.Kind == k && e.Party == party {
				out = append(out, e)
			}
		}
	}
	return out
}

// count returns how many events of party have the kind.
func (r *trace) count(party string, kind protocol.Kind) int { return len(r.of(party, kind)) }

// world is one Remote and one Peer on real gRPC over in-memory connections, in
// the bubble of the test.
type world struct {
	t       *testing.T
	tracer  *trace
	remote  *remote.Remote
	peer    *remote.Peer
	config  remote.Config
	peerCfg remote.PeerConfig
	server  *grpc.Server
	lis     *bufconn.Listener

	serverOptions []grpc.ServerOption
	dialOptions   []grpc.DialOption

	mu      sync.Mutex
	conns   []net.Conn // client ends, oldest first
	offline bool
	results []protocol.Result
	handled []uint64
}

type option func(*world)

// newWorld starts both ends. The default handler echoes, the default dispatcher
// collects results.
func newWorld(t *testing.T, options ...option) *world {
	w := &world{t: t, tracer: &trace{}}
	w.config = remote.Config{ID: "a", Incarnation: 1, Connect: w.connect, Tracer: w.tracer, Rand: rand.New(rand.NewPCG(1, 2)).Uint64}
	w.config.Dispatch = func(_ context.Context, r protocol.Result) { w.collect(r) }
	w.peerCfg = remote.PeerConfig{Tracer: w.tracer, Rand: rand.New(rand.NewPCG(3, 4)).Uint64}
	w.peerCfg.Handle = func(_ context.Context, m remote.Message) ([]byte, error) { return m.Payload, nil }
	for _, o := range options {
		o(w)
	}
	handle := w.peerCfg.Handle
	w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
		w.mu.Lock()
		w.handled = append(w.handled, m.Seq)
		w.mu.Unlock()
		return handle(ctx, m)
	}
	var err error
	if w.peer, err = remote.NewPeer(w.peerCfg); err != nil {
		t.Fatal(err)
	}
	w.lis = bufconn.Listen(1 << 16)
	w.server = grpc.NewServer(w.serverOptions...)
	w.peer.Register(w.server)
	go w.server.Serve(w.lis)
	if w.remote, err = remote.New(w.config); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) collect(r protocol.Result) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.results = append(w.results, r)
}

// connect is the Connect of the world.
func (w *world) connect(ctx context.Context) (remote.Conn, error) {
	w.mu.Lock()
	offline := w.offline
	w.mu.Unlock()
	if offline {
		return nil, fmt.Errorf("no route")
	}
	options := append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			c, err := w.lis.DialContext(ctx)
			if err != nil {
				return nil, err
			}
			w.mu.Lock()
			w.conns = append(w.conns, c)
			w.mu.Unlock()
			return c, nil
		}),
	}, w.dialOptions...)
	return grpc.NewClient("passthrough:///peer", options...)
}

// cut closes the newest connection, if there is one.
func (w *world) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.conns); n > 0 {
		w.conns[n-1].Close()
	}
}

// setOffline makes Connect fail from now on, or succeed again.
func (w *world) setOffline(v bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offline = v
}

// got returns what was dispatched so far.
func (w *world) got() []protocol.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]protocol.Result(nil), w.results...)
}

// begun returns the seqs that were handled so far.
func (w *world) begun() []uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]uint64(nil), w.handled...)
}

// send sends payloads and fails the test if one is not accepted.
func (w *world) send(payloads ...string) {
	w.t.Helper()
	for _, p := range payloads {
		if _, err := w.remote.Send(context.Background(), []byte(p)); err != nil {
			w.t.Fatalf("send %q: %v", p, err)
		}
	}
}

// stop ends what is left of the world.
func (w *world) stop() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w.remote.Close(ctx)
	w.peer.Close(ctx)
	w.server.Stop()
	w.lis.Close()
}

// inBubble runs body with a world, and stops it. A goroutine that is left makes
// the bubble fail.
func inBubble(t *testing.T, body func(w *world), options ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options...)
		defer w.stop()
		body(w)
		w.checkCounts()
	})
}

// checkCounts checks what holds of the statistics at every instant.
func (w *world) checkCounts() {
	w.t.Helper()
	s := w.remote.Stats()
	if s.Accepted != uint64(s.InBuffer)+uint64(s.InFlight)+s.Resolved {
		w.t.Errorf("stats do not add up: %+v", s)
	}
	if s.Resolved != s.Replied+s.NotSent+s.Unknown {
		w.t.Errorf("outcomes do not add up: %+v", s)
	}
}
