package gatewayspec

// atRest is whether no step of the Gateway, the hosts or the wires is enabled:
// what could still happen is up to callers, handlers, the network and time. A
// test holds it against the steps that next adds.
func (m machine) atRest(s *State) bool {
	if m.nextRequest(s) >= 0 || m.canEndClose(s) {
		return false
	}
	for a := range m.Requests * maxAttempts {
		if m.canSend(s, a) || m.canTell(s, a) || m.canBegin(s, a) || m.canSay(s, a) {
			return false
		}
	}
	for h := range m.Hosts {
		k := &s.Hosts[h]
		if m.canRead(s, h, newest) || m.canRead(s, h, superseded) || k.Superseded || m.canDetach(s, h) ||
			s.canDeliver(h) || k.canNotice() || s.canLeave(h) || m.canReady(s, h) {
			return false
		}
	}
	return true
}
