package properties

import "testing"

// TestGateway runs a Gateway with its hosts through simulated, virtual and
// real networks, and reports each law of the Gateway as a subtest of its name.
// make builds a fresh Gateway for every case, in the world that it is given;
// it may be called from any goroutine, and nothing may outlive Close. host, if
// not nil, builds hosts of the implementation's own library: the suite mixes
// them with hosts that it plays itself, message by message.
//
// A violated law is shown with the smallest case that was found, and with the
// command that runs it again. A law that nothing in the cases could be judged
// by is skipped as unobserved, never held.
func TestGateway(t *testing.T, make func(*GatewayWorld) Gateway, host func(*HostWorld) Host, opts ...Option) {
	t.Helper()
	runSuite(t, suite{
		protocol: "gateway",
		run: func(t *testing.T, network Network, c *choices) *outcome {
			return runGateway(t, gatewayMakers{make, host}, network, c)
		},
	}, opts)
}
