package alia2018_test

import (
	"context"
	"testing"

	"github.com/weir-dev/weir/examples/alia2018"
	"github.com/weir-dev/weir/examples/internal/red"
	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/impl/remote"
	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
)

// system is the Remote of 2018 with a Peer of today.
type system struct {
	*alia2018.Remote
	peer *remote.Peer
}

func (s system) ClosePeer(ctx context.Context) error { return s.peer.Close(ctx) }

// slowConn is a connection whose Close takes its time, as that of a real one
// may: others run meanwhile.
type slowConn struct{ properties.Conn }

func (c slowConn) Close() error {
	schedule.Point("close connection")
	return c.Conn.Close()
}

func maker(relisten bool) func(*properties.RemoteWorld) properties.Remote {
	return func(w *properties.RemoteWorld) properties.Remote {
		peer, err := remote.NewPeer(remote.PeerConfig{
			Handle: func(ctx context.Context, m remote.Message) ([]byte, error) { return w.Handle(ctx, m.Payload) },
			Rand:   w.Rand,
		})
		if err != nil {
			panic(err)
		}
		peer.Register(w.Registrar)
		return system{alia2018.New(alia2018.Config{
			Name: "alia", Sync: w.Mode == protocol.Sync, Buffer: w.Buffer, Dispatch: w.Dispatch, Relisten: relisten,
			Connect: func(ctx context.Context) (alia2018.Conn, error) {
				conn, err := w.Connect(ctx)
				return slowConn{conn}, err
			},
		}), peer}
	}
}

// TestSketch is the suite on the Remote as the article has it.
func TestSketch(t *testing.T) {
	red.Inside(t)
	properties.TestRemote(t, maker(false), properties.On(properties.Simulated))
}

// TestRelistening is the suite on the Remote with a listener that goes on. It
// still loses messages, which isn't asked for here.
func TestRelistening(t *testing.T) {
	red.Inside(t)
	properties.TestRemote(t, maker(true), properties.On(properties.Simulated), properties.Cases(properties.Simulated, 5000),
		properties.JudgedBy("remote/no-crash"))
}

func TestListenerIsNotRestarted(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector ends the run before a message is missed: see TestFieldsAreShared")
	}
	red.Want(t, "TestSketch", "remote/answered")
}

// TestFieldsAreShared needs no luck: that nobody orders the accesses to online
// and stream is seen although nothing goes wrong by it.
func TestFieldsAreShared(t *testing.T) {
	if !raceDetector {
		t.Skip("run with -race")
	}
	red.Want(t, "TestSketch", "remote/no-crash", "-weir.shrink=false")
}

func TestStreamIsNil(t *testing.T) {
	red.Want(t, "TestRelistening", "remote/no-crash", "-weir.shrink=false")
}
