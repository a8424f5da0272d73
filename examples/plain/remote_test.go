package plain_test

import (
	"context"
	"testing"

	"github.com/weir-dev/weir/examples/plain"
	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol/remotev1"
)

// pair is a plain Remote with a plain Peer.
type pair struct {
	*plain.Remote
	peer *plain.Peer
}

func (p pair) ClosePeer(ctx context.Context) error { return p.peer.Close(ctx) }

func newPair(w *properties.RemoteWorld) properties.Remote {
	peer := plain.NewPeer(w.Handle, w.Rand)
	remotev1.RegisterPeerServer(w.Registrar, peer)
	return pair{plain.NewRemote(plain.Config{
		ID: "plain", Buffer: w.Buffer, BackoffMin: w.BackoffMin, BackoffMax: w.BackoffMax, ConnectTimeout: w.ConnectTimeout,
		Connect:  func(ctx context.Context) (plain.Conn, error) { return w.Connect(ctx) },
		Dispatch: w.Dispatch, Rand: w.Rand,
	}), peer}
}

func TestRemote(t *testing.T) {
	properties.TestRemote(t, newPair, properties.Cases(properties.Virtual, 6), properties.Cases(properties.Loopback, 2))
}
