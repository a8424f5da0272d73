package corpus_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/weir-dev/weir/faults/schedule/corpus"
)

// small are bounds that a test reaches.
var small = corpus.Config{Features: 5, Choices: 6}

// drawRuns draws runs that share features and are near each other in size.
func drawRuns(t *rapid.T) []corpus.Run {
	feature := rapid.Custom(func(t *rapid.T) corpus.Feature { return corpus.Feature(rapid.IntRange(1, 9).Draw(t, "feature")) })
	run := rapid.Custom(func(t *rapid.T) corpus.Run {
		return corpus.Run{
			Choices:  rapid.SliceOfN(rapid.Uint32Range(0, 2), 0, 8).Draw(t, "choices"),
			Features: rapid.SliceOfN(feature, 0, 6).Draw(t, "features"),
		}
	})
	return rapid.SliceOfN(run, 0, 14).Draw(t, "runs")
}

func of(runs []corpus.Run) *corpus.Corpus {
	c := corpus.New(small)
	for _, r := range runs {
		c.Add(r)
	}
	return c
}

// What is kept is what its words say, worked out the slow way: of the smallest
// features, the smallest run of each.
func TestCorpusIsItsSpecification(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t)
		best := map[corpus.Feature][]uint32{}
		var features []corpus.Feature
		for _, r := range runs {
			list := corpus.Trim(r.Choices)
			if len(list) > small.Choices {
				continue
			}
			for _, f := range r.Features {
				if old, ok := best[f]; !ok || corpus.Compare(list, old) < 0 {
					best[f] = list
				}
				features = append(features, f)
			}
		}
		slices.Sort(features)
		features = slices.Compact(features)
		features = features[:min(len(features), small.Features)]
		var want []string
		for _, f := range features {
			want = append(want, line(f, best[f]))
		}
		if got := lines(of(runs)); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// lines tells a corpus as sorted lines, one for each feature.
func lines(c *corpus.Corpus) []string {
	var out []string
	for _, r := range c.Runs() {
		for _, f := range r.Features {
			out = append(out, line(f, r.Choices))
		}
	}
	slices.Sort(out)
	return out
}

func line(f corpus.Feature, list []uint32) string {
	b := []byte{'a' + byte(f), ' '}
	for _, c := range list {
		b = append(b, '0'+byte(c))
	}
	return string(b)
}

// Neither order nor parts matter: any merge of any parts, in any order, some of
// them more than once, is the same corpus.
func TestMergeIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := drawRuns(t)
		want := of(runs).Runs()
		shuffled := slices.Clone(runs)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := of(shuffled).Runs(); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order: got %v, want %v", got, want)
		}
		at := rapid.IntRange(0, len(runs)).Draw(t, "cut")
		left, right := of(runs[:at]), of(runs[at:])
		ab, ba := of(runs[:at]), of(runs[at:])
		ab.Merge(right)
		ba.Merge(left)
		ba.Merge(ab)
		if got := ab.Runs(); !reflect.DeepEqual(got, want) {
			t.Fatalf("right into left: got %v, want %v", got, want)
		}
		if got := ba.Runs(); !reflect.DeepEqual(got, want) {
			t.Fatalf("left into right, and all into that: got %v, want %v", got, want)
		}
	})
}

func TestAddTellsWhatItKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := corpus.New(small)
		for _, r := range drawRuns(t) {
			before, news, gains := c.Runs(), c.News(r), c.Gains(r)
			added := c.Add(r)
			if changed := !reflect.DeepEqual(before, c.Runs()); changed != (len(gains) > 0) {
				t.Fatalf("%v: it would be kept for %v, and the corpus changed: %v", r, gains, changed)
			}
			if news > len(gains) || added > len(gains) || added == 0 && len(gains) > 0 {
				t.Fatalf("%v: %d are new, %v would be kept, %d were", r, news, gains, added)
			}
			if c.News(r) > 0 && added == len(gains) && c.Features() < small.Features {
				t.Fatalf("%v shows something new after it was added", r)
			}
		}
	})
}

func TestBoundsHold(t *testing.T) {
	c := corpus.New(small)
	for i := range 100 {
		c.Add(corpus.Run{Choices: []uint32{uint32(i) + 1}, Features: []corpus.Feature{corpus.Feature(1000 - i)}})
	}
	if c.Features() != small.Features || len(c.Runs()) != small.Features {
		t.Errorf("%d features of %d runs are kept, want %d of as many", c.Features(), len(c.Runs()), small.Features)
	}
	if got := c.Runs()[0].Features[0]; got != 905 {
		t.Errorf("feature %d is kept, want 905: the smallest are", got)
	}
	long := corpus.Run{Choices: make([]uint32, small.Choices+2), Features: []corpus.Feature{1}}
	if c.Add(long) != 1 {
		t.Error("zeros at the end count, want not")
	}
	long.Choices[small.Choices] = 1
	long.Features[0] = 0
	if c.Add(long) != 0 || c.News(long) != 0 {
		t.Errorf("a run of %d choices is kept, want at most %d", small.Choices+1, small.Choices)
	}
	for _, bad := range []corpus.Config{{Features: -1}, {Choices: -1}, {Features: 1 << 21}, {Choices: 1 << 21}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v is taken", bad)
				}
			}()
			corpus.New(bad)
		}()
	}
}

func TestFeatureKinds(t *testing.T) {
	f := corpus.NewFeature(3, 1<<63|7)
	if f.Kind() != 3 || f >= corpus.NewFeature(4, 0) || f == corpus.NewFeature(3, 8) {
		t.Errorf("feature %x is of kind %d", f, f.Kind())
	}
}

// A list of a hundred choices shows a feature because of two of them.
func TestMinimised(t *testing.T) {
	plays := 0
	play := func(list []uint32) corpus.Run {
		plays++
		r := corpus.Run{Choices: list, Features: []corpus.Feature{99}}
		at := slices.Index(list, 7)
		if at >= 0 && slices.Contains(list[at:], 8) {
			r.Features = append(r.Features, 1)
		}
		return r
	}
	list := make([]uint32, 100)
	for i := range list {
		list[i] = uint32(i%5 + 1)
	}
	list[40], list[71] = 7, 8
	c := corpus.New(corpus.Config{})
	c.Add(corpus.Run{Choices: nil, Features: []corpus.Feature{99}})
	got := c.Minimised(play(list), play, 200)
	if want := []uint32{7, 8}; !slices.Equal(got.Choices, want) || plays > 200 {
		t.Errorf("got %v after %d plays, want %v", got.Choices, plays, want)
	}
	plays = 0
	if got := c.Minimised(corpus.Run{Choices: list, Features: []corpus.Feature{1, 99}}, play, 3); plays > 3 || !slices.Contains(got.Features, 1) {
		t.Errorf("got %v after %d plays, want 3 at most, and feature 1", got, plays)
	}
	c.Add(corpus.Run{Choices: []uint32{1}, Features: []corpus.Feature{1}})
	plays = 0
	if c.Minimised(corpus.Run{Choices: list, Features: []corpus.Feature{1, 99}}, play, 200); plays > 0 {
		t.Errorf("%d plays of a run that isn't kept, want none", plays)
	}
}

// A list is smaller if it is shorter, then if less of it surprises, then by its
// numbers.
func TestCompare(t *testing.T) {
	order := [][]uint32{nil, {9}, {0, 9}, {1, 1}, {1, 2}, {0, 0, 1}}
	for i, a := range order {
		for j, b := range order {
			if got := corpus.Compare(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%v beside %v: got %d", a, b, got)
			}
		}
	}
}
