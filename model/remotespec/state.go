package remotespec

import "github.com/weir-dev/weir/protocol"

// State is one instant of a Remote, the wire and its Peer. Messages are named
// by their seq and links by their epoch, both from 1; zero is none.
type State struct {
	// Accepted counts the messages that have a seq; the newest has this one.
	Accepted uint8
	// Buffer holds what no stream was handed yet. Its head is also what the
	// messenger connects for.
	Buffer queue
	// Messenger is what the messenger is doing.
	Messenger messenger
	// Epoch is that of the newest attempt to connect.
	Epoch uint8
	// Backoff is whether the delay after the last failure still runs.
	Backoff bool
	// Flight is what a stream was handed and is not resolved.
	Flight set
	// Slot says for each message on which link it holds a slot of the window.
	Slot [maxMessages]uint8
	// Result says for each message what became of it.
	Result [maxMessages]result
	// Undispatched holds resolved messages, in the order in which they were
	// resolved, whose dispatch has not begun.
	Undispatched queue
	// Dispatching is the dispatches that are running in the caller's code.
	Dispatching set
	// LastReply is the newest message whose reply's dispatch has begun.
	LastReply uint8
	// Closing is how far Close has come.
	Closing closing
	// Crashed is whether a goroutine has panicked.
	Crashed bool
	// Losses counts the refusals and losses that may still happen.
	Losses uint8
	// Links is by epoch-1.
	Links [maxLinks]link
	// Session is what the peer knows of this Remote.
	Session session
}

// result is what became of a message.
type result struct {
	Outcome protocol.Outcome
	Reason  protocol.Reason
	// Times counts how often an outcome was decided; more than once is wrong,
	// and more than twice is not counted.
	Times uint8
	// Reply is the body of the reply; zero unless Replied.
	Reply uint8
}

// link finds a link by its epoch.
func (s *State) link(e uint8) *link { return &s.Links[e-1] }

// current returns the epoch of the link that is up at the Remote, or zero.
func (s *State) current() uint8 {
	if s.Epoch > 0 && s.link(s.Epoch).Remote == linkUp {
		return s.Epoch
	}
	return 0
}

// slots counts the slots that are taken.
func (s *State) slots() int {
	n := 0
	for _, e := range s.Slot {
		if e != 0 {
			n++
		}
	}
	return n
}

// resolved counts the messages with an outcome.
func (s *State) resolved() int {
	n := 0
	for i := range s.Result {
		if s.Result[i].Outcome != protocol.OutcomeNone {
			n++
		}
	}
	return n
}

// begun counts the messages whose dispatch has begun: what is accepted and
// awaits its dispatch is the rest.
func (s *State) begun() int { return s.resolved() - int(s.Undispatched.N) }

// resolve decides the outcome of a message and queues it for dispatch. The
// message has left the buffer and the flight already.
func (s *State) resolve(seq uint8, o protocol.Outcome, why protocol.Reason, reply uint8) {
	times := min(s.Result[seq-1].Times+1, 2)
	s.Result[seq-1] = result{o, why, times, reply}
	s.Undispatched.push(seq)
}
