package gatewayspec

// tidy forgets what can have no effect any more, so that states that differ in
// nothing else are one. An attempt that is settled, that its host is done with
// and that no frame names is history: of an open request it still counts as
// sent, of one that has ended not even that.
func (s *State) tidy() {
	for a := range s.Attempts {
		t := &s.Attempts[a]
		if t.Entry != entrySettled || t.Work != workNone && t.Work != workDone || s.named(a) {
			continue
		}
		if s.Requests[a/maxAttempts].Phase == requestDone {
			*t = attempt{}
		} else {
			*t = attempt{Entry: entrySettled, Sent: t.Sent, Releases: t.Releases}
		}
	}
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
		if f.attempt() == a {
			return true
		}
	}
	return false
}
