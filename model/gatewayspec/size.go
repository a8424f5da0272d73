package gatewayspec

// Sizes returns the sizes for every change, in the order of reports. Each has
// in it what is worth seeing together, and together they have every action and
// every fact; they take some ten seconds on two cores. Each judges
// gateway/no-lockup and gateway/answered, too.
func Sizes() []Params {
	return []Params{CI(), ciClose(), ciRefuse(), ciDrains(), CILimit2(), ciQueue(), ciLosses(), ciWaits(), ciHosts3(), CIHostile()}
}

// DeepSizes returns the sizes for a longer look, of minutes together.
func DeepSizes() []Params {
	return []Params{Deep(), deepLosses(), deepWaits(), deepHosts3(), deepHostile()}
}

// base is what most sizes have.
func base(name string) Params {
	return Params{Name: name, Requests: 2, Hosts: 2, Limit: 1, Cap: 1, MaxAttempts: 2, Wire: 1, MaxWait: true}
}

// CI is about a request that moves: reassign, cancel, a stream that breaks, and
// what is answered late.
func CI() Params {
	p := base("ci")
	p.Losses, p.Cancels, p.LateAnswers = 1, 1, true
	return p
}

// ciClose is about ends: Close at every instant, deadlines, failed writes.
func ciClose() Params {
	p := base("ci-close")
	p.Close, p.Deadlines, p.Losses, p.WriteFailures = true, 1, 1, true
	return p
}

// ciRefuse is about hosts that say no: refusals without end, Ready, Drain, a
// request that may not be run twice, errors of handlers.
func ciRefuse() Params {
	p := base("ci-refuse")
	p.Refusals, p.Drains, p.NonIdempotent, p.Failures = Ever, 1, 1, 1
	return p
}

// ciDrains is about hosts that leave, come back and refuse without end.
func ciDrains() Params {
	p := base("ci-drains")
	p.MaxAttempts, p.Refusals, p.Drains = 1, Ever, Ever
	return p
}

// CILimit2 is about limits that change without end, with hysteresis and a
// choice by load; a caller gives up.
func CILimit2() Params {
	p := base("ci-limit2")
	p.Limit, p.Limits, p.Cancels = 2, Ever, 1
	return p
}

// ciQueue is about a queue that is full, with three requests, while limits change
// without end.
func ciQueue() Params {
	p := base("ci-queue")
	p.Requests, p.Limit, p.Mark, p.MaxAttempts, p.Waiting, p.Limits = 3, 2, 1, 1, 1, Ever
	return p
}

// ciLosses is about streams that break without end under a request that may be
// run twice and one that may not.
func ciLosses() Params {
	p := base("ci-losses")
	p.Losses, p.NonIdempotent = Ever, 1
	return p
}

// ciWaits is about requests that wait while hosts come and go and limits change
// without end.
func ciWaits() Params {
	p := base("ci-waits")
	p.MaxAttempts, p.Losses, p.Limits = 1, Ever, Ever
	return p
}

// ciHosts3 is about three hosts, on which what was given up fills a place, and a
// budget that is used up.
func ciHosts3() Params {
	p := base("ci-hosts3")
	p.Hosts, p.Cap, p.Burst, p.Refusals, p.Failures = 3, 0, 1, 1, 1
	return p
}

// CIHostile is about a host that lies: about an attempt of another host, about
// one that it has answered, about one that nobody has.
func CIHostile() Params {
	p := base("ci-hostile")
	p.Wire, p.Forgeries, p.Cancels = 2, 1, 1
	return p
}

// Deep is about three requests that move, one of which may be given up, and a
// stream that breaks.
func Deep() Params {
	p := base("deep")
	p.Requests, p.Losses, p.Cancels = 3, 1, 1
	return p
}

// deepLosses is ciLosses with two requests that may be run twice, and answers
// that come on the next attachment.
func deepLosses() Params {
	p := base("deep-losses")
	p.Losses, p.LateAnswers = Ever, true
	return p
}

// deepWaits is ciWaits with hosts that leave in peace too.
func deepWaits() Params {
	p := base("deep-waits")
	p.MaxAttempts, p.Losses, p.Limits, p.Drains = 1, Ever, Ever, Ever
	return p
}

// deepHosts3 is about as many requests as hosts, and a budget that they fill.
func deepHosts3() Params {
	p := base("deep-hosts3")
	p.Requests, p.Hosts, p.Burst, p.Ratio = 3, 3, 1, 1
	return p
}

// deepHostile is about a host that lies twice, in a gateway that loses it and
// closes.
func deepHostile() Params {
	p := base("deep-hostile")
	p.MaxAttempts, p.Wire, p.Forgeries, p.Losses, p.Cancels, p.Close = 1, 2, 2, 1, 1, true
	return p
}
