package remote_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// halfDead is a connection whose streams fail one way and hang the other, until
// their context ends: what cancels them is the Remote alone.
type halfDead struct {
	grpc.ClientConnInterface
	sendFails bool
}

func (halfDead) Close() error { return nil }

func (c halfDead) NewStream(ctx context.Context, _ *grpc.StreamDesc, _ string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	return halfDeadStream{ctx, c.sendFails}, nil
}

type halfDeadStream struct {
	ctx       context.Context
	sendFails bool
}

var errHalfDead = errors.New("half dead")

func (s halfDeadStream) end(fails bool) error {
	if fails {
		time.Sleep(time.Second)
		return errHalfDead
	}
	<-s.ctx.Done()
	return s.ctx.Err()
}

func (s halfDeadStream) SendMsg(any) error            { return s.end(s.sendFails) }
func (s halfDeadStream) RecvMsg(any) error            { return s.end(!s.sendFails) }
func (s halfDeadStream) CloseSend() error             { return nil }
func (s halfDeadStream) Context() context.Context     { return s.ctx }
func (s halfDeadStream) Header() (metadata.MD, error) { return nil, nil }
func (s halfDeadStream) Trailer() metadata.MD         { return nil }

func TestOneWayFailureEndsBothWays(t *testing.T) {
	for name, sendFails := range map[string]bool{"send fails": true, "receive fails": false} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				for range 3 {
					w.send("x", "y")
					time.Sleep(time.Minute)
					synctest.Wait()
				}
				got := w.got()
				for _, r := range got {
					if r.Outcome == protocol.Replied {
						t.Fatalf("got %+v", r)
					}
				}
				if s := w.remote.Stats(); len(got) != 6 || s.Links < 3 || s.Online {
					t.Fatalf("got %d results, %+v", len(got), s)
				}
			}, func(w *world) {
				w.config.Connect = func(context.Context) (remote.Conn, error) { return halfDead{sendFails: sendFails}, nil }
			})
		})
	}
}

func TestLargeMessages(t *testing.T) {
	const bytes = 6 << 20 // above what gRPC takes by default
	inBubble(t, func(w *world) {
		w.send(string(make([]byte, bytes)))
		if err := w.remote.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := w.got(); len(got) != 1 || len(got[0].Reply) != bytes {
			t.Fatalf("got %d results, the first is %v (%v)", len(got), got[0].Outcome, got[0].Reason)
		}
	}, func(w *world) {
		w.config.MessageBytes, w.peerCfg.MessageBytes = bytes, bytes
		w.serverOptions = []grpc.ServerOption{grpc.MaxRecvMsgSize(bytes + 64<<10)}
	})
}

func TestGRPCDoesNotReplay(t *testing.T) {
	// The server reads the message, as if it were handled, and fails in a way that
	// the client's service config says to retry.
	streams := 0
	inBubble(t, func(w *world) {
		w.send("x")
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := w.got(); len(got) != 1 || got[0].Outcome != protocol.Unknown || streams != 1 {
			t.Fatalf("got %+v after %d streams, want Unknown after 1", got, streams)
		}
	}, func(w *world) {
		w.dialOptions = []grpc.DialOption{grpc.WithDefaultServiceConfig(`{"methodConfig": [{"name": [{}], "retryPolicy":
			{"maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]}`)}
		w.serverOptions = []grpc.ServerOption{grpc.StreamInterceptor(
			func(_ any, s grpc.ServerStream, _ *grpc.StreamServerInfo, _ grpc.StreamHandler) error {
				streams++
				s.RecvMsg(new(remotev1.PeerRequest))
				return status.Error(codes.Unavailable, "try again")
			})}
	})
}

func TestAcknowledgementsRideOnFrames(t *testing.T) {
	inBubble(t, func(w *world) {
		for range 3 {
			w.send("x")
			synctest.Wait()
		}
		for _, party := range []string{"remote", "peer"} {
			got := w.tracer.of(party, protocol.KindAck)
			if len(got) != 2 || got[0].Value != 1 || got[1].Value != 2 {
				t.Fatalf("%s: got %v, want the acknowledgements of 1 and 2", party, got)
			}
		}
		if s := w.remote.Stats(); s.FramesSent != 3 {
			t.Fatalf("got %+v, want 3 frames", s)
		}
	})
}

func TestCallersThatWaitAgain(t *testing.T) {
	// A caller waits and is accepted; the next one waits and gives up.
	inBubble(t, func(w *world) {
		w.send("1", "2", "3")
		for range 3 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			if _, err := w.remote.Send(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("got %v", err)
			}
			cancel()
			w.send("x")
		}
	}, func(w *world) {
		w.config.Window, w.config.Buffer = 1, 1
		w.peerCfg.Handle = second
	})
}
