package remote_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
)

// checkClosed checks what must hold once Close has returned.
func checkClosed(w *world) {
	w.t.Helper()
	w.checkCounts()
	if s := w.remote.Stats(); s.InBuffer != 0 || s.InFlight != 0 || s.Resolved != s.Accepted || s.Online {
		w.t.Errorf("closed, and not all is resolved: %+v", s)
	}
	if n := w.tracer.count("remote", protocol.KindCloseBegin); n != 1 {
		w.t.Errorf("got %d close-begin, want 1", n)
	}
	ends := w.tracer.of("remote", protocol.KindCloseEnd, protocol.KindAccept, protocol.KindConnect, protocol.KindLinkUp, protocol.KindLinkDown,
		protocol.KindSend, protocol.KindReceive, protocol.KindResolve, protocol.KindDispatchBegin, protocol.KindDispatchEnd)
	for i, e := range ends {
		if e.Kind == protocol.KindCloseEnd && i != len(ends)-1 {
			w.t.Errorf("event after close-end: %v", ends[i+1])
		}
	}
	if ends[len(ends)-1].Kind != protocol.KindCloseEnd {
		w.t.Errorf("last event is %v, want close-end", ends[len(ends)-1])
	}
}

// TestCloseAtEveryInstant lets Close begin, and its ctx end, at many instants of
// a run with latency, cuts and offline times.
func TestCloseAtEveryInstant(t *testing.T) {
	for begin := 0; begin <= 60; begin += 3 {
		for _, patience := range []time.Duration{0, 4 * time.Millisecond, 30 * time.Millisecond, time.Hour} {
			inBubble(t, func(w *world) {
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						for range 12 {
							if _, err := w.remote.Send(context.Background(), []byte("x")); err != nil {
								if !errors.Is(err, protocol.ErrClosed) {
									t.Error(err)
								}
								return
							}
							time.Sleep(2 * time.Millisecond)
						}
					})
				}
				wg.Go(func() {
					for i := range 4 {
						time.Sleep(11 * time.Millisecond)
						w.setOffline(i%2 == 0)
						w.cut()
					}
				})
				time.Sleep(time.Duration(begin) * time.Millisecond)
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				start := time.Now()
				err := w.remote.Close(ctx)
				if took := time.Since(start); took > patience {
					t.Errorf("begin %d ms: Close took %v with a ctx of %v", begin, took, patience)
				}
				s := w.remote.Stats()
				if (err == nil) != (s.Undispatched == 0) {
					t.Errorf("begin %d ms, ctx %v: %d outcomes were not dispatched, error is %v", begin, patience, s.Undispatched, err)
				}
				checkClosed(w)
				wg.Wait()
			}, func(w *world) {
				w.config.Window, w.config.Buffer = 3, 2
				w.config.BackoffMin, w.config.BackoffMax = time.Millisecond, 5*time.Millisecond
				connect := w.config.Connect
				w.config.Connect = func(ctx context.Context) (remote.Conn, error) {
					select {
					case <-time.After(3 * time.Millisecond):
					case <-ctx.Done():
						return nil, ctx.Err()
					}
					return connect(ctx)
				}
				w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
					select {
					case <-time.After(time.Millisecond):
					case <-ctx.Done():
					}
					return m.Payload, nil
				}
			})
		}
	}
}

func TestCloseLeavesNothingOfAConnection(t *testing.T) {
	// Close falls between the return of Connect and what the messenger does with
	// the connection: it must be closed all the same.
	var conns []*countedConn
	inBubble(t, func(w *world) {
		w.send("x")
		synctest.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := w.remote.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if len(conns) != 1 || conns[0].closed != 1 {
			t.Fatalf("got %+v, want one connection, closed once", conns)
		}
		checkClosed(w)
	}, func(w *world) {
		connect := w.config.Connect
		w.config.Connect = func(ctx context.Context) (remote.Conn, error) {
			<-ctx.Done()
			cc, err := connect(context.Background())
			if err != nil {
				return nil, err
			}
			c := &countedConn{Conn: cc}
			conns = append(conns, c)
			return c, nil
		}
	})
}

type countedConn struct {
	remote.Conn
	closed int
}

func (c *countedConn) Close() error {
	c.closed++
	return c.Conn.Close()
}

func TestEveryConnectionIsClosedOnce(t *testing.T) {
	var conns []*countedConn
	inBubble(t, func(w *world) {
		for range 5 {
			w.send("x")
			synctest.Wait()
			w.cut()
			synctest.Wait()
			if c := conns[len(conns)-1]; c.closed != 1 {
				t.Fatalf("a lost link holds its connection while there is nothing to send: %+v", c)
			}
			time.Sleep(time.Minute)
		}
		w.send("x")
		if err := w.remote.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		for i, c := range conns {
			if c.closed != 1 {
				t.Errorf("connection %d was closed %d times", i, c.closed)
			}
		}
		if len(conns) != 6 {
			t.Errorf("got %d connections, want 6", len(conns))
		}
	}, func(w *world) {
		connect := w.config.Connect
		w.config.Connect = func(ctx context.Context) (remote.Conn, error) {
			cc, err := connect(ctx)
			if err != nil {
				return nil, err
			}
			conns = append(conns, &countedConn{Conn: cc})
			return conns[len(conns)-1], nil
		}
	})
}

func TestCloseOfAHalfOpenLink(t *testing.T) {
	// The handler is dead and its context ignored, so that the stream stalls with
	// the window, the buffer and the flow control full.
	dead := make(stubborn)
	inBubble(t, func(w *world) {
		dead = make(stubborn)
		for range 300 {
			w.send(string(make([]byte, 1000)))
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		start := time.Now()
		err := w.remote.Close(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Fatalf("got %v after %v", err, time.Since(start))
		}
		checkClosed(w)
		s := w.remote.Stats()
		if s.ByReason[protocol.Closed] != 300 || s.Unknown == 0 || s.NotSent == 0 || s.Undispatched != 300 {
			t.Fatalf("got %+v", s)
		}
		if !strings.Contains(err.Error(), "300 outcomes were not dispatched") {
			t.Fatalf("got %v", err)
		}
		perr := w.peer.Close(ctx)
		if perr == nil || !strings.Contains(perr.Error(), `remote "a" seq 1`) {
			t.Fatalf("Peer.Close: got %v, want the handler named", perr)
		}
		before := len(w.tracer.events)
		close(dead)
		synctest.Wait()
		if after := len(w.tracer.events); after != before {
			t.Fatalf("events after Close: %v", w.tracer.events[before:])
		}
	}, func(w *world) {
		w.peerCfg.Queue = 1
		w.config.Window, w.config.Buffer, w.config.FrameMessages = 200, 200, 1
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) { return dead.handle(ctx, m) }
	})
}

func TestCloseNamesADispatchThatRuns(t *testing.T) {
	var block stubborn
	inBubble(t, func(w *world) {
		block = make(stubborn)
		w.send("1", "2", "3")
		synctest.Wait()
		var wg sync.WaitGroup
		var errs [3]error
		for i := range errs {
			wg.Go(func() {
				// Only one of them has a deadline; it ends the waiting of all.
				ctx := context.Background()
				if i == 1 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, time.Second)
					defer cancel()
				}
				errs[i] = w.remote.Close(ctx)
			})
		}
		wg.Wait()
		for _, err := range errs {
			if !errors.Is(err, context.DeadlineExceeded) || err.Error() != errs[0].Error() ||
				!strings.Contains(err.Error(), "2 outcomes were not dispatched, dispatch of seq 1 is still running") {
				t.Fatalf("got %v", err)
			}
		}
		checkClosed(w)
		close(block)
		synctest.Wait()
		checkClosed(w)
		if err := w.remote.Close(context.Background()); err.Error() != errs[0].Error() {
			t.Fatalf("Close again: got %v, want %v", err, errs[0])
		}
		if got := w.got(); len(got) != 1 {
			t.Fatalf("got %d dispatches, want none after Close", len(got))
		}
	}, func(w *world) {
		w.config.Dispatch = func(_ context.Context, r protocol.Result) {
			<-block
			w.collect(r)
		}
	})
}

func TestCloseCancelsTheDispatch(t *testing.T) {
	inBubble(t, func(w *world) {
		w.send("1")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		w.remote.Close(ctx)
		synctest.Wait()
		if got := w.got(); len(got) != 1 {
			t.Fatalf("got %d results: the context of the dispatch was not cancelled", len(got))
		}
	}, func(w *world) {
		w.config.Dispatch = func(ctx context.Context, r protocol.Result) {
			<-ctx.Done()
			w.collect(r)
		}
	})
}

func TestCloseWithinADispatch(t *testing.T) {
	inBubble(t, func(w *world) {
		w.send("1", "2", "3")
		synctest.Wait()
		if got := w.got(); len(got) != 3 {
			t.Fatalf("got %d results, want that closing drains all 3", len(got))
		}
		if err := w.remote.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		checkClosed(w)
	}, func(w *world) {
		w.config.Dispatch = func(ctx context.Context, r protocol.Result) {
			if err := w.remote.Close(ctx); !errors.Is(err, protocol.ErrInDispatch) {
				t.Errorf("got %v, want ErrInDispatch", err)
			}
			if _, err := w.remote.Send(ctx, nil); !errors.Is(err, protocol.ErrClosed) {
				t.Errorf("got %v, want ErrClosed", err)
			}
			w.collect(r)
		}
	})
}

func TestCloseAfterTheDispatchItsContextIsOf(t *testing.T) {
	contexts := make(chan context.Context, 1)
	inBubble(t, func(w *world) {
		w.send("1")
		synctest.Wait()
		if err := w.remote.Close(<-contexts); err != nil {
			t.Fatalf("the dispatch has returned, so that its ctx is like any other: got %v", err)
		}
		checkClosed(w)
	}, func(w *world) {
		w.config.Dispatch = func(ctx context.Context, _ protocol.Result) { contexts <- ctx }
	})
}

func TestCloseRefusesThoseWhoWait(t *testing.T) {
	inBubble(t, func(w *world) {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := w.remote.Send(context.Background(), nil); err != nil && !errors.Is(err, protocol.ErrClosed) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		w.remote.Close(ctx)
		wg.Wait()
		if s := w.remote.Stats(); s.Accepted != 2 || s.Unknown != 1 || s.NotSent != 1 {
			t.Fatalf("got %+v", s)
		}
		checkClosed(w)
	}, func(w *world) {
		w.config.Window, w.config.Buffer = 1, 1
		w.peerCfg.Handle = func(ctx context.Context, m remote.Message) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
}
