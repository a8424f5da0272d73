package linear

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weir-dev/weir/protocol"
)

// queuePhase is where a message is.
type queuePhase uint8

const (
	// waiting: it may be handled yet.
	waiting queuePhase = iota
	handledOnce
	// lost: one that was accepted after it was handled.
	lost
)

// queueItem is a message that was accepted and with which all is not done.
type queueItem struct {
	value    uint64
	phase    queuePhase
	resolved bool
}

// queueState is a queue between two operations. It is never changed.
//
// Where ranks are known, only how many of the handled messages were accepted,
// and handled, so far is kept; else the messages, in the order in which they
// were accepted.
type queueState struct {
	accepted, handled int
	items             []queueItem
}

// step is the general specification. With equal messages in the queue the
// oldest is the one handled: whatever can follow another choice can follow
// this one, because more remains. Which of equal messages an outcome is for is
// open.
func (s queueState) step(op QueueOp, r QueueResult) []any {
	switch op.Do {
	case Send:
		if !r.OK {
			return []any{s}
		}
		return []any{queueState{items: append(slices.Clip(s.items), queueItem{value: op.Value})}}
	case Handle:
		var out []any
		for i, m := range s.items {
			if m.value != op.Value || m.phase != waiting {
				continue
			}
			t := slices.Clone(s.items)
			t[i].phase = handledOnce
			for j := range i {
				if t[j].phase == waiting {
					t[j].phase = lost
				}
			}
			out = append(out, settled(t))
			if !m.resolved {
				break // a later one that is not resolved either leaves less
			}
		}
		return out
	case Resolve:
		var out []any
		for i, m := range s.items {
			if m.value != op.Value || m.resolved || !m.phase.allows(r.Outcome) {
				continue
			}
			t := slices.Clone(s.items)
			t[i].resolved = true
			if r.Outcome == protocol.NotSent {
				t[i].phase = lost
			}
			out = append(out, settled(t))
		}
		return out
	}
	panic(fmt.Sprintf("linear: the queue has no operation %d", op.Do))
}

// allows reports whether a message there may have the outcome.
func (p queuePhase) allows(o protocol.Outcome) bool {
	switch o {
	case protocol.Replied:
		return p == handledOnce
	case protocol.NotSent:
		return p != handledOnce
	}
	return o == protocol.Unknown
}

// settled is the queue without the messages with which all is done.
func settled(items []queueItem) queueState {
	return queueState{items: slices.DeleteFunc(items, func(m queueItem) bool { return m.resolved && m.phase != waiting })}
}

// stepRanked is the specification where only handled messages, all different,
// are in the history, each with its rank and at most one outcome.
func (s queueState) stepRanked(op rankedOp, r QueueResult) []any {
	ok := false
	switch op.Do {
	case Send:
		s.accepted++
		ok = op.rank == s.accepted
	case Handle:
		s.handled++
		ok = op.rank == s.handled && s.handled <= s.accepted
	case Resolve:
		ok = r.Outcome == protocol.Replied && op.rank <= s.handled || r.Outcome == protocol.Unknown && op.rank <= s.accepted
	}
	if !ok || op.rank == 0 {
		return nil
	}
	return []any{s}
}

func (s queueState) equal(t queueState) bool {
	return s.accepted == t.accepted && s.handled == t.handled && slices.Equal(s.items, t.items)
}

func (s queueState) hash() uint64 {
	h := newHash()
	h.add(uint64(s.accepted))
	h.add(uint64(s.handled))
	for _, m := range s.items {
		h.add(m.value<<3 | uint64(m.phase)<<1)
	}
	return uint64(h)
}

// String prints the messages, or how many were accepted and handled.
func (s queueState) String() string {
	if s.accepted > 0 {
		return fmt.Sprintf("%d accepted, %d handled", s.accepted, s.handled)
	}
	words := [...]string{waiting: "waiting", handledOnce: "handled", lost: "lost"}
	var parts []string
	for phase, word := range words {
		var list []string
		for _, m := range s.items {
			if m.phase == queuePhase(phase) {
				list = append(list, fmt.Sprint(m.value))
			}
		}
		if len(list) > 0 || queuePhase(phase) == waiting {
			parts = append(parts, fmt.Sprintf("%s [%s]", word, strings.Join(list, " ")))
		}
	}
	return strings.Join(parts, ", ")
}
