package properties

import "testing"

// TestRemote runs a Remote and its Peer through simulated, virtual and real
// networks, and reports each law of the Remote as a subtest of its name. make
// builds a fresh pair for every case, in the world that it is given; it may be
// called from any goroutine, and nothing may outlive Close and ClosePeer.
//
// A violated law is shown with the smallest case that was found, and with the
// command that runs it again. A law that nothing in the cases could be judged
// by is skipped as unobserved, never held.
func TestRemote(t *testing.T, make func(*RemoteWorld) Remote, opts ...Option) {
	t.Helper()
	runSuite(t, suite{
		protocol: "remote",
		run: func(t *testing.T, network Network, c *choices) *outcome {
			return runRemote(t, make, network, c)
		},
	}, opts)
}
