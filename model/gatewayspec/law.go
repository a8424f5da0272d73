package gatewayspec

import "github.com/weir-dev/weir/model"

// laws returns what must hold, in the order of the catalogue; of several laws
// that one step breaks the first is reported.
//
// The laws ask the reservations, not the counts that the gateway decides by:
// a law that believed the counts could not see them go wrong.
func (m machine) laws() []model.Law[State] {
	laws := append(m.always(), m.eventually()...)
	return append(laws, m.sometimes()...)
}

func (m machine) always() []model.Law[State] {
	laws := []model.Law[State]{
		{Slug: "gateway/count", Holds: m.count, Step: m.withinLimit},
		{Slug: "gateway/one-reservation", Holds: oneReservation},
		{Slug: "gateway/released-once", Holds: releasedOnce},
		{Slug: "gateway/one-outcome", Holds: oneOutcome},
		{Slug: "gateway/right-reply", Step: rightReply},
		{Slug: "gateway/no-leak", Holds: noLeak},
		{Slug: "gateway/paused", Holds: m.pausedWhenFull, Step: m.paused},
		{Slug: "gateway/no-idle-wait", Holds: m.noIdleWait},
		{Slug: "gateway/fifo", Step: m.fifo},
		{Slug: "gateway/choice", Step: m.choice},
		{Slug: "gateway/reassign-bounds", Holds: m.withinBudget, Step: m.reassignBounds},
		{Slug: "gateway/late", Step: late},
		{Slug: "gateway/accounted", Holds: accounted, Step: rejected},
		{Slug: "gateway/epoch", Holds: m.ownCounts, Step: epoch},
		{Slug: "gateway/isolation", Step: isolation},
	}
	if m.NonIdempotent > 0 {
		laws = append(laws, model.Law[State]{Slug: "gateway/non-idempotent", Step: m.nonIdempotent})
	}
	laws = append(laws,
		model.Law[State]{Slug: "gateway/host-capacity", Holds: m.hostCapacity, Step: m.abandonedCap},
		model.Law[State]{Slug: "gateway/bounded", Holds: m.bounded})
	if m.Close {
		laws = append(laws,
			model.Law[State]{Slug: "gateway/close-complete", Holds: closeComplete},
			model.Law[State]{Slug: "gateway/quiet-after-close", Step: quiet})
	}
	return laws
}

// entries counts the attempts of the attachment of h with that entry.
func (s *State) entries(h int, e entry) int {
	n := 0
	for a := range s.Attempts {
		if s.Attempts[a].Entry == e && s.at(a, h) {
			n++
		}
	}
	return n
}

// target returns the request and the host of a step that makes a reservation.
func target(l model.Label) (r, h int, ok bool) {
	switch l.Action {
	case Reserve:
		return int(l.Args[0]), int(l.Args[1]), true
	case Reassign:
		return int(l.Args[0]), int(l.Args[2]), true
	}
	return 0, 0, false
}

// reads returns the host and which of its attachments a step reads from.
func reads(l model.Label) (h, from int, ok bool) {
	switch l.Action {
	case Reply, Late, Refuse, Rejected:
		return int(l.Args[1]), int(l.Args[2]), true
	case Ready, Drain:
		return int(l.Args[0]), int(l.Args[1]), true
	}
	return 0, 0, false
}
