package protocol

import "errors"

var (
	// ErrClosed is returned when Close has begun: nothing is accepted any more.
	ErrClosed = errors.New("closed")
	// ErrFull is returned by TrySend when the buffer is full, and by a Send from
	// within a dispatch that would have to wait for itself.
	ErrFull = errors.New("buffer is full")
	// ErrTooLarge is returned, wrapped with both sizes, when a payload is above
	// the maximum message size.
	ErrTooLarge = errors.New("message is too large")
	// ErrInDispatch is returned by a Close that is called with the context of a
	// dispatch: closing has begun, and waiting for it there would never end.
	ErrInDispatch = errors.New("close called from within a dispatch; closing goes on")
	// ErrOverloaded is returned by Do when the queue of waiting requests is full.
	ErrOverloaded = errors.New("queue of waiting requests is full")
	// ErrNoHost is returned, wrapped with what the hosts were doing, when no
	// host was eligible for as long as a request may wait.
	ErrNoHost = errors.New("no host was eligible")
	// ErrHostLost is returned by Do when the host's attachment ended and the
	// request may not be handed to another.
	ErrHostLost = errors.New("host was lost")
	// ErrRefused is returned by Do when hosts refused it until its attempts were
	// used up.
	ErrRefused = errors.New("hosts refused")
	// ErrConfig is returned, wrapped with the field, its value and its bounds,
	// when a component is given a configuration that it can't work with.
	ErrConfig = errors.New("configuration is not usable")
)
