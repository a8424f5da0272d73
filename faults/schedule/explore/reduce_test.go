package explore_test

import (
	"slices"
	"testing"

	"github.com/weir-dev/weir/faults/schedule/explore"
)

func TestDelta(t *testing.T) {
	// It fails where a 2 or more comes, and anywhere later a 1 or more.
	fails := func(choices []uint32) ([]uint32, bool) {
		at := slices.IndexFunc(choices, func(c uint32) bool { return c >= 2 })
		return choices, at >= 0 && slices.ContainsFunc(choices[at+1:], func(c uint32) bool { return c > 0 })
	}
	never := func() bool { return false }
	got := explore.Delta([]uint32{0, 3, 1, 0, 0, 7, 0, 0, 1, 1, 0, 5, 0, 0}, fails, never)
	if want := []uint32{2, 1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	runs := 0
	got = explore.Delta([]uint32{0, 3, 1}, func(c []uint32) ([]uint32, bool) { runs++; return fails(c) }, func() bool { return true })
	if runs != 0 || !slices.Equal(got, []uint32{0, 3, 1}) {
		t.Errorf("without time: got %v after %d runs, want it as it was", got, runs)
	}
}

// A run of tree makes five choices among three; it fails by what is chosen.
func tree(fails func(choices []uint32) bool, runs *int) func([]uint32) ([]uint32, bool) {
	return func(choices []uint32) ([]uint32, bool) {
		*runs++
		made := make([]uint32, 5)
		for i := range min(len(made), len(choices)) {
			if choices[i] < 3 {
				made[i] = choices[i]
			}
		}
		return made, fails(made)
	}
}

func TestFewest(t *testing.T) {
	never := func() bool { return false }
	for _, c := range []struct {
		name   string
		fails  func([]uint32) bool
		best   []uint32
		want   []uint32
		proven bool
	}{
		{"none needed", func([]uint32) bool { return true }, []uint32{1, 1}, nil, true},
		{"one is enough", func(c []uint32) bool { return c[3] == 2 || c[0] == 1 && c[1] == 1 }, []uint32{1, 1}, []uint32{0, 0, 0, 2}, true},
		{"two in another place", func(c []uint32) bool { return c[1] == 1 && c[4] == 2 || c[0]+c[1]+c[2] == 6 }, []uint32{2, 2, 2}, []uint32{0, 1, 0, 0, 2}, true},
		{"it is the smallest", func(c []uint32) bool { return c[0] == 1 && c[1] == 1 }, []uint32{1, 1}, []uint32{1, 1}, true},
	} {
		runs := 0
		got, proven := explore.Fewest(c.best, tree(c.fails, &runs), never)
		if !slices.Equal(got, c.want) || proven != c.proven {
			t.Errorf("%s: got %v, proven %v, want %v, proven %v", c.name, got, proven, c.want, c.proven)
		}
	}
	runs := 0
	some := tree(func(c []uint32) bool { return c[0] == 1 && c[1] == 1 && c[2] == 1 }, &runs)
	if got, proven := explore.Fewest([]uint32{1, 1, 1}, some, func() bool { return runs > 20 }); proven || !slices.Equal(got, []uint32{1, 1, 1}) || runs > 22 {
		t.Errorf("without time: got %v, proven %v after %d runs, want it as it was", got, proven, runs)
	}
	many := func(c []uint32) ([]uint32, bool) {
		return append(slices.Clone(c), make([]uint32, max(0, 2-len(c)))...)[:2], false
	}
	if _, proven := explore.Fewest([]uint32{1, 1}, many, never); proven {
		t.Error("a choice with too many alternatives was taken for searched")
	}
}
