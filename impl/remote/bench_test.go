package remote_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

// benchmark counts messages at the dispatcher, over loopback TCP, client and
// server in one process.
func benchmark(b *testing.B, callers, bytes int, c remote.Config) {
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	peer, err := remote.NewPeer(remote.PeerConfig{Handle: func(_ context.Context, m remote.Message) ([]byte, error) { return m.Payload, nil }})
	if err != nil {
		b.Fatal(err)
	}
	server := grpc.NewServer()
	peer.Register(server)
	go server.Serve(lis)
	defer server.Stop()
	done := make(chan struct{})
	left := b.N
	c.ID = "bench"
	c.Connect = func(context.Context) (remote.Conn, error) {
		return grpc.NewClient(lis.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	}
	c.Dispatch = func(_ context.Context, r protocol.Result) {
		if left--; left == 0 {
			close(done)
		}
	}
	r, err := remote.New(c)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range callers {
		n := b.N / callers
		if i == 0 {
			n += b.N % callers
		}
		wg.Go(func() {
			for range n {
				r.Send(context.Background(), make([]byte, bytes))
			}
		})
	}
	wg.Wait()
	<-done
	b.StopTimer()
	s := r.Stats()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	b.ReportMetric(float64(s.Accepted)/float64(s.FramesSent), "msg/frame")
	b.ReportMetric(float64(s.Accepted)/float64(s.FramesReceived), "msg/frame-back")
	if err := r.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	if s.Replied != uint64(b.N) {
		b.Fatalf("got %d replies, want %d", s.Replied, b.N)
	}
}

func BenchmarkRemote(b *testing.B) {
	for _, mode := range []protocol.Mode{protocol.Async, protocol.Sync} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%v/callers=%d/bytes=64", mode, callers), func(b *testing.B) {
				benchmark(b, callers, 64, remote.Config{Mode: mode})
			})
		}
	}
}
