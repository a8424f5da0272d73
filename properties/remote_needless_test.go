package properties_test

import (
	"context"
	"testing"

	"google.golang.org/grpc"

	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// TestNeedlessLoss runs Remotes that lose messages for nothing but are honest
// about it.
func TestNeedlessLoss(t *testing.T) {
	for name, make := range map[string]func(*properties.RemoteWorld) properties.Remote{
		"never says hello": func(w *properties.RemoteWorld) properties.Remote {
			connect := w.Connect
			w.Connect = func(ctx context.Context) (properties.Conn, error) {
				c, err := connect(ctx)
				if err != nil {
					return nil, err
				}
				return helloless{c}, nil
			}
			return newReferenceRemote(w)
		},
		"never connects": func(w *properties.RemoteWorld) properties.Remote {
			w.Connect = func(context.Context) (properties.Conn, error) { return nil, context.Canceled }
			return newReferenceRemote(w)
		},
		"sends nothing, and traces nothing": func(w *properties.RemoteWorld) properties.Remote { return &refusing{w: w} },
	} {
		t.Run(name, func(t *testing.T) {
			f, ok := properties.FailureOfRemote(t, make, 20)
			switch {
			case !ok:
			case f == nil:
				t.Error("nothing was found")
			case f.Law != "remote/no-needless-loss":
				t.Errorf("got %s: %s, want remote/no-needless-loss", f.Law, f.Observed)
			}
		})
	}
}

// helloless is a connection whose streams leave out who speaks.
type helloless struct{ properties.Conn }

// NewStream implements grpc.ClientConnInterface.
func (c helloless) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := c.Conn.NewStream(ctx, desc, method, opts...)
	if err != nil {
		return nil, err
	}
	return hellolessStream{s}, nil
}

type hellolessStream struct{ grpc.ClientStream }

// SendMsg implements grpc.ClientStream.
func (s hellolessStream) SendMsg(m any) error {
	return s.ClientStream.SendMsg(&remotev1.PeerRequest{Messages: m.(*remotev1.PeerRequest).Messages, Ack: m.(*remotev1.PeerRequest).Ack})
}

// refusing is a Remote that ends each message NotSent.
type refusing struct {
	w   *properties.RemoteWorld
	seq uint64
}

// Send implements properties.Remote.
func (r *refusing) Send(ctx context.Context, payload []byte) (uint64, error) {
	r.seq++
	r.w.Dispatch(ctx, protocol.Result{Seq: r.seq, Message: payload, Outcome: protocol.NotSent, Reason: protocol.Offline})
	return r.seq, nil
}

// Close implements properties.Remote.
func (r *refusing) Close(context.Context) error { return nil }
