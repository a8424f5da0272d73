package remotespec

// atRest is whether no step of the Remote, the Peer or the wire is enabled:
// what could still happen is up to callers, handlers, dispatchers, the network
// and time. A test holds it against the steps that next adds.
func (m machine) atRest(s *State) bool {
	return s.Crashed || !m.messengerMoves(s) && !m.dispatcherMoves(s) && !m.linksMove(s) &&
		!s.canHandle() && !m.canReply(s) && !s.canHangUp() && !s.canEndClose()
}

func (m machine) messengerMoves(s *State) bool {
	return s.canConnect() || s.Messenger == messengerConnecting || s.canGiveUp() ||
		m.canSend(s) || m.canWrite(s) || s.canFail()
}

func (m machine) dispatcherMoves(s *State) bool {
	for i := range s.Undispatched.N {
		if m.canDispatch(s, i) {
			return true
		}
	}
	return false
}

func (m machine) linksMove(s *State) bool {
	for e := uint8(1); e <= s.Epoch; e++ {
		l := s.link(e)
		if m.canCheck(l) || m.usesCleared(l) || m.canReceive(l) || m.canHear(l) || m.canLeave(l) ||
			m.readsOther(s, e) || l.takesHello() || l.peerHears() {
			return true
		}
	}
	return false
}
