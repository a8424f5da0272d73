package gatewayspec

import (
	"strings"

	"github.com/weir-dev/weir/model"
)

// The lifelines of diagrams. Each host has its own, which is named as in stories.
const (
	theCaller  = "caller"
	theGateway = "Gateway"
	theNetwork = "network"
	theHost    = "host"
)

// party is who takes the steps of an action, and whom they concern. The host is
// the one that the step names first.
type party struct{ actor, other string }

// acts are the parties of each action.
var acts = [actionEnd]party{
	Reserve: {theGateway, ""}, Reassign: {theGateway, ""}, Sent: {theGateway, theHost}, WriteFailed: {theGateway, theHost},
	WriteCancel: {theGateway, theHost}, Reply: {theHost, theGateway}, Late: {theHost, theGateway}, Refuse: {theHost, theGateway},
	Ready: {theHost, theGateway}, Drain: {theHost, theGateway}, Rejected: {theHost, theGateway}, Detach: {theGateway, theHost},
	ReaderEnd: {theGateway, ""}, CloseEnd: {theGateway, theCaller},
	Deliver: {theNetwork, theHost}, HandleBegin: {theHost, ""}, HostReply: {theHost, theNetwork}, HostReady: {theHost, theNetwork},
	HostLeave: {theHost, ""}, HostDetach: {theHost, ""},
	Due: {theGateway, ""}, NoHost: {theGateway, theCaller}, Deadline: {theGateway, theCaller}, Relent: {theGateway, ""},
	Enqueue: {theCaller, theGateway}, Overloaded: {theGateway, theCaller}, Cancel: {theCaller, theGateway},
	HandleEnd: {theHost, ""}, HandleFail: {theHost, ""}, HostRefuse: {theHost, theNetwork}, HostDrain: {theHost, theNetwork},
	SetLimit: {theCaller, theGateway}, Lose: {theNetwork, theHost}, Attach: {theHost, theGateway}, Forge: {theHost, theNetwork},
	CloseBegin: {theCaller, theGateway}, CloseExpire: {theCaller, theGateway},
}

// parties tells who takes a step and whom it concerns.
func parties(_ *State, l model.Label, _ *State) (actor, other string) {
	p := acts[l.Action]
	host := theHost
	if i := strings.IndexByte(argNames[l.Action], 'h'); i >= 0 {
		host = argName(l.Action, i, l.Args[i])
	}
	if p.actor == theHost {
		p.actor = host
	}
	if p.other == theHost {
		p.other = host
	}
	return p.actor, p.other
}
