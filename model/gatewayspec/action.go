package gatewayspec

import (
	"fmt"
	"strconv"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// The actions. Those that are an event of the protocol have its name; a
// reassign is a release and a reserve in one, and the others are what no
// gateway can see or what only the world does.
const (
	// Steps of the Gateway.
	Reserve model.Action = iota
	Reassign
	Sent
	WriteFailed
	WriteCancel
	Reply
	Late
	Refuse
	Ready
	Drain
	Rejected
	Detach
	ReaderEnd
	CloseEnd
	// Steps of hosts and of the wire.
	Deliver
	HandleBegin
	HostReply
	HostReady
	HostLeave
	HostDetach
	// Timers of the Gateway.
	Due
	NoHost
	Deadline
	Relent
	// Steps of callers and handlers, of whoever runs the gateway, of the
	// network, and of hosts that refuse, leave, come back or lie.
	Enqueue
	Overloaded
	Cancel
	HandleEnd
	HandleFail
	HostRefuse
	HostDrain
	SetLimit
	Lose
	Attach
	Forge
	CloseBegin
	CloseExpire
	actionEnd
)

// lastGateway ends the gateway's own steps in the order above, lastInternal those
// that need nobody outside.
const (
	lastGateway  = CloseEnd
	lastInternal = HostDetach
)

var actionNames = [actionEnd]string{
	Reserve:     protocol.KindReserve.String(),
	Reassign:    "reassign",
	Sent:        protocol.KindSent.String(),
	WriteFailed: "write-failed",
	WriteCancel: "write-cancel",
	Reply:       protocol.KindReply.String(),
	Late:        protocol.KindLate.String(),
	Refuse:      protocol.KindRefuse.String(),
	Ready:       protocol.KindReady.String(),
	Drain:       protocol.KindDrain.String(),
	Rejected:    protocol.KindRejected.String(),
	Detach:      protocol.KindDetach.String(),
	ReaderEnd:   "reader-end",
	CloseEnd:    protocol.KindCloseEnd.String(),
	Deliver:     "deliver",
	HandleBegin: protocol.KindHandleBegin.String(),
	HostReply:   "host-reply",
	HostReady:   "host-ready",
	HostLeave:   "host-leave",
	HostDetach:  "host-detach",
	Due:         "due",
	NoHost:      "no-host",
	Deadline:    "deadline",
	Relent:      "refuse-backoff",
	Enqueue:     protocol.KindEnqueue.String(),
	Overloaded:  "overloaded",
	Cancel:      protocol.KindCancel.String(),
	HandleEnd:   protocol.KindHandleEnd.String(),
	HandleFail:  "handle-fail",
	HostRefuse:  "host-refuse",
	HostDrain:   "host-drain",
	SetLimit:    protocol.KindLimit.String(),
	Lose:        "lose",
	Attach:      protocol.KindAttach.String(),
	Forge:       "forge",
	CloseBegin:  protocol.KindCloseBegin.String(),
	CloseExpire: "close-expire",
}

// argNames says what the arguments of an action are: r a request, h a host, a
// an attempt, f which attachment of the host a frame is read from, n a number.
var argNames = [actionEnd]string{
	Reserve: "rh", Reassign: "rhh", Sent: "ah", WriteFailed: "ah", WriteCancel: "ah",
	Reply: "ahf", Late: "ahf", Refuse: "ahf", Ready: "hf", Drain: "hf", Rejected: "ahf",
	Detach: "h", ReaderEnd: "h",
	Deliver: "ha", HandleBegin: "ha", HostReply: "ha", HostReady: "h", HostLeave: "h", HostDetach: "h",
	Due: "r", NoHost: "r", Deadline: "r", Relent: "h",
	Enqueue: "r", Overloaded: "r", Cancel: "r", HandleEnd: "ha", HandleFail: "ha", HostRefuse: "ha", HostDrain: "h",
	SetLimit: "hn", Lose: "h", Attach: "h", Forge: "ha",
}

// argName prints an argument as stories do: r1, h1, and r1.2 for the second
// attempt of r1.
func argName(a model.Action, arg int, v int16) string {
	if int(a) >= len(argNames) || arg >= len(argNames[a]) {
		return strconv.Itoa(int(v))
	}
	switch kind := argNames[a][arg]; kind {
	case 'a':
		return attemptName(int(v))
	case 'n':
		return strconv.Itoa(int(v))
	case 'f':
		return [...]string{"newest", "superseded"}[v&1]
	default:
		return fmt.Sprintf("%c%d", kind, v+1)
	}
}

func attemptName(a int) string {
	if a == nobody {
		return "nobody's"
	}
	return fmt.Sprintf("r%d.%d", a/maxAttempts+1, a%maxAttempts+1)
}
