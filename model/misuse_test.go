package model_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/weir-dev/weir/model"
)

// counter is the smallest useful state.
type counter struct{ N uint8 }

// counterSpec counts to ten, then stops.
func counterSpec() *model.Spec[counter] {
	return &model.Spec[counter]{
		Name:    "counter",
		Size:    "ten",
		Init:    []counter{{}},
		Actions: []string{"add", "stay"},
		Dormant: []model.Action{1},
		Next: func(s *counter, x *model.Next[counter]) {
			if s.N < 10 {
				x.Do(0).N++
			}
		},
		Laws: []model.Law[counter]{{Slug: "counter/small", Holds: func(s *counter) bool { return s.N <= 10 }}},
	}
}

func TestMisuse(t *testing.T) {
	calls := 0
	for _, c := range []struct {
		name string
		mend func(*model.Spec[counter])
		want []string // parts of the message
	}{
		{"no name", func(sp *model.Spec[counter]) { sp.Name = "" }, []string{"Name is empty"}},
		{"no initial state", func(sp *model.Spec[counter]) { sp.Init = nil }, []string{"counter (ten)", "Init is empty"}},
		{"no next", func(sp *model.Spec[counter]) { sp.Next = nil }, []string{"Next is nil"}},
		{"no actions", func(sp *model.Spec[counter]) { sp.Actions = nil }, []string{"0 names", "1 to 256"}},
		{"many actions", func(sp *model.Spec[counter]) { sp.Actions = make([]string, 257) }, []string{"257 names"}},
		{"unnamed action", func(sp *model.Spec[counter]) { sp.Actions[1] = "" }, []string{"action 1 has no name"}},
		{"twin actions", func(sp *model.Spec[counter]) { sp.Actions[1] = "add" }, []string{"actions 0 and 1", `"add"`}},
		{"nothing to judge", func(sp *model.Spec[counter]) { sp.Laws = nil }, []string{"neither a law nor Done"}},
		{"law without slug", func(sp *model.Spec[counter]) { sp.Laws[0].Slug = "" }, []string{"has no slug"}},
		{"law called deadlock", func(sp *model.Spec[counter]) { sp.Laws[0].Slug = model.Deadlock }, []string{"deadlock check"}},
		{"twin laws", func(sp *model.Spec[counter]) { sp.Laws = append(sp.Laws, sp.Laws[0]) }, []string{"law 1", "an earlier law"}},
		{"kind", func(sp *model.Spec[counter]) { sp.Laws[0].Kind = 7 }, []string{"kind(7)"}},
		{"empty law", func(sp *model.Spec[counter]) { sp.Laws[0].Holds = nil }, []string{"neither Holds nor Step"}},
		{"sometimes with both", func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind = model.Sometimes
			sp.Laws[0].Step = func(_ *counter, _ model.Label, _ *counter) bool { return true }
		}, []string{"Sometimes with both"}},
		{"eventually a step", func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind = model.Eventually
			sp.Laws[0].Step = func(_ *counter, _ model.Label, _ *counter) bool { return true }
		}, []string{"of kind eventually", "no Step"}},
		{"leads to from nowhere", func(sp *model.Spec[counter]) { sp.Laws[0].Kind = model.LeadsTo }, []string{"LeadsTo without When"}},
		{"when of a sometimes", func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind, sp.Laws[0].When = model.Sometimes, sp.Laws[0].Holds
		}, []string{"has a When"}},
		{"fair to nobody", func(sp *model.Spec[counter]) { sp.Fair = []model.Fair{{Action: 9}} }, []string{"promise 0", "action 9"}},
		{"fair by too much", func(sp *model.Spec[counter]) { sp.Fair = []model.Fair{{By: 5}} }, []string{"by 5 arguments"}},
		{"fair beyond strong", func(sp *model.Spec[counter]) { sp.Fair = []model.Fair{{Strength: 2}} }, []string{"strength(2)"}},
		{"a law fair to nobody", func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind, sp.Laws[0].Fair = model.Eventually, []model.Fair{{}, {Action: 9}}
		}, []string{`law 0 ("counter/small")`, "promise 1", "action 9"}},
		{"fair of an always", func(sp *model.Spec[counter]) { sp.Laws[0].Fair = []model.Fair{} }, []string{`law 0 ("counter/small")`, "of kind always and has a Fair"}},
		{"dormant nobody", func(sp *model.Spec[counter]) { sp.Dormant = []model.Action{3} }, []string{"Dormant lists action 3"}},
		{"panic in a live law", func(sp *model.Spec[counter]) {
			sp.Laws[0].Kind = model.Eventually
			sp.Laws[0].Holds = func(s *counter) bool { return [4]bool{}[s.N] }
		}, []string{"index out of range [4]", "misuse_test.go:"}},
		{"too many arguments", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) { x.Do(1, 1, 2, 3, 4, 5) }
		}, []string{"5 arguments, at most 4", "in state {N:0}"}},
		{"wide argument", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) { x.Do(1, 0, 40_000) }
		}, []string{"argument 1 = 40000", "int16"}},
		{"unknown action", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) { x.Do(2) }
		}, []string{"Do of action 2, but Actions has 2 names"}},
		{"twin labels", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) {
				if s.N == 3 {
					x.Do(0, 7).N = 8
					x.Do(1)
				}
				if s.N < 10 {
					x.Do(0, 7).N++
				}
			}
		}, []string{"both labelled add(7)", "in state {N:3}"}},
		{"twin labels among many", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) {
				for i := range 100 {
					x.Do(0, i%99).N = uint8(i) // the last has the label of the first
				}
			}
		}, []string{"both labelled add(0)", "in state {N:0}"}},
		{"next changes its state", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) {
				if s.N < 10 {
					x.Do(0).N++
				}
				if s.N == 4 {
					s.N = 0
				}
			}
		}, []string{"changed the state that it was given", "in state {N:4}"}},
		{"next by chance", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) {
				calls++
				x.Do(0).N = uint8(calls)
			}
		}, []string{"not pure"}},
		{"next without end", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) {
				for i := range 70_000 {
					x.Do(0, i%1000, i/1000)
				}
			}
		}, []string{"70000 steps", "at most 65536"}},
		{"law changes the state", func(sp *model.Spec[counter]) {
			sp.Laws[0].Holds = func(s *counter) bool { s.N++; return true }
		}, []string{"a law changed the state"}},
		{"law on steps changes the state", func(sp *model.Spec[counter]) {
			sp.Laws[0].Step = func(_ *counter, _ model.Label, to *counter) bool { to.N = 0; return true }
		}, []string{"counter/small changed the state"}},
		{"panic in next", func(sp *model.Spec[counter]) {
			sp.Next = func(s *counter, x *model.Next[counter]) {
				x.Do(0, int(5/(5-s.N))).N++
			}
		}, []string{"divide by zero", "misuse_test.go:", "in state {N:5}"}},
		{"panic in a law", func(sp *model.Spec[counter]) {
			sp.Laws[0].Holds = func(s *counter) bool { return [4]bool{true, true, true, true}[s.N] }
		}, []string{"index out of range [4]", "misuse_test.go:", "in state {N:4}"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sp := counterSpec()
			c.mend(sp)
			r, err := model.Check(context.Background(), sp, model.Options{Workers: 1})
			var misuse *model.MisuseError
			if r != nil || !errors.As(err, &misuse) {
				t.Fatalf("got %v, %v; want a MisuseError", r, err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %q, want %q in it", err, part)
				}
			}
		})
	}
}

func TestStateTypes(t *testing.T) {
	refused(t, struct{ A [3]struct{ S string } }{}, "A[i].S is a string")
	refused(t, struct{ P *int }{}, "P is a ptr")
	refused(t, struct{ F float64 }{}, "F is a float64")
	refused(t, struct{ C complex64 }{}, "C is a complex64")
	refused(t, struct{ E error }{}, "E is a interface")
	refused(t, struct{ C chan int }{}, "C is a chan")
	refused(t, struct{ U uintptr }{}, "U is a uintptr")
	refused(t, struct {
		A uint8
		B uint32
	}{}, "3 bytes of padding before field B")
	refused(t, struct {
		A uint32
		B bool
	}{}, "3 bytes of padding at its end")
	refused(t, struct {
		A uint8
		_ uint8
	}{}, "blank field")

	accepted(t, uint8(0))
	accepted(t, struct{}{})
	accepted(t, [2]struct {
		A    [3]uint16
		B, C bool
		D    int64
	}{})
	accepted(t, [100_000]uint8{}) // larger than a chunk is meant to be
}

// still is a spec with one state and no step.
func still[S comparable](s S) *model.Spec[S] {
	return &model.Spec[S]{
		Name: "still", Init: []S{s, s}, Actions: []string{"none"}, Dormant: []model.Action{0},
		Next: func(*S, *model.Next[S]) {},
		Done: func(*S) bool { return true },
	}
}

func refused[S comparable](t *testing.T, s S, want string) {
	t.Helper()
	_, err := model.Check(context.Background(), still(s), model.Options{})
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%T: got %v, want an error with %q", s, err, want)
	}
}

func accepted[S comparable](t *testing.T, s S) {
	t.Helper()
	if r := mustCheck(t, still(s), model.Options{}); r.States != 1 || r.Verdict != model.Held {
		t.Errorf("%T: got %v, want 1 state, held", s, r)
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, o := range []model.Options{{Workers: -1}, {Workers: model.MaxWorkers + 1}, {MaxStates: -1}} {
		if _, err := model.Check(context.Background(), counterSpec(), o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	if _, err := model.Check[counter](context.Background(), nil, model.Options{}); err == nil {
		t.Error("nil spec: no error")
	}
	if _, err := model.Story(context.Background(), counterSpec(), "counter/none", model.Options{}); err == nil {
		t.Error("story of an unknown law: no error")
	}
}
