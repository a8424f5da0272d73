package gateway

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// LedgerConfig is what a Ledger needs to know. The zero value is usable.
type LedgerConfig struct {
	// HostLimit is the most reservations at one host, whatever it declares; see
	// protocol.HostLimit for default and bounds.
	HostLimit int
	// Mark is where a paused host resumes: when its reservations are no more
	// than min(Mark, limit-1). Zero means limit-1, that is at once; a negative
	// mark means when none is left. The lower it is, the fewer changes between
	// paused and not, and the longer a host with free slots is left alone.
	Mark int
	// AbandonedCap is how many abandoned attempts a host may owe above its
	// limit before it counts as full; zero means as many as its limit.
	AbandonedCap int
	// Hosts is the most hosts that are attached at a time, and the most for
	// which SetLimit is remembered; see protocol.Hosts for default and bounds.
	Hosts int
	// Tracer is told every change, in order; may be nil.
	Tracer protocol.Tracer
}

// withDefaults returns c with its zero fields filled in. An error that wraps
// protocol.ErrConfig is returned when a field is outside its bounds.
func (c LedgerConfig) withDefaults(component string) (LedgerConfig, error) {
	limit, err := protocol.HostLimit.Pick(component, int64(c.HostLimit))
	if err != nil {
		return c, err
	}
	hosts, err := protocol.Hosts.Pick(component, int64(c.Hosts))
	if err != nil {
		return c, err
	}
	if c.AbandonedCap < 0 || int64(c.AbandonedCap) > protocol.HostLimit.Max {
		return c, fmt.Errorf("%w: %s.AbandonedCap is %d attempts, want 1 to %d, or zero for the limit of the host",
			protocol.ErrConfig, component, c.AbandonedCap, protocol.HostLimit.Max)
	}
	c.HostLimit, c.Hosts = int(limit), int(hosts)
	return c, nil
}
