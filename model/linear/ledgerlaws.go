package linear

import "github.com/weir-dev/weir/model"

// live counts the reservations at host h, from 1, or the abandoned attempts.
func (b *Books) live(h int, abandoned bool) int {
	n := 0
	for i, at := range b.At {
		if int(at) == h && b.Abandoned[i] == abandoned {
			n++
		}
	}
	return n
}

// laws are the laws of the gateway that speak of the ledger alone. They ask
// what is listed, and never the counts or the rules that the steps decide by.
func (p BooksParams) laws() []model.Law[Books] {
	return []model.Law[Books]{
		{Slug: "gateway/count", Holds: func(b *Books) bool {
			for i, h := range b.Hosts {
				if b.live(i+1, false) != int(h.Reserved) || b.live(i+1, true) != int(h.Abandoned) {
					return false
				}
			}
			return true
		}, Step: func(from *Books, _ model.Label, to *Books) bool {
			// Above the limit only while a lowered one drains.
			for i, h := range to.Hosts {
				if n := to.live(i+1, false); n > from.live(i+1, false) && n > int(h.Limit) {
					return false
				}
			}
			return true
		}},
		{Slug: "gateway/released-once", Step: func(from *Books, l model.Label, _ *Books) bool {
			kind, id := LedgerKind(l.Action), int(l.Args[0])
			if kind != Release && kind != Reassign || l.Args[l.N-1] == 0 {
				return true
			}
			return from.At[id-1] != 0 && !from.Abandoned[id-1]
		}},
		{Slug: "gateway/paused", Step: func(from *Books, l model.Label, _ *Books) bool {
			h, ok := reservedAt(l)
			return !ok || !from.Hosts[h-1].Paused && from.live(h, false) < int(from.Hosts[h-1].Limit)
		}},
		{Slug: "gateway/host-capacity", Step: func(_ *Books, l model.Label, to *Books) bool {
			h, ok := reservedAt(l)
			if !ok {
				return true
			}
			limit := int(to.Hosts[h-1].Limit)
			spare := p.Cap
			if spare < 0 {
				spare = limit
			}
			return to.live(h, false)+to.live(h, true) <= limit+spare
		}},
		{Slug: "gateway/sometimes-pause-resume", Kind: model.Sometimes, Step: func(from *Books, l model.Label, to *Books) bool {
			k := LedgerKind(l.Action)
			return (k == Release || k == Acknowledge) && (from.Hosts[0].Paused && !to.Hosts[0].Paused)
		}},
	}
}

// reservedAt is the host that a step made a reservation at.
func reservedAt(l model.Label) (int, bool) {
	switch LedgerKind(l.Action) {
	case Reserve:
		return int(l.Args[0]), l.Args[1] != 0
	case Reassign:
		return int(l.Args[2]), l.Args[3] != 0
	}
	return 0, false
}
