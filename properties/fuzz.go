package properties

import (
	"encoding/binary"
	"testing"
)

// FuzzRemote is TestRemote for Go's fuzzer: an input holds the world, the
// workload, the faults and the schedule of one simulated case, and fails if
// the case violates a law or can't be decided. Without -fuzz it runs a few
// seeds. Call it from a fuzz target of your own:
//
//	func FuzzRemote(f *testing.F) { properties.FuzzRemote(f, newRemote) }
//
// An input that fails is kept by the fuzzer and run by every go test from then
// on; it stands for the same case until the drawing of cases is changed.
func FuzzRemote(f *testing.F, make func(*RemoteWorld) Remote) {
	f.Helper()
	fuzzSuite(f, suite{protocol: "remote", run: func(t *testing.T, n Network, c *choices) *outcome {
		return runRemote(t, make, n, c)
	}})
}

// FuzzGateway is TestGateway for Go's fuzzer; see FuzzRemote.
func FuzzGateway(f *testing.F, make func(*GatewayWorld) Gateway, host func(*HostWorld) Host) {
	f.Helper()
	fuzzSuite(f, suite{protocol: "gateway", run: func(t *testing.T, n Network, c *choices) *outcome {
		return runGateway(t, gatewayMakers{make, host}, n, c)
	}})
}

// fuzzSeeds is how many inputs the fuzzer begins with, of fuzzBytes at most.
const fuzzSeeds, fuzzBytes = 12, 1 << 10

func fuzzSuite(f *testing.F, s suite) {
	f.Helper()
	for _, seed := range fuzzCorpus() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		o := s.run(t, Simulated, &choices{source: newInputSource(input)})
		switch v, violated := o.violation(""); {
		case violated:
			failure := describe(o, v.Law, Simulated)
			failure.Found, failure.Steps, failure.Repeats = 1, o.steps, true
			t.Error(failure.Block())
		case o.undecided != "":
			t.Errorf("undecided: %s", o.undecided)
		}
	})
}

// fuzzCorpus is what the fuzzer begins with: nothing, which is the simplest
// case, and noise of growing length.
func fuzzCorpus() [][]byte {
	out := [][]byte{nil}
	next := newRand(1)
	for i := 1; i < fuzzSeeds; i++ {
		var b []byte
		for len(b) < fuzzBytes*i/fuzzSeeds {
			b = binary.LittleEndian.AppendUint64(b, next())
		}
		out = append(out, b)
	}
	return out
}
