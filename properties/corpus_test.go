package properties

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/corpus"
	"github.com/weir-dev/weir/protocol"
)

// counting is a suite whose cases accept as many messages as the first choice
// says, and then as many are resolved as the second says, after six choices that
// do nothing. Past limit accepted messages is a violation.
func counting(points, limit int) suite {
	return suite{protocol: "remote", run: func(t *testing.T, _ Network, c *choices) *outcome {
		d := dice{c}
		o := &outcome{found: newFindings(), points: points}
		accepted := d.Choose(10, "accepted")
		for range 6 {
			d.Choose(3, "nothing")
		}
		resolved := min(d.Choose(10, "resolved"), accepted)
		for seq := range uint64(accepted) {
			o.records = append(o.records, Record{Event: protocol.Event{Kind: protocol.KindAccept, Party: "remote", Seq: seq + 1}})
		}
		for seq := range uint64(resolved) {
			o.records = append(o.records, Record{Event: protocol.Event{Kind: protocol.KindResolve, Party: "remote", Seq: seq + 1}})
		}
		if accepted > limit {
			o.found.judge("remote/conservation", len(o.records), false, "too many", "fewer")
		}
		o.list = trim(c.list)
		return o
	}}
}

func TestFeatures(t *testing.T) {
	run := func(input ...byte) []corpus.Feature {
		c := &choices{source: inputSource(input)}
		return features(counting(1, 9).run(t, Simulated, c), new(corpus.Pairs))
	}
	more := func(a, b []corpus.Feature) bool { // shows b all that a does, and something else?
		return !slices.ContainsFunc(a, func(f corpus.Feature) bool { return !slices.Contains(b, f) }) && len(b) > len(a)
	}
	one, two, three := run(1), run(2), run(3)
	if len(run()) != 0 || !more(one, two) || !more(two, three) {
		t.Errorf("one, two and three accepted messages show %x, %x and %x; want each all that the one before does, and more", one, two, three)
	}
	if !more(one, run(1, 0, 0, 0, 0, 0, 0, 1)) {
		t.Error("a message that is resolved shows nothing that one which isn't doesn't")
	}
}

// What a fuzzing process finds new is made small and kept; a process that plays
// it again replaces it by what it shows then.
func TestKeeper(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus")
	keeper := func(s suite, fuzzing bool) *keeper {
		k, err := newKeeper(s, dir, fuzzing)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	noisy := []byte(strings.Repeat("\x02", 8))
	noisy[0] = 5
	fuzzing := keeper(counting(1, 9), true)
	fuzzing.one(t, noisy)
	if got, err := corpus.Load(dir, corpus.Config{}); err != nil || len(got.Runs()) != 1 || !slices.Equal(got.Runs()[0].Choices, []uint32{5, 0, 0, 0, 0, 0, 0, 2}) {
		t.Fatalf("kept is %v (%v), want a case without the noise", got.Runs(), err)
	}
	fuzzing.one(t, noisy)
	fuzzing.one(t, []byte{5})
	fuzzing.one(t, []byte{4})
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%d files (%v), want one: nothing was new after the first", len(entries), err)
	}
	fuzzing = keeper(counting(1, 5), true)
	if len(fuzzing.seeds) != 1 {
		t.Errorf("the fuzzer begins with %d cases, want one", len(fuzzing.seeds))
	}
	fuzzing.one(t, []byte{9})
	again := keeper(counting(1, 9), false)
	for _, list := range again.seeds {
		input, ok := inputOf(list)
		if !ok {
			t.Fatalf("%v is no input", list)
		}
		again.one(t, input)
	}
	again.one(t, []byte{6})
	if told, err := again.save(); err != nil || !strings.Contains(told, "2 cases were played") {
		t.Errorf("got %q, error %v, want 2 cases played: what that violates a law isn't kept", told, err)
	}
	got, err := corpus.Load(dir, corpus.Config{})
	if err != nil || !slices.ContainsFunc(got.Runs(), func(r corpus.Run) bool { return len(r.Choices) == 1 }) {
		t.Errorf("kept are %v (%v), want the short one of those that were played among them", got.Runs(), err)
	}
	before := got.Features()
	again = keeper(counting(1, 9), false)
	for range 20 {
		again.one(t, []byte{1})
	}
	if again.corpus.Features() < before/2 {
		t.Errorf("20 cases and their mutants show %d features, want more: the mutants accept other numbers", again.corpus.Features())
	}
	strict := keeper(counting(1, 5), false)
	violated := false
	for range 20 {
		o := strict.one(t, []byte{4})
		violated = violated || len(o.found.violations) > 0
	}
	if !violated {
		t.Error("no mutant violates the law that many do")
	}
	unwoven := keeper(counting(0, 9), false)
	unwoven.one(t, noisy)
	if _, err := unwoven.save(); err == nil || !strings.Contains(err.Error(), "no woven point") {
		t.Errorf("of code that isn't woven: got error %v, want one that says so", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "stranger"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := newKeeper(counting(1, 9), dir, true); err == nil || !strings.Contains(err.Error(), "stranger") {
		t.Errorf("of a damaged corpus: got error %v, want one with the name of the file", err)
	}
}

// A case that isn't the same the second time is told of, because nothing that
// is kept would be worth anything.
func TestKeeperFindsNondeterminism(t *testing.T) {
	steady := counting(1, 9)
	runs := 0
	loose := steady
	loose.run = func(t *testing.T, n Network, c *choices) *outcome {
		o := steady.run(t, n, c)
		runs++
		o.records = append(o.records, Record{Event: protocol.Event{Kind: protocol.KindAccept, Seq: uint64(runs)}})
		return o
	}
	for _, c := range []struct {
		name  string
		suite suite
		same  bool
	}{{"steady", steady, true}, {"loose", loose, false}} {
		k, err := newKeeper(c.suite, t.TempDir(), false)
		if err != nil {
			t.Fatal(err)
		}
		o, _ := k.play(t, inputSource([]byte{3}))
		if same := k.repeats(t, o); same != c.same {
			t.Errorf("%s: the case repeats: %v, want %v", c.name, same, c.same)
		}
	}
}

func TestInputs(t *testing.T) {
	input, ok := inputOf([]uint32{0, 5, 255, 1})
	if !ok || len(input) != 4 {
		t.Fatalf("got %v, %v", input, ok)
	}
	s := inputSource(append(input, 9))
	for i, want := range []int{0, 5, 255 % 7, 1, 2, 0, 0} {
		if got := s.Choose(&schedule.Choice{N: 7, What: "any"}); got != want {
			t.Errorf("choice %d is %d, want %d", i, got, want)
		}
	}
	if _, ok := inputOf([]uint32{256}); ok {
		t.Error("256 is taken for a byte")
	}
}
