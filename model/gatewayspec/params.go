package gatewayspec

import "fmt"

// What a State has room for. Params stay within these.
const (
	maxRequests = 3
	maxHosts    = 2
	maxAttempts = 2
	maxWire     = 3
	maxEpoch    = 4
)

// Params bounds the world that the spec explores. The zero value is refused;
// start from [CI], [CIHostile], [CILimit2] or
// [Deep].
type Params struct {
	// Name is the size's name in reports, as in "ci".
	Name string
	// Requests is how many callers call Do, one request each, 1 to 3.
	Requests int
	// Hosts is how many hosts there are, 1 or 2. They begin attached.
	Hosts int
	// Limit is the limit of every host and its own capacity, 1 or 2.
	Limit int
	// Mark is how few reservations let a paused host resume, 0 to Limit-1.
	Mark int
	// Cap is how many abandoned attempts a host may have beside Limit
	// reservations, 0 to 2.
	Cap int
	// MaxAttempts is how often a request may be sent, 1 or 2.
	MaxAttempts int
	// Wire is how many frames fit into one direction of an attachment, 1 to 3.
	Wire int
	// Losses is how many streams may break, 0 to 3. Each host that notices may
	// attach again.
	Losses int
	// Cancels is how many callers may give up, 0 to Requests.
	Cancels int
	// Forgeries is how many answers hosts may make up, 0 or 1.
	Forgeries int
	// Variant is the bug that the spec has; Correct for none.
	Variant Variant
}

// CI is the size for every change: a few seconds on one core.
func CI() Params {
	return Params{Name: "ci", Requests: 2, Hosts: 2, Limit: 1, Mark: 0, Cap: 1, MaxAttempts: 2, Wire: 2,
		Losses: 1, Cancels: 1, Forgeries: 0}
}

// CIHostile is a size like [CI] in which a host lies once and streams break
// twice; requests are sent once at most, so that losing a host can end one.
func CIHostile() Params {
	return Params{Name: "ci-hostile", Requests: 2, Hosts: 2, Limit: 1, Mark: 0, Cap: 1, MaxAttempts: 1, Wire: 2,
		Losses: 2, Cancels: 1, Forgeries: 1}
}

// CILimit2 is a size like [CI] with a limit of two and a mark of zero, so that
// there is hysteresis and a choice by load.
func CILimit2() Params {
	return Params{Name: "ci-limit2", Requests: 2, Hosts: 2, Limit: 2, Mark: 0, Cap: 1, MaxAttempts: 2, Wire: 2,
		Losses: 1, Cancels: 0, Forgeries: 0}
}

// Deep is the size for a longer look: three requests, 22 million states, about
// half a minute on one core.
func Deep() Params {
	return Params{Name: "deep", Requests: 3, Hosts: 2, Limit: 1, Mark: 0, Cap: 1, MaxAttempts: 2, Wire: 2,
		Losses: 1, Cancels: 1, Forgeries: 0}
}

// Validate returns an error that names the field, its value and its bounds if
// p is not a world that a State has room for.
func (p Params) Validate() error {
	for _, f := range []struct {
		name            string
		value, min, max int
	}{
		{"Requests", p.Requests, 1, maxRequests},
		{"Hosts", p.Hosts, 1, maxHosts},
		{"Limit", p.Limit, 1, 2},
		{"Mark", p.Mark, 0, p.Limit - 1},
		{"Cap", p.Cap, 0, 2},
		{"MaxAttempts", p.MaxAttempts, 1, maxAttempts},
		{"Wire", p.Wire, 1, maxWire},
		{"Losses", p.Losses, 0, maxEpoch - 1},
		{"Cancels", p.Cancels, 0, p.Requests},
		{"Forgeries", p.Forgeries, 0, 1},
	} {
		if f.value < f.min || f.value > f.max {
			return fmt.Errorf("gatewayspec: %s is %d, want %d to %d", f.name, f.value, f.min, f.max)
		}
	}
	if p.Name == "" {
		return fmt.Errorf("gatewayspec: Name is empty, want the size's name in reports")
	}
	if p.Variant >= variantEnd {
		return fmt.Errorf("gatewayspec: Variant is %d, want one below %d", p.Variant, variantEnd)
	}
	return nil
}
