package remotespec

// atRest is whether no step of the Remote, the Peer or the wire is enabled:
// what could still happen is up to callers, handlers, dispatchers, the network
// and time. A test holds it against the steps that next adds.
func (m machine) atRest(s *State) bool {
	return s.Crashed || !m.messengerMoves(s) && !m.dispatcherMoves(s) && !m.linksMove(s) &&
		!m.sessionMoves(s) && !m.closeMoves(s)
}

func (m machine) messengerMoves(s *State) bool {
	return m.canConnect(s) || m.canSucceed(s) || m.canGreet(s) || m.breakerStops(s) || m.canGiveUp(s) ||
		m.canSend(s) || m.canAck(s) || m.canWrite(s) || s.canFail()
}

func (m machine) dispatcherMoves(s *State) bool {
	for i := range s.Undispatched.N {
		if m.canDispatch(s, i) {
			return true
		}
	}
	return m.canAdmit(s)
}

func (m machine) linksMove(s *State) bool {
	for e := uint8(1); e <= s.Epoch; e++ {
		l := s.link(e)
		if m.canCheck(l) || m.usesCleared(l) || m.canReceive(s, l) || m.canHear(l) || m.canLeave(l) ||
			m.readsOther(s, e) || l.takesHello() || l.peerHears() || l.readerEnds() {
			return true
		}
	}
	return false
}

func (m machine) sessionMoves(s *State) bool {
	return m.canDeliver(s) || m.canSuppress(s) || m.canHandle(s) || m.canReply(s)
}

func (m machine) closeMoves(s *State) bool {
	return m.Close && (m.canHangUp(s) || m.canEndClose(s))
}
