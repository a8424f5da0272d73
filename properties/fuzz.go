package properties

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzRemote is TestRemote for Go's fuzzer: an input holds the world, the
// workload, the faults and the schedule of one simulated case, and fails if
// the case violates a law or can't be decided. Without -fuzz it runs a few
// seeds. Call it from a fuzz target of your own:
//
//	func FuzzRemote(f *testing.F) { properties.FuzzRemote(f, newRemote) }
//
// An input is a list of choices, a byte each. It names the same case for as long
// as neither the drawing of cases nor the code under test is changed, and the
// same schedule only where that code is woven: build with the flags that "weir
// weave" prints, as make fuzz does.
//
// With -weir.corpus=DIR the inputs to begin with come from DIR, and what shows
// something new is made small and added to it. Without -fuzz the cases in DIR
// are played on the code as it is, with some mutants of them, and those that
// still show something that no smaller one does are kept: do that before and
// after fuzzing.
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

func fuzzSuite(f *testing.F, s suite) {
	f.Helper()
	k, err := newKeeper(s, *corpusFlag, flag.Lookup("test.fuzz").Value.String() != "")
	if err != nil {
		f.Fatal(err)
	}
	if k.dir != "" && !k.fuzzing {
		f.Cleanup(func() { renewed(f, k) })
	}
	for _, list := range k.seeds {
		if input, ok := inputOf(list); ok {
			f.Add(input)
		}
	}
	for _, input := range noise() {
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		o := k.one(t, input)
		switch v, violated := o.violation(""); {
		case violated:
			failure := describe(o, v.Law, Simulated)
			failure.Found, failure.Steps, failure.Repeats = 1, o.steps, true
			if k.dir != "" {
				keepCase(t, s, failure)
			}
			t.Error(failure.Block())
		case o.undecided != "":
			t.Errorf("undecided: %s", o.undecided)
		}
	})
}

// renewed saves a corpus that was played again.
func renewed(f *testing.F, k *keeper) {
	if f.Failed() {
		return // it stays as it was, the case that fails included
	}
	told, err := k.save()
	if err != nil {
		f.Error(err)
		return
	}
	f.Log(told)
}

// keepCase saves a failing case as the suites do. The fuzzer, which makes it
// small, saves it again and again.
func keepCase(t *testing.T, s suite, f *Failure) {
	path := filepath.Join(flags.dir, strings.ReplaceAll(f.Law, "/", "-")+".case")
	if err := writeCase(path, s.protocol, 0, f); err != nil {
		t.Errorf("case can't be saved: %v", err)
		return
	}
	f.File = path
	if flags.command != "" {
		f.Command = strings.ReplaceAll(flags.command, "%s", path)
	}
}

// noiseInputs is how many inputs the fuzzer begins with that are noise, of
// noiseBytes at most.
const noiseInputs, noiseBytes = 12, 1 << 10

// noise is what the fuzzer begins with if it has no corpus: nothing, which is
// the simplest case, and noise of growing length, in which zeros, which mean to
// go on, are as rare as in no other input, or as frequent as in most.
func noise() [][]byte {
	out := [][]byte{nil}
	next := newRand(1)
	for i := 1; i < noiseInputs; i++ {
		input := make([]byte, noiseBytes*i/noiseInputs)
		for j := range input {
			if r := next(); int(r>>32%10) >= stays[i%len(stays)] {
				input[j] = byte(r)
			}
		}
		out = append(out, input)
	}
	return out
}
