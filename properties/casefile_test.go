package properties

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

func TestCaseFile(t *testing.T) {
	constrained := &replay.Failure{Choices: []uint32{1}, Draws: []replay.Draw{{What: "limit", Values: []uint32{1}}},
		Tasks:  []replay.Task{{Path: "1", Name: "main", Points: []replay.Point{{Kind: schedule.KindLock, Object: 1}}}},
		Orders: []replay.Order{{Before: replay.Event{Task: -1, Action: "cut", Nth: 1}, After: replay.Event{Task: 0}}}}
	for name, f := range map[string]*Failure{
		"empty": {}, "zero": {Choices: []uint32{0}}, "numbers": {Choices: []uint32{1, 0, 65535, math.MaxInt32}},
		"loose": {Choices: []uint32{1}, Loose: "nobody\nknows"}, "constrained": {Choices: []uint32{1}, Saved: constrained},
	} {
		path := filepath.Join(t.TempDir(), "deep", "a.case")
		f.Law, f.Network, f.Observed, f.World, f.Load, f.Plan = "gateway/fifo", Virtual, "two\nlines", "limit=1", "do m1", "none"
		f.Story = []string{"0s first", "1s law gateway/choice\norder of nothing"}
		if err := writeCase(path, "gateway", 7, f); err != nil {
			t.Fatal(err)
		}
		suite, j, err := readCase(path)
		if err != nil || suite != "gateway" || j.Law != f.Law || j.Network != Virtual || !slices.Equal(j.Replay.Choices, f.Choices) {
			t.Fatalf("%s: got %s %+v (%v), want %v", name, suite, j, err, f.Choices)
		}
		if j.Replay.Fact("seed") != "7" || j.Replay.Fact("choices-only") != strings.ReplaceAll(f.Loose, "\n", " ") {
			t.Errorf("%s: got facts %v", name, j.Replay.Facts)
		}
		if f.Saved != nil && (!reflect.DeepEqual(j.Replay.Orders, constrained.Orders) || !reflect.DeepEqual(j.Replay.Draws, constrained.Draws)) {
			t.Errorf("%s: got %v and %v, want %v and %v", name, j.Replay.Orders, j.Replay.Draws, constrained.Orders, constrained.Draws)
		}
		if suite, n, err := CaseOf(path); suite != "gateway" || n != Virtual || err != nil {
			t.Errorf("%s: case of %s on %s (%v)", name, suite, n, err)
		}
	}
	if constrained.Law != "" {
		t.Errorf("the failure's own case was changed")
	}
}

func TestCaseFileRefused(t *testing.T) {
	good := "weir failure 1\nverdict violated\nlaw gateway/fifo\nfact suite gateway\nfact network sim\nfact seed 1\nchoices 1 2\n# a comment\n"
	replaced := func(old, new string) string {
		out := strings.Replace(good, old, new, 1)
		if out == good {
			t.Fatalf("%q is not in the file", old)
		}
		return out
	}
	for want, text := range map[string]string{
		`line 1 is "", want "weir failure 1"`:     "",
		`line 1 is "weir failure 2"`:              replaced("failure 1", "failure 2"),
		`it is a file of another version of weir`: "weir case 1\nsuite gateway\nnetwork sim\nlaw gateway/fifo\nseed 1\nchoices 1 2\n",
		`law "gateway/nice" is not in`:            replaced("gateway/fifo", "gateway/nice"),
		`network "wifi" is unknown`:               replaced("sim", "wifi"),
		`line 7: "x" is not a number`:             replaced("1 2", "1 x"),
		`line 7: "-1" is not a number`:            replaced("1 2", "-1"),
		`"4294967296" is not a number`:            replaced("1 2", "4294967296"),
		`line 6: it begins with "sead"`:           replaced("fact seed", "sead"),
		"it has no line that begins with verdict": replaced("verdict violated\n", ""),
		"suite, law or network is missing":        replaced("fact suite gateway\n", ""),
		"suite, law or network is  missing":       replaced("law gateway/fifo\n", ""),
		"suite, law or  network is missing":       replaced("fact network sim\n", ""),
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
