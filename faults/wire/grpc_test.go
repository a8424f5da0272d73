package wire

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/protocol/remotev1"
)

// echo answers each message with a reply of the same seq.
type echo struct {
	remotev1.UnimplementedPeerServer
}

func (echo) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	for {
		in, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for _, m := range in.Messages {
			if err := stream.Send(&remotev1.PeerReply{Replies: []*remotev1.Reply{{Seq: m.Seq, Payload: m.Payload}}}); err != nil {
				return err
			}
		}
	}
}

// stand is a whole grpc-go, client and server, over connections with faults.
type stand struct {
	t      *testing.T
	faults *Faults
	client remotev1.PeerClient
	close  func()
}

func newStand(t *testing.T, plan string, l net.Listener, dial func(context.Context) (net.Conn, error)) *stand {
	t.Helper()
	f := New(parse(t, plan), 1)
	server := grpc.NewServer(grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}))
	remotev1.RegisterPeerServer(server, echo{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	conn, err := grpc.NewClient("passthrough:///peer",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 5 * time.Second}),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			c, err := dial(ctx)
			if err != nil {
				return nil, err
			}
			return f.Conn(c, link), nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return &stand{t: t, faults: f, client: remotev1.NewPeerClient(conn), close: func() {
		conn.Close()
		f.Close()
		server.Stop()
		<-done
	}}
}

// virtual runs body in a bubble over memory.
func virtual(t *testing.T, plan string, body func(*stand)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := Memory()
		s := newStand(t, plan, l, l.DialContext)
		defer s.close()
		body(s)
	})
}

func (s *stand) open(ctx context.Context) remotev1.Peer_ExchangeClient {
	s.t.Helper()
	stream, err := s.client.Exchange(ctx, grpc.WaitForReady(true))
	if err != nil {
		s.t.Fatal(err)
	}
	return stream
}

// talk sends n messages and reads their replies.
func (s *stand) talk(stream remotev1.Peer_ExchangeClient, n uint64) error {
	for i := range n {
		if err := stream.Send(&remotev1.PeerRequest{Messages: []*remotev1.Message{{Seq: i, Payload: make([]byte, 100)}}}); err != nil && err != io.EOF {
			return err
		}
		reply, err := stream.Recv()
		if err != nil {
			return err
		}
		if got := reply.Replies[0].Seq; got != i {
			s.t.Errorf("reply %d came, want %d", got, i)
		}
	}
	return nil
}

func TestGRPCWithoutFaults(t *testing.T) {
	virtual(t, "none", func(s *stand) {
		if err := s.talk(s.open(context.Background()), 100); err != nil {
			t.Error(err)
		}
	})
}

func TestGRPCNoticesAHalfOpenLink(t *testing.T) {
	for _, direction := range []string{"up", "down", ""} {
		t.Run("half-open "+direction, func(t *testing.T) {
			plan := "half-open remote->peer#1 " + direction + " after 1000 bytes"
			virtual(t, plan, func(s *stand) {
				start := time.Now()
				err := s.talk(s.open(context.Background()), 1000)
				if status.Code(err) != codes.Unavailable {
					t.Errorf("half-open link gave %v, want Unavailable from keepalive", err)
				}
				if d := time.Since(start); d < 10*time.Second || d > 16*time.Second {
					t.Errorf("keepalive took %v, want 10s and a timeout of 5s", d)
				}
				if err := s.talk(s.open(context.Background()), 10); err != nil {
					t.Errorf("second generation gave %v", err)
				}
			})
		})
	}
}

// Ten minutes of refusals and grpc's own backoff cost no real time.
func TestGRPCOutlastsRefusals(t *testing.T) {
	virtual(t, "refuse remote->peer 10 times", func(s *stand) {
		start := time.Now()
		if err := s.talk(s.open(context.Background()), 10); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d < time.Minute {
			t.Errorf("ten refusals took %v of backoff, want minutes", d)
		}
	})
}

func TestGRPCCutAfterFrames(t *testing.T) {
	virtual(t, "cut remote->peer#1 up after 9 frames", func(s *stand) {
		if err := s.talk(s.open(context.Background()), 1000); status.Code(err) != codes.Unavailable {
			t.Errorf("cut link gave %v, want Unavailable", err)
		}
		if n := s.faults.Fired()["cut remote->peer#1 up after 9 frames"]; n != 1 {
			t.Errorf("cut fired %d times, want once", n)
		}
		if err := s.talk(s.open(context.Background()), 10); err != nil {
			t.Errorf("second generation gave %v", err)
		}
	})
}

func TestGRPCOverTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const plan = "cut remote->peer#1 down after 2000 bytes; latency remote->peer#2 for 1ms"
	s := newStand(t, plan, l, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	})
	defer s.close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.talk(s.open(ctx), 1000); status.Code(err) != codes.Unavailable {
		t.Errorf("cut link gave %v, want Unavailable", err)
	}
	if err := s.talk(s.open(ctx), 20); err != nil {
		t.Errorf("second generation gave %v", err)
	}
	for fault, n := range s.faults.Fired() {
		if n != 1 {
			t.Errorf("%s fired %d times, want once", fault, n)
		}
	}
}
