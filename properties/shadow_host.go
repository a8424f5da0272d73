package properties

import "time"

// certainty is a judgement that may be open: the history does not tell
// everything, and nothing is called a breach that may be none.
type certainty uint8

const (
	no certainty = iota
	perhaps
	yes
)

// shadowHost is one attachment.
type shadowHost struct {
	b     GatewayBounds
	name  string
	epoch uint64
	limit int
	// live and abandoned count the attempts that occupy the host.
	live, abandoned int
	// detached is set by its detach, superseded by the attach of a newer one.
	detached, superseded bool
	// paused is what the gateway told; held is what follows from the rules: no
	// free slot since, or more reservations than the mark.
	paused, held bool
	draining     bool
	// refusing is set by a refusal until the host is certainly ready again;
	// unsure once it may be; refusedAt is when.
	refusing, unsure bool
	refusedAt        time.Duration
	// everPaused is whether a pause was told; openSince is when it last became
	// able to take a reservation, wasOpen whether it was at the last look.
	everPaused, wasOpen bool
	openSince           time.Duration
	// phantom is an attachment that was never told.
	phantom bool
}

// open tells whether this is the attachment of its host.
func (h *shadowHost) open() bool { return !h.detached && !h.superseded }

// cap is the most abandoned attempts above the limit, negative for no cap.
func (h *shadowHost) cap() int {
	if h.b.AbandonedCap == 0 {
		return h.limit
	}
	return h.b.AbandonedCap
}

// roomy tells whether the cap of abandoned attempts leaves room for one more.
func (h *shadowHost) roomy() bool {
	return h.cap() < 0 || h.live+h.abandoned < h.limit+h.cap()
}

// free tells whether there is a free slot.
func (h *shadowHost) free() bool { return h.live < h.limit && h.roomy() }

// mark is the most reservations with which a paused host resumes; negative
// where only a raised limit lets it.
func (h *shadowHost) mark() int {
	switch {
	case h.b.Mark > 0:
		return min(h.b.Mark, h.limit-1)
	case h.b.Mark < 0:
		return min(0, h.limit-1)
	}
	return h.limit - 1
}

// settle brings held up to date after a change of what occupies the host.
func (h *shadowHost) settle() {
	if !h.free() {
		h.held = true
	} else if h.live <= h.mark() {
		h.held = false
	}
}

// recompute takes a new limit: held then follows from free slots alone.
func (h *shadowHost) recompute(limit int) {
	h.limit = limit
	h.held = !h.free()
}

// refuses tells whether the host still turns requests away. A refusal wears
// off with time, and only a history whose time is punctual tells when it has
// not; that it has worn off is never certain without a sign of the host.
func (h *shadowHost) refuses(now time.Duration) certainty {
	switch {
	case !h.refusing:
		return no
	case h.b.Punctual && !h.unsure && (now == h.refusedAt || now < h.refusedAt+h.b.RefuseBackoff):
		return yes
	}
	return perhaps
}

// eligible tells whether a reservation can be made now, whatever request asks.
func (h *shadowHost) eligible(now time.Duration) certainty {
	if !h.open() || h.phantom || h.draining || h.paused || h.held || !h.free() {
		return no
	}
	switch h.refuses(now) {
	case yes:
		return no
	case perhaps:
		return perhaps
	}
	return yes
}

// lighter tells whether h has certainly less load than o: reserved/limit.
func (h *shadowHost) lighter(o *shadowHost) bool {
	return int64(h.live)*int64(o.limit) < int64(o.live)*int64(h.limit)
}
