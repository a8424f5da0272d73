package remote_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

func TestHandlerFailuresAreReplies(t *testing.T) {
	inBubble(t, func(w *world) {
		w.send("error", "panic", "goexit", "large", "utf8", "long", "ok")
		synctest.Wait()
		want := []string{"no", "handler panicked: no", "handler ended its goroutine", "message is too large: reply has 101 bytes, want at most 100", "\uFFFD", strings.Repeat("x", 1024)}
		got := w.got()
		if len(got) != len(want)+1 {
			t.Fatalf("got %d results, want %d", len(got), len(want)+1)
		}
		for i, text := range want {
			var failure *protocol.HandlerError
			if r := got[i]; r.Outcome != protocol.Replied || r.Reply != nil || !errors.As(r.Err, &failure) || failure.Message != text {
				t.Errorf("result %d is %+v, want failure %q", i, r, text)
			}
		}
		if r := got[len(want)]; r.Err != nil || r.Reply == nil || len(r.Reply) != 0 {
			t.Fatalf("got %+v, want an empty reply", r)
		}
		if s := w.remote.Stats(); s.Links != 1 {
			t.Fatalf("a failure cost a link: %+v", s)
		}
	}, func(w *world) {
		w.peerCfg.MessageBytes = 100
		w.peerCfg.Handle = func(_ context.Context, m remote.Message) ([]byte, error) {
			switch string(m.Payload) {
			case "error":
				return []byte("ignored"), errors.New("no")
			case "panic":
				panic("no")
			case "goexit":
				runtime.Goexit()
			case "large":
				return make([]byte, 101), nil
			case "utf8":
				return nil, errors.New("\xff")
			case "long":
				return nil, errors.New(strings.Repeat("x", 5000))
			}
			return nil, nil
		}
	})
}

func TestDispatcherThatDies(t *testing.T) {
	for _, how := range []string{"panic", "goexit"} {
		t.Run(how, func(t *testing.T) {
			inBubble(t, func(w *world) {
				w.send(how, "2", how, "4")
				err := w.remote.Close(context.Background())
				var p *remote.PanicError
				if !errors.As(err, &p) || !strings.Contains(err.Error(), "2 panics") {
					t.Fatalf("got %v, want 2 panics", err)
				}
				if got := w.got(); len(got) != 4 {
					t.Fatalf("got %d results, want 4", len(got))
				}
			}, func(w *world) {
				w.config.Dispatch = func(_ context.Context, r protocol.Result) {
					w.collect(r)
					switch string(r.Message) {
					case "panic":
						panic("no")
					case "goexit":
						runtime.Goexit()
					}
				}
			})
		})
	}
}

func TestDispatcherThatSends(t *testing.T) {
	// Every reply makes the dispatcher send twice, with the least bounds there are.
	for _, mode := range []protocol.Mode{protocol.Async, protocol.Sync} {
		t.Run(mode.String(), func(t *testing.T) {
			var refused, accepted int
			inBubble(t, func(w *world) {
				for range 50 {
					w.send("x")
				}
				synctest.Wait()
				if st := w.remote.Stats(); st.Resolved != st.Accepted || st.Undispatched != 0 {
					t.Fatalf("the dispatcher waits for itself: %+v", st)
				}
				if refused == 0 || accepted < 50 {
					t.Fatalf("got %d refused, %d accepted, want that the first Send of each of 50 dispatches is accepted and some are refused", refused, accepted)
				}
			}, func(w *world) {
				w.config.Mode, w.config.Window, w.config.Buffer = mode, 1, 1
				w.config.Dispatch = func(ctx context.Context, r protocol.Result) {
					if string(r.Message) != "x" {
						return
					}
					if _, err := w.remote.Send(ctx, []byte("first")); err != nil {
						t.Errorf("first Send in the dispatch of a reply: %v", err)
					}
					accepted++
					for range 3 {
						if _, err := w.remote.Send(ctx, []byte("more")); errors.Is(err, protocol.ErrFull) {
							refused++
						} else if err != nil {
							t.Error(err)
						}
					}
				}
			})
		})
	}
}

func TestBlockedDispatcherStopsOnlyDispatch(t *testing.T) {
	block := make(chan stubborn, 1)
	inBubble(t, func(w *world) {
		release := make(stubborn)
		block <- release
		w.send("1", "2", "3")
		synctest.Wait()
		w.cut()
		synctest.Wait()
		time.Sleep(time.Minute)
		w.send("4")
		synctest.Wait()
		if s := w.remote.Stats(); s.Replied != 4 || s.Undispatched != 3 || s.Links != 2 {
			t.Fatalf("got %+v", s)
		}
		close(release)
		synctest.Wait()
		if got := w.got(); len(got) != 4 {
			t.Fatalf("got %d results, want 4", len(got))
		}
	}, func(w *world) {
		var release stubborn
		w.config.Dispatch = func(_ context.Context, r protocol.Result) {
			if release == nil {
				release = <-block
			}
			<-release
			w.collect(r)
		}
	})
}
