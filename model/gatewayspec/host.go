package gatewayspec

import "github.com/weir-dev/weir/protocol"

// host is a host and its attachment, seen from both ends.
type host struct {
	// Attached is the attachment as the gateway sees it, Online as the host
	// does: each finds out by itself that the stream has broken.
	Attached, Online bool
	// Broken is whether nothing put on the wire arrives any more. What was on
	// it before may still be read.
	Broken bool
	// Reserved and Abandoned are the gateway's counts, Limit the bound of the
	// first.
	Reserved, Abandoned, Limit int8
	// Paused, Draining and Refusing are why nothing more is reserved at it.
	Paused, Draining, Refusing bool
	// Leaving is whether the host has said that it leaves, Busy whether it has
	// refused and not said Ready since.
	Leaving, Busy bool
	// Down carries requests and cancels, Up what the host says.
	Down, Up wire
	// Superseded is whether the reader of an older attachment has not ended
	// yet, and Old what is on its way to it.
	Superseded bool
	Old        wire
	// Uncounted is the messages about attempts that were read, less those that
	// were counted.
	Uncounted int8
}

// gone is whether the host has ended the stream in peace: everything that it
// said arrives.
func (k *host) gone() bool { return k.Leaving && !k.Online }

// canDetach is whether the gateway ends the attachment of h: because the
// stream has told it, or because Close does. The end of a stream that the host
// has closed comes after all that the host said.
func (m machine) canDetach(s *State, h int) bool {
	k := &s.Hosts[h]
	return k.Attached && (k.Broken && !(k.gone() && k.Up.N > 0) || s.tearsDown())
}

// detach ends the attachment at the gateway: every reservation of its epoch is
// released once.
func (m machine) detach(s *State, h int) {
	k := &s.Hosts[h]
	k.Broken = true
	k.Up.clear()
	if m.Variant == G10 {
		k.Attached = false
		return
	}
	for a := range s.Attempts {
		t := &s.Attempts[a]
		if !s.at(a, h) {
			continue
		}
		t.Tell = false
		switch t.Entry {
		case entryLive:
			m.release(s, a, protocol.Detached)
			m.again(s, a/maxAttempts)
		case entryAbandoned:
			t.Entry = entryLost
		case entryLost:
			m.settleTwice(s, a, G11)
		}
	}
	k.Abandoned, k.Attached, k.Paused, k.Draining, k.Refusing = 0, false, false, false, false
}

// settleTwice is a second release of an attempt, by a variant that has two
// paths which each settle the end of a stream.
func (m machine) settleTwice(s *State, a int, v Variant) {
	if m.Variant == v {
		t := &s.Attempts[a]
		t.Releases = min(t.Releases+1, 2)
		m.miscount(s, int(t.Host), -1)
	}
}

// endReader ends the reader of a superseded attachment.
func (m machine) endReader(s *State, h int) {
	k := &s.Hosts[h]
	k.Old.clear()
	k.Superseded = false
	for a := range s.Attempts {
		if t := &s.Attempts[a]; int(t.Host) == h && t.Past && t.Entry == entryLost {
			m.settleTwice(s, a, G41)
		}
	}
}

// canAttach is whether h may dial again. One superseded attachment at a time
// is enough: the reader of an older one has ended by then.
func (s *State) canAttach(h int) bool {
	k := &s.Hosts[h]
	return !k.Online && !k.Superseded && s.Closing < closeExpired && !s.tearsDown()
}

// attach begins a new attachment. If the gateway has not noticed the end of
// the old one, that is detached in the same step, and its reader may go on for
// a while.
func (m machine) attach(s *State, h int) {
	k := &s.Hosts[h]
	if k.Attached {
		k.Old, k.Superseded = k.Up, true
		m.detach(s, h)
	}
	for a := range s.Attempts {
		if t := &s.Attempts[a]; t.Entry != entryFree && int(t.Host) == h {
			t.Past = true
		}
	}
	k.Attached, k.Online, k.Broken, k.Leaving, k.Busy = true, true, false, false, false
	k.Up.clear()
	k.Down.clear()
	if m.Variant != G10 {
		k.Paused = NewCounts(int(k.Limit), m.Mark, m.Cap).Paused
	}
	m.wake(s)
}
