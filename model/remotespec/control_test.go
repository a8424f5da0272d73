package remotespec

import (
	"testing"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// TestControls gives each law, and each half of a law, a step that breaks it,
// and sees the law say so: a law that cannot fail says nothing.
func TestControls(t *testing.T) {
	const odd = 99 // an argument that no true step has
	timed := SmallResume()
	timed.Deadlines, timed.TimesToLive = 1, 1
	for _, c := range []struct {
		name   string
		law    string
		params Params
		step   func(*State, *model.Next[State])
	}{
		{"older", "remote/order", Small(), func(s *State, x *model.Next[State]) {
			if s.Session.Last == 2 && s.Session.Handled[0] == 0 {
				n := x.Do(HandleBegin, odd, 1)
				n.Session.Seq, n.Session.Handled[0] = 1, 1
			}
		}},
		{"twice", "remote/order", Small(), func(s *State, x *model.Next[State]) {
			if s.Session.Last == 1 {
				n := x.Do(HandleBegin, odd, 1)
				n.Session.Seq, n.Session.Handled[0] = 1, 2
			}
		}},
		{"reply overtakes", "remote/reply-order", Small(), func(s *State, x *model.Next[State]) {
			if s.Dispatching == 0 && s.LastReply == 0 && s.Undispatched.At[0] == 1 {
				x.Do(Accept, odd).LastReply = 2
			}
		}},
		{"other reply", "remote/right-reply", Small(), func(s *State, x *model.Next[State]) {
			if s.Result[0].Outcome == protocol.Replied {
				x.Do(Accept, odd).Result[0].Reply = 2
			}
		}},
		{"other message", "remote/right-reply", SmallResume(), func(s *State, x *model.Next[State]) {
			if s.Session.Handler == handlerRuns {
				x.Do(HandleBegin, odd, 1).Session.Body++
			}
		}},
		{"replied unhandled", "remote/honest-outcome", Small(), func(s *State, x *model.Next[State]) {
			if s.Result[0].Outcome == protocol.Replied {
				x.Do(Accept, odd).Session.Handled[0] = 0
			}
		}},
		{"handled after NotSent", "remote/honest-outcome", Small(), func(s *State, x *model.Next[State]) {
			if s.Result[0].Outcome == protocol.NotSent {
				x.Do(HandleBegin, odd, 1).Session.Handled[0] = 1
			}
		}},
		{"Unknown handled twice", "remote/honest-outcome", Small(), func(s *State, x *model.Next[State]) {
			if s.Result[0].Outcome == protocol.Unknown {
				x.Do(HandleBegin, odd, 1).Session.Handled[0] = 2
			}
		}},
		{"no slot", "remote/window", Small(), func(s *State, x *model.Next[State]) {
			if s.Flight.has(1) {
				x.Do(Accept, odd).Slot[0] = 0
			}
		}},
		{"too many slots", "remote/window", narrow(SmallResume()), func(s *State, x *model.Next[State]) {
			if s.Flight.has(1) {
				x.Do(Accept, odd).Slot[1] = 1
			}
		}},
		{"unnamed message", "remote/epoch", SmallResume(), func(s *State, x *model.Next[State]) {
			if s.Flight.has(1) && s.Epoch == 1 && s.link(1).Down.N == 0 {
				x.Do(Receive, 1, odd).replied(1, 1)
			}
		}},
		{"other link", "remote/epoch", Small(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.link(1).Down.N > 0 && s.Slot[0] == 1 {
				n := x.Do(Accept, odd)
				n.Slot[0] = 2
				n.Accepted = 5
			}
			if s.Accepted == 5 {
				x.Do(Receive, 1, odd).replied(1, 1)
			}
		}},
		{"two links", "remote/link", Small(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 2 {
				x.Do(Accept, odd).link(1).Remote = linkUp
			}
		}},
		{"two links at the peer", "remote/link", Small(), func(s *State, x *model.Next[State]) {
			if s.Session.Link == 2 {
				x.Do(Accept, odd).link(1).Peer = peerServes
			}
		}},
		{"stale hello", "remote/link", Small(), func(s *State, x *model.Next[State]) {
			if s.Session.Newest == 2 {
				n := x.Do(Accept, odd)
				n.Session.Link, n.link(1).Peer = 1, peerServes
			}
		}},
		{"send on no link", "remote/link", Small(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.current() == 0 {
				x.Do(Send, 1, odd)
			}
		}},
		{"send before the Welcome", "remote/link", SmallResume(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.current() == 1 && s.usable() == 0 {
				x.Do(Send, 1, odd)
			}
		}},
		{"receive without listener", "remote/link", SmallResume(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && !s.link(1).Listener.running() {
				x.Do(Receive, 1, odd)
			}
		}},
		{"frame out of order", "remote/frame", Small(), func(s *State, x *model.Next[State]) {
			if s.Accepted == 2 && s.Messenger == messengerIdle {
				n := x.Do(Send, odd)
				n.Frame.add(2, 2)
				n.Frame.add(1, 1)
			}
		}},
		{"frame with a gap", "remote/frame", ciFrames(), func(s *State, x *model.Next[State]) {
			if s.Accepted == 3 && s.Result[1].Outcome == protocol.OutcomeNone && s.Messenger == messengerIdle {
				n := x.Do(Send, odd)
				n.Frame.add(1, 1)
				n.Frame.add(3, 3)
			}
		}},
		{"frame too large", "remote/frame", Small(), func(s *State, x *model.Next[State]) {
			if s.Accepted == 2 && s.Messenger == messengerIdle {
				n := x.Do(Send, odd)
				n.Frame.add(1, 1)
				n.Frame.add(2, 2)
			}
		}},
		{"empty frame", "remote/frame", Small(), func(s *State, x *model.Next[State]) {
			if s.Messenger == messengerIdle {
				x.Do(Send, odd).Frame = frame{}
			}
		}},
		{"replies too many", "remote/frame", SmallResume(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.link(1).Down.N == 1 {
				x.Do(Reply, 1, odd).link(1).Down.At[0].add(1, 1)
				x.Do(Reply, 1, odd+1).link(1).Down.At[0].Head |= 2
			}
		}},
		{"no delay after a refusal", "remote/backoff", Small(), func(s *State, x *model.Next[State]) {
			if s.Messenger == messengerConnecting {
				x.Do(Refuse, odd)
			}
		}},
		{"no delay after a loss", "remote/backoff", Small(), func(s *State, x *model.Next[State]) {
			if s.current() != 0 {
				x.Do(LinkDown, odd, byListener)
			}
		}},
		{"no messenger", "remote/no-idle-wait", Small(), func(s *State, x *model.Next[State]) {
			if s.current() != 0 && s.Buffer.N > 0 && s.Messenger == messengerIdle {
				x.Do(Accept, odd).Messenger = messengerDead
			}
		}},
		{"buffer", "remote/bounded", Small(), func(s *State, x *model.Next[State]) {
			if s.Accepted == 1 && s.Buffer.N == 1 {
				x.Do(Accept, odd).accept()
			}
		}},
		{"awaiting", "remote/bounded", Small(), func(s *State, x *model.Next[State]) {
			if s.Accepted == 2 && s.Buffer.N == 0 {
				x.Do(Accept, odd).Accepted = 5
			}
		}},
		{"wire", "remote/bounded", Small(), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 {
				x.Do(Accept, odd).link(1).Down.N = 3
			}
		}},
		{"peer's queue", "remote/bounded", narrow(SmallResume()), func(s *State, x *model.Next[State]) {
			if s.Session.Queue.N == 1 {
				x.Do(Accept, odd).Session.Queue.push(2)
			}
		}},
		{"reply cache", "remote/bounded", narrow(SmallResume()), func(s *State, x *model.Next[State]) {
			if s.Session.Cache == 1 {
				x.Do(Accept, odd).Session.Cache.add(2)
			}
		}},
		{"early", "remote/close-complete", Small(), func(s *State, x *model.Next[State]) {
			if s.Flight != 0 {
				x.Do(CloseEnd, odd).Closing = closeEnded
			}
		}},
		{"undispatched", "remote/close-complete", Small(), func(s *State, x *model.Next[State]) {
			if s.Closing == closeDrains && s.Undispatched.N > 0 {
				x.Do(CloseEnd, odd)
			}
		}},
		{"link left", "remote/quiet-after-close", Small(), func(s *State, x *model.Next[State]) {
			if s.current() != 0 {
				x.Do(CloseEnd, odd).Closing = closeEnded
			}
		}},
		{"messenger left", "remote/quiet-after-close", Small(), func(s *State, x *model.Next[State]) {
			if s.Messenger == messengerWriting && s.current() == 0 {
				x.Do(CloseEnd, odd).Closing = closeEnded
			}
		}},
		{"event", "remote/quiet-after-close", Small(), func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded {
				x.Do(Resolve, odd)
			}
		}},
		{"accept", "remote/quiet-after-close", Small(), func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded && s.Accepted == 0 {
				x.Do(Accept, odd).Accepted++
			}
		}},
		{"dispatch left", "remote/quiet-after-close", Small(), func(s *State, x *model.Next[State]) {
			if s.Closing == closeDrains && s.current() == 0 && s.Dispatching != 0 {
				x.Do(CloseEnd, odd)
			}
		}},
		{"reader left", "remote/peer-clean", withGoroutines(Small()), func(s *State, x *model.Next[State]) {
			if s.Closing == closeEnded && s.Epoch == 1 && s.link(1).Reader == readerNone {
				x.Do(Accept, odd).link(1).Reader = readerStuck
			}
		}},
		{"reader gone", "remote/peer-clean", withGoroutines(Small()), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.link(1).Peer == peerServes && s.link(1).up() {
				x.Do(Accept, odd).link(1).Reader = readerNone
			}
		}},
		{"link left at the peer", "remote/peer-clean", withGoroutines(Small()), func(s *State, x *model.Next[State]) {
			if s.Epoch == 1 && s.link(1).Peer == peerServes && s.link(1).Remote == linkEnded && s.link(1).Broken {
				x.Do(Accept, odd).link(1).Broken = false
			}
		}},
		{"offline", "remote/resume-no-loss", SmallResume(), lossFor(protocol.NotSent, protocol.Offline)},
		{"link lost", "remote/resume-no-loss", SmallResume(), lossFor(protocol.Unknown, protocol.LinkLost)},
		{"memory lost", "remote/resume-no-loss", SmallResume(), lossFor(protocol.Unknown, protocol.MemoryLost)},
		{"closed", "remote/resume-no-loss", SmallResume(), lossFor(protocol.NotSent, protocol.Closed)},
		{"deadline", "remote/resume-no-loss", timed, lossFor(protocol.Unknown, protocol.Deadline)},
		{"time to live", "remote/resume-no-loss", timed, lossFor(protocol.NotSent, protocol.TimeToLive)},
		{"offline", "remote/no-needless-loss", Small(), lossFor(protocol.NotSent, protocol.Offline)},
		{"link lost", "remote/no-needless-loss", Small(), lossFor(protocol.Unknown, protocol.LinkLost)},
		{"link ended whole", "remote/no-needless-loss", Small(), func(s *State, x *model.Next[State]) {
			if s.Flight.has(1) && s.usable() != 0 && !s.link(s.Epoch).Broken {
				n := x.Do(LinkDown, int(s.Epoch), byListener)
				n.Flight.drop(1)
				n.resolve(1, protocol.Unknown, protocol.LinkLost, 0)
			}
		}},
		{"memory lost", "remote/no-needless-loss", Small(), lossFor(protocol.Unknown, protocol.MemoryLost)},
		{"closed", "remote/no-needless-loss", Small(), lossFor(protocol.NotSent, protocol.Closed)},
		{"stuck", "remote/answered", Small(), func(s *State, x *model.Next[State]) {
			if s.Buffer.N > 0 && s.Messenger == messengerIdle {
				x.Do(Accept, odd).Messenger = messengerDead
			}
		}},
		{"for ever", "remote/answered", onRuns(calm(Small())), func(s *State, x *model.Next[State]) {
			if s.Flight != 0 && s.Messenger == messengerIdle && s.current() != 0 {
				x.Do(Accept, odd).Messenger = messengerDead
			}
		}},
		{"listener stays", "remote/close-returns", onRuns(Small()), func(s *State, x *model.Next[State]) {
			if s.Closing == closeExpired && s.current() != 0 {
				x.Do(Accept, odd).link(s.Epoch).Listener = listenerChecked
			}
		}},
	} {
		spec := Only(Spec(c.params), c.law)
		next := spec.Next
		spec.Next = func(s *State, x *model.Next[State]) {
			next(s, x)
			c.step(s, x)
		}
		spec.Done = nil
		if v := checkLoosely(t, spec).Violation; v == nil || v.Law != c.law {
			t.Errorf("%s does not notice its control %q", c.law, c.name)
		}
	}
}

// lossFor ends a message that is in flight in a step that excuses nothing.
func lossFor(o protocol.Outcome, why protocol.Reason) func(*State, *model.Next[State]) {
	return func(s *State, x *model.Next[State]) {
		if s.Flight.has(1) && s.usable() != 0 {
			n := x.Do(Accept, 99)
			n.Flight.drop(1)
			n.resolve(1, o, why, 0)
		}
	}
}
