package explore_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/explore"
)

func TestFileRoundTrip(t *testing.T) {
	for _, f := range []explore.File{
		{Test: "TestX", Kind: explore.Deadlock},
		{Test: "TestX/a b", Kind: explore.Violation, Message: "got 1\n  want 2", Weave: []string{"a.test/x", "b.test/y"}, Steps: 12, Choices: []uint32{0, 0, 0, 4, 1, 1, 0}},
	} {
		got, err := explore.ParseFile(f.Marshal())
		if err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("got %+v, %v, want %+v", got, err, f)
		}
	}
}

func TestFileRefuses(t *testing.T) {
	good := string(explore.File{Test: "TestX", Kind: explore.Leak, Choices: []uint32{1}}.Marshal())
	for name, text := range map[string]string{
		"nothing": "", "another file": "hello\n", "another version": strings.Replace(good, "schedule 1", "schedule 2", 1),
		"no test": strings.Replace(good, "test TestX\n", "", 1), "unknown word": good + "more\n",
		"no choice": strings.Replace(good, "choices 1", "choices x", 1), "too many": strings.Replace(good, "choices 1", "choices 1*4000000000", 1),
		"no number": strings.Replace(good, "choices 1", "choices 1*x", 1),
	} {
		if _, err := explore.ParseFile([]byte(text)); !errors.Is(err, explore.ErrFile) {
			t.Errorf("%s: got error %v, want ErrFile", name, err)
		}
	}
}
