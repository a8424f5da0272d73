package protocol

import (
	"fmt"
	"time"
)

// Bound is a limit that both ends of a protocol know: every queue, window,
// cache and table has one.
type Bound struct {
	// Name is the configuration field it governs.
	Name string
	// Unit is what it counts: "messages", "bytes", "requests", …
	Unit string
	// Default holds where the configuration is zero.
	Default int64
	// Min and Max are the least and greatest values that are taken.
	Min, Max int64
	// AtBound says what happens when it is reached.
	AtBound string
}

// The bounds of the two protocols. Durations are in nanoseconds.
var (
	Buffer = Bound{"Buffer", "messages", 1024, 1, 1 << 20,
		"Send waits, TrySend returns ErrFull"}
	Window = Bound{"Window", "messages", 1024, 1, 1 << 20,
		"the messenger waits; Sync is a window of one"}
	MessageBytes = Bound{"MessageBytes", "bytes", 1 << 20, 1, 1 << 30,
		"the message is refused with ErrTooLarge"}
	FrameMessages = Bound{"FrameMessages", "messages", 64, 1, 1 << 16,
		"the rest goes into the next frame"}
	FrameBytes = Bound{"FrameBytes", "bytes", 3 << 20, 1 << 10, 1 << 30,
		"the rest goes into the next frame; a message that alone is larger goes alone"}
	BackoffMin = Bound{"BackoffMin", "ns", int64(50 * time.Millisecond), int64(time.Millisecond), int64(time.Hour),
		"the first delay is drawn from [0, BackoffMin]"}
	BackoffMax = Bound{"BackoffMax", "ns", int64(10 * time.Second), int64(time.Millisecond), int64(24 * time.Hour),
		"delays grow no further"}
	ConnectTimeout = Bound{"ConnectTimeout", "ns", int64(20 * time.Second), int64(time.Millisecond), int64(time.Hour),
		"the attempt to connect fails"}
	Sessions = Bound{"Sessions", "sessions", 1024, 1, 1 << 20,
		"the longest idle session without a link expires; if every session has a link the hello is refused with RESOURCE_EXHAUSTED"}
	PeerQueue = Bound{"Queue", "messages", 4096, 1, 1 << 20,
		"the peer reads no further frame of that link until the handler has caught up"}
	Waiting = Bound{"Waiting", "requests", 16384, 1, 1 << 24,
		"Do returns ErrOverloaded"}
	HostLimit = Bound{"HostLimit", "reservations", 1024, 1, 1 << 20,
		"the host is paused"}
	MaxAttempts = Bound{"MaxAttempts", "attempts", 3, 1, 100,
		"the request stays where it is, or ends when its attempt does"}
	Hosts = Bound{"Hosts", "hosts", 4096, 1, 1 << 20,
		"the hello is refused with RESOURCE_EXHAUSTED"}
	HostQueue = Bound{"Queue", "requests", 1024, 1, 1 << 20,
		"the host refuses the attempt"}
)

// Pick returns v, or the default where v is zero. An error that wraps
// ErrConfig and names the component, the field, its value and its bounds is
// returned when v lies outside them.
func (b Bound) Pick(component string, v int64) (int64, error) {
	if v == 0 {
		return b.Default, nil
	}
	if v < b.Min || v > b.Max {
		if b.Unit == "ns" {
			return 0, fmt.Errorf("%w: %s.%s is %v, want %v to %v, or zero for %v", ErrConfig, component, b.Name,
				time.Duration(v), time.Duration(b.Min), time.Duration(b.Max), time.Duration(b.Default))
		}
		return 0, fmt.Errorf("%w: %s.%s is %d %s, want %d to %d, or zero for %d", ErrConfig, component, b.Name,
			v, b.Unit, b.Min, b.Max, b.Default)
	}
	return v, nil
}
