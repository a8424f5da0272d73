package explore_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/replay"
)

func TestFileRoundTrip(t *testing.T) {
	for _, f := range []explore.File{
		{Test: "TestX", Kind: explore.Deadlock, Weave: []string{"a.test/x"}, Failure: replay.Failure{Choices: []uint32{1}}},
		{Test: "TestX/a_b", Kind: explore.Violation, Message: "got 1, want 2", Weave: []string{"a.test/x", "b.test/y"}, Steps: 12, Loose: "it is a test",
			Failure: replay.Failure{Choices: []uint32{0, 0, 0, 4, 1, 1, 0}, Notes: []string{"for the reader"}}},
	} {
		got, err := explore.ParseFile(f.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Marshal()) != string(f.Marshal()) {
			t.Errorf("got\n%s\nwant\n%s", got.Marshal(), f.Marshal())
		}
		got.Failure.Verdict, got.Failure.Facts = "", nil
		if !reflect.DeepEqual(got, f) {
			t.Errorf("got %+v, want %+v", got, f)
		}
	}
}

func TestFileRefuses(t *testing.T) {
	good := string(explore.File{Test: "TestX", Kind: explore.Leak, Failure: replay.Failure{Choices: []uint32{1}}}.Marshal())
	replaced := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("%q is not in the file", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for says, text := range map[string]string{
		`line 1 is ""`: "", `line 1 is "hello"`: "hello\n",
		`line 1 is "weir schedule 1", want "weir failure 1": it is a file of another version of weir`: "weir schedule 1\ntest TestX\nkind leak\nsteps 0\nchoices 1\n",
		"no line that begins with fact test":  replaced("fact test TestX\n", ""),
		`verdict is "held", want one of [`:    replaced("verdict leak", "verdict held"),
		"no line that begins with verdict":    replaced("verdict leak\n", ""),
		`it begins with "more"`:               good + "more\n",
		`"x" is not a number`:                 replaced("choices 1", "choices x"),
		`fact steps is "many", want a number`: replaced("steps 0", "steps many"),
		`fact steps is "-1", want a number`:   replaced("steps 0", "steps -1"),
	} {
		if _, err := explore.ParseFile([]byte(text)); !errors.Is(err, replay.ErrFormat) || !strings.Contains(err.Error(), says) {
			t.Errorf("got error %v, want %q", err, says)
		}
	}
}

// Where a failure is, how often, and what the goroutine is called doesn't make
// it another one; what it says does.
func TestShape(t *testing.T) {
	for _, c := range []struct {
		kind explore.Kind
		a, b string
		same bool
	}{
		{explore.Violation, "a_test.go:12: got 1,\twant 2\nmore", "moved/b_test.go:3: got 3, want 4", true},
		{explore.Violation, "failure in TestX.func#1: late", "failure in TestY.func#2: late", true},
		{explore.Panic, "panic in TestX.func#1: nil", "panic in worker#2: nil", true},
		{explore.Panic, "panic in TestX.func#1: nil", "panic in TestX.func#1: closed", false},
		{explore.Violation, "a_test.go:12: late", "a_test.go:12: early", false},
		{explore.Leak, "1 goroutine is still there", "all of them are", true},
	} {
		if got := explore.ShapeOf(c.kind, c.a) == explore.ShapeOf(c.kind, c.b); got != c.same {
			t.Errorf("%s %q and %q: same is %v, want %v", c.kind, c.a, c.b, got, c.same)
		}
	}
}
