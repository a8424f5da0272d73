package simnet

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/weir-dev/weir/protocol/remotev1"
)

func TestConcurrentReceive(t *testing.T) {
	if underRace {
		t.Skip("the race detector reports the overlap and fails the test")
	}
	script{caller: func(th *theatre, conn *Conn) {
		stream := exchange(t, context.Background(), conn)
		th.s.Go("other", func() { stream.Recv() })
		_, err := stream.Recv()
		if err != nil { // the other was first
			expectCode(t, "second receive", err, codes.Internal)
		}
		conn.Close()
	}, server: silent{}, after: func(th *theatre) {
		expectBreaches(t, th.n, ConcurrentRecv)
	}}.play(t)
}

// A send waits only while the quota is used up: then the overlap is seen.
func TestConcurrentSend(t *testing.T) {
	if underRace {
		t.Skip("the race detector reports the overlap and fails the test")
	}
	script{quota: 10, caller: func(th *theatre, conn *Conn) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		stream := exchange(t, ctx, conn)
		stream.Send(request(1))
		th.s.Go("other", func() { stream.Send(request(2)) })
		stream.Send(request(3))
		conn.Close()
	}, server: silent{}, after: func(th *theatre) {
		expectBreaches(t, th.n, ConcurrentSend)
	}}.play(t)
}

func TestSendAfterCloseSend(t *testing.T) {
	direct(t, "none", func(n *Network, conn *Conn) {
		stream := exchange(t, context.Background(), conn)
		stream.CloseSend()
		if err := stream.CloseSend(); err != nil {
			t.Errorf("second CloseSend got %v, want nil", err)
		}
		expectCode(t, "send after CloseSend", stream.Send(request(1)), codes.Internal)
		expectBreaches(t, n, SendAfterClose)
		conn.Close()
	})
}

// keeper hands its stream out.
type keeper struct {
	remotev1.UnimplementedPeerServer
	stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]
	err    error // what it returns
}

func (k *keeper) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	k.stream = stream
	return k.err
}

func TestHandlersSendAfterReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{})
		k := &keeper{err: errors.New("no")}
		remotev1.RegisterPeerServer(n.Server("peer"), k)
		conn, _ := n.Dial(context.Background(), "remote", "peer")
		stream := exchange(t, context.Background(), conn)
		_, err := stream.Recv()
		expectCode(t, "receive from a handler that fails", err, codes.Unknown)
		expectCode(t, "send after return", k.stream.Send(&remotev1.PeerReply{}), codes.Canceled)
		conn.Close()
		n.Close()
		expectBreaches(t, n)
	})
}

func TestMessageTouched(t *testing.T) {
	touch := func(change bool) []BreachKind {
		var kinds []BreachKind
		script{caller: func(th *theatre, conn *Conn) {
			stream := exchange(t, context.Background(), conn)
			m := request(1)
			stream.Send(m)
			if change {
				m.Messages[0].Payload[0] = 'x'
			}
			reply, err := stream.Recv()
			if err != nil || string(reply.Replies[0].Payload) != "m1" {
				t.Errorf("reply is %v, %v, want the message as it was sent", reply, err)
			}
			for _, b := range th.n.Breaches() {
				kinds = append(kinds, b.Kind)
			}
			conn.Close()
		}}.play(t)
		return kinds
	}
	if got := touch(false); len(got) != 0 {
		t.Errorf("untouched message gave %v", got)
	}
	if got := touch(true); len(got) != 1 || got[0] != MessageTouched {
		t.Errorf("touched message gave %v, want it noticed once", got)
	}
}

func TestLeaks(t *testing.T) {
	for name, c := range map[string]struct {
		leave func(stream peerStream, conn *Conn, cancel func())
		want  []BreachKind
	}{
		"nothing done":        {func(peerStream, *Conn, func()) {}, []BreachKind{LeakedStream, LeakedConn}},
		"only CloseSend":      {func(s peerStream, _ *Conn, _ func()) { s.CloseSend() }, []BreachKind{LeakedStream, LeakedConn}},
		"only cancelled":      {func(_ peerStream, _ *Conn, cancel func()) { cancel() }, []BreachKind{LeakedConn}},
		"connection closed":   {func(_ peerStream, conn *Conn, _ func()) { conn.Close() }, nil},
		"drained, not closed": {func(s peerStream, _ *Conn, _ func()) { s.CloseSend(); s.Recv() }, []BreachKind{LeakedConn}},
	} {
		t.Run(name, func(t *testing.T) {
			direct(t, "none", func(n *Network, conn *Conn) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				c.leave(exchange(t, ctx, conn), conn, cancel)
				n.Close()
				expectBreaches(t, n, c.want...)
			})
		})
	}
}

// silent takes no message until its stream ends.
type silent struct {
	remotev1.UnimplementedPeerServer
}

func (silent) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	<-stream.Context().Done()
	return stream.Context().Err()
}

// dice is a codec that gives other bytes each time.
type dice struct{ rolled byte }

func (d *dice) Marshal(any) ([]byte, error) { d.rolled++; return []byte{d.rolled}, nil }
func (*dice) Unmarshal([]byte, any) error   { return nil }

func TestUnsteadyCodecBlamesNobody(t *testing.T) {
	c := codecV1(new(dice))
	sent, _ := c.marshal(nil)
	if c.touched(nil, sent) {
		t.Error("a codec that gives other bytes each time took the message for touched")
	}
}
