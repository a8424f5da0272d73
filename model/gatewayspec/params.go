package gatewayspec

import "fmt"

// What a State has room for. Params stay within these.
const (
	maxRequests = 3
	maxHosts    = 3
	maxAttempts = 2
	maxWire     = 3
	maxLimit    = 2
)

// nobody is an attempt that no request has: the id that a lying host invents.
const nobody = maxRequests * maxAttempts

// Ever is for what may happen again and again, without an end.
const Ever = 255

// Params bounds the world that the spec explores. What is zero does not happen
// there. The zero value is refused; start from one of [Sizes].
type Params struct {
	// Name is the size's name in reports, as in "ci".
	Name string
	// Requests is how many callers call Do, one request each, 1 to 3.
	Requests int
	// Hosts is how many hosts there are, 1 to 3. They begin attached.
	Hosts int
	// Limit is the limit of every host at first, the most that it is ever set
	// to, and the host's own capacity: 1 or 2.
	Limit int
	// Mark is how few reservations let a paused host resume, 0 to Limit-1.
	Mark int
	// Cap is how many abandoned attempts a host may have beside its limit of
	// reservations, 0 to 2.
	Cap int
	// MaxAttempts is how often a request may be sent, 1 or 2.
	MaxAttempts int
	// Wire is how many frames fit into one direction of an attachment, 1 to 3.
	Wire int

	// NonIdempotent is how many requests, counted from the first, may not be
	// run twice, 0 to Requests.
	NonIdempotent int
	// Waiting is how many requests may wait before the next is turned away, 1
	// to 3; 0 is no bound.
	Waiting int
	// MaxWait is whether a request that waits and has no eligible host gives up
	// in the end.
	MaxWait bool
	// Deadlines is how many requests, counted from the first, have a deadline,
	// 0 to Requests.
	Deadlines int
	// Burst is how many reassigns the budget holds when full, 0 to 2; 0 is no
	// budget. Ratio is what each accepted request adds, in halves, 0 to 2.
	Burst, Ratio int
	// Close is whether Close is called, at whatever instant, and whether its
	// ctx ends.
	Close bool

	// Losses is how many streams may break, 0 to 3 or Ever. Each host that
	// notices may attach again.
	Losses int
	// WriteFailures is whether a write to a broken stream may fail, rather than
	// be swallowed.
	WriteFailures bool
	// LateAnswers is whether a host sends the answers of an attachment that was
	// lost on its next.
	LateAnswers bool
	// Cancels is how many callers may give up, 0 to Requests.
	Cancels int
	// Failures is how many handlers may return an error, 0 to 3.
	Failures int
	// Refusals is how often hosts may refuse a request as busy, 0 to 3 or Ever.
	Refusals int
	// Drains is how often hosts may leave, 0 to 3 or Ever.
	Drains int
	// Limits is how often a host's limit may change, 0 to 3 or Ever.
	Limits int
	// Forgeries is how many answers hosts may make up, 0 to 2.
	Forgeries int

	// Variant is the bug that the spec has; Correct for none.
	Variant Variant
}

// Validate returns an error that names the field, its value and its bounds if
// p is not a world that a State has room for.
func (p Params) Validate() error {
	for _, f := range []struct {
		name            string
		value, min, max int
		ever            bool
	}{
		{"Requests", p.Requests, 1, maxRequests, false},
		{"Hosts", p.Hosts, 1, maxHosts, false},
		{"Limit", p.Limit, 1, maxLimit, false},
		{"Mark", p.Mark, 0, p.Limit - 1, false},
		{"Cap", p.Cap, 0, 2, false},
		{"MaxAttempts", p.MaxAttempts, 1, maxAttempts, false},
		{"Wire", p.Wire, 1, maxWire, false},
		{"NonIdempotent", p.NonIdempotent, 0, p.Requests, false},
		{"Waiting", p.Waiting, 0, maxRequests, false},
		{"Deadlines", p.Deadlines, 0, p.Requests, false},
		{"Burst", p.Burst, 0, 2, false},
		{"Ratio", p.Ratio, 0, 2 * p.Burst, false},
		{"Losses", p.Losses, 0, 3, true},
		{"Cancels", p.Cancels, 0, p.Requests, false},
		{"Failures", p.Failures, 0, 3, false},
		{"Refusals", p.Refusals, 0, 3, true},
		{"Drains", p.Drains, 0, 3, true},
		{"Limits", p.Limits, 0, 3, true},
		{"Forgeries", p.Forgeries, 0, 2, false},
	} {
		if (f.value < f.min || f.value > f.max) && !(f.ever && f.value == Ever) {
			text := fmt.Sprintf("%d to %d", f.min, f.max)
			if f.ever {
				text += " or Ever"
			}
			return fmt.Errorf("gatewayspec: %s is %d, want %s", f.name, f.value, text)
		}
	}
	switch {
	case p.Name == "":
		return fmt.Errorf("gatewayspec: Name is empty, want the size's name in reports")
	case p.Variant >= variantEnd:
		return fmt.Errorf("gatewayspec: Variant is %d, want one below %d", p.Variant, variantEnd)
	}
	return nil
}

// leaves is whether attachments end before Close does.
func (p *Params) leaves() bool { return p.Losses > 0 || p.Drains > 0 }
