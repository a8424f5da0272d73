package gateway

import (
	"container/list"

	"github.com/weir-dev/weir/protocol"
)

// Reservation is one place at one host, held by one request for one attempt.
// A Ledger makes it and ends it; its exported fields are set once and are not
// to be changed.
type Reservation struct {
	// Host and Epoch name the attachment that the place belongs to.
	Host  string
	Epoch uint64
	// Request is the number under which the caller of the Ledger knows the
	// request.
	Request uint64
	// Attempt is the reservation's own number, from 1; never used twice.
	Attempt uint64

	at       *Attachment
	sent     bool
	released protocol.Reason
	// unsent is the place in at.unsent, nil once it is sent or released;
	// uncancelled is the place in at.uncancelled, nil unless a Cancel is owed.
	unsent, uncancelled *list.Element
}

// Live reports whether r has not been released.
func (r *Reservation) Live() bool { return r.released == protocol.ReasonNone }

// Sent reports whether the attempt was marked as sent.
func (r *Reservation) Sent() bool { return r.sent }

// Released returns why r was released, ReasonNone while it is live.
func (r *Reservation) Released() protocol.Reason { return r.released }

// abandons reports whether a sent attempt released for that reason leaves the
// host at work on something that nobody waits for, while its attachment lasts.
func abandons(reason protocol.Reason) bool {
	switch reason {
	case protocol.Reassigned, protocol.Cancelled, protocol.Deadline:
		return true
	}
	return false
}

// answers reports whether a release for that reason is itself the host's one
// answer to the attempt, so that no other may follow.
func answers(reason protocol.Reason) bool {
	switch reason {
	case protocol.ByReply, protocol.ByErrorReply, protocol.Refused:
		return true
	}
	return false
}
