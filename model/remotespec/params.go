package remotespec

import (
	"fmt"

	"github.com/weir-dev/weir/protocol"
)

// What a State has room for. Params stay within these.
const (
	maxMessages = 5
	maxLinks    = 4
	maxWire     = 3
	maxBatch    = 2
	maxForgets  = 3
	// recycledLinks is how many links are known to either end at once where
	// their number has no limit.
	recycledLinks = 2
)

// Unlimited, as Losses or Refusals, lets the network do it again and again.
const Unlimited = -1

// Params bounds the world that the spec explores. The zero value is refused;
// start from one of [Sizes] or from [Small].
//
// A budget counts how often something may happen in one run; with 0 that part
// of the world does not exist.
type Params struct {
	// Name is the size's name in reports, as in "ci".
	Name string
	// Delivery is AtMostOnce or Resume.
	Delivery protocol.Delivery
	// Mode is Async or Sync; Sync wants a Window of 1.
	Mode protocol.Mode
	// Messages is how many messages are accepted at most, 1 to 5.
	Messages int
	// Buffer is how many accepted messages may wait to be sent, 1 to Messages.
	Buffer int
	// Window is how many messages may hold a slot, 1 to Messages.
	Window int
	// Batch is how many messages or replies a frame takes, 1 or 2.
	Batch int
	// Wire is how many frames fit into one direction of a link, 1 to 3. A
	// writer waits when it is full.
	Wire int
	// Cache is how many replies the peer keeps for repeating, and what its
	// Welcome says, 1 to Messages in Resume; 0 in AtMostOnce, which keeps none.
	Cache int
	// Refusals is the budget of attempts to connect that fail, Losses of links
	// that break, Forgets of restarts of the peer without its memory. Each
	// costs one link more, so that together they are at most 3. Refusals and
	// Losses may be Unlimited: see link.go for what epochs are then.
	Refusals, Losses, Forgets int
	// Repeats is the budget of frames that a faulty link brings twice, 0 to 3.
	Repeats int
	// Deadlines and TimesToLive are the budgets of messages whose deadline, or
	// time to live, passes before they are resolved, 0 to 3.
	Deadlines, TimesToLive int
	// Sends is how many messages the dispatcher's code tries to send, 0 to 3.
	Sends int
	// Close is whether Close is called, at any instant, and its ctx may end.
	Close bool
	// Goroutines is whether the end of a link at the peer and the end of the
	// goroutine that reads it are two steps.
	Goroutines bool
	// Runs is whether laws on whole runs are judged: remote/answered and, with
	// Close, remote/close-returns. Without it the part of remote/answered that is
	// safety is stated instead, because a whole graph costs four times as much.
	Runs bool
	// Variant is the bug that the spec has; Correct for none.
	Variant Variant
	// rule is which of the protocol's rules is replaced by a simpler one that
	// does not do, for the tests that show it.
	rule simpler
}

// simpler is a rule that looks as good as the one that the protocol has.
type simpler uint8

const (
	_ simpler = iota // the rule as it is
	// everySlotStays: a deadline never frees a slot, also if the message was not
	// sent on the link that is up, and no late reply need come.
	everySlotStays
	// anyAcknowledgement: a Welcome whose last message handled is below the
	// highest reply received tells of a lost memory, whichever memory it was
	// that the reply came from.
	anyAcknowledgement
	// narrowQueue: the peer reads a frame only when its queue is empty, so that
	// an acknowledgement waits behind messages.
	narrowQueue
	// noExtraPlace: a dispatcher that sends has no place more than callers have.
	noExtraPlace
	// everySendWaits: any Send of a dispatcher waits for its place.
	everySendWaits
	// earlyExpiry: a session expires while links of before have yet to say
	// hello.
	earlyExpiry
	// recycledEpochs: epochs are used again, also where links are few enough for
	// each to have its own.
	recycledEpochs
	// stepByStep: remote/answered is promised each step on a link, strongly, and
	// no link that lasts.
	stepByStep
)

// resumes is whether what was not handled is sent again.
func (p Params) resumes() bool { return p.Delivery == protocol.Resume }

// recycles is whether links have no limit, so that epochs are used again.
func (p Params) recycles() bool {
	return p.Losses == Unlimited || p.Refusals == Unlimited || p.rule == recycledEpochs
}

// linkLimit is how many links may be known to either end at once.
func (p Params) linkLimit() int {
	if p.Losses == Unlimited || p.Refusals == Unlimited {
		return recycledLinks
	}
	return maxLinks
}

// slotLimit is how many slots there are. The Remote uses the smaller of its
// window and the peer's cache.
func (p Params) slotLimit() int {
	if p.resumes() {
		return min(p.Window, p.Cache)
	}
	return p.Window
}

// Validate returns an error that names the field, its value and its bounds if
// p is not a world that a State has room for.
func (p Params) Validate() error {
	least, most := 0, 0
	if p.resumes() {
		least, most = 1, p.Messages
	}
	for _, f := range []struct {
		name            string
		value, min, max int
	}{
		{"Messages", p.Messages, 1, maxMessages},
		{"Buffer", p.Buffer, 1, p.Messages},
		{"Window", p.Window, 1, p.Messages},
		{"Batch", p.Batch, 1, maxBatch},
		{"Wire", p.Wire, 1, maxWire},
		{"Cache", p.Cache, least, most},
		{"Refusals", p.Refusals, Unlimited, maxLinks - 1},
		{"Losses", p.Losses, Unlimited, maxLinks - 1},
		{"Forgets", p.Forgets, 0, maxForgets},
		{"Repeats", p.Repeats, 0, 3},
		{"Deadlines", p.Deadlines, 0, 3},
		{"TimesToLive", p.TimesToLive, 0, 3},
		{"Sends", p.Sends, 0, 3},
	} {
		if f.value < f.min || f.value > f.max {
			return fmt.Errorf("remotespec: %s is %d, want %d to %d", f.name, f.value, f.min, f.max)
		}
	}
	switch links := 1 + p.Refusals + p.Losses + p.Forgets; {
	case p.Name == "":
		return fmt.Errorf("remotespec: Name is empty, want the size's name in reports")
	case p.Delivery > protocol.Resume:
		return fmt.Errorf("remotespec: Delivery is %v, want at-most-once or resume", p.Delivery)
	case p.Mode != protocol.Async && p.Mode != protocol.Sync:
		return fmt.Errorf("remotespec: Mode is %v, want async or sync", p.Mode)
	case p.Mode == protocol.Sync && p.Window != 1:
		return fmt.Errorf("remotespec: Window is %d in sync, want 1", p.Window)
	case !p.recycles() && links > maxLinks:
		return fmt.Errorf("remotespec: Refusals, Losses and Forgets are %d together, want at most %d", links-1, maxLinks-1)
	case p.Variant >= variantEnd:
		return fmt.Errorf("remotespec: Variant is %d, want one below %d", p.Variant, variantEnd)
	}
	return nil
}
