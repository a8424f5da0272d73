package remote_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

func TestRepliesComeInOrder(t *testing.T) {
	for _, mode := range []protocol.Mode{protocol.Async, protocol.Sync} {
		t.Run(mode.String(), func(t *testing.T) {
			inBubble(t, func(w *world) {
				for i := range 100 {
					w.send(fmt.Sprint(i))
				}
				if err := w.remote.Close(context.Background()); err != nil {
					t.Fatal(err)
				}
				got := w.got()
				if len(got) != 100 {
					t.Fatalf("got %d results, want 100", len(got))
				}
				for i, r := range got {
					if r.Seq != uint64(i+1) || r.Outcome != protocol.Replied || string(r.Reply) != fmt.Sprint(i) || string(r.Message) != fmt.Sprint(i) {
						t.Fatalf("result %d is %+v", i, r)
					}
				}
			}, func(w *world) { w.config.Mode = mode })
		})
	}
}

func TestReconnectsAfterCut(t *testing.T) {
	inBubble(t, func(w *world) {
		w.send("one")
		synctest.Wait()
		w.cut()
		synctest.Wait()
		time.Sleep(time.Minute)
		w.send("two")
		synctest.Wait()
		got := w.got()
		if len(got) != 2 || got[1].Outcome != protocol.Replied || string(got[1].Reply) != "two" {
			t.Fatalf("got %+v", got)
		}
		if s := w.remote.Stats(); s.Links != 2 || !s.Online {
			t.Fatalf("got %+v", s)
		}
	})
}

// stubborn is a handler or dispatcher that ignores its context until released.
type stubborn chan struct{}

func (s stubborn) handle(_ context.Context, m remote.Message) ([]byte, error) {
	<-s
	return m.Payload, nil
}

// second is a handler that takes a second.
func second(ctx context.Context, _ remote.Message) ([]byte, error) {
	select {
	case <-time.After(time.Second):
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestFullBufferMakesCallersWait(t *testing.T) {
	s := make(chan stubborn, 1)
	inBubble(t, func(w *world) {
		release := make(stubborn)
		s <- release
		w.send("1") // in the window
		synctest.Wait()
		w.send("2", "3") // in the buffer
		if _, err := w.remote.TrySend([]byte("x")); !errors.Is(err, protocol.ErrFull) {
			t.Fatalf("TrySend: got %v, want ErrFull", err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := w.remote.Send(ctx, []byte("x")); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Send: got %v, want that the deadline is exceeded", err)
		}
		seqs := make(chan uint64, 2)
		for range 2 {
			go func() {
				seq, err := w.remote.Send(context.Background(), []byte("y"))
				if err != nil {
					t.Error(err)
				}
				seqs <- seq
			}()
		}
		synctest.Wait()
		if st := w.remote.Stats(); st.Accepted != 3 || st.InBuffer != 2 || st.InFlight != 1 {
			t.Fatalf("got %+v", st)
		}
		close(release)
		if a, b := <-seqs, <-seqs; a+b != 4+5 {
			t.Fatalf("got seqs %d and %d, want 4 and 5", a, b)
		}
		synctest.Wait()
		if got := w.got(); len(got) != 5 {
			t.Fatalf("got %d results, want 5", len(got))
		}
	}, func(w *world) {
		w.config.Window, w.config.Buffer = 1, 2
		var release stubborn
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			if release == nil {
				release = <-s
			}
			return release.handle(ctx, m)
		}
	})
}

func TestSendRefuses(t *testing.T) {
	inBubble(t, func(w *world) {
		_, err := w.remote.Send(context.Background(), make([]byte, 11))
		if !errors.Is(err, protocol.ErrTooLarge) || !strings.Contains(err.Error(), "got 11 bytes, want at most 10") {
			t.Fatalf("got %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := w.remote.Send(ctx, nil); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if err := w.remote.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.remote.Send(ctx, nil); !errors.Is(err, protocol.ErrClosed) {
			t.Fatalf("got %v", err)
		}
		if _, err := w.remote.TrySend(nil); !errors.Is(err, protocol.ErrClosed) {
			t.Fatalf("got %v", err)
		}
		if s := w.remote.Stats(); s.Accepted != 0 {
			t.Fatalf("got %+v", s)
		}
	}, func(w *world) { w.config.MessageBytes = 10 })
}

func TestConfigIsChecked(t *testing.T) {
	good := remote.Config{
		ID:       "a",
		Connect:  func(context.Context) (remote.Conn, error) { return nil, nil },
		Dispatch: func(context.Context, protocol.Result) {},
	}
	for want, change := range map[string]func(*remote.Config){
		"Remote.ID is empty":                         func(c *remote.Config) { c.ID = "" },
		"Remote.ID has 257 bytes":                    func(c *remote.Config) { c.ID = strings.Repeat("x", 257) },
		"Remote.ID is not valid UTF-8":               func(c *remote.Config) { c.ID = "\xff" },
		"Remote.Connect is nil":                      func(c *remote.Config) { c.Connect = nil },
		"Remote.Dispatch is nil":                     func(c *remote.Config) { c.Dispatch = nil },
		"Remote.Delivery is resume":                  func(c *remote.Config) { c.Delivery = protocol.Resume },
		"Remote.Mode is mode(7)":                     func(c *remote.Config) { c.Mode = 7 },
		"Remote.Buffer is -1":                        func(c *remote.Config) { c.Buffer = -1 },
		"Remote.ConnectTimeout is 1ns":               func(c *remote.Config) { c.ConnectTimeout = 1 },
		"Remote.BackoffMin is 2s, want at most Remo": func(c *remote.Config) { c.BackoffMin, c.BackoffMax = 2*time.Second, time.Second },
	} {
		c := good
		change(&c)
		if _, err := remote.New(c); !errors.Is(err, protocol.ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
	c := good
	c.BackoffMin = time.Minute // above the default of BackoffMax, which gives way
	r, err := remote.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.NewPeer(remote.PeerConfig{}); !errors.Is(err, protocol.ErrConfig) {
		t.Errorf("got %v", err)
	}
}

// cancelling ends a context at the instant at which a message is accepted.
type cancelling struct {
	seq    uint64
	cancel context.CancelFunc
}

func (c *cancelling) Trace(e protocol.Event) {
	if e.Kind == protocol.KindAccept && e.Seq == c.seq {
		c.cancel()
	}
}

func TestAcceptanceBeatsACancellationAtTheSameInstant(t *testing.T) {
	c := &cancelling{seq: 3}
	inBubble(t, func(w *world) {
		var ctx context.Context
		ctx, c.cancel = context.WithCancel(context.Background())
		for want := uint64(1); want <= 20; want++ {
			if want > c.seq {
				ctx = context.Background()
			}
			if seq, err := w.remote.Send(ctx, nil); seq != want || err != nil {
				t.Fatalf("got seq %d, %v, want %d", seq, err, want)
			}
		}
	}, func(w *world) {
		w.config.Window, w.config.Buffer, w.config.Tracer = 1, 1, c
		w.peerCfg.Handle = second
	})
}
