package gatewayspec

import (
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// TestControls gives each law that no variant breaks first a step that breaks
// it, and sees the law say so: a law that cannot fail says nothing.
func TestControls(t *testing.T) {
	const odd = 99 // an argument that no true step has
	waits := func(s *State, r int) bool { return s.Requests[r].Phase == requestWaits }
	for _, c := range []struct {
		law  string
		step func(*State, *model.Next[State])
	}{
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
		{"gateway/one-outcome", func(s *State, x *model.Next[State]) {
			if s.Requests[0].Phase == requestDone {
				x.Do(Enqueue, odd).end(0, protocol.Cancelled)
			}
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
		{"gateway/reassign-bounds", func(s *State, x *model.Next[State]) {
			if s.Requests[0].Due {
				x.Do(Reassign, 0, 0, int(s.Attempts[s.held(0)].Host), odd)
			}
		}},
		{"gateway/late", func(s *State, x *model.Next[State]) {
			if waits(s, 0) {
				x.Do(Late, 0, 0, odd).Requests[0].Phase = requestDone
			}
		}},
		{"gateway/epoch", func(s *State, x *model.Next[State]) {
			x.Do(Late, 0, 0, odd).Hosts[0].Abandoned++
		}},
		{"gateway/epoch", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[0].Abandoned++
		}},
		{"gateway/reassign-bounds", func(s *State, x *model.Next[State]) {
			if waits(s, 1) {
				x.Do(Reserve, 1, 0, odd)
			}
		}},
		{"gateway/isolation", func(s *State, x *model.Next[State]) {
			x.Do(Rejected, 0, 1, odd).Hosts[0].Paused = true
		}},
		{"gateway/host-capacity", func(s *State, x *model.Next[State]) {
			if s.running(0) == 1 && s.Attempts[2].Work == workNone {
				t := x.Do(HandleBegin, 0, odd)
				t.Attempts[2].Host, t.Attempts[2].Work = 0, workRuns
			}
		}},
		{"gateway/bounded", func(s *State, x *model.Next[State]) {
			x.Do(Enqueue, odd).Hosts[0].Down.N = 2
		}},
		{"gateway/close-complete", func(s *State, x *model.Next[State]) {
			x.Do(CloseEnd, odd).Closing = closeEnded
		}},
		{"gateway/quiet-after-close", func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded {
				x.Do(Detach, odd)
			}
		}},
		{"gateway/answered", func(s *State, x *model.Next[State]) {
			if waits(s, 0) {
				x.Do(Enqueue, odd).Queue = queue{}
			}
		}},
	} {
		spec := only(t, Spec(small()), c.law)
		next := spec.Next
		spec.Next = func(s *State, x *model.Next[State]) {
			next(s, x)
			c.step(s, x)
		}
		spec.Done = nil
		if v := check(t, spec).Violation; v == nil || v.Law != c.law {
			t.Errorf("%s does not notice its control", c.law)
		}
	}
}
