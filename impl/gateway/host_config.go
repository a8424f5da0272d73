package gateway

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// HostRequest is one attempt to run a request at a host.
type HostRequest struct {
	// Attempt is the Gateway's number for it, never used twice in the Gateway's
	// life.
	Attempt uint64
	// Payload is what the caller of Do gave. It belongs to the handler.
	Payload []byte
}

// HostConfig is what a Host needs to know.
type HostConfig struct {
	// Name is the host's own: two hosts of one name supersede each other. It
	// has 1 to 255 bytes.
	Name string
	// Capacity is how many handlers run at a time, 1024 by default; it is
	// declared to the Gateway. Its bounds are those of protocol.HostLimit.
	Capacity int
	// Queue is how many attempts above that wait here, 1024 by default; more
	// are refused.
	Queue int
	// MessageBytes is the largest answer, 1 MiB by default and at least 4 KiB;
	// a larger one is replaced by a failure. It must not be above the
	// Gateway's.
	MessageBytes int
	// Connect gives the connection for one attachment, and honours its context;
	// the Host closes it.
	Connect func(ctx context.Context) (Conn, error)
	// Handle runs one attempt. Its context is cancelled when nobody waits for
	// the answer: on Cancel, at the caller's deadline, and when the attachment
	// is lost. It is called concurrently; what it returns belongs to the Host
	// from then on; a panic in it is answered as a failure.
	Handle func(ctx context.Context, q HostRequest) ([]byte, error)
	// BackoffMin and BackoffMax bound the delay between attempts to attach;
	// ConnectTimeout bounds one attempt, until the Gateway's Welcome. Defaults
	// are 50 ms, 10 s and 20 s.
	BackoffMin, BackoffMax, ConnectTimeout time.Duration
	// Rand is the source of chance for the backoff; nil: math/rand/v2.
	Rand func() uint64
	// Tracer is told every event, inside the critical section; may be nil.
	Tracer protocol.Tracer
}

// failureBytes is the longest text of a failure; the rest is cut off. It is
// also the least MessageBytes of a host, so that a failure always fits.
const failureBytes = 4 << 10

// withDefaults returns c with its zero fields filled in. An error that wraps
// protocol.ErrConfig is returned when a field is missing or outside its bounds.
func (c HostConfig) withDefaults() (HostConfig, error) {
	if n := len(c.Name); n == 0 || n > hostBytes {
		return c, fmt.Errorf("%w: HostConfig.Name has %d bytes, want 1 to %d", protocol.ErrConfig, n, hostBytes)
	}
	if c.Connect == nil || c.Handle == nil {
		return c, fmt.Errorf("%w: HostConfig.Connect and HostConfig.Handle are both needed", protocol.ErrConfig)
	}
	capacityBound := protocol.HostLimit
	capacityBound.Name = "Capacity"
	for _, f := range []struct {
		bound protocol.Bound
		field *int
	}{
		{capacityBound, &c.Capacity},
		{protocol.HostQueue, &c.Queue},
		{protocol.MessageBytes, &c.MessageBytes},
	} {
		n, err := f.bound.Pick("HostConfig", int64(*f.field))
		if err != nil {
			return c, err
		}
		*f.field = int(n)
	}
	if c.MessageBytes < failureBytes {
		return c, fmt.Errorf("%w: HostConfig.MessageBytes is %d bytes, want at least %d",
			protocol.ErrConfig, c.MessageBytes, failureBytes)
	}
	for _, f := range []struct {
		bound protocol.Bound
		field *time.Duration
	}{
		{protocol.BackoffMin, &c.BackoffMin},
		{protocol.BackoffMax, &c.BackoffMax},
		{protocol.ConnectTimeout, &c.ConnectTimeout},
	} {
		n, err := f.bound.Pick("HostConfig", int64(*f.field))
		if err != nil {
			return c, err
		}
		*f.field = time.Duration(n)
	}
	if c.BackoffMin > c.BackoffMax {
		return c, fmt.Errorf("%w: HostConfig.BackoffMin is %v, want at most BackoffMax, %v",
			protocol.ErrConfig, c.BackoffMin, c.BackoffMax)
	}
	if c.Rand == nil {
		c.Rand = rand.Uint64
	}
	return c, nil
}
