package remotespec

import (
	"strconv"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// The actions. Those that are an event of the protocol have its name; the
// others are what no implementation can see: the steps of the world and of
// time, and the ends of a write and of a listener.
const (
	// Steps of the Remote.
	Connect model.Action = iota
	LinkUp
	LinkDown
	Send
	Write
	Receive
	Late
	Resolve
	DispatchBegin
	ListenerEnd
	CheckOnline
	CloseEnd
	// Steps of the Peer.
	Hello
	HandleBegin
	Reply
	PeerLinkDown
	// Steps of callers, handlers and dispatchers, of the network and of time.
	Accept
	HandleEnd
	DispatchEnd
	Lose
	BackoffOver
	CloseBegin
	CloseExpire
	actionEnd
)

// lastRemote and lastInternal end the parties in the order above.
const (
	lastRemote   = CloseEnd
	lastInternal = PeerLinkDown
)

var actionNames = [actionEnd]string{
	Connect:       protocol.KindConnect.String(),
	LinkUp:        protocol.KindLinkUp.String(),
	LinkDown:      protocol.KindLinkDown.String(),
	Send:          protocol.KindSend.String(),
	Write:         "write",
	Receive:       protocol.KindReceive.String(),
	Late:          protocol.KindLate.String(),
	Resolve:       protocol.KindResolve.String(),
	DispatchBegin: protocol.KindDispatchBegin.String(),
	ListenerEnd:   "listener-end",
	CheckOnline:   "check-online",
	CloseEnd:      protocol.KindCloseEnd.String(),
	Hello:         protocol.KindHello.String(),
	HandleBegin:   protocol.KindHandleBegin.String(),
	Reply:         protocol.KindReply.String(),
	PeerLinkDown:  "peer-link-down",
	Accept:        protocol.KindAccept.String(),
	HandleEnd:     protocol.KindHandleEnd.String(),
	DispatchEnd:   protocol.KindDispatchEnd.String(),
	Lose:          "lose",
	BackoffOver:   "backoff-over",
	CloseBegin:    protocol.KindCloseBegin.String(),
	CloseExpire:   "close-expire",
}

// Who ends a link at the Remote: the second argument of LinkDown.
const (
	byListener = iota
	byMessenger
	byClose
	byRefusal
)

var byNames = [...]string{"by listener", "by messenger", "by close", "refused"}

// argNames says what the arguments of an action are: e a link by its epoch, m
// a message by its seq, b who did it.
var argNames = [actionEnd]string{
	Connect: "e", LinkUp: "e", LinkDown: "eb", Send: "em", Write: "e",
	Receive: "em", Late: "em", Resolve: "m", DispatchBegin: "m", ListenerEnd: "e", CheckOnline: "e",
	Hello: "e", HandleBegin: "em", Reply: "em", PeerLinkDown: "e",
	Accept: "m", HandleEnd: "em", DispatchEnd: "m", Lose: "e",
}

// argName prints an argument as stories do: e1, m1.
func argName(a model.Action, arg int, v int16) string {
	if int(a) >= len(argNames) || arg >= len(argNames[a]) {
		return strconv.Itoa(int(v))
	}
	if argNames[a][arg] == 'b' && v >= 0 && int(v) < len(byNames) {
		return byNames[v]
	}
	if a == Receive && v == 0 {
		return "stream cleared"
	}
	return argNames[a][arg:arg+1] + strconv.Itoa(int(v))
}
