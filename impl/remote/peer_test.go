package remote_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// raw is a client that says what it likes.
type raw struct {
	t      *testing.T
	stream grpc.BidiStreamingClient[remotev1.PeerRequest, remotev1.PeerReply]
	cancel context.CancelFunc
	conn   remote.Conn
}

// dial opens a stream to the peer of w, past its Remote.
func (w *world) dial() *raw {
	w.t.Helper()
	conn, err := w.connect(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := remotev1.NewPeerClient(conn).Exchange(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return &raw{w.t, stream, cancel, conn}
}

func (c *raw) close() {
	c.cancel()
	c.conn.Close()
}

func (c *raw) send(q *remotev1.PeerRequest) {
	c.t.Helper()
	if err := c.stream.Send(q); err != nil {
		c.t.Fatal(err)
	}
}

// read returns the welcome and the first n replies.
func (c *raw) read(n int) (welcome *remotev1.Welcome, replies []uint64) {
	c.t.Helper()
	for welcome == nil || len(replies) < n {
		f, err := c.stream.Recv()
		if err != nil {
			c.t.Fatal(err)
		}
		if f.Welcome != nil {
			welcome = f.Welcome
		}
		for _, r := range f.Replies {
			replies = append(replies, r.Seq)
		}
	}
	return welcome, replies
}

// end reads until the stream ends and returns how many replies came, and its
// status.
func (c *raw) end() (int, error) {
	for n := 0; ; {
		f, err := c.stream.Recv()
		if err != nil {
			return n, err
		}
		n += len(f.Replies)
	}
}

// opening is the first frame of a link.
func opening(id string, epoch uint64, seqs ...uint64) *remotev1.PeerRequest {
	q := messages(seqs...)
	q.Hello = &remotev1.Hello{RemoteId: id, Incarnation: 1, Epoch: epoch, Delivery: remotev1.Delivery_DELIVERY_AT_MOST_ONCE}
	return q
}

func messages(seqs ...uint64) *remotev1.PeerRequest {
	q := &remotev1.PeerRequest{}
	for _, s := range seqs {
		q.Messages = append(q.Messages, &remotev1.Message{Seq: s, Payload: []byte(fmt.Sprint(s))})
	}
	return q
}

func TestPeerRefuses(t *testing.T) {
	change := func(f func(*remotev1.Hello)) []*remotev1.PeerRequest {
		q := opening("raw", 7, 1)
		f(q.Hello)
		return []*remotev1.PeerRequest{q}
	}
	tooMany := opening("raw", 7)
	tooMany.Messages = make([]*remotev1.Message, protocol.FrameMessages.Max+1)
	for i := range tooMany.Messages {
		tooMany.Messages[i] = &remotev1.Message{}
	}
	large := opening("raw", 7, 1)
	large.Messages[0].Payload = make([]byte, 101)
	for name, c := range map[string]struct {
		frames []*remotev1.PeerRequest
		code   codes.Code
		text   string
	}{
		"no hello":          {[]*remotev1.PeerRequest{messages(1)}, codes.InvalidArgument, "carries no hello"},
		"no id":             {change(func(h *remotev1.Hello) { h.RemoteId = "" }), codes.InvalidArgument, "remote id is empty"},
		"long id":           {change(func(h *remotev1.Hello) { h.RemoteId = strings.Repeat("x", 257) }), codes.InvalidArgument, "has 257 bytes"},
		"no epoch":          {change(func(h *remotev1.Hello) { h.Epoch = 0 }), codes.InvalidArgument, "epoch is 0"},
		"no delivery":       {change(func(h *remotev1.Hello) { h.Delivery = 0 }), codes.InvalidArgument, "want at-most-once"},
		"resume":            {change(func(h *remotev1.Hello) { h.Delivery = remotev1.Delivery_DELIVERY_RESUME }), codes.Unimplemented, "delivery is resume"},
		"old epoch":         {change(func(h *remotev1.Hello) { h.RemoteId, h.Epoch = "known", 5 }), codes.FailedPrecondition, "epoch of hello is 5, want above 5"},
		"second hello":      {[]*remotev1.PeerRequest{opening("raw", 7), opening("raw", 8)}, codes.InvalidArgument, "not the first"},
		"too many messages": {[]*remotev1.PeerRequest{tooMany}, codes.InvalidArgument, "frame has 65537 messages"},
		"large message":     {[]*remotev1.PeerRequest{large}, codes.InvalidArgument, "has 101 bytes, want at most 100"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				known := w.dial()
				defer known.close()
				known.send(opening("known", 5, 1))
				known.read(1)
				client := w.dial()
				defer client.close()
				for _, f := range c.frames {
					client.send(f)
				}
				replies, err := client.end()
				if status.Code(err) != c.code || !strings.Contains(err.Error(), c.text) || replies != 0 {
					t.Fatalf("got %v and %d replies, want %v with %q", err, replies, c.code, c.text)
				}
				synctest.Wait()
				if s := w.peer.Stats(); s.Rejected != 1 || s.Links != 1 || s.Handled != 1 {
					t.Fatalf("got %+v", s)
				}
				// Nobody else is touched.
				known.send(messages(2))
				if f, err := known.stream.Recv(); err != nil || f.Replies[0].Seq != 2 {
					t.Fatalf("got %v, %v", f, err)
				}
			}, func(w *world) { w.peerCfg.MessageBytes = 100 })
		})
	}
}

func TestPeerIgnoresRepetitions(t *testing.T) {
	inBubble(t, func(w *world) {
		c := w.dial()
		defer c.close()
		c.send(opening("raw", 1, 1, 3, 3, 2, 1, 0, 4))
		_, replies := c.read(3)
		synctest.Wait()
		if want := []uint64{1, 3, 4}; !slices.Equal(replies, want) || !slices.Equal(w.begun(), want) {
			t.Fatalf("got replies %v, handled %v, want %v", replies, w.begun(), want)
		}
		if s := w.peer.Stats(); s.Rejected != 4 {
			t.Fatalf("got %+v", s)
		}
		next := w.dial()
		defer next.close()
		next.send(opening("raw", 2, 4, 5))
		welcome, replies := next.read(1)
		if welcome.LastHandled != 4 || !slices.Equal(replies, []uint64{5}) {
			t.Fatalf("got %v, replies %v", welcome, replies)
		}
	})
}

func TestHelloSupersedes(t *testing.T) {
	var release stubborn
	inBubble(t, func(w *world) {
		release = make(stubborn)
		old := w.dial()
		defer old.close()
		old.send(opening("raw", 1, 1, 2, 3))
		synctest.Wait()
		next := w.dial()
		defer next.close()
		next.send(opening("raw", 2, 4))
		synctest.Wait()
		if n, err := old.end(); status.Code(err) != codes.Aborted || n != 0 {
			t.Fatalf("old link: got %v and %d replies", err, n)
		}
		if got := w.begun(); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("handled %v while the handler of the old link is running", got)
		}
		close(release)
		if welcome, replies := next.read(1); welcome.LastHandled != 1 || !slices.Equal(replies, []uint64{4}) {
			t.Fatalf("got %v, replies %v", welcome, replies)
		}
		if got := w.begun(); !slices.Equal(got, []uint64{1, 4}) {
			t.Fatalf("handled %v, want that what the old link brought was dropped", got)
		}
		var text []string
		for _, e := range w.tracer.of("peer", protocol.KindHello, protocol.KindLinkDown, protocol.KindHandleBegin, protocol.KindHandleEnd, protocol.KindReply) {
			e.Digest = 0
			text = append(text, e.String())
		}
		want := []string{
			"hello party=peer epoch=1", "handle-begin party=peer epoch=1 seq=1", "link-down party=peer epoch=1 reason=superseded",
			"hello party=peer epoch=2", "handle-end party=peer epoch=1 seq=1", "handle-begin party=peer epoch=2 seq=4",
			"handle-end party=peer epoch=2 seq=4", "reply party=peer epoch=2 seq=4",
		}
		if !slices.Equal(text, want) {
			t.Fatalf("got events\n%s\nwant\n%s", strings.Join(text, "\n"), strings.Join(want, "\n"))
		}
	}, func(w *world) {
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) { return release.handle(ctx, m) }
	})
}

func TestPeerStopsReadingAtTheBound(t *testing.T) {
	var release stubborn
	inBubble(t, func(w *world) {
		release = make(stubborn)
		c := w.dial()
		defer c.close()
		sent := 0
		go func() {
			q := opening("raw", 1)
			for i := range uint64(1000) {
				q.Messages = append(q.Messages, &remotev1.Message{Seq: i + 1, Payload: make([]byte, 1000)})
				if c.stream.Send(q) != nil {
					return
				}
				q = &remotev1.PeerRequest{}
				sent++
			}
		}()
		synctest.Wait()
		if sent > 300 {
			t.Fatalf("the peer took %d messages of 1000 bytes with a dead handler and a queue of 4", sent)
		}
		// The reader waits for room, and still the loss of the link is noticed.
		c.close()
		synctest.Wait()
		if s := w.peer.Stats(); s.Links != 0 || s.Handling != 1 {
			t.Fatalf("got %+v", s)
		}
		close(release)
		synctest.Wait()
		if s := w.peer.Stats(); s.Handled != 1 || s.Handling != 0 {
			t.Fatalf("got %+v", s)
		}
	}, func(w *world) {
		w.peerCfg.Queue = 4
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) { return release.handle(ctx, m) }
	})
}

func TestPeerStopsHandlingForAClientThatDoesNotRead(t *testing.T) {
	inBubble(t, func(w *world) {
		c := w.dial()
		defer c.close()
		go func() {
			q := opening("raw", 1)
			for i := range uint64(1000) {
				q.Messages = append(q.Messages, &remotev1.Message{Seq: i + 1})
				if c.stream.Send(q) != nil {
					return
				}
				q = &remotev1.PeerRequest{}
			}
		}()
		synctest.Wait()
		if s := w.peer.Stats(); s.Handled < 4 || s.Handled > 300 {
			t.Fatalf("got %+v", s)
		}
		if _, replies := c.read(1000); len(replies) != 1000 || !slices.IsSorted(replies) {
			t.Fatalf("got %d replies", len(replies))
		}
	}, func(w *world) {
		w.peerCfg.Queue, w.peerCfg.FrameMessages = 4, 2
		w.peerCfg.Handle = func(context.Context, remote.Message) ([]byte, error) { return make([]byte, 1000), nil }
	})
}

func TestSupersedingCancelsTheHandler(t *testing.T) {
	inBubble(t, func(w *world) {
		old, next := w.dial(), w.dial()
		defer old.close()
		defer next.close()
		old.send(opening("raw", 1, 1))
		synctest.Wait()
		next.send(opening("raw", 2))
		synctest.Wait()
		if s := w.peer.Stats(); s.Handling != 0 || s.Links != 1 {
			t.Fatalf("got %+v", s)
		}
	}, func(w *world) {
		w.serverOptions = []grpc.ServerOption{grpc.StreamInterceptor(
			func(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, h grpc.StreamHandler) error {
				return h(srv, unending{s})
			})}
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
}

func TestSessionsAreBounded(t *testing.T) {
	inBubble(t, func(w *world) {
		clients := make(map[string]*raw)
		hello := func(id string, epoch uint64) (*remotev1.Welcome, error) {
			t.Helper()
			c := w.dial()
			c.send(opening(id, epoch))
			f, err := c.stream.Recv()
			if err != nil {
				c.close()
				return nil, err
			}
			clients[id] = c
			return f.Welcome, nil
		}
		first, err := hello("1", 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hello("2", 1); err != nil {
			t.Fatal(err)
		}
		if _, err := hello("3", 1); status.Code(err) != codes.ResourceExhausted {
			t.Fatalf("got %v, want that all sessions are in use", err)
		}
		clients["2"].close()
		synctest.Wait()
		clients["1"].close()
		synctest.Wait()
		if again, err := hello("1", 2); err != nil || again.MemoryId != first.MemoryId {
			t.Fatalf("got %v, %v, want that the session is remembered", again, err)
		}
		clients["1"].close()
		synctest.Wait()
		// Session 2 has been idle for longest.
		if _, err := hello("3", 1); err != nil {
			t.Fatal(err)
		}
		if again, err := hello("1", 3); err != nil || again.MemoryId != first.MemoryId {
			t.Fatalf("got %v, %v, want that the session is remembered", again, err)
		}
		for _, c := range clients {
			c.close()
		}
		if s := w.peer.Stats(); s.Sessions != 2 {
			t.Fatalf("got %+v", s)
		}
	}, func(w *world) { w.peerCfg.Sessions = 2 })
}

func TestStreamsWithoutHelloAreBounded(t *testing.T) {
	inBubble(t, func(w *world) {
		var silent []*raw
		for range 2 {
			silent = append(silent, w.dial())
		}
		synctest.Wait()
		c := w.dial()
		if _, err := c.end(); status.Code(err) != codes.ResourceExhausted {
			t.Fatalf("got %v", err)
		}
		c.close()
		for _, s := range silent {
			s.close()
		}
		synctest.Wait()
		c = w.dial()
		defer c.close()
		c.send(opening("raw", 1, 1))
		c.read(1)
	}, func(w *world) { w.peerCfg.Sessions = 2 })
}

// TestRemoteAgainstAPeerThatBreaksTheProtocol lets a server say what it likes.
func TestRemoteAgainstAPeerThatBreaksTheProtocol(t *testing.T) {
	inBubble(t, func(w *world) {
		w.send("1")
		synctest.Wait()
		if got := w.got(); len(got) != 1 || got[0].Outcome != protocol.Unknown || got[0].Reason != protocol.LinkLost {
			t.Fatalf("got %+v", got)
		}
		down := w.tracer.of("remote", protocol.KindLinkDown)
		if len(down) != 1 || down[0].Reason != protocol.Invalid {
			t.Fatalf("got %v", down)
		}
	}, func(w *world) {
		connect := w.config.Connect
		w.config.Connect = func(ctx context.Context) (remote.Conn, error) {
			cc, err := connect(ctx)
			return lyingConn{cc}, err
		}
	})
}

// lyingConn shifts the seq of every reply.
type lyingConn struct{ remote.Conn }

func (c lyingConn) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := c.Conn.NewStream(ctx, d, method, opts...)
	return lyingStream{s}, err
}

type lyingStream struct{ grpc.ClientStream }

func (s lyingStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if f, ok := m.(*remotev1.PeerReply); ok && err == nil {
		for _, r := range f.Replies {
			r.Seq += 100
		}
	}
	return err
}
