package properties

import "github.com/weir-dev/weir/protocol"

// maxEdges bounds the table of the edges that were seen.
const maxEdges = 1 << 16

// edges are the steps of the protocols that histories have shown: which kind of
// event, with which outcome, comes after which other at the same party, and
// whether it is about the same message and the same link. They are few beside
// the schedules, so that a new one is worth more than a new schedule: a
// portfolio gives more to the strategy that finds them.
type edges struct {
	seen map[uint64]struct{}
	last []*protocol.Event // of each party, in the history at hand
}

func newEdges() *edges { return &edges{seen: map[uint64]struct{}{}} }

// news counts the edges of a history that none before it had. A full table
// knows no news.
func (d *edges) news(records []Record) int {
	d.last = d.last[:0]
	n := 0
	for i := range records {
		e := &records[i].Event
		if e.Kind == protocol.KindNone {
			continue
		}
		key := edgeOf(d.before(e), e)
		if _, ok := d.seen[key]; !ok && len(d.seen) < maxEdges {
			d.seen[key] = struct{}{}
			n++
		}
	}
	return n
}

// before is the event of the same party before e, and zero of the first. There
// are few parties.
func (d *edges) before(e *protocol.Event) *protocol.Event {
	for i, last := range d.last {
		if last.Party == e.Party {
			d.last[i] = e
			return last
		}
	}
	d.last = append(d.last, e)
	return &protocol.Event{}
}

// edgeOf is the step from one event to another without its numbers, and of
// hosts without which of them.
func edgeOf(from, to *protocol.Event) uint64 {
	key := uint64(from.Kind)<<40 | uint64(from.Outcome)<<32 | uint64(from.Reason)<<24 | uint64(to.Kind)<<16 | uint64(to.Outcome)<<8 | uint64(to.Reason)
	for i, is := range [...]bool{
		to.Party != "remote" && to.Party != "peer" && to.Party != "gateway",
		from.Seq == to.Seq, from.Attempt == to.Attempt, from.Epoch == to.Epoch,
	} {
		if is {
			key |= 1 << (48 + i)
		}
	}
	return key
}
