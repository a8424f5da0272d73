package remote_test

import (
	"context"
	"fmt"
	"net"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

func Example() {
	// The server end.
	peer, err := remote.NewPeer(remote.PeerConfig{
		Handle: func(_ context.Context, m remote.Message) ([]byte, error) {
			return []byte(strings.ToUpper(string(m.Payload))), nil
		},
	})
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	peer.Register(server)
	lis := bufconn.Listen(1 << 16)
	go server.Serve(lis)
	defer server.Stop()
	defer peer.Close(context.Background())

	// The client end.
	r, err := remote.New(remote.Config{
		ID: "replica-1",
		Connect: func(context.Context) (remote.Conn, error) {
			return grpc.NewClient("passthrough:///peer",
				grpc.WithTransportCredentials(insecure.NewCredentials()),
				grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
		},
		Dispatch: func(_ context.Context, res protocol.Result) {
			fmt.Printf("%d %v: %s -> %s\n", res.Seq, res.Outcome, res.Message, res.Reply)
		},
	})
	if err != nil {
		panic(err)
	}
	for _, text := range []string{"one", "two", "three"} {
		if _, err := r.Send(context.Background(), []byte(text)); err != nil {
			panic(err)
		}
	}
	if err := r.Close(context.Background()); err != nil {
		panic(err)
	}
	// Output:
	// 1 replied: one -> ONE
	// 2 replied: two -> TWO
	// 3 replied: three -> THREE
}
