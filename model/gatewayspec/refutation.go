package gatewayspec

// Refutation is a variant, a size at which it shows, and the law that it
// violates first.
type Refutation struct {
	Variant Variant
	// Params is the size; its Variant is set.
	Params Params
	// Law is violated first, by a shortest story of Steps steps, which for a law
	// on whole runs are those of the way to the loop and of the loop.
	Law   string
	Steps int
}

// Refutations returns at least one refutation for each variant. A second one
// for the same variant has another law: it is what [Only] that law says, since
// a bug is seen from more than one side.
func Refutations() []Refutation {
	var out []Refutation
	add := func(v Variant, p Params, law string, steps int) {
		p.Variant = v
		out = append(out, Refutation{Variant: v, Params: p, Law: "gateway/" + law, Steps: steps})
	}
	small := Params{Name: "small", Requests: 1, Hosts: 2, Limit: 1, Cap: 1, MaxAttempts: 2, Wire: 1, MaxWait: true}
	with := func(change func(*Params)) Params {
		p := small
		change(&p)
		return p
	}
	two := with(func(p *Params) { p.Requests = 2 })
	lossy := with(func(p *Params) { p.Losses = 1 })
	failing := with(func(p *Params) { p.Losses, p.WriteFailures = 1, true })
	wide := with(func(p *Params) { p.Limit, p.Losses = 2, 1 })
	hostile := with(func(p *Params) { p.Forgeries = 1 })

	// The historic lock-up: nothing is wrong with any request, and a host is
	// never used again.
	add(G01, small, "count", 4)
	add(G01, small, "no-lockup", 5)
	add(G01, small, "no-leak", 8)
	add(G02, small, "count", 8)
	add(G02, small, "late", 8)
	add(G05, small, "count", 4)
	add(G06, with(func(p *Params) { p.Failures = 1 }), "one-reservation", 4)
	add(G06, with(func(p *Params) { p.Failures = 1 }), "no-leak", 8)
	add(G07, with(func(p *Params) { p.Cancels = 1 }), "one-reservation", 3)
	add(G08, failing, "count", 4)
	add(G09, with(func(p *Params) { p.Failures = 1 }), "one-reservation", 6)
	add(G09, with(func(p *Params) { p.Failures = 1 }), "no-lockup", 6)
	add(G10, lossy, "count", 4)
	add(G10, lossy, "no-lockup", 8)
	add(G11, failing, "count", 5)
	add(G11, failing, "released-once", 5)
	add(G15, two, "paused", 2)
	add(G15, two, "count", 6)
	add(G18, two, "no-idle-wait", 5)
	add(G18, two, "no-lockup", 5)
	add(G21, with(func(p *Params) { p.Cancels = 1 }), "one-reservation", 3)
	add(G23, two, "fifo", 3)
	add(G24, with(func(p *Params) { p.Deadlines = 1 }), "count", 2)
	add(G25, with(func(p *Params) { p.Requests, p.Hosts, p.Limit, p.Limits = 2, 1, 2, 1 }), "paused", 3)
	add(G25, with(func(p *Params) { p.Requests, p.Hosts, p.Limit, p.Limits = 2, 1, 2, 1 }), "count", 5)
	add(G26, lossy, "no-idle-wait", 5)
	add(G26, lossy, "no-lockup", 4)
	add(G27, with(func(p *Params) { p.Deadlines, p.Limits, p.MaxWait = 1, Ever, false }), "answered", 3)
	add(G28, with(func(p *Params) { p.Close = true }), "no-lockup", 7)
	add(G28, with(func(p *Params) { p.Close = true }), "answered", 7)
	add(G29, two, "no-idle-wait", 5)
	add(G29, two, "no-lockup", 5)
	add(G31, wide, "choice", 6)
	add(G31, wide, "reassign-bounds", 6)
	add(G32, with(func(p *Params) { p.Requests, p.Hosts, p.Burst = 2, 3, 1 }), "reassign-bounds", 6)
	add(G32, with(func(p *Params) { p.Hosts, p.Refusals = 1, Ever }), "answered", 8)
	add(G35, small, "one-reservation", 8)
	add(G35, with(func(p *Params) { p.Cancels = 1 }), "one-outcome", 7)
	add(G36, small, "accounted", 8)
	add(G39, with(func(p *Params) { p.Requests, p.Hosts = 2, 1 }), "count", 2)
	add(G39, with(func(p *Params) { p.Requests, p.Hosts = 2, 1 }), "paused", 2)
	add(G41, lossy, "count", 7)
	add(G41, lossy, "epoch", 7)
	add(G44, with(func(p *Params) { p.Requests, p.MaxAttempts, p.Cancels = 3, 1, 2 }), "paused", 9)
	add(G44, with(func(p *Params) { p.Requests, p.MaxAttempts, p.Cancels = 3, 1, 2 }), "host-capacity", 11)
	add(G45, hostile, "right-reply", 5)
	add(G45, hostile, "isolation", 5)
	add(G47, with(func(p *Params) { p.Close = true }), "close-complete", 2)
	return out
}
