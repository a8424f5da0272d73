package gateway

import (
	"fmt"
	"time"

	"github.com/weir-dev/weir/protocol"
)

// party is the Gateway in its events.
const party = "gateway"

// Defaults of the fields of Config that protocol has no bound for.
const (
	// DefaultMaxWait is how long a Do waits for a host.
	DefaultMaxWait = 30 * time.Second
	// DefaultRefuseBackoff is how long a host is left alone after a refusal.
	DefaultRefuseBackoff = time.Second
	// DefaultBudgetRatio is how many reassigns an accepted request earns.
	DefaultBudgetRatio = 0.1
	// DefaultBudgetBurst is how many reassigns may be saved up.
	DefaultBudgetBurst = 10
)

// Config is what a Gateway needs to know. The zero value is usable.
type Config struct {
	// HostLimit is the most reservations at one host, whatever it declares:
	// 1024 by default. SetLimit changes it for one host.
	HostLimit int
	// Mark is where a paused host resumes: when its reservations are no more
	// than min(Mark, limit-1). Zero means limit-1, that is at once; a negative
	// mark means when none is left.
	Mark int
	// AbandonedCap is how many attempts that were given up and not answered a
	// host may owe above its limit before it counts as full. Zero means as many
	// as its limit.
	AbandonedCap int
	// Waiting bounds the queue on entry: 16384 requests by default. Requests
	// that come back from a host go beyond it, by no more than was reserved.
	Waiting int
	// MaxWait is how long a request may wait in the queue, all its waits taken
	// together: 30 seconds by default; negative means no bound but the
	// caller's context.
	MaxWait time.Duration
	// ReassignAfter is how long after its reservation an unanswered attempt
	// may move to another host. Zero: never.
	ReassignAfter time.Duration
	// MaxAttempts is how often a request is sent, at most: 3 by default.
	MaxAttempts int
	// BudgetRatio and BudgetBurst bound how much work reassigns may add: each
	// accepted request earns the ratio of one reassign (0.1 by default, at most
	// 100), of which at most the burst (10 by default) is saved up. The budget
	// begins full.
	BudgetRatio float64
	BudgetBurst int
	// RefuseBackoff is how long nothing is reserved at a host after it refused,
	// unless it answers something or says that it is ready: 1 s by default.
	RefuseBackoff time.Duration
	// Hosts is the most hosts that are attached at a time, and the most that
	// are on the way to it: 4096 each by default.
	Hosts int
	// MessageBytes is the largest payload of a request or an answer: 1 MiB by
	// default. gRPC's own limits must lie above it.
	MessageBytes int
	// Tracer is told every event, inside the critical section; may be nil.
	Tracer protocol.Tracer
}

func (c Config) ledger() LedgerConfig {
	return LedgerConfig{HostLimit: c.HostLimit, Mark: c.Mark, AbandonedCap: c.AbandonedCap, Hosts: c.Hosts, Tracer: c.Tracer}
}

// withDefaults returns c with its zero fields filled in. An error that wraps
// protocol.ErrConfig is returned when a field is outside its bounds.
func (c Config) withDefaults() (Config, error) {
	ledger, err := c.ledger().withDefaults("Config")
	if err != nil {
		return c, err
	}
	c.HostLimit, c.Hosts = ledger.HostLimit, ledger.Hosts
	for _, f := range []struct {
		bound protocol.Bound
		field *int
	}{
		{protocol.Waiting, &c.Waiting},
		{protocol.MaxAttempts, &c.MaxAttempts},
		{protocol.MessageBytes, &c.MessageBytes},
	} {
		n, err := f.bound.Pick("Config", int64(*f.field))
		if err != nil {
			return c, err
		}
		*f.field = int(n)
	}
	if c.MaxWait == 0 {
		c.MaxWait = DefaultMaxWait
	}
	return c.withRetryDefaults()
}

func (c Config) withRetryDefaults() (Config, error) {
	if c.ReassignAfter < 0 {
		return c, fmt.Errorf("%w: Config.ReassignAfter is %v, want a positive time, or zero for never",
			protocol.ErrConfig, c.ReassignAfter)
	}
	if c.RefuseBackoff == 0 {
		c.RefuseBackoff = DefaultRefuseBackoff
	}
	if c.RefuseBackoff < 0 {
		return c, fmt.Errorf("%w: Config.RefuseBackoff is %v, want a positive time, or zero for %v",
			protocol.ErrConfig, c.RefuseBackoff, DefaultRefuseBackoff)
	}
	if c.BudgetRatio == 0 {
		c.BudgetRatio = DefaultBudgetRatio
	}
	if !(c.BudgetRatio > 0 && c.BudgetRatio <= 100) {
		return c, fmt.Errorf("%w: Config.BudgetRatio is %v reassigns per request, want above 0 to 100, or zero for %v",
			protocol.ErrConfig, c.BudgetRatio, DefaultBudgetRatio)
	}
	if c.BudgetBurst == 0 {
		c.BudgetBurst = DefaultBudgetBurst
	}
	if c.BudgetBurst < 1 || c.BudgetBurst > 1<<20 {
		return c, fmt.Errorf("%w: Config.BudgetBurst is %d reassigns, want 1 to %d, or zero for %d",
			protocol.ErrConfig, c.BudgetBurst, 1<<20, DefaultBudgetBurst)
	}
	return c, nil
}
