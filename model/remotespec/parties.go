package remotespec

import "github.com/weir-dev/weir/model"

// The lifelines of diagrams.
const (
	theCaller   = "caller"
	theRemote   = "Remote"
	theDispatch = "dispatch"
	theNetwork  = "network"
	thePeer     = "Peer"
	theHandler  = "handler"
)

// party is who takes the steps of an action, and whom they concern.
type party struct{ actor, other string }

// acts are the parties of each action. Time is whose it is: a deadline passes at
// the Remote.
var acts = [actionEnd]party{
	Connect: {theRemote, theNetwork}, LinkUp: {theNetwork, theRemote}, Greet: {theRemote, theNetwork}, LinkDown: {theRemote, ""},
	Welcome: {thePeer, theRemote}, Send: {theRemote, ""}, Ack: {theRemote, ""}, Write: {theRemote, theNetwork},
	Receive: {theNetwork, theRemote}, Late: {theNetwork, theRemote}, Resolve: {theRemote, ""},
	DispatchBegin: {theRemote, theDispatch}, Admit: {theRemote, ""}, ListenerEnd: {theRemote, ""}, CheckOnline: {theRemote, ""},
	CloseEnd: {theRemote, theCaller},
	Hello:    {theNetwork, thePeer}, Deliver: {theNetwork, thePeer}, Suppress: {thePeer, ""}, HandleBegin: {thePeer, theHandler},
	Reply: {thePeer, theNetwork}, PeerLinkDown: {thePeer, ""}, ReaderEnd: {thePeer, ""},
	Accept: {theCaller, theRemote}, HandleEnd: {theHandler, thePeer}, DispatchEnd: {theDispatch, theRemote},
	DispatchSend: {theDispatch, theRemote}, Refuse: {theNetwork, theRemote}, Lose: {theNetwork, ""}, Steady: {theNetwork, ""},
	Repeat: {theNetwork, ""}, Forget: {thePeer, ""}, Deadline: {theRemote, ""}, TimeToLive: {theRemote, ""}, BackoffOver: {theRemote, ""},
	CloseBegin: {theCaller, theRemote}, CloseExpire: {theCaller, theRemote},
}

// parties tells who takes a step and whom it concerns.
func parties(_ *State, l model.Label, _ *State) (actor, other string) {
	p := acts[l.Action]
	return p.actor, p.other
}
