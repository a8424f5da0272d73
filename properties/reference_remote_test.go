package properties_test

import (
	"context"

	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/properties"
)

func init() { reference.remote = newReferenceRemote }

// referenceRemote is impl/remote with its Peer.
type referenceRemote struct {
	*remote.Remote
	peer *remote.Peer
}

func (r referenceRemote) ClosePeer(ctx context.Context) error { return r.peer.Close(ctx) }

func newReferenceRemote(w *properties.RemoteWorld) properties.Remote {
	peer, err := remote.NewPeer(remote.PeerConfig{
		Handle:     func(ctx context.Context, m remote.Message) ([]byte, error) { return w.Handle(ctx, m.Payload) },
		Queue:      w.PeerQueue,
		Sessions:   w.Sessions,
		FrameBytes: w.FrameBytes,
		Rand:       w.Rand,
		Tracer:     w.Tracer,
	})
	if err != nil {
		panic(err)
	}
	peer.Register(w.Registrar)
	r, err := remote.New(remote.Config{
		ID: "remote", Mode: w.Mode, Delivery: w.Delivery,
		Buffer: w.Buffer, Window: w.Window, FrameMessages: w.FrameMessages, FrameBytes: w.FrameBytes,
		BackoffMin: w.BackoffMin, BackoffMax: w.BackoffMax, ConnectTimeout: w.ConnectTimeout,
		Connect:  func(ctx context.Context) (remote.Conn, error) { return w.Connect(ctx) },
		Dispatch: w.Dispatch,
		Rand:     w.Rand,
		Tracer:   w.Tracer,
	})
	if err != nil {
		panic(err)
	}
	return referenceRemote{r, peer}
}
