package gatewayspec

import (
	"testing"

	"github.com/weir-dev/weir/model"
)

// TestControls gives each law a step that breaks it, and sees the law say so: a
// law that cannot fail says nothing. The laws on whole runs are broken by
// TestPromises and by variants.
func TestControls(t *testing.T) {
	const odd = 99 // an argument that no true step has
	waits := func(s *State, r int) bool { return s.Requests[r].Phase == requestWaits }
	for _, c := range []struct {
		law  string
		step func(*State, *model.Next[State])
	}{
		{"gateway/count", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[0].Reserved++
		}},
		{"gateway/count", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Reserved == 1 {
				x.Do(Reserve, 0, 0, odd).Hosts[0].Limit = 0
			}
		}},
		{"gateway/one-reservation", func(s *State, x *model.Next[State]) {
			if s.Attempts[0].Entry == entryLive {
				x.Do(Enqueue, odd).Attempts[1] = s.Attempts[0]
			}
		}},
		{"gateway/one-reservation", func(s *State, x *model.Next[State]) {
			if s.Attempts[0].Entry == entryLive {
				x.Do(Enqueue, odd).Requests[0].Phase = requestDone
			}
		}},
		{"gateway/released-once", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Attempts[0].Releases = 2
		}},
		{"gateway/one-outcome", func(s *State, x *model.Next[State]) {
			if s.Requests[0].Phase == requestDone {
				x.Do(Enqueue, odd).end(0)
			}
		}},
		{"gateway/right-reply", func(s *State, x *model.Next[State]) {
			if s.Attempts[0].Entry == entryLive && s.Attempts[2].Entry == entryLive && s.Hosts[0].Up.N > 0 {
				x.Do(Reply, 0, int(s.Attempts[0].Host), newest, odd).end(1)
			}
		}},
		{"gateway/no-leak", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[1].Reserved = 1
		}},
		{"gateway/paused", func(s *State, x *model.Next[State]) {
			if waits(s, 1) && s.Hosts[0].Paused {
				x.Do(Reserve, 1, 0, odd)
			}
		}},
		{"gateway/paused", func(s *State, x *model.Next[State]) {
			if s.Attempts[0].Entry == entryAbandoned {
				x.Do(Sent, 0, odd)
			}
		}},
		{"gateway/paused", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Reserved == 1 {
				x.Do(Enqueue, odd).Hosts[0].Paused = false
			}
		}},
		{"gateway/paused", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Reserved == 0 {
				x.Do(Enqueue, odd).Hosts[0].Paused = true
			}
		}},
		{"gateway/paused", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Reserved == 0 {
				x.Do(Enqueue, odd).Hosts[0].Limit = 0
			}
		}},
		{"gateway/no-idle-wait", func(s *State, x *model.Next[State]) {
			if waits(s, 0) {
				x.Do(Enqueue, odd).Queue = queue{}
			}
		}},
		{"gateway/fifo", func(s *State, x *model.Next[State]) {
			if waits(s, 0) && waits(s, 1) {
				x.Do(Reserve, 1, 0, odd)
			}
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			if waits(s, 1) && s.Hosts[0].Reserved == 1 && s.Hosts[1].Reserved == 0 {
				x.Do(Reserve, 1, 0, odd)
			}
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			if waits(s, 0) && s.Hosts[0].Refusing {
				x.Do(Reserve, 0, 0, odd)
			}
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			if waits(s, 0) && s.Hosts[0].Draining {
				x.Do(Reserve, 0, 0, odd)
			}
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Refusing {
				x.Do(Enqueue, odd).Hosts[0].Refusing = false
			}
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Draining {
				x.Do(Enqueue, odd).Hosts[0].Draining = false
			}
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			x.Do(Refuse, 0, 0, newest, odd)
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			x.Do(Drain, 0, newest, odd)
		}},
		{"gateway/choice", func(s *State, x *model.Next[State]) {
			if a := s.held(0); a >= 0 && s.Attempts[a].Host == 0 && !s.Attempts[a].Sent {
				x.Do(Enqueue, odd).Hosts[0].Draining = true
			}
		}},
		{"gateway/reassign-bounds", func(s *State, x *model.Next[State]) {
			if s.Requests[0].Due {
				x.Do(Reassign, 0, 0, int(s.Attempts[s.held(0)].Host), odd)
			}
		}},
		{"gateway/reassign-bounds", func(s *State, x *model.Next[State]) {
			if waits(s, 1) {
				x.Do(Reserve, 1, 0, odd)
			}
		}},
		{"gateway/reassign-bounds", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Reassigns += 2
		}},
		{"gateway/late", func(s *State, x *model.Next[State]) {
			if waits(s, 0) {
				x.Do(Late, 0, 0, newest, odd).Requests[0].Phase = requestDone
			}
		}},
		{"gateway/accounted", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Up.N > 0 {
				x.Do(Late, 0, 0, newest, odd).counted(0)
			}
		}},
		{"gateway/accounted", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Up.N > 0 {
				x.Do(Rejected, 0, 0, newest, odd)
			}
		}},
		{"gateway/epoch", func(s *State, x *model.Next[State]) {
			if s.Hosts[0].Refusing {
				x.Do(Attach, 0, odd)
			}
		}},
		{"gateway/epoch", func(s *State, x *model.Next[State]) {
			x.Do(Late, 0, 0, superseded, odd).Hosts[0].Refusing = true
		}},
		{"gateway/epoch", func(s *State, x *model.Next[State]) {
			x.Do(ReaderEnd, 0, odd).Hosts[0].Paused = true
		}},
		{"gateway/epoch", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[0].Abandoned++
		}},
		{"gateway/isolation", func(s *State, x *model.Next[State]) {
			x.Do(Rejected, 0, 1, newest, odd).Hosts[0].Paused = true
		}},
		{"gateway/isolation", func(s *State, x *model.Next[State]) {
			x.Do(Rejected, 0, 1, newest, odd).Hosts[1].Paused = true
		}},
		{"gateway/isolation", func(s *State, x *model.Next[State]) {
			if a := s.held(0); a >= 0 && s.Attempts[a].Host == 0 {
				x.Do(Drain, 1, newest, odd).end(0)
			}
		}},
		{"gateway/non-idempotent", func(s *State, x *model.Next[State]) {
			if s.exposed(0) == 1 {
				x.Do(Sent, 1, odd)
			}
		}},
		{"gateway/host-capacity", func(s *State, x *model.Next[State]) {
			if s.running(0) == 1 && s.Attempts[2].Work == workNone {
				t := x.Do(HandleBegin, 0, odd)
				t.Attempts[2].Host, t.Attempts[2].Work = 0, workRuns
			}
		}},
		{"gateway/host-capacity", func(s *State, x *model.Next[State]) {
			if s.Attempts[0].Entry == entryAbandoned && s.Attempts[0].Host == 0 {
				t := x.Do(Reserve, 1, 0, odd)
				t.Attempts[2], t.Attempts[3] = s.Attempts[0], s.Attempts[0]
			}
		}},
		{"gateway/bounded", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[0].Down.N = 2
		}},
		{"gateway/bounded", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[1].Up.N = 2
		}},
		{"gateway/bounded", func(s *State, x *model.Next[State]) {
			if waits(s, 0) && s.Requests[1].Phase == requestNew {
				x.Do(Enqueue, odd).Requests[1].Phase = requestWaits
			}
		}},
		{"gateway/bounded", func(s *State, x *model.Next[State]) {
			t := x.Do(Deliver, odd)
			t.Attempts[0].Work, t.Attempts[1].Work = workQueued, workQueued
		}},
		{"gateway/close-complete", func(s *State, x *model.Next[State]) {
			x.Do(CloseEnd, odd).Closing = closeEnded
		}},
		{"gateway/quiet-after-close", func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded {
				x.Do(Detach, odd)
			}
		}},
		{"gateway/quiet-after-close", func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded {
				x.Do(Due, odd)
			}
		}},
	} {
		p := small()
		p.Refusals, p.Drains, p.Burst, p.Waiting = 1, 1, 1, 1
		if c.law == "gateway/non-idempotent" {
			p.NonIdempotent = 1
		}
		spec := Only(Spec(p), c.law)
		next := spec.Next
		spec.Next = func(s *State, x *model.Next[State]) {
			next(s, x)
			c.step(s, x)
		}
		if v := check(t, spec).Violation; v == nil || v.Law != c.law {
			t.Errorf("%s does not notice its control", c.law)
		}
	}
}
