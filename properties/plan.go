package properties

import (
	"github.com/weir-dev/weir/faults"
)

// drawRemotePlan draws the faults of a case.
func drawRemotePlan(c dice, network Network) faults.Plan {
	return faults.Draw(c, []string{"remote->peer"}, 3, faultKinds(network)...)
}

// drawGatewayPlan draws the faults of a case.
func drawGatewayPlan(c dice, network Network, hosts []hostLoad) faults.Plan {
	var links []string
	for _, h := range hosts {
		links = append(links, h.name+"->gateway")
	}
	return faults.Draw(c, links, 2, faultKinds(network)...)
}

// faultKinds are the faults that make sense on a network.
func faultKinds(network Network) []faults.Kind {
	if network == Simulated {
		return []faults.Kind{faults.Cut, faults.Refuse, faults.HalfOpen, faults.Delay}
	}
	return []faults.Kind{faults.Cut, faults.HalfOpen, faults.Stall, faults.Latency}
}
