package properties

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCaseFile(t *testing.T) {
	for _, choices := range [][]uint32{nil, {0}, {1, 0, 65535, 3}, {math.MaxUint32}} {
		path := filepath.Join(t.TempDir(), "deep", "a.case")
		f := &Failure{Law: "gateway/fifo", Network: Virtual, Observed: "two\nlines", World: "limit=1", Load: "do m1", Plan: "none",
			Story: []string{"0s first", "1s law gateway/choice"}, Choices: choices}
		if err := writeCase(path, "gateway", 7, f); err != nil {
			t.Fatal(err)
		}
		suite, j, err := readCase(path)
		if err != nil || suite != "gateway" || j.Law != f.Law || j.Network != Virtual || !j.Replay || !slices.Equal(j.Choices, choices) {
			t.Errorf("got %s %+v (%v), want %v", suite, j, err, choices)
		}
		if suite, n, err := CaseOf(path); suite != "gateway" || n != Virtual || err != nil {
			t.Errorf("case of %s on %s (%v)", suite, n, err)
		}
	}
}

func TestCaseFileRefused(t *testing.T) {
	good := caseHeader + "\nsuite gateway\nnetwork sim\nlaw gateway/fifo\nseed 1\nchoices 1 2\n# a comment\n"
	replaced := func(old, new string) string {
		out := strings.Replace(good, old, new, 1)
		if out == good {
			t.Fatalf("%q is not in the file", old)
		}
		return out
	}
	for want, text := range map[string]string{
		`it begins with ""`:                       "",
		`it begins with "weir case 2"`:            replaced("case 1", "case 2"),
		`line 4: law "gateway/nice" is not in`:    replaced("gateway/fifo", "gateway/nice"),
		`line 3: network "wifi" is unknown`:       replaced("sim", "wifi"),
		`line 6: choice "x" is not a number`:      replaced("1 2", "1 x"),
		`line 6: choice "-1" is not a number`:     replaced("1 2", "-1"),
		`choice "4294967296" is not a number`:     replaced("1 2", "4294967296"),
		`line 5 begins with "sead"`:               replaced("seed", "sead"),
		"suite, law or network is missing":        replaced("suite gateway\n", ""),
		"suite, law or network is  missing":       replaced("law gateway/fifo\n", ""),
		"suite, law or  network is missing":       replaced("network sim\n", ""),
		`law gateway/fifo is not one of "remote"`: replaced("suite gateway", "suite remote"),
	} {
		path := filepath.Join(t.TempDir(), "a.case")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		want = strings.ReplaceAll(want, "  ", " ")
		_, _, err := readCase(path)
		if !errors.Is(err, errCase) || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), path+" is ") {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
	if _, _, err := CaseOf(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got error %v, want one of a file that does not exist", err)
	}
}
