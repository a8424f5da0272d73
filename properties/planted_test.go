package properties_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/properties"
)

// makers build an implementation: the reference, or what a planted bug made of
// it. What is nil is as in the reference.
type makers struct {
	remote  func(*properties.RemoteWorld) properties.Remote
	gateway func(*properties.GatewayWorld) properties.Gateway
	host    func(*properties.HostWorld) properties.Host
	limiter func() properties.Limiter
}

// variants are the implementations in this binary, by the planted bug; that of
// no bug is the reference. An overlay adds those with a bug: for each, copies
// of the files reference_*_test.go that import the copy of a changed package,
// and have the bug behind each name that begins with reference or newReference.
var variants = map[string]*makers{}

var reference = variant("")

// variant makes room for the makers of a planted bug.
func variant(bug string) *makers {
	m := new(makers)
	variants[bug] = m
	return m
}

var plantedFlag = flag.String("weir.planted", "", "weir: run the reference implementation with this planted `bug`, which weir has built in")

// plantedVariable tells the flag to the processes that a suite starts.
const plantedVariable = "WEIR_PLANTED"

// told is the value of a flag, or in the process of a suite what it was in the
// one that has started it.
func told(t testing.TB, value, variable string) string {
	t.Helper()
	if value == "" {
		return os.Getenv(variable)
	}
	// Not t.Setenv: the fuzzer starts its workers when the target has returned.
	if err := os.Setenv(variable, value); err != nil {
		t.Fatal(err)
	}
	return value
}

// chosen is the implementation to run.
func chosen(t testing.TB) makers {
	t.Helper()
	m, err := choose(variants, told(t, *plantedFlag, plantedVariable))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// choose finds an implementation.
func choose(variants map[string]*makers, bug string) (makers, error) {
	m := variants[bug]
	if m == nil {
		ids := strings.Join(slices.Sorted(maps.Keys(variants))[1:], ", ")
		return makers{}, fmt.Errorf("planted bug %q is not built in, want one of: %s; weir verify builds them in", bug, cmp.Or(ids, "none"))
	}
	out, plain := *m, variants[""]
	if out.remote == nil {
		out.remote = plain.remote
	}
	if out.gateway == nil {
		out.gateway, out.host, out.limiter = plain.gateway, plain.host, plain.limiter
	}
	return out, nil
}

func TestChoose(t *testing.T) {
	remote := func(*properties.RemoteWorld) properties.Remote { return nil }
	all := map[string]*makers{"": reference, "R05": {remote: remote}, "G01": {}}
	got, err := choose(all, "R05")
	if err != nil || got.remote(nil) != nil || got.gateway == nil || got.host == nil || got.limiter == nil {
		t.Errorf("R05: got %+v, error %v, want its own remote and the rest of the reference", got, err)
	}
	if got, err = choose(all, "G01"); err != nil || got.remote == nil {
		t.Errorf("G01: got %+v, error %v, want the remote of the reference", got, err)
	}
	_, err = choose(all, "R99")
	if want := `planted bug "R99" is not built in, want one of: G01, R05; weir verify builds them in`; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
	_, err = choose(map[string]*makers{"": reference}, "R99")
	if err == nil || !strings.Contains(err.Error(), "want one of: none") {
		t.Errorf("got error %v, want one that says that there is none", err)
	}
}

// The processes of a suite get no flags.
func TestTold(t *testing.T) {
	const variable = "WEIR_TOLD_TEST"
	t.Setenv(variable, "")
	for _, c := range []struct{ flag, want string }{{"", ""}, {"R05", "R05"}, {"", "R05"}} {
		if got := told(t, c.flag, variable); got != c.want {
			t.Errorf("flag %q, told %q: got %q, want %q", c.flag, os.Getenv(variable), got, c.want)
		}
	}
}
