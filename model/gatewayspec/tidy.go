package gatewayspec

// tidy forgets what can have no effect any more, so that states that differ in
// nothing else are one. An attempt that is answered or lost, that its host is
// done with and that no frame names is history: no message can be about it any
// more. Of an open request it still counts as sent, and as refused by its host;
// of one that has ended not even that. What was released twice stays, and so
// does what two variants release twice.
func (m machine) tidy(s *State) {
	for a := range s.Attempts {
		t := &s.Attempts[a]
		switch {
		case m.untidy || !s.history(a):
		case t.Releases > 1, m.Variant == G11, m.Variant == G41:
		case s.Requests[a/maxAttempts].Phase == requestDone:
			*t = attempt{}
		case t.Refused:
			*t = attempt{Entry: entrySettled, Host: t.Host, Past: true, Sent: true, Refused: true}
		default:
			*t = attempt{Entry: entrySettled, Past: true, Sent: true}
		}
	}
}

// history is whether attempt a is over for both ends and for the wires.
func (s *State) history(a int) bool {
	t := &s.Attempts[a]
	return (t.Entry == entrySettled || t.Entry == entryLost) && (t.Work == workNone || t.Work == workDone) && !s.named(a)
}

// named is whether a frame on some wire is about attempt a.
func (s *State) named(a int) bool {
	for h := range s.Hosts {
		k := &s.Hosts[h]
		if k.Down.names(a) || k.Up.names(a) || k.Old.names(a) {
			return true
		}
	}
	return false
}

func (w *wire) names(a int) bool {
	for _, f := range w.At[:w.N] {
		if f.attempt() == a && f.kind() != frameReady && f.kind() != frameDrain {
			return true
		}
	}
	return false
}
