package remote_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

func TestLostLinkEndsWhatIsInFlight(t *testing.T) {
	inBubble(t, func(w *world) {
		w.send("1", "2", "3")
		synctest.Wait()
		w.cut()
		synctest.Wait()
		got := w.got()
		if len(got) != 3 {
			t.Fatalf("got %d results, want 3", len(got))
		}
		for _, r := range got {
			if r.Outcome != protocol.Unknown || r.Reason != protocol.LinkLost {
				t.Fatalf("got %+v", r)
			}
		}
		if got := w.begun(); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("handled %v, want that the loss cancels 1 and begins nothing more", got)
		}
		if s := w.peer.Stats(); s.Handling != 0 || s.Links != 0 || s.Sessions != 1 {
			t.Fatalf("got %+v", s)
		}
	}, func(w *world) {
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
}

func TestNextMessageBeginsOnlyAfterTheHandlerOfALostLinkReturned(t *testing.T) {
	release := make(chan stubborn, 1)
	inBubble(t, func(w *world) {
		s := make(stubborn)
		release <- s
		w.send("1")
		synctest.Wait()
		w.cut()
		synctest.Wait()
		time.Sleep(time.Minute)
		w.send("2")
		synctest.Wait()
		if got := w.begun(); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("handled %v while 1 is running", got)
		}
		if s := w.peer.Stats(); s.Links != 1 || s.Handling != 1 {
			t.Fatalf("got %+v", s)
		}
		close(s)
		synctest.Wait()
		got := w.got()
		if len(got) != 2 || got[0].Outcome != protocol.Unknown || got[1].Outcome != protocol.Replied {
			t.Fatalf("got %+v", got)
		}
	}, func(w *world) {
		var s stubborn
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			if s == nil {
				s = <-release
			}
			return s.handle(ctx, m)
		}
	})
}

func TestOfflineEndsNotSent(t *testing.T) {
	inBubble(t, func(w *world) {
		w.setOffline(true)
		w.send("trigger")
		synctest.Wait()
		w.send("behind")
		synctest.Wait()
		time.Sleep(time.Hour)
		w.send("trigger")
		synctest.Wait()
		got := w.got()
		for _, r := range got {
			if r.Outcome != protocol.NotSent || r.Reason != protocol.Offline {
				t.Fatalf("got %+v", r)
			}
		}
		if s := w.remote.Stats(); len(got) != 3 || s.Connects != 2 || s.Links != 0 {
			t.Fatalf("got %d results, %+v", len(got), s)
		}
		w.setOffline(false)
		time.Sleep(time.Hour)
		w.send("on")
		synctest.Wait()
		if got := w.got(); len(got) != 4 || got[3].Outcome != protocol.Replied {
			t.Fatalf("got %+v", got)
		}
	}, func(w *world) { w.config.Rand = func() uint64 { return 1 << 63 } })
}

func TestAttemptsKeepTheDelayThatWasDrawn(t *testing.T) {
	inBubble(t, func(w *world) {
		w.setOffline(true)
		for range 200 {
			w.send("x")
			time.Sleep(7 * time.Millisecond)
		}
		synctest.Wait()
		var until time.Time
		attempts := 0
		for i, e := range w.tracer.events {
			switch e.Kind {
			case protocol.KindConnect:
				attempts++
				if w.tracer.times[i].Before(until) {
					t.Fatalf("attempt %d began %v too early", e.Epoch, until.Sub(w.tracer.times[i]))
				}
			case protocol.KindLinkDown:
				until = w.tracer.times[i].Add(time.Duration(e.Value))
			}
		}
		if attempts < 5 || attempts > 100 {
			t.Fatalf("got %d attempts in 1.4 s", attempts)
		}
	})
}

func TestConnectTimeoutBoundsTheAttempt(t *testing.T) {
	for name, connect := range map[string]func(w *world) func(context.Context) (remote.Conn, error){
		"connect hangs": func(*world) func(context.Context) (remote.Conn, error) {
			return func(ctx context.Context) (remote.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
		},
		"dialling hangs": func(*world) func(context.Context) (remote.Conn, error) {
			return func(context.Context) (remote.Conn, error) {
				return grpc.NewClient("passthrough:///peer", grpc.WithTransportCredentials(insecure.NewCredentials()),
					grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }))
			}
		},
		"connect panics": func(*world) func(context.Context) (remote.Conn, error) {
			return func(context.Context) (remote.Conn, error) { panic("no") }
		},
		"connect is lazy": func(*world) func(context.Context) (remote.Conn, error) {
			return func(context.Context) (remote.Conn, error) { return nil, nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				w.send("x")
				time.Sleep(time.Second)
				synctest.Wait()
				if got := w.got(); len(got) != 1 || got[0].Outcome != protocol.NotSent {
					t.Fatalf("got %+v", got)
				}
			}, func(w *world) {
				w.config.ConnectTimeout = time.Second
				w.config.Connect = connect(w)
			})
		})
	}
}

// lingeringConn makes streams whose Recv takes a second to return its error.
type lingeringConn struct {
	remote.Conn
	returned *int
}

func (c lingeringConn) NewStream(ctx context.Context, d *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := c.Conn.NewStream(ctx, d, method, opts...)
	return lingeringStream{s, c.returned}, err
}

type lingeringStream struct {
	grpc.ClientStream
	returned *int
}

func (s lingeringStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err != nil {
		time.Sleep(time.Second)
		*s.returned++
	}
	return err
}

func TestNoListenerOutlivesItsLink(t *testing.T) {
	returned := 0
	inBubble(t, func(w *world) {
		for range 3 {
			w.send("x")
			synctest.Wait()
			w.cut()
			time.Sleep(time.Minute)
		}
		w.send("x")
		if err := w.remote.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if links := int(w.remote.Stats().Links); returned != links || links != 4 {
			t.Fatalf("%d listeners of %d links have returned when Close did, want 4 of 4", returned, links)
		}
	}, func(w *world) {
		w.config.Rand = func() uint64 { return 0 }
		connect := w.config.Connect
		w.config.Connect = func(ctx context.Context) (remote.Conn, error) {
			if up, down := w.tracer.count("remote", protocol.KindLinkUp), returned; up != down {
				t.Errorf("a link is made while the listener of the one before runs")
			}
			cc, err := connect(ctx)
			return lingeringConn{cc, &returned}, err
		}
	})
}
