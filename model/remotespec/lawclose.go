package remotespec

import "github.com/weir-dev/weir/model"

func closeComplete(s *State) bool {
	return s.Closing != closeEnded || s.Buffer.N == 0 && s.Flight == 0 && s.resolved() == int(s.Accepted)
}

// drainsAll: a Close that had time left returns only once every outcome was
// dispatched.
func drainsAll(from *State, l model.Label, _ *State) bool {
	return l.Action != CloseEnd || from.Closing != closeDrains || from.Undispatched.N == 0
}

// quiet: after Close has returned no goroutine of the Remote is left but
// dispatches in the caller's code.
func quiet(s *State) bool {
	if s.Closing != closeEnded {
		return true
	}
	for i := range s.Links {
		if l := &s.Links[i]; l.up() || l.Remote == linkConnecting || l.Listener.running() {
			return false
		}
	}
	return s.Messenger == messengerIdle || s.Messenger == messengerDead
}

// noEvent: after Close has returned the Remote takes no step and accepts
// nothing, and a Close that had time left waits for the dispatch that is
// running.
func noEvent(from *State, l model.Label, to *State) bool {
	if l.Action == CloseEnd && from.Closing == closeDrains && from.Dispatching != 0 {
		return false
	}
	return from.Closing != closeEnded || l.Action > lastRemote && to.Accepted == from.Accepted
}
