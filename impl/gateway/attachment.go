package gateway

import (
	"container/list"

	"github.com/weir-dev/weir/protocol"
)

// Attachment is what a Ledger keeps for one attachment of a host. It is read
// through its methods and changed through the Ledger only.
type Attachment struct {
	host     string
	epoch    uint64
	declared int
	limit    int
	// mark and abandonedCap are the configured values, where zero follows the
	// limit.
	mark, abandonedCap int

	paused, draining, refusing, ended bool

	// live and abandoned are keyed by attempt. The number of reservations is
	// len(live) and nothing else.
	live, abandoned map[uint64]*Reservation
	// unsent holds the live reservations that were not written yet, and
	// uncancelled the abandoned ones whose Cancel was not written yet, both
	// oldest first.
	unsent, uncancelled list.List
	// last is the attempt reserved last; it decides between equal loads.
	last uint64
}

// Host is the name of the host.
func (a *Attachment) Host() string { return a.host }

// Epoch is the number of the attachment, from 1 over the Ledger's life.
func (a *Attachment) Epoch() uint64 { return a.epoch }

// Reserved is the number of live reservations.
func (a *Attachment) Reserved() int { return len(a.live) }

// Abandoned is the number of sent attempts that were given up and not answered
// yet.
func (a *Attachment) Abandoned() int { return len(a.abandoned) }

// Limit is the bound of Reserved: the smaller of what the host declared and
// what the Ledger allows it.
func (a *Attachment) Limit() int { return a.limit }

// Paused reports whether nothing more is reserved until the host resumes.
func (a *Attachment) Paused() bool { return a.paused }

// Draining reports whether the host said that it is leaving.
func (a *Attachment) Draining() bool { return a.draining }

// Refusing reports whether the host refused an attempt and has not become
// ready since.
func (a *Attachment) Refusing() bool { return a.refusing }

// Ended reports whether the attachment was detached or superseded.
func (a *Attachment) Ended() bool { return a.ended }

// Open reports whether a reservation can be made now.
func (a *Attachment) Open() bool {
	return !a.ended && !a.draining && !a.paused && !a.refusing && a.free()
}

// free reports whether there is a free slot. The second condition keeps a host
// that goes on with what was given up from being handed ever more: every
// abandoned attempt may still occupy it.
func (a *Attachment) free() bool {
	spare := a.abandonedCap
	if spare == 0 {
		spare = a.limit
	}
	return len(a.live) < a.limit && len(a.live)+len(a.abandoned) < a.limit+spare
}

// resumable reports whether a paused host may resume: at or below its mark,
// and with a free slot, or it would be paused again at once.
func (a *Attachment) resumable() bool {
	mark := a.limit - 1
	switch {
	case a.mark < 0:
		mark = min(0, mark)
	case a.mark > 0:
		mark = min(a.mark, mark)
	}
	return len(a.live) <= mark && a.free()
}

// lighter reports whether a has the lesser load, reserved/limit. Of two equal
// loads it is the one whose last reservation is older, so that idle hosts take
// turns. Both limits are above zero, since both are open.
func (a *Attachment) lighter(b *Attachment) bool {
	x, y := int64(len(a.live))*int64(b.limit), int64(len(b.live))*int64(a.limit)
	if x != y {
		return x < y
	}
	return a.last < b.last
}

func (a *Attachment) stats() protocol.HostStats {
	return protocol.HostStats{
		Host: a.host, Epoch: a.epoch,
		Reserved: len(a.live), Limit: a.limit, Abandoned: len(a.abandoned),
		Paused: a.paused, Draining: a.draining,
	}
}
