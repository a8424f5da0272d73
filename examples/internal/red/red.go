package red

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// variable names, in the environment, the test that is to run inside.
const variable = "WEIR_EXAMPLE"

// Inside skips t, except in a process that Want has started for it.
func Inside(t *testing.T) {
	t.Helper()
	if os.Getenv(variable) != t.Name() {
		t.Skip("is red on purpose, and runs inside the test that says so")
	}
}

// Want runs the named test in a process of its own, with flags for the suite,
// logs the failure block of the suite, and fails t unless the law that was
// violated is the one named.
func Want(t *testing.T, test, law string, flags ...string) {
	t.Helper()
	args := append([]string{"-test.run=^" + test + "$", "-test.count=1", "-weir.dir=" + t.ArtifactDir()}, flags...)
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), variable+"="+test)
	out, err := cmd.CombinedOutput()
	switch got := violated(string(out)); {
	case got == "":
		t.Fatalf("%s: no law was violated, want %s: %v\n%s", test, law, err, out)
	case got != law:
		t.Fatalf("%s: violated %s, want %s\n%s", test, got, law, out)
	case err == nil:
		t.Fatalf("%s: violated %s and passed all the same\n%s", test, got, out)
	}
	t.Logf("%s is red, as it should be:\n%s", test, out)
}

// violated returns the slug of the law in the failure block of a suite, or
// nothing if there is none.
func violated(out string) string {
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "law" && strings.Contains(words[1], "/") {
			return words[1]
		}
	}
	return ""
}
