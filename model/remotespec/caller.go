package remotespec

// canAccept is whether a caller's Send may return now: the bound on what awaits
// its dispatch keeps the queue of outcomes bounded however slow the dispatcher
// is.
func (m machine) canAccept(s *State) bool { return m.wantsToSend(s) && m.admits(s, 0) }

// admits is whether there is room for one more message, given so many places
// beside those of the callers.
func (m machine) admits(s *State, extra int) bool {
	return int(s.Buffer.N) < m.Buffer+extra && s.awaiting() < m.Window+m.Buffer+extra
}

// wantsToSend is whether there is a message that is not accepted yet.
func (m machine) wantsToSend(s *State) bool {
	return s.Closing == closeNotBegun && int(s.Accepted) < m.Messages
}

func (s *State) accept() {
	s.Accepted++
	s.Buffer.push(s.Accepted)
}
