package protocol

import (
	"fmt"
	"strconv"
)

// Outcome is what became of an accepted message or an accepted request.
type Outcome uint8

const (
	// OutcomeNone is the zero value: not decided.
	OutcomeNone Outcome = iota
	// Replied means that it was handled exactly once and the reply is at hand.
	Replied
	// NotSent is definite: it was never in flight and certainly never handled.
	NotSent
	// Unknown is indefinite: it was handled at most once, or not at all.
	Unknown
	// Failed is a request that ended with an error; its reason says which.
	Failed
	outcomeEnd
)

var outcomeNames = [...]string{"", "replied", "not-sent", "unknown", "failed"}

// String returns the text form of o, as in "not-sent".
func (o Outcome) String() string {
	if o == OutcomeNone || o >= outcomeEnd {
		return "outcome(" + strconv.Itoa(int(o)) + ")"
	}
	return outcomeNames[o]
}

func parseOutcome(s string) (Outcome, error) {
	for o := Replied; o < outcomeEnd; o++ {
		if outcomeNames[o] == s {
			return o, nil
		}
	}
	return OutcomeNone, fmt.Errorf("outcome %q is unknown", s)
}

// Reason says why a message or request has its outcome, a reservation was
// released, or a link went down.
type Reason uint8

const (
	// ReasonNone is the zero value; a Replied message has no other.
	ReasonNone Reason = iota
	// Offline: the peer could not be reached.
	Offline
	// TimeToLive: the message waited out its time to live and never left.
	TimeToLive
	// Deadline: the deadline of the message or request passed.
	Deadline
	// Closed: Close was called and did not wait for it any longer.
	Closed
	// LinkLost: the link that carried it was lost.
	LinkLost
	// MemoryLost: the peer lost its memory of the session.
	MemoryLost
	// Superseded: a newer link or attachment took its place.
	Superseded
	// ByReply: the host answered.
	ByReply
	// ByErrorReply: the host answered with a failure.
	ByErrorReply
	// Reassigned: the request moved to another host.
	Reassigned
	// Refused: the host gave the attempt back unstarted.
	Refused
	// Detached: the attachment ended.
	Detached
	// Draining: the host is leaving and the attempt was not sent yet.
	Draining
	// Cancelled: the caller's context was cancelled.
	Cancelled
	// WriteFailed: the host's stream refused the request.
	WriteFailed
	// NoHost: no host was eligible for as long as the request may wait.
	NoHost
	// HostLost: the attachment ended and the request may not be handed on.
	HostLost
	// Invalid: the other end broke the protocol.
	Invalid
	reasonEnd
)

var reasonNames = [...]string{
	"", "offline", "ttl", "deadline", "closed", "link-lost", "memory-lost", "superseded",
	"reply", "error-reply", "reassign", "refuse", "detach", "drain", "cancel", "write-failed",
	"no-host", "host-lost", "invalid",
}

// String returns the text form of r, as in "link-lost".
func (r Reason) String() string {
	if r == ReasonNone || r >= reasonEnd {
		return "reason(" + strconv.Itoa(int(r)) + ")"
	}
	return reasonNames[r]
}

func parseReason(s string) (Reason, error) {
	for r := Offline; r < reasonEnd; r++ {
		if reasonNames[r] == s {
			return r, nil
		}
	}
	return ReasonNone, fmt.Errorf("reason %q is unknown", s)
}

// Result is what a Remote hands to its dispatcher: one accepted message and
// what became of it. The slices belong to the receiver.
type Result struct {
	// Seq is the message's place in the order of acceptance, from 1. Zero where
	// an implementation has no such number.
	Seq uint64
	// Outcome is Replied, NotSent or Unknown.
	Outcome Outcome
	// Reason is ReasonNone for Replied.
	Reason Reason
	// Message is the payload that was accepted.
	Message []byte
	// Reply is what the peer's handler returned; nil unless Replied.
	Reply []byte
	// Err is what the peer's handler returned instead of a reply, as a
	// *HandlerError; nil otherwise.
	Err error
}

// HandlerError is an answer that says why there is no other: the handler at
// the other end returned an error or panicked.
type HandlerError struct {
	// Party is the peer or host whose handler it was; empty when not known.
	Party string
	// Message is what it said; for people.
	Message string
}

// Error returns the message with the party in front.
func (e *HandlerError) Error() string {
	if e.Party == "" {
		return "handler failed: " + e.Message
	}
	return "handler at " + e.Party + " failed: " + e.Message
}
