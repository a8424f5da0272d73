package remote_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

func TestPeerAnswersAllAfterHalfClose(t *testing.T) {
	inBubble(t, func(w *world) {
		c := w.dial()
		defer c.close()
		c.send(opening("raw", 1, 1, 2, 3))
		if err := c.stream.CloseSend(); err != nil {
			t.Fatal(err)
		}
		if n, err := c.end(); !errors.Is(err, io.EOF) || n != 3 {
			t.Fatalf("got %v and %d replies, want the end of the stream and 3", err, n)
		}
	}, func(w *world) {
		w.peerCfg.Handle = second
	})
}

// atOnce returns a function that checks that no time has passed. In a bubble
// keepalive and idle timers would else hide that something waits for ever.
func atOnce(t *testing.T) func() {
	start := time.Now()
	return func() {
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v, want that nothing waits", took)
		}
	}
}

func TestPeerEndsAnIdleLink(t *testing.T) {
	t.Run("half-closed", func(t *testing.T) {
		inBubble(t, func(w *world) {
			c := w.dial()
			defer c.close()
			c.send(opening("raw", 1, 1))
			c.read(1)
			synctest.Wait()
			defer atOnce(t)()
			if err := c.stream.CloseSend(); err != nil {
				t.Fatal(err)
			}
			if _, err := c.end(); !errors.Is(err, io.EOF) {
				t.Fatalf("got %v, want the end of the stream", err)
			}
		})
	})
	t.Run("closed", func(t *testing.T) {
		inBubble(t, func(w *world) {
			c := w.dial()
			defer c.close()
			c.send(opening("raw", 1, 1))
			c.read(1)
			synctest.Wait()
			defer atOnce(t)()
			if err := w.peer.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.end(); status.Code(err) != codes.Unavailable {
				t.Fatalf("got %v", err)
			}
		})
	})
}

// unending hides the end of a stream from its context.
type unending struct{ grpc.ServerStream }

func (s unending) Context() context.Context { return context.WithoutCancel(s.ServerStream.Context()) }

func TestPeerClose(t *testing.T) {
	inBubble(t, func(w *world) {
		silent, busy := w.dial(), w.dial()
		defer silent.close()
		defer busy.close()
		busy.send(opening("raw", 1, 1, 2))
		synctest.Wait()
		done := make(chan error, 2)
		for range 2 {
			go func() { done <- w.peer.Close(context.Background()) }()
		}
		synctest.Wait()
		if _, err := silent.end(); status.Code(err) != codes.Unavailable {
			t.Fatalf("a link without hello: got %v", err)
		}
		late := w.dial()
		defer late.close()
		if _, err := late.end(); status.Code(err) != codes.Unavailable {
			t.Fatalf("a new link: got %v", err)
		}
		n, err := busy.end()
		if status.Code(err) != codes.Unavailable || n != 1 {
			t.Fatalf("got %v and %d replies, want that the running handler ends and its reply is sent", err, n)
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if s := w.peer.Stats(); s.Handled != 1 || s.Links != 0 {
			t.Fatalf("got %+v", s)
		}
		if b, e := w.tracer.count("peer", protocol.KindCloseBegin), w.tracer.count("peer", protocol.KindCloseEnd); b != 1 || e != 1 {
			t.Fatalf("got %d close-begin, %d close-end", b, e)
		}
	}, func(w *world) {
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			time.Sleep(time.Second)
			if err := w.peer.Close(ctx); !errors.Is(err, protocol.ErrInDispatch) {
				t.Errorf("Close within a handler: got %v", err)
			}
			return nil, nil
		}
	})
}

func TestPeerCloseCancelsHandlers(t *testing.T) {
	inBubble(t, func(w *world) {
		c := w.dial()
		defer c.close()
		c.send(opening("raw", 1, 1))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		if err := w.peer.Close(ctx); err != nil {
			t.Fatalf("the handler honours its ctx: got %v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Fatalf("took %v", took)
		}
	}, func(w *world) {
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
}

// lingering is the stream of a server whose Recv takes a second to return its
// error.
type lingering struct {
	grpc.ServerStream
	returned *bool
}

func (s lingering) RecvMsg(m any) error {
	err := s.ServerStream.RecvMsg(m)
	if err != nil {
		time.Sleep(time.Second)
		*s.returned = true
	}
	return err
}

func TestPeerCloseLeavesOnlyHandlers(t *testing.T) {
	returned := false
	var release stubborn
	inBubble(t, func(w *world) {
		release = make(stubborn)
		c := w.dial()
		defer c.close()
		c.send(opening("raw", 1, 1))
		synctest.Wait()
		patient := make(chan error, 1)
		go func() { patient <- w.peer.Close(context.Background()) }()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err := w.peer.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `1 handlers are still running: remote "raw" seq 1`) {
			t.Fatalf("got %v", err)
		}
		if !returned {
			t.Fatal("Close returned before the reader did")
		}
		if other := <-patient; other != err {
			t.Fatalf("the other Close returned %v, want the same", other)
		}
		close(release)
	}, func(w *world) {
		w.serverOptions = []grpc.ServerOption{grpc.StreamInterceptor(
			func(srv any, s grpc.ServerStream, _ *grpc.StreamServerInfo, h grpc.StreamHandler) error {
				return h(srv, lingering{s, &returned})
			})}
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) { return release.handle(ctx, m) }
	})
}
