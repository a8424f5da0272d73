package remote

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/weir-dev/weir/protocol"
)

// PeerConfig says what a Peer is. Handle is needed; every other field may be
// zero and then takes the default of its bound in package protocol.
type PeerConfig struct {
	// Handle answers one message. It is called for one message of a session at a
	// time, in the order of seq; sessions run concurrently. An error or a panic
	// becomes an error reply, of which the first 1024 bytes travel. ctx is that of
	// the stream and is cancelled when the link is lost; the next message of the
	// session begins only after Handle has returned all the same. A reply belongs
	// to the Peer.
	Handle func(ctx context.Context, m Message) ([]byte, error)
	// Sessions bounds the sessions that are remembered. At the bound the one that
	// has been without a link for longest is forgotten; if each has a link or a
	// running handler, the hello is refused with RESOURCE_EXHAUSTED. As many
	// streams again may be open without having said hello.
	Sessions int
	// Queue bounds the messages of a link that wait for the handler, and the
	// replies that wait for the stream. At the bound the Peer reads no further
	// frame, or begins no further handler, until there is room.
	Queue int
	// MessageBytes bounds one payload, either way. A larger message ends the link
	// with INVALID_ARGUMENT; a larger reply is replaced by an error reply.
	MessageBytes int
	// FrameMessages and FrameBytes bound one frame of replies, in replies and in
	// bytes on the wire. A reply that alone is larger than FrameBytes goes alone.
	// FrameBytes also bounds the payload bytes that wait for the handler or for the
	// stream, up to one message over.
	FrameMessages, FrameBytes int
	// Rand is the source of chance, for memory ids: uniform over all 64-bit
	// numbers. It is called by one goroutine at a time and must neither block nor
	// call the Peer. Nil: math/rand/v2.
	Rand func() uint64
	// Tracer is given every event. Nil: nobody listens.
	Tracer protocol.Tracer
}

// Message is what a handler is given.
type Message struct {
	// Remote and Incarnation name the session.
	Remote      string
	Incarnation uint64
	// Epoch is the link that brought the message.
	Epoch uint64
	// Seq is its place in the order of acceptance, from 1.
	Seq uint64
	// Payload is what the caller gave. It belongs to the handler.
	Payload []byte
}

// settle returns c with every default filled in, or what is wrong with it.
func (c PeerConfig) settle() (PeerConfig, error) {
	if c.Handle == nil {
		return c, fmt.Errorf("%w: Peer.Handle is nil, want a function that answers messages", protocol.ErrConfig)
	}
	var err error
	pick(protocol.Sessions, "Peer", &c.Sessions, &err)
	pick(protocol.PeerQueue, "Peer", &c.Queue, &err)
	pick(protocol.MessageBytes, "Peer", &c.MessageBytes, &err)
	pick(protocol.FrameMessages, "Peer", &c.FrameMessages, &err)
	pick(protocol.FrameBytes, "Peer", &c.FrameBytes, &err)
	if c.Rand == nil {
		c.Rand = rand.Uint64
	}
	return c, err
}
