package protocol

import "strconv"

// Mode says how many messages a Remote keeps in flight.
type Mode uint8

const (
	// Async keeps up to Window messages in flight. It is the zero value.
	Async Mode = iota
	// Sync keeps at most one message in flight.
	Sync
)

// String returns "async" or "sync".
func (m Mode) String() string {
	switch m {
	case Async:
		return "async"
	case Sync:
		return "sync"
	}
	return "mode(" + strconv.Itoa(int(m)) + ")"
}

// Delivery says what becomes of a message whose link is lost.
type Delivery uint8

const (
	// AtMostOnce never sends a message twice: what was in flight on a lost link
	// ends Unknown, what is taken while offline ends NotSent. It is the zero
	// value.
	AtMostOnce Delivery = iota
	// Resume holds messages while offline and sends again what the peer has not
	// handled.
	Resume
)

// String returns "at-most-once" or "resume".
func (d Delivery) String() string {
	switch d {
	case AtMostOnce:
		return "at-most-once"
	case Resume:
		return "resume"
	}
	return "delivery(" + strconv.Itoa(int(d)) + ")"
}
