package remote_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

// TestOverLoopback sends from many callers over TCP while links are cut, and
// accounts for every message at both ends.
func TestOverLoopback(t *testing.T) {
	defer goleak.VerifyNone(t)
	const callers, each = 8, 500
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	handled := make(map[uint64]int)
	var last uint64
	peer, err := remote.NewPeer(remote.PeerConfig{Handle: func(_ context.Context, m remote.Message) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		handled[m.Seq]++
		if m.Seq <= last {
			t.Errorf("seq %d was handled after %d", m.Seq, last)
		}
		last = m.Seq
		return m.Payload, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	peer.Register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(lis) }()

	var link atomic.Pointer[net.Conn]
	var results []protocol.Result
	r, err := remote.New(remote.Config{
		ID: "a",
		Connect: func(context.Context) (remote.Conn, error) {
			return grpc.NewClient(lis.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
				grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
					c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
					if err == nil {
						link.Store(&c)
					}
					return c, err
				}))
		},
		Dispatch: func(_ context.Context, res protocol.Result) {
			results = append(results, res)
			if c := link.Load(); c != nil && len(results)%400 == 0 {
				(*c).Close()
			}
		},
		Buffer: 64, Window: 64,
		Rand: func() uint64 { return 0 }, // no delay: the message after a cut connects
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range each {
				if _, err := r.Send(context.Background(), []byte("payload")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := peer.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if len(results) != callers*each {
		t.Fatalf("got %d outcomes, want %d", len(results), callers*each)
	}
	counts := make(map[protocol.Outcome]int)
	for i, res := range results {
		counts[res.Outcome]++
		if res.Seq != uint64(i+1) {
			t.Fatalf("outcome %d is of seq %d", i, res.Seq)
		}
		n := handled[res.Seq]
		if res.Outcome == protocol.Replied && n != 1 || res.Outcome == protocol.NotSent && n != 0 || n > 1 {
			t.Fatalf("seq %d ended %v and was handled %d times", res.Seq, res.Outcome, n)
		}
	}
	if s := r.Stats(); counts[protocol.Replied] == 0 || s.Links < 2 {
		t.Fatalf("got %v and %+v, want replies and more than one link", counts, s)
	}
}
