package remotespec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// sometimes returns what must be seen, so that no law is vacuous. Facts about
// lost links are left out where nothing can be lost.
func (m machine) sometimes() []model.Law[State] {
	facts := []model.Law[State]{
		{Slug: "remote/sometimes-full-buffer", Kind: model.Sometimes, Holds: func(s *State) bool {
			return m.wantsToSend(s) && int(s.Buffer.N) == m.Buffer
		}},
		fact("remote/sometimes-replied", protocol.Replied, protocol.ReasonNone),
		fact("remote/sometimes-not-sent-closed", protocol.NotSent, protocol.Closed),
		fact("remote/sometimes-unknown-closed", protocol.Unknown, protocol.Closed),
	}
	if m.Losses == 0 {
		return facts
	}
	facts = append(facts,
		model.Law[State]{Slug: "remote/sometimes-lost-in-flight", Kind: model.Sometimes, Step: func(from *State, l model.Label, _ *State) bool {
			return l.Action == Lose && from.Flight != 0
		}},
		fact("remote/sometimes-not-sent-offline", protocol.NotSent, protocol.Offline),
		fact("remote/sometimes-unknown-link-lost", protocol.Unknown, protocol.LinkLost),
		model.Law[State]{Slug: "remote/sometimes-superseded-link", Kind: model.Sometimes, Step: func(from *State, l model.Label, to *State) bool {
			return l.Action == Hello && from.Session.Link != 0 && to.Session.Link != from.Session.Link
		}},
		model.Law[State]{Slug: "remote/sometimes-late-reply", Kind: model.Sometimes, Step: func(_ *State, l model.Label, _ *State) bool {
			return l.Action == Late
		}},
	)
	return facts
}

// fact is that some message has the outcome for the reason.
func fact(slug string, o protocol.Outcome, why protocol.Reason) model.Law[State] {
	return model.Law[State]{Slug: slug, Kind: model.Sometimes, Holds: func(s *State) bool {
		for i := range s.Result {
			if s.Result[i].Outcome == o && s.Result[i].Reason == why {
				return true
			}
		}
		return false
	}}
}
