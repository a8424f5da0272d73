package properties_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weir-dev/weir/properties"
)

// tracesDir holds a case for each bug that was fixed, plantedDir the bugs that
// are planted again to see whether they are found.
var tracesDir, plantedDir = filepath.Join("..", "testdata", "traces"), filepath.Join("..", "testdata", "planted")

// maxTrace is how many bytes a trace may have: it is there to be read, too.
const maxTrace = 32 << 10

// wovenVariable says that what is tested is woven. Where it isn't, choices and
// constraints name nothing.
const wovenVariable = "WEIR_WOVEN"

// Every fixed bug stays fixed: its trace holds, under its constraints as far as
// the code still meets them, and under a few schedules that go on from there.
// That says something about woven code only, so that elsewhere the files are
// looked at and not run; tools/fuzz.sh runs them.
func TestTraces(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(tracesDir, "*.case"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("there is no trace in %s: tools/traces.sh writes them", tracesDir)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".case"), func(t *testing.T) {
			suite := wellFormed(t, path)
			if os.Getenv(wovenVariable) == "" {
				return
			}
			if err := flag.Set("weir.replay", path); err != nil {
				t.Fatal(err)
			}
			defer flag.Set("weir.replay", "")
			if suite == "remote" {
				properties.TestRemote(t, newReferenceRemote)
				return
			}
			properties.TestGateway(t, newReferenceGateway, newReferenceHost)
		})
	}
}

// wellFormed looks at the file of a trace and returns its suite. A trace that is
// named after a planted bug is one of the law which that breaks.
func wellFormed(t *testing.T, path string) (suite string) {
	t.Helper()
	suite, network, err := properties.CaseOf(path)
	if err != nil {
		t.Fatal(err)
	}
	if network != properties.Simulated {
		t.Errorf("%s is a case of network %s, want %s: on others nobody controls what comes first", path, network, properties.Simulated)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > maxTrace {
		t.Errorf("%s has %d bytes, want at most %d: find a smaller case", path, len(text), maxTrace)
	}
	id := strings.TrimSuffix(filepath.Base(path), ".case")
	patch, err := os.ReadFile(filepath.Join(plantedDir, id+".patch"))
	if os.IsNotExist(err) {
		return suite // a bug that was fixed, and isn't planted
	}
	if err != nil {
		t.Fatal(err)
	}
	got, want := line(string(text), "law "), line(string(patch), "law: ")
	if got != want {
		t.Errorf("%s is a case of law %s, want %s, which %s.patch breaks", path, got, want, id)
	}
	return suite
}

// line is the rest of the first line that begins with a prefix.
func line(text, prefix string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// A planted bug without a trace is one that nobody has shown. Those that need
// real time, or the race detector, can't have one.
func TestPlantedBugsHaveTraces(t *testing.T) {
	patches, err := filepath.Glob(filepath.Join(plantedDir, "*.patch"))
	if err != nil || len(patches) == 0 {
		t.Fatalf("there is no planted bug in %s (%v)", plantedDir, err)
	}
	for _, patch := range patches {
		id := strings.TrimSuffix(filepath.Base(patch), ".patch")
		if _, err := os.Stat(filepath.Join(tracesDir, id+".case")); err != nil {
			t.Errorf("planted bug %s has no trace: run tools/traces.sh %s", id, id)
		}
	}
}
