package red

import "testing"

func TestViolated(t *testing.T) {
	for out, want := range map[string]string{
		"":   "",
		"ok": "",
		"--- FAIL: TestRemote/answered\n    the law of the land\n":  "",
		"    x.go:1: \n        law       remote/answered  Every.\n": "remote/answered",
		"panic: law\n": "",
	} {
		if got := violated(out); got != want {
			t.Errorf("law in %q: got %q, want %q", out, got, want)
		}
	}
}
