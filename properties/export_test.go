package properties

import "testing"

// TallyRemote and TallyGateway run simulated cases in child processes, as the
// suites do, and return what was judged and seen; false in the child itself.
func TallyRemote(t *testing.T, make func(*RemoteWorld) Remote, cases int) (*Tally, bool) {
	return tallyOf(t, toyRemoteSuite(make), cases)
}

// TallyGateway is TallyRemote for the other protocol.
func TallyGateway(t *testing.T, make func(*GatewayWorld) Gateway, host func(*HostWorld) Host, cases int) (*Tally, bool) {
	return tallyOf(t, suite{protocol: "gateway", run: func(t *testing.T, n Network, c *choices) *outcome {
		return runGateway(t, gatewayMakers{make, host}, n, c)
	}}, cases)
}

func tallyOf(t *testing.T, s suite, cases int) (*Tally, bool) {
	t.Helper()
	set := toySettings(t)
	set.cases[Simulated], set.workers = cases, 2
	_, r, ok := runToy(t, s, set)
	if ok {
		wantNoFailure(t, r, "")
	}
	return r.tally, ok
}
