package remotespec

import (
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// TestControls gives each law that no variant breaks first a step that breaks
// it, and sees the law say so: a law that cannot fail says nothing.
func TestControls(t *testing.T) {
	const odd = 99 // an argument that no true step has
	for _, c := range []struct {
		law  string
		step func(*State, *model.Next[State])
	}{
		{"remote/order", func(s *State, x *model.Next[State]) {
			if s.Session.Last == 1 {
				x.Do(HandleBegin, odd, 1).Session.Handled[0] = 2
			}
		}},
		{"remote/right-reply", func(s *State, x *model.Next[State]) {
			if s.Result[0].Outcome == protocol.Replied {
				x.Do(Accept, odd).Result[0].Reply = 2
			}
		}},
		{"remote/honest-outcome", func(s *State, x *model.Next[State]) {
			if s.Result[0].Outcome == protocol.NotSent {
				x.Do(HandleBegin, odd, 1).Session.Handled[0] = 1
			}
		}},
		{"remote/window", func(s *State, x *model.Next[State]) {
			if s.Flight.has(1) {
				x.Do(Accept, odd).Slot[0] = 0
			}
		}},
		{"remote/link", func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.current() == 0 {
				x.Do(Send, 1, odd)
			}
		}},
		{"remote/no-idle-wait", func(s *State, x *model.Next[State]) {
			if s.current() != 0 && s.Buffer.N > 0 && s.Messenger == messengerIdle {
				x.Do(Accept, odd).Messenger = messengerDead
			}
		}},
		{"remote/bounded", func(s *State, x *model.Next[State]) {
			if s.Accepted == 1 && s.Buffer.N == 1 {
				x.Do(Accept, odd).accept()
			}
		}},
		{"remote/close-complete", func(s *State, x *model.Next[State]) {
			if s.Flight != 0 {
				x.Do(CloseEnd, odd).Closing = closeEnded
			}
		}},
		{"remote/quiet-after-close", func(s *State, x *model.Next[State]) {
			if s.current() != 0 {
				x.Do(CloseEnd, odd).Closing = closeEnded
			}
		}},
		{"remote/quiet-after-close", func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded {
				x.Do(Resolve, odd)
			}
		}},
		{"remote/quiet-after-close", func(s *State, x *model.Next[State]) {
			if s.Closing == closeDrains && s.current() == 0 && s.Dispatching != 0 {
				x.Do(CloseEnd, odd)
			}
		}},
		{"remote/answered", func(s *State, x *model.Next[State]) {
			if s.Closing == closeDrains && s.Undispatched.N > 0 {
				x.Do(CloseEnd, odd)
			}
		}},
	} {
		spec := only(t, Spec(Small()), c.law)
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
