package cmdline

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// two clients take a lock that is free, or also one that is not.
type lock struct{ At [2]uint8 } // 0 elsewhere, 1 waits, 2 holds the lock

func lockSpec(broken bool) *model.Spec[lock] {
	free := func(s *lock) bool { return broken || s.At[0] != 2 && s.At[1] != 2 }
	return &model.Spec[lock]{
		Name: "lock", Size: "two", Init: []lock{{}}, Actions: []string{"ask", "take", "give", "steal"}, Dormant: []model.Action{3},
		Next: func(s *lock, x *model.Next[lock]) {
			for p := range 2 {
				switch {
				case s.At[p] == 0:
					x.Do(0, p).At[p] = 1
				case s.At[p] == 1 && free(s):
					x.Do(1, p).At[p] = 2
				case s.At[p] == 2:
					x.Do(2, p).At[p] = 0
				}
			}
		},
		Fair: []model.Fair{{Action: 1, By: 1, Strength: model.Strong}, {Action: 2}},
		Done: func(*lock) bool { return false },
		Laws: []model.Law[lock]{
			{Slug: "lock/exclusive", Holds: func(s *lock) bool { return s.At != [2]uint8{2, 2} }},
			{Slug: "lock/taken", Kind: model.Sometimes, Holds: func(s *lock) bool { return s.At[1] == 2 }},
			{Slug: "lock/served", Kind: model.LeadsTo,
				When:  func(s *lock) bool { return s.At[0] == 1 },
				Holds: func(s *lock) bool { return s.At[0] == 2 }},
		},
	}
}

// endless has a state for each number: a tree with two branches everywhere.
func endless() *model.Spec[uint32] {
	return &model.Spec[uint32]{
		Name: "endless", Init: []uint32{0}, Actions: []string{"left", "right"},
		Next: func(s *uint32, x *model.Next[uint32]) {
			*x.Do(0) = 2**s + 1
			*x.Do(1) = 2**s + 2
		},
		Laws: []model.Law[uint32]{{Slug: "endless/counts", Holds: func(*uint32) bool { return true }}},
	}
}

// checkSpec runs a spec and returns the code and what was said.
func checkSpec[S comparable](t *testing.T, sp *model.Spec[S], o Options) (code int, out, errs string) {
	t.Helper()
	return checkWithin(t.Context(), sp, o)
}

func checkWithin[S comparable](ctx context.Context, sp *model.Spec[S], o Options) (code int, out, errs string) {
	var b, e bytes.Buffer
	code = Run(ctx, sp, o, &b, &e)
	return code, b.String(), e.String()
}

// says complains of each text that is not there.
func says(t *testing.T, what, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%s: got\n%s\nwant it to say %q", what, got, w)
		}
	}
}
