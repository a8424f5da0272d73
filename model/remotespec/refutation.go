package remotespec

import "github.com/weir-dev/weir/protocol"

// A Refutation says how a bug is found.
type Refutation struct {
	// Variant is the bug.
	Variant Variant
	// Params is a small world that has it.
	Params Params
	// Law is what it violates first: of the laws of [Spec] at Params, or, if an
	// earlier refutation of the same variant has another law, of this one alone
	// (see [Only]).
	Law string
	// Steps is the length of a shortest story, stem and loop together where it
	// is a lasso.
	Steps int
}

// Refutations returns how each variant is found, at least one a variant, in
// the order of [Variants].
func Refutations() []Refutation {
	return []Refutation{
		refute(R01, onRuns(calm(Small())), "remote/no-idle-wait", 3),
		refute(R01, onRuns(calm(Small())), "remote/answered", 3),
		refute(R02, onRuns(Small()), "remote/close-returns", 7),
		refute(R05, Small(), "remote/no-crash", 8),
		refute(R06, Small(), "remote/answered", 15),
		refute(R06, onRuns(calm(Small())), "remote/answered", 15),
		refute(R07, Small(), "remote/epoch", 17),
		refute(R07, Small(), "remote/link", 17),
		refute(R14, Small(), "remote/quiet-after-close", 5),
		refute(R18, onRuns(endless(SmallResume())), "remote/answered", 6),
		refute(R19, refusing(SmallResume()), "remote/no-idle-wait", 8),
		refute(R20, Small(), "remote/backoff", 5),
		refute(R23, Small(), "remote/answered", 12),
		refute(R23, onRuns(calm(Small())), "remote/answered", 12),
		refute(R25, withGoroutines(Small()), "remote/peer-clean", 8),
		refute(R29, batched(Small()), "remote/conservation", 7),
		refute(R31, Small(), "remote/conservation", 6),
		refute(R31, Small(), "remote/answered", 9),
		refute(R32, Small(), "remote/honest-outcome", 5),
		refute(R38, Small(), "remote/right-reply", 10),
		refute(R39, onRuns(calm(SmallResume())), "remote/answered", 27),
		refute(R42, Small(), "remote/reply-order", 7),
		refute(R44, SmallResume(), "remote/right-reply", 23),
		refute(R44, SmallResume(), "remote/epoch", 23),
		refute(R47, Small(), "remote/one-outcome", 12),
		refute(R47, Small(), "remote/epoch", 12),
		refute(R48, timedSync(), "remote/right-reply", 13),
		refute(R49, Small(), "remote/conservation", 14),
		refute(R51, crowded(), "remote/answered", 19),
		refute(R55, Small(), "remote/conservation", 3),
		refute(R55, Small(), "remote/close-complete", 4),
		refute(R58, repeating(Small()), "remote/order", 11),
		refute(R58, repeating(SmallResume()), "remote/order", 13),
		refute(R61, onRuns(calm(SmallResume())), "remote/answered", 14),
		refute(R62, onRuns(calm(narrow(SmallResume()))), "remote/answered", 18),
		refute(R63, forgetting(SmallResume()), "remote/order", 20),
		refute(R63, forgetting(SmallResume()), "remote/honest-outcome", 22),
	}
}

func refute(v Variant, p Params, law string, steps int) Refutation {
	p.Variant = v
	return Refutation{v, p, law, steps}
}

// onRuns judges laws on whole runs.
func onRuns(p Params) Params {
	p.Name, p.Runs = p.Name+"-runs", true
	return p
}

// calm is without Close.
func calm(p Params) Params {
	p.Name, p.Close = p.Name+"-calm", false
	return p
}

// endless is without Close, and with a network that refuses and loses for ever.
func endless(p Params) Params {
	p.Name, p.Close, p.Refusals, p.Losses = p.Name+"-endless", false, Unlimited, Unlimited
	return p
}

// narrow has one slot.
func narrow(p Params) Params {
	p.Name, p.Window, p.Cache = p.Name+"-narrow", 1, 1
	return p
}

func refusing(p Params) Params {
	p.Name, p.Refusals = p.Name+"-refusing", 1
	return p
}

func withGoroutines(p Params) Params {
	p.Name, p.Goroutines = p.Name+"-goroutines", true
	return p
}

func batched(p Params) Params {
	p.Name, p.Buffer, p.Batch = p.Name+"-batch", 2, 2
	return p
}

func repeating(p Params) Params {
	p.Name, p.Repeats = p.Name+"-repeat", 1
	return p
}

func forgetting(p Params) Params {
	p.Name, p.Losses, p.Forgets = p.Name+"-forget", 0, 1
	return p
}

// timedSync is Sync with a deadline that passes.
func timedSync() Params {
	p := Small()
	p.Name, p.Mode, p.Window, p.Losses, p.Refusals, p.Deadlines = "small-sync", protocol.Sync, 1, 0, 0, 1
	return p
}

// crowded has more messages than wires have room for.
func crowded() Params {
	return Params{Name: "crowded", Mode: protocol.Async, Messages: 5, Buffer: 1, Window: 5, Batch: 1, Wire: 1, Runs: true}
}
