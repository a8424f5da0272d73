package remote

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
	"unicode/utf8"

	"github.com/weir-dev/weir/protocol"
)

// idBytesMax bounds the name of a Remote, which every Hello carries and every
// session of a Peer keeps.
const idBytesMax = 256

// Config says what a Remote is. ID, Connect and Dispatch are needed; every
// other field may be zero and then takes the default of its bound in package
// protocol.
type Config struct {
	// ID names the Remote to the Peer; with Incarnation it names the session. 1
	// to 256 bytes of valid UTF-8. Two Remotes that run at the same time must not
	// share both: each would end the other's links.
	ID string
	// Incarnation is one run of the Remote: no two runs under one ID may share it,
	// since each counts its messages from 1. Zero: drawn from Rand.
	Incarnation uint64
	// Connect makes the connection of one link. It is called by one goroutine, once
	// per link, and must honour ctx, which ends with the call. It must not call the
	// Remote. What it returns is closed by the Remote when the link ends. A panic in
	// it is an error, and is told by Close.
	Connect func(ctx context.Context) (Conn, error)
	// Dispatch is given what became of every accepted message: one call at a time,
	// in the order in which outcomes were decided. It may take its time: only
	// dispatch waits for it, and callers once Window + Buffer messages do. A panic
	// in it is caught and told by Close. A Dispatch that calls Send or Close must
	// hand on its ctx, or it waits for itself; ctx is cancelled when a Close stops
	// waiting.
	Dispatch func(ctx context.Context, r protocol.Result)
	// Mode is Async (the zero value) or Sync, which is Async with a window of one.
	Mode protocol.Mode
	// Delivery says what becomes of a message whose link is lost. Only AtMostOnce,
	// the zero value, is supported; Resume is refused.
	Delivery protocol.Delivery
	// Buffer bounds the messages that are accepted and not handed to a stream yet.
	// At the bound Send waits and TrySend returns ErrFull. It is also what bounds
	// them in bytes: Buffer times MessageBytes.
	Buffer int
	// Window bounds the messages that were handed to the stream of a link and whose
	// reply was not given to Dispatch yet. At the bound the messenger waits. In
	// Sync it is ignored.
	Window int
	// MessageBytes bounds one payload. A larger one is refused with ErrTooLarge.
	// The Peer must allow as much, and the gRPC server must receive messages of the
	// larger of MessageBytes and FrameBytes, plus 64 KiB (its default is 4 MiB).
	MessageBytes int
	// FrameMessages and FrameBytes bound one frame, in messages and in bytes on
	// the wire. A message that alone is larger than FrameBytes goes alone.
	FrameMessages, FrameBytes int
	// BackoffMin and BackoffMax bound the delay before the next attempt to connect:
	// it is drawn from [0, BackoffMin] after a healthy link, and the interval
	// doubles with every failure up to [0, BackoffMax].
	BackoffMin, BackoffMax time.Duration
	// ConnectTimeout bounds one attempt to connect: Connect and the creation of
	// the stream.
	ConnectTimeout time.Duration
	// Rand is the source of chance, for the backoff and the incarnation: uniform
	// over all 64-bit numbers. It is called by one goroutine at a time and must
	// neither block nor call the Remote. Nil: math/rand/v2.
	Rand func() uint64
	// Tracer is given every event. Nil: nobody listens.
	Tracer protocol.Tracer
}

// pick resolves one bound into an int and keeps the first error.
func pick(b protocol.Bound, component string, v *int, err *error) {
	got, e := b.Pick(component, int64(*v))
	if e != nil && *err == nil {
		*err = e
	}
	*v = int(got)
}

// pickDuration is pick for a duration.
func pickDuration(b protocol.Bound, component string, v *time.Duration, err *error) {
	got, e := b.Pick(component, int64(*v))
	if e != nil && *err == nil {
		*err = e
	}
	*v = time.Duration(got)
}

// settle returns c with every default filled in, or what is wrong with it.
func (c Config) settle() (Config, error) {
	if err := checkID(c.ID); err != nil {
		return c, fmt.Errorf("%w: Remote.ID %v", protocol.ErrConfig, err)
	}
	if c.Connect == nil {
		return c, fmt.Errorf("%w: Remote.Connect is nil, want a function that connects to the peer", protocol.ErrConfig)
	}
	if c.Dispatch == nil {
		return c, fmt.Errorf("%w: Remote.Dispatch is nil, want a function that takes the results", protocol.ErrConfig)
	}
	if c.Mode != protocol.Async && c.Mode != protocol.Sync {
		return c, fmt.Errorf("%w: Remote.Mode is %v, want async or sync", protocol.ErrConfig, c.Mode)
	}
	if c.Delivery != protocol.AtMostOnce {
		return c, fmt.Errorf("%w: Remote.Delivery is %v, want at-most-once: no other is supported", protocol.ErrConfig, c.Delivery)
	}
	var err error
	pick(protocol.Buffer, "Remote", &c.Buffer, &err)
	pick(protocol.Window, "Remote", &c.Window, &err)
	pick(protocol.MessageBytes, "Remote", &c.MessageBytes, &err)
	pick(protocol.FrameMessages, "Remote", &c.FrameMessages, &err)
	pick(protocol.FrameBytes, "Remote", &c.FrameBytes, &err)
	zeroMin, zeroMax := c.BackoffMin == 0, c.BackoffMax == 0
	pickDuration(protocol.BackoffMin, "Remote", &c.BackoffMin, &err)
	pickDuration(protocol.BackoffMax, "Remote", &c.BackoffMax, &err)
	pickDuration(protocol.ConnectTimeout, "Remote", &c.ConnectTimeout, &err)
	if err != nil {
		return c, err
	}
	if c.BackoffMin > c.BackoffMax {
		// A default gives way to what was chosen.
		switch {
		case zeroMin:
			c.BackoffMin = c.BackoffMax
		case zeroMax:
			c.BackoffMax = c.BackoffMin
		default:
			return c, fmt.Errorf("%w: Remote.BackoffMin is %v, want at most Remote.BackoffMax, which is %v",
				protocol.ErrConfig, c.BackoffMin, c.BackoffMax)
		}
	}
	if c.Mode == protocol.Sync {
		c.Window = 1
	}
	if c.Rand == nil {
		c.Rand = rand.Uint64
	}
	if c.Incarnation == 0 {
		// Zero is left to mean that none was chosen.
		c.Incarnation = max(1, c.Rand())
	}
	return c, nil
}

// checkID says what is wrong with the name of a Remote; both ends ask.
func checkID(id string) error {
	switch {
	case id == "":
		return fmt.Errorf("is empty, want 1 to %d bytes", idBytesMax)
	case len(id) > idBytesMax:
		return fmt.Errorf("has %d bytes, want 1 to %d", len(id), idBytesMax)
	case !utf8.ValidString(id):
		return fmt.Errorf("is not valid UTF-8, want text")
	}
	return nil
}
