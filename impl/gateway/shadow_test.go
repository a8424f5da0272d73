package gateway

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// shadow is the sequential ledger in its most naive form, rebuilt from events
// alone. It shares nothing with the Ledger but the vocabulary.
type shadow struct {
	attached  map[string]uint64          // host: epoch
	draining  map[string]bool            // of the attachment
	refusing  map[string]bool            //
	paused    map[string]bool            //
	limit     map[string]int64           //
	live      map[uint64]protocol.Event  // attempt: its reserve
	sent      map[uint64]bool            // attempt
	abandoned map[uint64]string          // attempt: host
	open      map[uint64]bool            // request
	moving    *protocol.Event            // a reassign whose reserve must follow
	highest   uint64                     // attempt
	closed    bool                       //
	tried     map[uint64]map[string]bool // request: hosts
	sends     map[uint64]int             // request: attempts that were sent
	epochs    uint64                     // newest
	enqueued  uint64                     // newest
}

func newShadow() *shadow {
	return &shadow{attached: map[string]uint64{}, draining: map[string]bool{}, refusing: map[string]bool{},
		paused: map[string]bool{}, limit: map[string]int64{}, live: map[uint64]protocol.Event{},
		sent: map[uint64]bool{}, abandoned: map[uint64]string{}, open: map[uint64]bool{},
		tried: map[uint64]map[string]bool{}, sends: map[uint64]int{}}
}

// replay steps a shadow through the events of a Gateway and returns the first
// that breaks a rule.
func replay(events []protocol.Event) error {
	s := newShadow()
	for i, e := range events {
		if e.Party != "gateway" {
			continue
		}
		if err := s.step(e); err != nil {
			story := ""
			for _, e := range events[:i+1] {
				story += "\n  " + e.String()
			}
			return fmt.Errorf("event %d, %v: %w\nstory%s", i+1, e, err, story)
		}
	}
	return nil
}

func (s *shadow) reserved(host string) (n int64) {
	for _, r := range s.live {
		if r.Host == host {
			n++
		}
	}
	return n
}

func (s *shadow) owed(host string) (n int64) {
	for _, h := range s.abandoned {
		if h == host {
			n++
		}
	}
	return n
}

func (s *shadow) of(seq uint64) (n int) {
	for _, r := range s.live {
		if r.Seq == seq {
			n++
		}
	}
	return n
}

func (s *shadow) free(host string) bool {
	n, limit := s.reserved(host), s.limit[host]
	return n < limit && n+s.owed(host) < 2*limit
}

func (s *shadow) step(e protocol.Event) error {
	if s.closed {
		return fmt.Errorf("it follows close-end")
	}
	if s.moving != nil && e.Kind != protocol.KindReserve {
		return fmt.Errorf("it stands between the halves of a reassign")
	}
	switch e.Kind {
	case protocol.KindAttach, protocol.KindDetach, protocol.KindLimit, protocol.KindPause, protocol.KindResume,
		protocol.KindDrain, protocol.KindReady, protocol.KindRefuse:
		return s.host(e)
	case protocol.KindReserve:
		return s.reserve(e)
	case protocol.KindSent, protocol.KindRelease, protocol.KindCancel, protocol.KindAcknowledged,
		protocol.KindReply, protocol.KindLate:
		return s.attempt(e)
	case protocol.KindEnqueue:
		if e.Seq != s.enqueued+1 {
			return fmt.Errorf("requests are not numbered in order")
		}
		s.enqueued = e.Seq
		s.open[e.Seq] = true
	case protocol.KindDone:
		if !s.open[e.Seq] || s.of(e.Seq) != 0 {
			return fmt.Errorf("request is open: %v, with %d reservations, want true and 0", s.open[e.Seq], s.of(e.Seq))
		}
		delete(s.open, e.Seq)
	case protocol.KindCloseEnd:
		if len(s.open)+len(s.live)+len(s.attached) > 0 {
			return fmt.Errorf("open %v, live %v, attached %v, want none", s.open, s.live, s.attached)
		}
		s.closed = true
	case protocol.KindCloseBegin, protocol.KindRejected:
	default:
		return fmt.Errorf("a gateway has no such event")
	}
	return nil
}

func (s *shadow) host(e protocol.Event) error {
	if e.Kind == protocol.KindAttach {
		if s.attached[e.Host] != 0 || e.Epoch != s.epochs+1 {
			return fmt.Errorf("attached %v, newest epoch %d", s.attached, s.epochs)
		}
		s.epochs = e.Epoch
		s.attached[e.Host], s.limit[e.Host] = e.Epoch, e.Value
		return nil
	}
	if s.attached[e.Host] != e.Epoch && e.Kind != protocol.KindRefuse {
		return fmt.Errorf("host is attached as %d", s.attached[e.Host])
	}
	switch e.Kind {
	case protocol.KindDetach:
		if n := s.reserved(e.Host); n != 0 {
			return fmt.Errorf("%d reservations are live", n)
		}
		delete(s.attached, e.Host)
		delete(s.draining, e.Host)
		delete(s.refusing, e.Host)
		delete(s.paused, e.Host)
		for attempt, host := range s.abandoned {
			if host == e.Host {
				delete(s.abandoned, attempt)
			}
		}
	case protocol.KindLimit:
		if s.limit[e.Host] == e.Value {
			return fmt.Errorf("it was so before")
		}
		s.limit[e.Host] = e.Value
	case protocol.KindPause:
		if s.paused[e.Host] || s.free(e.Host) {
			return fmt.Errorf("paused %v, free slot %v", s.paused[e.Host], s.free(e.Host))
		}
		s.paused[e.Host] = true
	case protocol.KindResume:
		if !s.paused[e.Host] || !s.free(e.Host) {
			return fmt.Errorf("paused %v, free slot %v", s.paused[e.Host], s.free(e.Host))
		}
		s.paused[e.Host] = false
	case protocol.KindDrain:
		s.draining[e.Host] = true
	case protocol.KindRefuse:
		if s.attached[e.Host] == e.Epoch {
			s.refusing[e.Host] = true
		}
	case protocol.KindReady:
		if !s.refusing[e.Host] {
			return fmt.Errorf("host is not refusing")
		}
		delete(s.refusing, e.Host)
	}
	return nil
}

func (s *shadow) reserve(e protocol.Event) error {
	h := e.Host
	switch {
	case s.attached[h] != e.Epoch || e.Epoch == 0:
		return fmt.Errorf("host is attached as %d", s.attached[h])
	case s.paused[h] || s.draining[h] || s.refusing[h]:
		return fmt.Errorf("host is paused %v, draining %v, refusing %v", s.paused[h], s.draining[h], s.refusing[h])
	case !s.free(h):
		return fmt.Errorf("host has %d reserved of %d, %d abandoned", s.reserved(h), s.limit[h], s.owed(h))
	case !s.open[e.Seq] || s.of(e.Seq) != 0:
		return fmt.Errorf("request is open: %v, with %d reservations", s.open[e.Seq], s.of(e.Seq))
	case e.Attempt != s.highest+1:
		return fmt.Errorf("the attempt before was %d", s.highest)
	}
	for seq := range s.open {
		if seq < e.Seq && s.of(seq) == 0 {
			return fmt.Errorf("request %d is older and waits", seq)
		}
	}
	if s.moving != nil && (s.moving.Seq != e.Seq || s.tried[e.Seq][h]) {
		return fmt.Errorf("it follows the reassign %v, hosts tried: %v", s.moving, s.tried[e.Seq])
	}
	for name := range s.attached {
		open := !s.paused[name] && !s.draining[name] && !s.refusing[name] && s.free(name)
		if !open || s.tried[e.Seq][name] && !s.tried[e.Seq][h] {
			continue
		}
		if !s.tried[e.Seq][name] && s.tried[e.Seq][h] {
			return fmt.Errorf("host was tried, %s was not", name)
		}
		if s.reserved(name)*s.limit[h] < s.reserved(h)*s.limit[name] {
			return fmt.Errorf("load %d/%d is above that of %s, %d/%d",
				s.reserved(h), s.limit[h], name, s.reserved(name), s.limit[name])
		}
	}
	if s.tried[e.Seq] == nil {
		s.tried[e.Seq] = map[string]bool{}
	}
	s.tried[e.Seq][h] = true
	s.highest, s.moving = e.Attempt, nil
	s.live[e.Attempt] = e
	return nil
}

func (s *shadow) attempt(e protocol.Event) error {
	r, live := s.live[e.Attempt]
	switch e.Kind {
	case protocol.KindSent:
		if !live || s.sent[e.Attempt] || r.Epoch != s.attached[e.Host] {
			return fmt.Errorf("live %v, sent %v", live, s.sent[e.Attempt])
		}
		s.sent[e.Attempt] = true
		s.sends[e.Seq]++
	case protocol.KindReply:
		if !live || r.Host != e.Host || r.Epoch != e.Epoch || r.Seq != e.Seq || !s.sent[e.Attempt] {
			return fmt.Errorf("live %v as %v, sent %v", live, r, s.sent[e.Attempt])
		}
	case protocol.KindLate:
		if live || !s.sent[e.Attempt] {
			return fmt.Errorf("live %v, sent %v", live, s.sent[e.Attempt])
		}
	case protocol.KindRelease:
		if !live || r.Host != e.Host || r.Epoch != e.Epoch || r.Seq != e.Seq {
			return fmt.Errorf("live %v as %v", live, r)
		}
		delete(s.live, e.Attempt)
		if e.Reason == protocol.Reassigned {
			s.moving = &e
		}
	case protocol.KindCancel:
		if live || !s.sent[e.Attempt] {
			return fmt.Errorf("live %v, sent %v", live, s.sent[e.Attempt])
		}
		s.abandoned[e.Attempt] = e.Host
	case protocol.KindAcknowledged:
		if s.abandoned[e.Attempt] != e.Host {
			return fmt.Errorf("abandoned at %q", s.abandoned[e.Attempt])
		}
		delete(s.abandoned, e.Attempt)
	}
	return nil
}
