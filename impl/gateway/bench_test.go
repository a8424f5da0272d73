package gateway

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weir-dev/weir/protocol"
)

// BenchmarkDo measures requests of 100 bytes through two hosts over loopback.
func BenchmarkDo(b *testing.B) {
	g, err := New(Config{ReassignAfter: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	server := grpc.NewServer()
	g.Register(server)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go server.Serve(listener)
	defer server.Stop()
	defer g.Close(context.Background())
	for _, name := range []string{"a", "b"} {
		host, err := NewHost(HostConfig{Name: name, Capacity: 64, Handle: echo,
			Connect: func(context.Context) (Conn, error) {
				return grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
			}})
		if err != nil {
			b.Fatal(err)
		}
		defer host.Close(context.Background())
	}
	body := make([]byte, 100)
	b.ReportAllocs()
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := g.Do(context.Background(), Request{Payload: body}); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkLedger measures one reservation from choice to release, with 16
// hosts.
func BenchmarkLedger(b *testing.B) {
	l, err := NewLedger(LedgerConfig{})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 16 {
		if _, _, err := l.Attach(string(rune('a'+i)), 16); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for i := range b.N {
		a := l.Choose(nil, true)
		r, err := l.Reserve(uint64(i), a)
		if err != nil {
			b.Fatal(err)
		}
		l.Sent(a)
		if err := l.Release(r, protocol.ByReply); err != nil {
			b.Fatal(err)
		}
	}
}
