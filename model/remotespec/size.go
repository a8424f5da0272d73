package remotespec

import "github.com/weir-dev/weir/protocol"

// Sizes returns the sizes for every change, in the order of reports. Each
// combines parts of the world that get in each other's way; together they state
// every law and fact of the Remote, and take some ten seconds on two cores.
func Sizes() []Params {
	return []Params{
		CI(), CISync(), ciFrames(), ciSends(),
		ciResume(), ciResumeTime(), ciResumeCache(), ciResumeMemory(), ciResumeSends(),
		ciAnswered(), ciAnsweredResume(), ciAnsweredSends(), ciClose(), ciCloseResume(),
	}
}

// Small is a world of some ten thousand states, in AtMostOnce.
func Small() Params {
	return Params{Name: "small", Mode: protocol.Async, Messages: 2, Buffer: 1, Window: 2, Batch: 1, Wire: 2,
		Refusals: 1, Losses: 1, Close: true}
}

// SmallResume is the like in Resume.
func SmallResume() Params {
	return Params{Name: "small-resume", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 2, Buffer: 1, Window: 2,
		Batch: 1, Wire: 2, Cache: 2, Losses: 1, Close: true}
}

// CI is AtMostOnce in Async: a refusal, a loss and a restart of the peer against
// Close at any instant, with the peer's goroutines told apart.
func CI() Params {
	return Params{Name: "ci", Mode: protocol.Async, Messages: 3, Buffer: 2, Window: 2, Batch: 1, Wire: 2,
		Refusals: 1, Losses: 1, Forgets: 1, Close: true, Goroutines: true}
}

// CISync is AtMostOnce in Sync: deadlines and times to live against refusals and
// losses, where a late reply must not be taken for the next.
func CISync() Params {
	return Params{Name: "ci-sync", Mode: protocol.Sync, Messages: 3, Buffer: 2, Window: 1, Batch: 1, Wire: 2,
		Refusals: 1, Losses: 1, Deadlines: 1, TimesToLive: 1, Close: true}
}

// ciFrames is AtMostOnce with frames of two messages: deadlines tear holes into
// them, losses end them half handled, and a link may bring them twice.
func ciFrames() Params {
	return Params{Name: "ci-frames", Mode: protocol.Async, Messages: 3, Buffer: 2, Window: 3, Batch: 2, Wire: 2,
		Losses: 1, Repeats: 1, Deadlines: 1, Close: true}
}

// ciSends is AtMostOnce with a dispatcher that sends: its extra place against
// callers, losses and Close.
func ciSends() Params {
	return Params{Name: "ci-sends", Mode: protocol.Async, Messages: 5, Buffer: 1, Window: 1, Batch: 1, Wire: 2,
		Refusals: 1, Losses: 1, Sends: 2, Close: true}
}

// ciResume is Resume in Async: one loss and one restart of the peer without its
// memory, in either order, and Close at any instant.
func ciResume() Params {
	return Params{Name: "ci-resume", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 4, Buffer: 2, Window: 2,
		Batch: 1, Wire: 2, Cache: 2, Losses: 1, Forgets: 1, Close: true}
}

// ciResumeTime is Resume with deadlines and times to live: what is given up
// leaves gaps, and must neither be sent again nor keep its slot.
func ciResumeTime() Params {
	return Params{Name: "ci-resume-time", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 3, Buffer: 1, Window: 2,
		Batch: 2, Wire: 2, Cache: 2, Losses: 1, Deadlines: 1, TimesToLive: 1, Close: true}
}

// ciResumeCache is Resume with a reply cache below the window: at its bound no
// handler begins, and only an acknowledgement, which comes behind messages that
// wait, makes room. Links are lost and bring frames twice.
func ciResumeCache() Params {
	return Params{Name: "ci-resume-cache", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 4, Buffer: 2, Window: 3,
		Batch: 2, Wire: 2, Cache: 2, Losses: 2, Repeats: 1}
}

// ciResumeMemory is Resume with a peer that loses its memory twice, links that
// are refused and lost between, and the peer's goroutines told apart.
func ciResumeMemory() Params {
	return Params{Name: "ci-resume-memory", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 3, Buffer: 1, Window: 2,
		Batch: 2, Wire: 2, Cache: 2, Losses: 1, Forgets: 2, Goroutines: true}
}

// ciResumeSends is Resume in Sync with a dispatcher that sends, while links are
// lost and the peer forgets.
func ciResumeSends() Params {
	return Params{Name: "ci-resume-sends", Delivery: protocol.Resume, Mode: protocol.Sync, Messages: 5, Buffer: 1, Window: 1,
		Batch: 1, Wire: 2, Cache: 1, Losses: 1, Forgets: 1, Sends: 2, Close: true}
}

// ciAnswered judges remote/answered in AtMostOnce, on a network that refuses
// and loses without end.
func ciAnswered() Params {
	return Params{Name: "ci-answered", Mode: protocol.Async, Messages: 3, Buffer: 2, Window: 2, Batch: 1, Wire: 2,
		Refusals: Unlimited, Losses: Unlimited, Deadlines: 1, Runs: true}
}

// ciAnsweredResume is the like in Resume, with a peer that forgets and a
// deadline that passes.
func ciAnsweredResume() Params {
	return Params{Name: "ci-answered-resume", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 3, Buffer: 1, Window: 2,
		Batch: 2, Wire: 1, Cache: 2, Refusals: Unlimited, Losses: Unlimited, Forgets: 1, Deadlines: 1, Runs: true}
}

// ciAnsweredSends judges remote/answered with a dispatcher that sends, and so
// waits for the network, in Sync.
func ciAnsweredSends() Params {
	return Params{Name: "ci-answered-sends", Delivery: protocol.Resume, Mode: protocol.Sync, Messages: 5, Buffer: 1, Window: 1,
		Batch: 1, Wire: 1, Cache: 1, Losses: Unlimited, Sends: 2, Runs: true}
}

// ciClose judges remote/close-returns and remote/answered in AtMostOnce, with
// Close at any instant.
func ciClose() Params {
	return Params{Name: "ci-close", Mode: protocol.Async, Messages: 3, Buffer: 1, Window: 2, Batch: 1, Wire: 1,
		Refusals: Unlimited, Losses: Unlimited, Close: true, Runs: true}
}

// ciCloseResume judges both in Resume, with a dispatcher that sends and a peer
// that forgets.
func ciCloseResume() Params {
	return Params{Name: "ci-close-resume", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 3, Buffer: 1, Window: 1,
		Batch: 1, Wire: 1, Cache: 1, Refusals: Unlimited, Losses: Unlimited, Forgets: 1, Sends: 1, Close: true, Runs: true}
}

// DeepSizes returns the sizes for a longer look, of a minute or some each.
func DeepSizes() []Params {
	return []Params{Deep(), deepResume(), deepResumeTime(), deepAnswered()}
}

// Deep is AtMostOnce with everything that can go wrong with a link, in frames of
// two.
func Deep() Params {
	return Params{Name: "deep", Mode: protocol.Async, Messages: 4, Buffer: 2, Window: 3, Batch: 2, Wire: 2,
		Refusals: 1, Losses: 2, Deadlines: 1, Close: true}
}

// deepResume is Resume with a loss, a peer that forgets, and a deadline.
func deepResume() Params {
	return Params{Name: "deep-resume", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 4, Buffer: 2, Window: 3,
		Batch: 2, Wire: 2, Cache: 2, Losses: 1, Forgets: 1, Deadlines: 1, Close: true}
}

// deepResumeTime is Resume with links that are lost again and again.
func deepResumeTime() Params {
	return Params{Name: "deep-resume-time", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 3, Buffer: 2, Window: 2,
		Batch: 1, Wire: 2, Cache: 2, Losses: 2, Forgets: 1, Deadlines: 1, TimesToLive: 1}
}

// deepAnswered judges remote/answered with all of it at once.
func deepAnswered() Params {
	return Params{Name: "deep-answered", Delivery: protocol.Resume, Mode: protocol.Async, Messages: 3, Buffer: 2, Window: 2,
		Batch: 2, Wire: 2, Cache: 2, Refusals: Unlimited, Losses: Unlimited, Forgets: 1, Deadlines: 1, TimesToLive: 1, Runs: true}
}
