package gateway

import (
	"io"

	"google.golang.org/grpc"
)

// Conn is a connection to the Gateway, for one attachment. A *grpc.ClientConn
// is one.
type Conn interface {
	grpc.ClientConnInterface
	io.Closer
}

// Shared makes a Conn of a connection that stays open after the attachment:
// its Close does nothing.
func Shared(cc grpc.ClientConnInterface) Conn { return shared{cc} }

type shared struct{ grpc.ClientConnInterface }

func (shared) Close() error { return nil }
