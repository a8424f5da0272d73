package remotespec

import "github.com/weir-dev/weir/protocol"

// State is one instant of a Remote, the wire and its Peer. Messages are named
// by their seq and links by their epoch, both from 1; zero is none.
type State struct {
	// Accepted counts the messages that have a seq; the newest has this one.
	Accepted uint8
	// Buffer holds what no stream was handed yet. In AtMostOnce its head is also
	// what the messenger connects for.
	Buffer queue
	// Messenger is what the messenger is doing.
	Messenger messenger
	// Frame is what it is writing.
	Frame frame
	// Trying is the message that an attempt to connect was made for, in
	// AtMostOnce.
	Trying uint8
	// Epoch is that of the newest attempt to connect.
	Epoch uint8
	// Backoff is whether the delay after the last failure still runs.
	Backoff bool
	// Offline is the flag that R18 and R19 set at a failure.
	Offline bool
	// Flight is what a stream was handed and is not resolved; Resend is what of
	// it has to be sent again on the link that is up. Carried is what that link
	// was handed and holds a slot, in Resume.
	Flight, Resend, Carried set
	// Slot says for each message whether it holds a slot of the window. In
	// AtMostOnce it is the link that carried the message, in Resume the peer's
	// memory, from 1, that it was first sent to.
	Slot [maxMessages]uint8
	// Result says for each message what became of it.
	Result [maxMessages]result
	// Received is the highest seq whose reply was received, Acked what of it the
	// link that is up was told; Memory is the memory id of the last Welcome,
	// from 1. All three are for Resume.
	Received, Acked, Memory uint8
	// Undispatched holds resolved messages, in the order in which they were
	// resolved, whose dispatch has not begun.
	Undispatched queue
	// Dispatching is the dispatches that are running in the caller's code.
	Dispatching set
	// LastReply is the newest message whose reply's dispatch has begun.
	LastReply uint8
	// Sent is whether the running dispatch has tried to send; Waiting is
	// whether it still waits for a place.
	Sent, Waiting bool
	// Closing is how far Close has come.
	Closing closing
	// Crashed is whether a goroutine has panicked.
	Crashed bool
	// Left is what of the world's budgets is left.
	Left budgets
	// Links is by epoch-1.
	Links [maxLinks]link
	// Session is what the peer knows of this Remote.
	Session session
}

// budgets counts what the world may still do.
type budgets struct {
	Refusals, Losses, Forgets, Repeats, Deadlines, TimesToLive, Sends uint8
}

// unlimited is a budget that is never used up.
const unlimited = 255

// spend takes one from a budget.
func spend(n *uint8) {
	if *n != unlimited {
		*n--
	}
}

// result is what became of a message.
type result struct {
	Outcome protocol.Outcome
	// Reason is why, until the outcome's dispatch begins: nothing asks for it
	// later.
	Reason protocol.Reason
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
	if s.Epoch > 0 && (s.link(s.Epoch).Remote == linkUp || s.link(s.Epoch).Remote == linkGreets) {
		return s.Epoch
	}
	return 0
}

// usable returns the epoch of the link on which messages may be sent, or zero:
// in Resume only after its Welcome.
func (s *State) usable() uint8 {
	if s.Epoch > 0 && s.link(s.Epoch).Remote == linkUp {
		return s.Epoch
	}
	return 0
}

// connecting is whether an attempt to connect is under way.
func (s *State) connecting() bool { return s.Messenger == messengerConnecting }

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

// awaiting counts what is accepted and awaits the start of its dispatch.
func (s *State) awaiting() int {
	return int(s.Accepted) - s.resolved() + int(s.Undispatched.N)
}

// resolve decides the outcome of a message and queues it for dispatch. The
// message has left the buffer and the flight already.
func (s *State) resolve(seq uint8, o protocol.Outcome, why protocol.Reason, reply uint8) {
	times := min(s.Result[seq-1].Times+1, 2)
	s.Result[seq-1] = result{o, why, times, reply}
	s.Undispatched.push(seq)
}

// loseFlight resolves everything that is in flight as Unknown.
func (s *State) loseFlight(why protocol.Reason) {
	for seq := uint8(1); seq <= s.Accepted; seq++ {
		if s.Flight.has(seq) {
			s.Flight.drop(seq)
			s.resolve(seq, protocol.Unknown, why, 0)
		}
	}
	s.Resend = 0
}
