package remotespec

import "github.com/weir-dev/weir/model"

// answered: whenever an accepted message is unresolved or its outcome waits
// for its dispatch, later none is. Messages are finite in a spec, so that this
// says it of each. Once the time of Close is up nothing more is dispatched.
func (m machine) answered() model.Law[State] {
	return model.Law[State]{
		Slug: "remote/answered", Kind: model.LeadsTo,
		When:  func(s *State) bool { return !s.allDispatched() },
		Holds: (*State).allDispatched,
		Fair:  m.answeredFair(),
	}
}

// allDispatched is whether everything accepted is resolved and, unless the time
// of Close is up, its dispatch has begun.
func (s *State) allDispatched() bool {
	return s.resolved() == int(s.Accepted) && (s.Undispatched.N == 0 || s.Closing >= closeExpired)
}

// closeReturns: a Close whose ctx is done returns.
func closeReturns() model.Law[State] {
	return model.Law[State]{
		Slug: "remote/close-returns", Kind: model.LeadsTo,
		When:  func(s *State) bool { return s.Closing == closeExpired },
		Holds: func(s *State) bool { return s.Closing == closeEnded },
		Fair:  closeFair(),
	}
}

// answeredAtRest is the part of answered that is safety: where nothing but
// callers, network and time can bring a change, no delay, handler or dispatch
// runs, everything accepted is resolved and dispatched.
func (m machine) answeredAtRest(s *State) bool {
	return s.allDispatched() || s.Crashed || s.Backoff || s.Session.Handler == handlerRuns || s.Dispatching != 0 || !m.atRest(s)
}
