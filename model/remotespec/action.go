package remotespec

import (
	"strconv"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/protocol"
)

// The actions. Those that are an event of the protocol have its name; the
// others are what no implementation can see: the steps of the world and of
// time, and the ends of writes, waits and goroutines.
const (
	// Steps of the Remote.
	Connect model.Action = iota
	LinkUp
	Greet
	LinkDown
	Welcome
	Send
	Ack
	Write
	Receive
	Late
	Resolve
	DispatchBegin
	Admit
	ListenerEnd
	CheckOnline
	CloseEnd
	// Steps of the Peer.
	Hello
	Deliver
	Suppress
	HandleBegin
	Reply
	PeerLinkDown
	ReaderEnd
	// Steps of callers, handlers and dispatchers, of the network and of time.
	Accept
	HandleEnd
	DispatchEnd
	DispatchSend
	Refuse
	Lose
	Steady
	Repeat
	Forget
	Deadline
	TimeToLive
	BackoffOver
	CloseBegin
	CloseExpire
	actionEnd
)

// lastRemote and lastInternal end the parties in the order above.
const (
	lastRemote   = CloseEnd
	lastInternal = ReaderEnd
)

var actionNames = [actionEnd]string{
	Connect:       protocol.KindConnect.String(),
	LinkUp:        protocol.KindLinkUp.String(),
	Greet:         "greet",
	LinkDown:      protocol.KindLinkDown.String(),
	Welcome:       protocol.KindWelcome.String(),
	Send:          protocol.KindSend.String(),
	Ack:           protocol.KindAck.String(),
	Write:         "write",
	Receive:       protocol.KindReceive.String(),
	Late:          protocol.KindLate.String(),
	Resolve:       protocol.KindResolve.String(),
	DispatchBegin: protocol.KindDispatchBegin.String(),
	Admit:         "admit",
	ListenerEnd:   "listener-end",
	CheckOnline:   "check-online",
	CloseEnd:      protocol.KindCloseEnd.String(),
	Hello:         protocol.KindHello.String(),
	Deliver:       "deliver",
	Suppress:      "suppress",
	HandleBegin:   protocol.KindHandleBegin.String(),
	Reply:         protocol.KindReply.String(),
	PeerLinkDown:  "peer-link-down",
	ReaderEnd:     "reader-end",
	Accept:        protocol.KindAccept.String(),
	HandleEnd:     protocol.KindHandleEnd.String(),
	DispatchEnd:   protocol.KindDispatchEnd.String(),
	DispatchSend:  "dispatch-send",
	Refuse:        "refuse",
	Lose:          "lose",
	Steady:        "steady",
	Repeat:        "repeat",
	Forget:        "forget",
	Deadline:      "deadline",
	TimeToLive:    "time-to-live",
	BackoffOver:   "backoff-over",
	CloseBegin:    protocol.KindCloseBegin.String(),
	CloseExpire:   "close-expire",
}

// Who ends a link at the Remote: the second argument of LinkDown.
const (
	byListener = iota
	byMessenger
	byClose
	byBreaker
)

// What comes of a Send in a dispatch: the second argument of DispatchSend.
const (
	sendAccepted = iota
	sendWaits
	sendRefused
)

var (
	byNames  = [...]string{"by listener", "by messenger", "by close", "by breaker"}
	outNames = [...]string{"accepted", "waits", "refused"}
)

// argNames says what the arguments of an action are: e a link by its epoch, m
// a message by its seq, b who did it, o what came of it.
var argNames = [actionEnd]string{
	Connect: "e", LinkUp: "e", Greet: "e", LinkDown: "eb", Welcome: "e", Send: "em", Ack: "em", Write: "e",
	Receive: "em", Late: "em", Resolve: "m", DispatchBegin: "m", Admit: "m", ListenerEnd: "e", CheckOnline: "e",
	Hello: "e", Deliver: "em", Suppress: "em", HandleBegin: "em", Reply: "em", PeerLinkDown: "e", ReaderEnd: "e",
	Accept: "m", HandleEnd: "em", DispatchEnd: "m", DispatchSend: "mo", Refuse: "e", Lose: "e", Steady: "e", Repeat: "em",
	Deadline: "m", TimeToLive: "m",
}

// argName prints an argument as stories do: e1, m1.
func argName(a model.Action, arg int, v int16) string {
	if int(a) >= len(argNames) || arg >= len(argNames[a]) {
		return strconv.Itoa(int(v))
	}
	switch kind := argNames[a][arg]; {
	case kind == 'b' && v >= 0 && int(v) < len(byNames):
		return byNames[v]
	case kind == 'o' && v >= 0 && int(v) < len(outNames):
		return outNames[v]
	case kind == 'e' && v == 0:
		return "no link"
	case a == Receive && v == 0:
		return "stream cleared"
	case a == Deliver && arg == 1 && v == 0:
		return "acknowledgement"
	default:
		return string(kind) + strconv.Itoa(int(v))
	}
}
