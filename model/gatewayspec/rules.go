package gatewayspec

// FollowLimit, as a mark or as a cap, stands for its default: the mark is then
// Limit-1, the cap Limit.
const FollowLimit = -1

// Counts is what a gateway counts for one attachment, with the pure rules by
// which that limits it: they are the one source of them, for the steps of this
// spec and for anything else that needs a sequential limiter. The methods that
// change a Counts do one thing each: they change a count, then decide whether
// the host is paused. They do not refuse what the rules forbid (a Reserve
// without a free slot, a Release of nothing): that is for laws to notice.
//
// A Counts is a plain comparable value and is not safe for concurrent use.
type Counts struct {
	// Reserved is the number of live reservations, Abandoned that of sent
	// attempts that were given up and are not answered.
	Reserved, Abandoned int
	// Limit is the most reservations; 0 pauses the host until it is raised.
	Limit int
	// Mark is how few reservations let a paused host resume. What is above
	// Limit-1 counts as Limit-1, and so does FollowLimit.
	Mark int
	// Cap is how many abandoned attempts there may be beside Limit
	// reservations. FollowLimit: as many as Limit.
	Cap int
	// Paused is whether nothing more is reserved until the host resumes.
	Paused bool
}

// NewCounts returns the counts of an attachment that has just begun: it holds
// nothing, and is paused only if its limit is 0.
func NewCounts(limit, mark, abandonedCap int) Counts {
	return Counts{Limit: limit, Mark: mark, Cap: abandonedCap, Paused: limit <= 0}
}

// Free reports whether there is a free slot: reserved < limit, and reserved +
// abandoned < limit + cap.
func (c *Counts) Free() bool {
	spare := c.Cap
	if spare < 0 {
		spare = c.Limit
	}
	return c.Reserved < c.Limit && c.Reserved+c.Abandoned < c.Limit+spare
}

// Open reports whether a reservation may be made: there is a free slot and the
// host is not paused.
func (c *Counts) Open() bool { return !c.Paused && c.Free() }

// Reserve counts one more reservation. The host becomes paused if that was the
// last free slot.
func (c *Counts) Reserve() {
	c.Reserved++
	c.Settle()
}

// Release counts one reservation less, and one abandoned attempt more if the
// released one was sent and then given up: its host may still be at work on
// it. The host resumes if that brings it to its mark with a free slot.
func (c *Counts) Release(abandoned bool) {
	c.Reserved--
	if abandoned {
		c.Abandoned++
	}
	c.Settle()
}

// Acknowledge counts one abandoned attempt less: its host has answered it.
func (c *Counts) Acknowledge() {
	c.Abandoned--
	c.Settle()
}

// SetLimit changes the limit. Paused then follows from free slots alone,
// because hysteresis is about what is held and not about what is allowed; the
// same limit once more changes nothing.
func (c *Counts) SetLimit(limit int) {
	if limit == c.Limit {
		return
	}
	c.Limit = limit
	c.Paused = !c.Free()
}

// Settle pauses or resumes the host after its counts have changed: it is
// paused when it has no free slot, and resumes at or below its mark. It resumes
// only with a free slot: with the abandoned at their cap it would be paused
// again at once, and so on for ever.
func (c *Counts) Settle() {
	switch {
	case !c.Free():
		c.Paused = true
	case c.Reserved <= c.resumes():
		c.Paused = false
	}
}

// resumes is the mark within the limit.
func (c *Counts) resumes() int {
	if c.Mark < 0 {
		return c.Limit - 1
	}
	return min(c.Mark, c.Limit-1)
}

// Lighter reports whether c has the lesser load, reserved/limit, than d. Both
// limits are above zero, as those of hosts with a free slot are.
func (c *Counts) Lighter(d *Counts) bool { return c.Reserved*d.Limit < d.Reserved*c.Limit }
