package remotespec

// canAccept is whether a Send may return now: the bound on what awaits its
// dispatch keeps the queue of outcomes bounded however slow the dispatcher is.
func (m machine) canAccept(s *State) bool {
	return m.wantsToSend(s) &&
		int(s.Buffer.N) < m.Buffer &&
		int(s.Accepted)-s.begun() < m.Window+m.Buffer
}

// wantsToSend is whether a caller has a message that is not accepted yet.
func (m machine) wantsToSend(s *State) bool {
	return s.Closing == closeNotBegun && int(s.Accepted) < m.Messages
}

func (s *State) accept() {
	s.Accepted++
	s.Buffer.push(s.Accepted)
}
