package main

import (
	"strings"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/gatewayspec"
	"github.com/weir-dev/weir/model/remotespec"
)

// The lifelines of the two protocols. A host is named after itself.
const (
	theCaller   = "caller"
	theRemote   = "Remote"
	thePeer     = "Peer"
	theNetwork  = "network"
	theGateway  = "Gateway"
	theHost     = "host"
	theHandler  = "handler"
	theDispatch = "dispatch"
)

// party is who takes the steps of an action, and whom they concern.
type party struct{ actor, other string }

// remoteActs are the parties of each action of the Remote's spec, by its name.
var remoteActs = map[string]party{
	"connect": {theRemote, theNetwork}, "refuse": {theNetwork, theRemote}, "link-up": {theNetwork, theRemote},
	"greet": {theRemote, theNetwork}, "hello": {theNetwork, thePeer}, "welcome": {thePeer, theRemote}, "steady": {theNetwork, ""},
	"link-down": {theRemote, ""}, "listener-end": {theRemote, ""}, "check-online": {theRemote, ""}, "backoff-over": {theRemote, ""},
	"accept": {theCaller, theRemote}, "admit": {theRemote, ""}, "send": {theRemote, ""}, "ack": {theRemote, ""}, "write": {theRemote, theNetwork},
	"receive": {theNetwork, theRemote}, "late": {theNetwork, theRemote}, "repeat": {theNetwork, ""}, "lose": {theNetwork, ""},
	"resolve": {theRemote, ""}, "deadline": {theRemote, ""}, "time-to-live": {theRemote, ""},
	"dispatch-begin": {theRemote, theDispatch}, "dispatch-send": {theDispatch, theRemote}, "dispatch-end": {theDispatch, theRemote},
	"deliver": {theNetwork, thePeer}, "suppress": {thePeer, ""}, "handle-begin": {thePeer, theHandler}, "handle-end": {theHandler, thePeer},
	"reply": {thePeer, theNetwork}, "peer-link-down": {thePeer, ""}, "reader-end": {thePeer, ""}, "forget": {thePeer, ""},
	"close-begin": {theCaller, theRemote}, "close-expire": {theCaller, theRemote}, "close-end": {theRemote, theCaller},
}

// gatewayActs are the same of the Gateway's spec.
var gatewayActs = map[string]party{
	"enqueue": {theCaller, theGateway}, "overloaded": {theGateway, theCaller}, "cancel": {theCaller, theGateway},
	"no-host": {theGateway, theCaller}, "deadline": {theGateway, theCaller}, "limit": {theCaller, theGateway},
	"reserve": {theGateway, ""}, "reassign": {theGateway, ""}, "due": {theGateway, ""}, "refuse-backoff": {theGateway, ""},
	"sent": {theGateway, theHost}, "write-failed": {theGateway, theHost}, "write-cancel": {theGateway, theHost},
	"deliver": {theNetwork, theHost}, "handle-begin": {theHost, ""}, "handle-end": {theHost, ""}, "handle-fail": {theHost, ""},
	"host-reply": {theHost, theNetwork}, "host-refuse": {theHost, theNetwork}, "host-ready": {theHost, theNetwork},
	"host-drain": {theHost, theNetwork}, "host-leave": {theHost, ""}, "host-detach": {theHost, ""},
	"reply": {theHost, theGateway}, "late": {theHost, theGateway}, "rejected": {theHost, theGateway},
	"refuse": {theHost, theGateway}, "ready": {theHost, theGateway}, "drain": {theHost, theGateway},
	"attach": {theHost, theGateway}, "detach": {theGateway, theHost}, "reader-end": {theGateway, ""},
	"lose": {theNetwork, theHost}, "forge": {theHost, theNetwork},
	"close-begin": {theCaller, theGateway}, "close-expire": {theCaller, theGateway}, "close-end": {theGateway, theCaller},
}

// What a diagram needs of a spec is the same at all sizes: the names of actions
// and of their arguments.
var (
	remoteNames  = remotespec.Spec(remotespec.CI())
	gatewayNames = gatewayspec.Spec(gatewayspec.CI())
)

func remoteParties(_ *remotespec.State, l model.Label, _ *remotespec.State) (actor, other string) {
	p := remoteActs[remoteNames.Actions[l.Action]]
	return p.actor, p.other
}

func gatewayParties(_ *gatewayspec.State, l model.Label, _ *gatewayspec.State) (actor, other string) {
	p := gatewayActs[gatewayNames.Actions[l.Action]]
	host := theHost
	for i := range l.N {
		if name := gatewayNames.ArgName(l.Action, int(i), l.Args[i]); strings.HasPrefix(name, "h") {
			host = name
			break
		}
	}
	if p.actor == theHost {
		p.actor = host
	}
	if p.other == theHost {
		p.other = host
	}
	return p.actor, p.other
}
