package simnet

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/weir-dev/weir/faults"
	"github.com/weir-dev/weir/protocol/remotev1"
)

func TestMessagesArriveInOrder(t *testing.T) {
	direct(t, "none", func(n *Network, conn *Conn) {
		stream := exchange(t, context.Background(), conn)
		for i := uint64(1); i <= 100; i++ {
			if err := stream.Send(request(i)); err != nil {
				t.Fatal(err)
			}
		}
		for i := uint64(1); i <= 100; i++ {
			reply, err := stream.Recv()
			if err != nil || seqOf(reply) != i {
				t.Fatalf("reply %v, %v, want seq %d", reply, err, i)
			}
		}
		if err := stream.CloseSend(); err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); err != io.EOF {
			t.Errorf("after the half-close got %v, want io.EOF", err)
		}
		synctest.Wait()
		l := n.Links()[0]
		if l.Open || l.Serving || !l.Finished || l.UpArrived != 100 || l.DownArrived != 100 {
			t.Errorf("link is %+v, want it ended after 100 messages each way", l)
		}
		conn.Close()
		n.Close()
		expectBreaches(t, n)
	})
}

func TestCancelReachesServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{})
		var got error
		remotev1.RegisterPeerServer(n.Server("peer"), echo{ended: func(err error) { got = err }})
		conn, _ := n.Dial(context.Background(), "remote", "peer")
		ctx, cancel := context.WithCancel(context.Background())
		stream := exchange(t, ctx, conn)
		time.Sleep(time.Second)
		cancel()
		if err := stream.Send(request(1)); err != io.EOF {
			t.Errorf("send after cancel got %v, want io.EOF", err)
		}
		_, err := stream.Recv()
		expectCode(t, "receive after cancel", err, codes.Canceled)
		synctest.Wait()
		expectCode(t, "server's receive", got, codes.Canceled)
		conn.Close()
		n.Close()
		expectBreaches(t, n)
	})
}

func TestDeadlineReachesServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{Plan: plan(t, "half-open * up after 1 frames")})
		var got error
		remotev1.RegisterPeerServer(n.Server("peer"), echo{ended: func(err error) { got = err }})
		conn, _ := n.Dial(context.Background(), "remote", "peer")
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		stream := exchange(t, ctx, conn)
		stream.Send(request(1))
		stream.Recv()
		_, err := stream.Recv()
		expectCode(t, "client's receive", err, codes.DeadlineExceeded)
		synctest.Wait()
		expectCode(t, "server's receive, which no reset can reach,", got, codes.DeadlineExceeded)
		conn.Close()
		n.Close()
	})
}

// Each fault on a network that delivers at once: how many of five messages are
// answered, how the stream ends, and how long it took.
func TestFaultsWithoutSchedule(t *testing.T) {
	for _, c := range []struct {
		plan    string
		replies int
		code    codes.Code
		took    time.Duration
	}{
		{"none", 5, codes.OK, 0},
		{"cut *", 0, codes.Unavailable, 0},
		{"cut * up after 3 frames", 2, codes.Unavailable, 0},
		{"cut * down after 3 frames", 3, codes.Unavailable, 0},
		{"cut * after 4 frames", 2, codes.Unavailable, 0},
		{"cut * down after 1 bytes", 1, codes.Unavailable, 0},
		{"cut remote->peer#2", 5, codes.OK, 0},
		{"cut h1->peer", 5, codes.OK, 0},
		{"half-open * down after 2 frames for 7s", 2, codes.Unavailable, 7 * time.Second},
		{"half-open * up for 7s", 0, codes.Unavailable, 7 * time.Second},
		{"half-open * up", 0, codes.DeadlineExceeded, time.Hour},
		{"stall * up after 2 frames for 3s", 5, codes.OK, 3 * time.Second},
		{"stall * down for 1s; stall * down for 3s", 5, codes.OK, 3 * time.Second},
		{"stall * up", 0, codes.DeadlineExceeded, time.Hour},
		{"delay * up after 1 frames for 2s", 5, codes.OK, 2 * time.Second},
		{"latency * down for 1s", 5, codes.OK, 6 * time.Second}, // ping-pong: each reply and the end
		{"cut * at 1s; stall * for 2s", 0, codes.Unavailable, time.Second},
		{"refuse * 1 times", 0, codes.Unavailable, 0},
	} {
		t.Run(c.plan, func(t *testing.T) {
			direct(t, c.plan, func(n *Network, conn *Conn) {
				defer conn.Close()
				start := time.Now()
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				replies, err := pingPong(ctx, conn, 5)
				expectCode(t, "stream", err, c.code)
				if replies != c.replies || time.Since(start) != c.took {
					t.Errorf("%d replies after %v, want %d after %v", replies, time.Since(start), c.replies, c.took)
				}
				// A fault that names this link fires, one that doesn't doesn't.
				for _, f := range plan(t, c.plan) {
					want := 0
					if f.Matches("remote->peer", 1) {
						want = 1
					}
					if got := n.Fired()[f.String()]; got != want {
						t.Errorf("%v fired %d times, want %d", f, got, want)
					}
				}
			})
		})
	}
}

func pingPong(ctx context.Context, conn *Conn, messages uint64) (replies int, err error) {
	stream, err := remotev1.NewPeerClient(conn).Exchange(ctx)
	if err != nil {
		return 0, err
	}
	for i := range messages {
		if err := stream.Send(request(i)); err != nil && err != io.EOF {
			return replies, err
		}
		if _, err := stream.Recv(); err != nil {
			return replies, err
		}
		replies++
	}
	stream.CloseSend()
	if _, err := stream.Recv(); err != io.EOF {
		return replies, err
	}
	return replies, nil
}

func TestQuotaHoldsTheSenderBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{QuotaBytes: 100})
		defer n.Close()
		remotev1.RegisterPeerServer(n.Server("peer"), silent{})
		conn, _ := n.Dial(context.Background(), "remote", "peer")
		defer conn.Close()
		ctx, cancel := context.WithCancel(context.Background())
		stream := exchange(t, ctx, conn)
		sent := 0
		done := make(chan error)
		go func() {
			for {
				if err := stream.Send(request(1)); err != nil {
					done <- err
					return
				}
				sent++
			}
		}()
		synctest.Wait()
		if sent < 5 || sent > 20 {
			t.Errorf("%d messages were sent into a quota of 100 bytes", sent)
		}
		cancel()
		if err := <-done; err != io.EOF {
			t.Errorf("blocked send got %v after cancel, want io.EOF", err)
		}
	})
}

func TestHealedNetworkIsWhole(t *testing.T) {
	direct(t, "cut *; refuse * 3 times; stall *; latency * for 1s", func(n *Network, conn *Conn) {
		defer conn.Close()
		n.Heal()
		if replies, err := pingPong(context.Background(), conn, 5); replies != 5 || err != nil {
			t.Errorf("healed network gave %d replies, %v, want 5", replies, err)
		}
		for f, times := range n.Fired() {
			if times != 0 {
				t.Errorf("%s fired %d times after the healing", f, times)
			}
		}
	})
}

func TestHealEndsAStall(t *testing.T) {
	direct(t, "stall * up", func(n *Network, conn *Conn) {
		defer conn.Close()
		time.AfterFunc(time.Minute, n.Heal)
		start := time.Now()
		if replies, err := pingPong(context.Background(), conn, 1); replies != 1 || err != nil || time.Since(start) != time.Minute {
			t.Errorf("healed after a minute: %d replies after %v, %v", replies, time.Since(start), err)
		}
	})
}

func TestClosedNetwork(t *testing.T) {
	direct(t, "none", func(n *Network, conn *Conn) {
		stream := exchange(t, context.Background(), conn)
		n.Close()
		n.Close()
		_, err := stream.Recv()
		expectCode(t, "receive", err, codes.Unavailable)
		_, err = conn.NewStream(context.Background(), &grpc.StreamDesc{}, "/x/y")
		expectCode(t, "new stream", err, codes.Unavailable)
		_, err = n.Dial(context.Background(), "remote", "peer")
		expectCode(t, "dial", err, codes.Unavailable)
		synctest.Wait()
		if l := n.Links()[0]; l.Serving || l.Open {
			t.Errorf("link is %+v after Close, want it over", l)
		}
	})
}

func TestWhatCannotBeOpened(t *testing.T) {
	direct(t, "none", func(n *Network, conn *Conn) {
		background := context.Background()
		done, cancel := context.WithCancel(background)
		cancel()
		_, err := n.Dial(background, "remote", "pe er")
		expectCode(t, "dial of a bad name", err, codes.InvalidArgument)
		_, err = n.Dial(done, "remote", "peer")
		expectCode(t, "dial with a done context", err, codes.Canceled)
		nobody, err := n.Dial(background, "remote", "nobody")
		if err != nil {
			t.Fatal(err)
		}
		_, err = remotev1.NewPeerClient(nobody).Exchange(background)
		expectCode(t, "stream to a party that serves nothing", err, codes.Unavailable)
		_, err = remotev1.NewPeerClient(conn).Exchange(done)
		expectCode(t, "stream with a done context", err, codes.Canceled)
		conn.Close()
		_, err = remotev1.NewPeerClient(conn).Exchange(background)
		expectCode(t, "stream on a closed connection", err, codes.Canceled)
		expectCode(t, "second close", conn.Close(), codes.Canceled)
	})
}

func TestMisusePanics(t *testing.T) {
	for name, f := range map[string]func(){
		"invalid plan":     func() { New(Config{Plan: faults.Plan{{}}}) },
		"negative quota":   func() { New(Config{QuotaBytes: -1}) },
		"bad name":         func() { New(Config{}).Server("*") },
		"registered twice": func() { s := New(Config{}).Server("a"); registerPeer(s); registerPeer(s) },
		"wrong type": func() {
			New(Config{}).Server("a").RegisterService(&remotev1.Peer_ServiceDesc, "no server")
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("nothing panicked")
				}
			}()
			f()
		})
	}
}

func registerPeer(s grpc.ServiceRegistrar) { remotev1.RegisterPeerServer(s, echo{}) }

func TestQuotaIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{QuotaBytes: 100})
		defer n.Close()
		registerPeer(n.Server("peer"))
		conn, _ := n.Dial(context.Background(), "remote", "peer")
		defer conn.Close()
		if replies, err := pingPong(context.Background(), conn, 100); replies != 100 || err != nil {
			t.Errorf("%d replies through a quota of 100 bytes, %v, want 100", replies, err)
		}
	})
}

func TestRefusalAtATime(t *testing.T) {
	direct(t, "refuse * 1 times at 1s", func(n *Network, conn *Conn) {
		defer conn.Close()
		for i, want := range []int{1, 0, 1} {
			if replies, _ := pingPong(context.Background(), conn, 1); replies != want {
				t.Errorf("attempt %d had %d replies, want %d", i+1, replies, want)
			}
			time.Sleep(time.Second)
		}
	})
}

// No reset gets through a half-open link: the server goes on until it is cut.
func TestHalfOpenLinkHidesTheReset(t *testing.T) {
	direct(t, "half-open * up after 1 frames", func(n *Network, conn *Conn) {
		ctx, cancel := context.WithCancel(context.Background())
		stream := exchange(t, ctx, conn)
		stream.Send(request(1))
		cancel()
		conn.Close()
		time.Sleep(time.Hour)
		if l := n.Links()[0]; !l.Serving || !l.Open {
			t.Errorf("link is %+v an hour after the cancel, want the server still in it", l)
		}
		n.Heal()
		synctest.Wait()
		if l := n.Links()[0]; l.Serving || l.Open {
			t.Errorf("link is %+v after the healing, want it over", l)
		}
	})
}

func TestHandlersContextErrorIsAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{})
		defer n.Close()
		remotev1.RegisterPeerServer(n.Server("peer"), &keeper{err: context.DeadlineExceeded})
		conn, _ := n.Dial(context.Background(), "remote", "peer")
		defer conn.Close()
		_, err := exchange(t, context.Background(), conn).Recv()
		expectCode(t, "receive", err, codes.DeadlineExceeded)
	})
}

// Breaking a half-open link may take it off the list that Heal goes through.
func TestHealEndsSeveralLinks(t *testing.T) {
	direct(t, "half-open *", func(n *Network, conn *Conn) {
		for range 3 {
			ctx, cancel := context.WithCancel(context.Background())
			exchange(t, ctx, conn)
			cancel()
			synctest.Wait()
		}
		n.Heal()
		synctest.Wait()
		for _, l := range n.Links() {
			if l.Open || l.Serving {
				t.Errorf("%+v, want it ended", l)
			}
		}
		if got := len(n.Links()); got != 3 {
			t.Errorf("%d links, want 3", got)
		}
	})
}
