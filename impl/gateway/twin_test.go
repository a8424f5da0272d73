package gateway

import (
	"slices"

	"github.com/weir-dev/weir/protocol"
)

// twin is a Ledger as one would write it without any thought of speed: a list
// of everything that ever was reserved, walked for every question. It decides
// what the real one must say.
type twin struct {
	config   LedgerConfig
	hosts    []*twinHost // attached, in the order of their names
	limits   map[string]int
	all      []*twinReservation
	lastHost uint64
}

type twinHost struct {
	name                       string
	epoch                      uint64
	declared                   int
	paused, draining, refusing bool
}

type twinReservation struct {
	host           string
	epoch, request uint64
	attempt        uint64
	sent           bool
	released       protocol.Reason
	told, answered bool
	detached       bool // its attachment ended before it was answered
}

func (w *twin) host(name string) *twinHost {
	for _, h := range w.hosts {
		if h.name == name {
			return h
		}
	}
	return nil
}

func (w *twin) limit(h *twinHost) int {
	n, ok := w.limits[h.name]
	if !ok {
		n = w.config.HostLimit
	}
	return min(n, h.declared)
}

func (w *twin) live(epoch uint64) (out []*twinReservation) {
	for _, r := range w.all {
		if r.epoch == epoch && r.released == protocol.ReasonNone {
			out = append(out, r)
		}
	}
	return out
}

func (w *twin) abandoned(epoch uint64) (out []*twinReservation) {
	for _, r := range w.all {
		given := r.released == protocol.Reassigned || r.released == protocol.Cancelled || r.released == protocol.Deadline
		if r.epoch == epoch && r.sent && given && !r.answered && !r.detached {
			out = append(out, r)
		}
	}
	return out
}

func (w *twin) free(h *twinHost) bool {
	limit, reserved := w.limit(h), len(w.live(h.epoch))
	spare := w.config.AbandonedCap
	if spare == 0 {
		spare = limit
	}
	return reserved < limit && reserved+len(w.abandoned(h.epoch)) < limit+spare
}

func (w *twin) mark(h *twinHost) int {
	mark := w.limit(h) - 1
	if w.config.Mark > 0 && w.config.Mark < mark {
		mark = w.config.Mark
	}
	if w.config.Mark < 0 && mark > 0 {
		mark = 0
	}
	return mark
}

// settle is called after every change of what h holds.
func (w *twin) settle(epoch uint64) {
	for _, h := range w.hosts {
		if h.epoch != epoch {
			continue
		}
		if !w.free(h) {
			h.paused = true
		} else if len(w.live(epoch)) <= w.mark(h) {
			h.paused = false
		}
	}
}

func (w *twin) open(h *twinHost) bool {
	return !h.draining && !h.refusing && !h.paused && w.free(h)
}

func (w *twin) attach(name string, declared int) {
	w.detach(name)
	w.lastHost++
	h := &twinHost{name: name, epoch: w.lastHost, declared: declared}
	w.hosts = append(w.hosts, h)
	slices.SortFunc(w.hosts, func(a, b *twinHost) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	w.settle(h.epoch)
}

func (w *twin) detach(name string) {
	h := w.host(name)
	if h == nil {
		return
	}
	for _, r := range w.all {
		if r.epoch != h.epoch {
			continue
		}
		if r.released == protocol.ReasonNone {
			r.released = protocol.Detached
		}
		if r.sent && !r.answered {
			r.detached = true
		}
	}
	w.hosts = slices.DeleteFunc(w.hosts, func(o *twinHost) bool { return o == h })
}

func (w *twin) reserve(request uint64, h *twinHost) *twinReservation {
	r := &twinReservation{host: h.name, epoch: h.epoch, request: request, attempt: uint64(len(w.all) + 1)}
	w.all = append(w.all, r)
	w.settle(h.epoch)
	return r
}

func (w *twin) release(r *twinReservation, reason protocol.Reason) {
	r.released = reason
	switch reason {
	case protocol.ByReply, protocol.ByErrorReply, protocol.Refused:
		r.answered = true
	case protocol.Closed, protocol.WriteFailed:
		r.detached = true
	}
	w.settle(r.epoch)
}

func (w *twin) standing(name string, epoch, attempt uint64) Standing {
	if attempt == 0 || attempt > uint64(len(w.all)) {
		return Stranger
	}
	r := w.all[attempt-1]
	switch {
	case r.host != name || !r.sent || r.answered:
		return Stranger
	case r.detached:
		return Lost
	case r.epoch != epoch:
		return Stranger
	case r.released == protocol.ReasonNone:
		return Held
	}
	return Abandoned
}
