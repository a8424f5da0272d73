package remote

import (
	"io"

	"google.golang.org/grpc"
)

// Conn is a connection that one link is made on. A *grpc.ClientConn is one.
// Close must return without waiting for the network.
type Conn interface {
	grpc.ClientConnInterface
	io.Closer
}

// Shared wraps a connection that belongs to the caller and stays open: its
// Close does nothing. Use it where several Remotes, or a Remote and other
// clients, run on one *grpc.ClientConn.
func Shared(cc grpc.ClientConnInterface) Conn { return shared{cc} }

type shared struct{ grpc.ClientConnInterface }

func (shared) Close() error { return nil }
