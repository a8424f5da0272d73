package simnet

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/protocol/remotev1"
)

func TestScheduledExchange(t *testing.T) {
	steps := script{caller: func(th *theatre, conn *Conn) {
		defer conn.Close()
		stream := exchange(t, context.Background(), conn)
		stream.Send(request(1))
		stream.CloseSend()
		if _, err := stream.Recv(); err != nil {
			t.Errorf("first receive got %v, want a reply", err)
		}
		if _, err := stream.Recv(); err != io.EOF {
			t.Errorf("second receive got %v, want io.EOF", err)
		}
	}}.play(t)
	want := []string{
		"caller#1 start",
		"caller#1 dial remote->peer",
		"caller#1 open remote->peer",
		"accept remote->peer#1",
		"peer.serve#1 start",
		"deliver remote->peer#1 up 1",
		"peer.serve#1 recv remote->peer#1 up",
		"close remote->peer#1 up",
		"peer.serve#1 recv remote->peer#1 up",
		"deliver remote->peer#1 down 1",
		"caller#1 recv remote->peer#1 down",
		"close remote->peer#1 down",
		"caller#1 recv remote->peer#1 down",
	}
	if !slices.Equal(steps, want) {
		t.Errorf("steps\n%q, want\n%q", steps, want)
	}
}

func TestChosenCutTellsEachEndOnItsOwn(t *testing.T) {
	var server error
	script{
		plan:   "cut remote->peer#1 when chosen",
		wants:  []string{"deliver remote->peer#1 up 1", "cut remote->peer#1", "break remote->peer#1 at server", "break remote->peer#1 at client"},
		server: echo{ended: func(err error) { server = err }},
		caller: func(th *theatre, conn *Conn) {
			stream := exchange(t, context.Background(), conn)
			stream.Send(request(1))
			stream.Send(request(2))
			_, err := stream.Recv()
			expectCode(t, "receive on a link that was cut", err, codes.Unavailable)
			if want := "link lost: remote->peer#1"; status.Convert(err).Message() != want {
				t.Errorf("message is %q, want %q", status.Convert(err).Message(), want)
			}
			if err := stream.Send(request(3)); err != io.EOF {
				t.Errorf("send after the break got %v, want io.EOF", err)
			}
			conn.Close()
		},
		after: func(th *theatre) {
			expectCode(t, "server's handler", server, codes.Canceled)
			l := th.n.Links()[0]
			if l.Open || l.Serving || l.UpSent != 2 || l.UpArrived != 1 {
				t.Errorf("link is %+v, want it over with 1 of 2 messages arrived", l)
			}
			if n := th.n.Fired()["cut remote->peer#1 when chosen"]; n != 1 {
				t.Errorf("cut fired %d times, want once", n)
			}
			expectBreaches(t, th.n)
		},
	}.play(t)
}

func TestResetMayOvertake(t *testing.T) {
	script{
		wants: []string{"accept remote->peer#1", "reset remote->peer#1 at server"},
		caller: func(th *theatre, conn *Conn) {
			ctx, cancel := context.WithCancel(context.Background())
			stream := exchange(t, ctx, conn)
			stream.Send(request(1))
			cancel()
			_, err := stream.Recv()
			expectCode(t, "receive after cancel", err, codes.Canceled)
			conn.Close()
		},
		after: func(th *theatre) {
			if l := th.n.Links()[0]; l.UpArrived != 0 || l.Open || l.Serving {
				t.Errorf("link is %+v, want it over and nothing arrived", l)
			}
		},
	}.play(t)
}

func TestChosenRefusal(t *testing.T) {
	script{
		plan:  "refuse remote->peer 1 times when chosen",
		wants: []string{"refuse remote->peer 1 times"},
		caller: func(th *theatre, conn *Conn) {
			client := remotev1.NewPeerClient(conn)
			_, err := client.Exchange(context.Background())
			expectCode(t, "refused stream", err, codes.Unavailable)
			if _, err := client.Exchange(context.Background()); err != nil {
				t.Errorf("stream after the refusal got %v", err)
			}
			conn.Close()
		},
	}.play(t)
}

// What a server sends to a client that has given up isn't delivered.
func TestNothingArrivesAtAClientThatGaveUp(t *testing.T) {
	steps := script{
		wants: []string{"deliver remote->peer#1 up 1"},
		caller: func(th *theatre, conn *Conn) {
			ctx, cancel := context.WithCancel(context.Background())
			stream := exchange(t, ctx, conn)
			stream.Send(request(1))
			cancel()
			schedule.Await("the delivery", func() bool { return th.n.Links()[0].UpArrived == 1 })
			schedule.Await("the reply", func() bool { return th.n.Links()[0].DownSent == 1 || !th.n.Links()[0].Serving })
			conn.Close()
		},
		after: func(*theatre) {},
	}.play(t)
	for _, step := range steps {
		if strings.Contains(step, "#1 down") {
			t.Errorf("step %q in %q, want nothing down", step, steps)
		}
	}
}

// The caller waits in virtual time, while nothing is enabled: the network has
// to wake the scheduler when time makes something possible.
func TestTimeWakesTheScheduler(t *testing.T) {
	for _, c := range []struct {
		plan string
		code codes.Code
		took time.Duration
	}{
		{"delay remote->peer down for 3s", codes.OK, 3 * time.Second},
		{"latency remote->peer for 1s", codes.OK, 2 * time.Second}, // one each way
		{"stall remote->peer up for 2s", codes.OK, 2 * time.Second},
		{"half-open remote->peer up for 4s", codes.Unavailable, 4 * time.Second},
		{"half-open remote->peer down", codes.DeadlineExceeded, 5 * time.Second},
		{"half-open remote->peer", codes.DeadlineExceeded, 5 * time.Second}, // the server never hears of it
		{"cut remote->peer at 1s; stall * up", codes.Unavailable, time.Second},
	} {
		t.Run(c.plan, func(t *testing.T) {
			script{plan: c.plan, caller: func(th *theatre, conn *Conn) {
				defer conn.Close()
				start := time.Now()
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				defer cancel()
				stream := exchange(t, ctx, conn)
				stream.Send(request(1))
				_, err := stream.Recv()
				expectCode(t, "receive", err, c.code)
				if d := time.Since(start); d != c.took {
					t.Errorf("receive took %v, want %v", d, c.took)
				}
			}}.play(t)
		})
	}
}

func TestHealBreaksHalfOpenLinks(t *testing.T) {
	script{plan: "half-open * up; refuse * 1 times; cut * when chosen", caller: func(th *theatre, conn *Conn) {
		defer conn.Close()
		client := remotev1.NewPeerClient(conn)
		_, err := client.Exchange(context.Background())
		expectCode(t, "refused stream", err, codes.Unavailable)
		stream := exchange(t, context.Background(), conn)
		stream.Send(request(1))
		th.n.Heal()
		_, err = stream.Recv()
		expectCode(t, "receive on a healed half-open link", err, codes.Unavailable)
		stream = exchange(t, context.Background(), conn)
		stream.Send(request(1))
		if _, err := stream.Recv(); err != nil {
			t.Errorf("receive on a new link got %v", err)
		}
	}}.play(t)
}

// busy makes many streams with many messages and checks what each invariant
// allows: what arrives is a prefix of what was sent, in order, and all of it
// when the link wasn't lost.
func busy(t *testing.T, th *theatre, conn *Conn) {
	const messages = 5
	for range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		stream, err := remotev1.NewPeerClient(conn).Exchange(ctx)
		if err != nil {
			cancel()
			continue
		}
		for i := range uint64(messages) {
			stream.Send(request(i))
		}
		stream.CloseSend()
		for i := range uint64(messages + 1) {
			reply, err := stream.Recv()
			if err == io.EOF && i != messages {
				t.Errorf("stream ended well after %d replies, want %d", i, messages)
			}
			if err != nil {
				break
			}
			if seqOf(reply) != i {
				t.Errorf("reply %d came, want %d", seqOf(reply), i)
			}
		}
		cancel()
	}
	conn.Close()
}

func TestRandomSchedules(t *testing.T) {
	const faults = "cut * when chosen; half-open * down when chosen for 1s; refuse * 1 times when chosen; delay * up when chosen for 1ms; stall * down when chosen for 1ms"
	fired := map[string]int{}
	different := map[string]bool{}
	for seed := range uint64(60) {
		sc := script{plan: faults, chooser: schedule.Random(seed), caller: func(th *theatre, conn *Conn) {
			busy(t, th, conn)
		}, after: func(th *theatre) {
			for name, n := range th.n.Fired() {
				fired[name] += n
			}
			for _, l := range th.n.Links() {
				if l.Open || l.Serving {
					t.Errorf("seed %d: %v is %+v at rest, want it over", seed, l, l)
				}
			}
			expectBreaches(t, th.n)
		}}
		steps := sc.play(t)
		sc.chooser = schedule.Random(seed)
		if again := sc.play(t); !slices.Equal(steps, again) {
			t.Fatalf("seed %d: steps\n%q, then\n%q", seed, steps, again)
		}
		different[fmt.Sprint(steps)] = true
	}
	for _, name := range strings.Split(faults, "; ") {
		if fired[plan(t, name).String()] == 0 {
			t.Errorf("%q never fired: %v", name, fired)
		}
	}
	if len(different) < 50 {
		t.Errorf("60 seeds gave %d different runs", len(different))
	}
}

// A handler that doesn't look at its stream is left behind at rest, and the
// network says so.
func TestHandlerThatOutlivesItsLink(t *testing.T) {
	script{
		server: stubborn{},
		caller: func(th *theatre, conn *Conn) {
			ctx, cancel := context.WithCancel(context.Background())
			exchange(t, ctx, conn)
			schedule.Point("let the handler start")
			cancel()
			conn.Close()
		},
		wants: []string{"accept remote->peer#1"},
		after: func(th *theatre) {
			if l := th.n.Links()[0]; l.Open || !l.Serving {
				t.Errorf("link is %+v, want a handler that serves no open link", l)
			}
		},
	}.play(t)
}

type stubborn struct {
	remotev1.UnimplementedPeerServer
}

func (stubborn) Exchange(grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	schedule.Await("something that never comes", func() bool { return false })
	return nil
}

// lateEcho answers on a goroutine of its own, which wakes up by a timer, sends,
// and ends without ever reaching a point.
type lateEcho struct {
	remotev1.UnimplementedPeerServer
}

func (lateEcho) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	in, err := stream.Recv()
	if err != nil {
		return err
	}
	sent := make(chan error)
	go func() {
		time.Sleep(10 * time.Millisecond)
		sent <- stream.Send(&remotev1.PeerReply{Replies: []*remotev1.Reply{{Seq: in.Messages[0].Seq}}})
		<-stream.Context().Done()
		sent <- nil
	}()
	if err := <-sent; err != nil {
		return err
	}
	return <-sent
}

func TestSendWithoutAPointIsNoticed(t *testing.T) {
	script{server: lateEcho{}, caller: func(th *theatre, conn *Conn) {
		defer conn.Close()
		start := time.Now()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stream := exchange(t, ctx, conn)
		stream.Send(request(1))
		if _, err := stream.Recv(); err != nil {
			t.Errorf("receive got %v, want a reply", err)
		}
		if took := time.Since(start); took != 10*time.Millisecond {
			t.Errorf("receive took %v, want 10ms: the scheduler did not notice the send", took)
		}
	}}.play(t)
}

// What looks at the network right after a context was cancelled sees the stream
// ended, whenever the context's own callback runs.
func TestCancelledIsSeenAtOnce(t *testing.T) {
	script{caller: func(th *theatre, conn *Conn) {
		defer conn.Close()
		ctx, cancel := context.WithCancel(context.Background())
		gone := exchange(t, ctx, conn)
		kept := exchange(t, context.Background(), conn)
		cancel()
		if links := th.n.Links(); len(links) != 2 || !links[0].Finished || links[1].Finished {
			t.Errorf("links are %+v, want the first finished and the second not", links)
		}
		expectCode(t, "receive on what was cancelled", gone.RecvMsg(&remotev1.PeerReply{}), codes.Canceled)
		kept.CloseSend()
		if _, err := kept.Recv(); err != io.EOF {
			t.Errorf("receive got %v, want io.EOF", err)
		}
	}}.play(t)
}
