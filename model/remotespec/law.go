package remotespec

import "github.com/weir-dev/weir/model"

// laws returns what must hold, in the order of the catalogue; of several laws
// that one step breaks the first is reported.
func (m machine) laws() []model.Law[State] {
	laws := []model.Law[State]{
		{Slug: "remote/order", Step: order},
		{Slug: "remote/reply-order", Step: replyOrder},
		{Slug: "remote/right-reply", Holds: rightReply, Step: rightMessage},
		{Slug: "remote/one-outcome", Holds: oneOutcome},
		{Slug: "remote/honest-outcome", Holds: honestOutcome},
		{Slug: "remote/conservation", Holds: conservation},
		{Slug: "remote/window", Holds: m.window},
		{Slug: "remote/epoch", Step: m.epoch},
		{Slug: "remote/link", Holds: oneLink, Step: m.openLink},
		{Slug: "remote/frame", Step: m.frame},
		{Slug: "remote/backoff", Step: backoff},
		{Slug: "remote/no-idle-wait", Holds: m.noIdleWait},
		{Slug: "remote/bounded", Holds: m.bounded},
		{Slug: "remote/no-crash", Holds: noCrash},
	}
	if m.resumes() {
		laws = append(laws, model.Law[State]{Slug: "remote/resume-no-loss", Step: noLoss})
	} else {
		laws = append(laws, model.Law[State]{Slug: "remote/no-needless-loss", Step: noNeedlessLoss})
	}
	if m.Goroutines {
		laws = append(laws, model.Law[State]{Slug: "remote/peer-clean", Holds: m.peerClean})
	}
	if m.Close {
		laws = append(laws,
			model.Law[State]{Slug: "remote/close-complete", Holds: closeComplete, Step: drainsAll},
			model.Law[State]{Slug: "remote/quiet-after-close", Holds: quiet, Step: noEvent})
	}
	return append(append(laws, m.wholeRuns()...), m.sometimes()...)
}

// wholeRuns returns the laws that say what comes in the end. Where runs are not
// judged, remote/answered is there with its part that is safety.
func (m machine) wholeRuns() []model.Law[State] {
	switch {
	case !m.Runs:
		return []model.Law[State]{{Slug: "remote/answered", Holds: m.answeredAtRest}}
	case m.Close:
		return []model.Law[State]{m.answered(), closeReturns()}
	}
	return []model.Law[State]{m.answered()}
}

// Only keeps the laws with the slug, so that no other ends the search before.
// It changes sp and returns it; a slug that no law has leaves none.
func Only(sp *model.Spec[State], slug string) *model.Spec[State] {
	var laws []model.Law[State]
	for _, l := range sp.Laws {
		if l.Slug == slug {
			laws = append(laws, l)
		}
	}
	sp.Laws = laws
	return sp
}

// An Unstated is a law of the catalogue that no size states.
type Unstated struct {
	Law string
	// Why no model can state it, in one clause.
	Why string
}

// NotStated returns the laws of the Remote that no size states. What the others
// leave out of their sentences (bytes, the length of delays, races) doc.go tells.
func NotStated() []Unstated {
	return []Unstated{
		{"remote/prompt", "a call takes no time in a model, and a caller that could go on is a step that is enabled"},
	}
}
