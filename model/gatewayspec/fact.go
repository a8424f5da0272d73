package gatewayspec

import (
	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// sometimes returns what must be seen, so that no law is vacuous. Facts are
// left out where the bounds rule them out.
func (m machine) sometimes() []model.Law[State] {
	facts := []model.Law[State]{
		witness("gateway/sometimes-pause-resume", func(from *State, l model.Label, to *State) bool {
			for h := range m.Hosts {
				if from.Hosts[h].Paused && !to.Hosts[h].Paused && to.Hosts[h].Epoch == from.Hosts[h].Epoch && to.Hosts[h].Attached {
					return true
				}
			}
			return false
		}),
		ended("gateway/sometimes-released-reply", protocol.ByReply),
		releases("gateway/sometimes-released-closed", CloseExpire),
		ended("gateway/sometimes-closed", protocol.Closed),
	}
	if m.Mark < m.Limit-1 {
		facts = append(facts, model.Law[State]{Slug: "gateway/sometimes-hysteresis", Kind: model.Sometimes, Holds: func(s *State) bool {
			for h := range m.Hosts {
				if s.Hosts[h].Attached && s.Hosts[h].Paused && m.free(s, h) {
					return true
				}
			}
			return false
		}})
	}
	if m.MaxAttempts > 1 && m.Hosts > 1 {
		facts = append(facts,
			releases("gateway/sometimes-released-reassign", Reassign),
			witness("gateway/sometimes-both-reply", bothReplied))
	}
	if m.Losses > 0 {
		facts = append(facts,
			releases("gateway/sometimes-released-detach", Detach),
			witness("gateway/sometimes-late-superseded", func(from *State, l model.Label, _ *State) bool {
				return l.Action == Late && uint8(l.Args[2]) != from.Hosts[l.Args[1]].Epoch
			}))
	}
	if m.Losses >= m.MaxAttempts {
		facts = append(facts, ended("gateway/sometimes-host-lost", protocol.HostLost))
	}
	if m.Cancels > 0 {
		facts = append(facts, releases("gateway/sometimes-released-cancel", Cancel))
	}
	return facts
}

func witness(slug string, step func(from *State, l model.Label, to *State) bool) model.Law[State] {
	return model.Law[State]{Slug: slug, Kind: model.Sometimes, Step: step}
}

// ended is that some request has ended that way.
func ended(slug string, why protocol.Reason) model.Law[State] {
	return model.Law[State]{Slug: slug, Kind: model.Sometimes, Holds: func(s *State) bool {
		for r := range s.Requests {
			if s.Requests[r].Why == why {
				return true
			}
		}
		return false
	}}
}

// releases is that the action ends a reservation.
func releases(slug string, a model.Action) model.Law[State] {
	return witness(slug, func(from *State, l model.Label, to *State) bool {
		for i := range from.Attempts {
			if l.Action == a && from.Attempts[i].Entry == entryLive && to.Attempts[i] != from.Attempts[i] {
				return true
			}
		}
		return false
	})
}

// bothReplied: an attempt that was given up is answered, and its request was
// answered by another before.
func bothReplied(from *State, l model.Label, _ *State) bool {
	return l.Action == Late && from.Attempts[l.Args[0]].Entry == entryAbandoned &&
		from.Requests[l.Args[0]/maxAttempts].Why == protocol.ByReply
}
