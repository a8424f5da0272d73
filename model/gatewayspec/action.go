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
	WriteCancel
	Reply
	Late
	Rejected
	Detach
	ReaderEnd
	CloseEnd
	// Steps of hosts and of the wire.
	Deliver
	HandleBegin
	HostReply
	HostDetach
	// Steps of callers and handlers, of the network, of time, and of hosts
	// that come back or lie.
	Enqueue
	HandleEnd
	Due
	Cancel
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
	WriteCancel: "write-cancel",
	Reply:       protocol.KindReply.String(),
	Late:        protocol.KindLate.String(),
	Rejected:    protocol.KindRejected.String(),
	Detach:      protocol.KindDetach.String(),
	ReaderEnd:   "reader-end",
	CloseEnd:    protocol.KindCloseEnd.String(),
	Deliver:     "deliver",
	HandleBegin: protocol.KindHandleBegin.String(),
	HostReply:   "host-reply",
	HostDetach:  "host-detach",
	Enqueue:     protocol.KindEnqueue.String(),
	HandleEnd:   protocol.KindHandleEnd.String(),
	Due:         "due",
	Cancel:      protocol.KindCancel.String(),
	Lose:        "lose",
	Attach:      protocol.KindAttach.String(),
	Forge:       "forge",
	CloseBegin:  protocol.KindCloseBegin.String(),
	CloseExpire: "close-expire",
}

// argNames says what the arguments of an action are: r a request, h a host, a
// an attempt, e an epoch.
var argNames = [actionEnd]string{
	Reserve: "rh", Reassign: "rhh", Sent: "ah", WriteCancel: "ah",
	Reply: "ahe", Late: "ahe", Rejected: "ahe", Detach: "h", ReaderEnd: "h",
	Deliver: "ha", HandleBegin: "ha", HostReply: "ha", HostDetach: "h",
	Enqueue: "r", HandleEnd: "ha", Due: "r", Cancel: "r", Lose: "h", Attach: "he", Forge: "ha",
}

// argName prints an argument as stories do: r1, h1, e1, and r1.2 for the
// second attempt of r1.
func argName(a model.Action, arg int, v int16) string {
	if int(a) >= len(argNames) || arg >= len(argNames[a]) {
		return strconv.Itoa(int(v))
	}
	switch kind := argNames[a][arg]; kind {
	case 'a':
		return attemptName(int(v))
	case 'e':
		return fmt.Sprintf("e%d", v)
	default:
		return fmt.Sprintf("%c%d", kind, v+1)
	}
}

func attemptName(a int) string {
	return fmt.Sprintf("r%d.%d", a/maxAttempts+1, a%maxAttempts+1)
}
