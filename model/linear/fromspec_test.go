package linear_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/linear"
)

// lock is a lock that says who holds it: 0 for nobody.
type lock struct{ Holder uint8 }

const (
	lockTake model.Action = iota
	lockGive
	lockRead
)

// ask is the input of an operation on the lock; its output is a bool, or a
// number for a read.
type ask struct {
	Do  model.Action
	Who int
}

func lockSpec(clients int) *model.Spec[lock] {
	return &model.Spec[lock]{
		Name: "lock", Size: "test", Init: []lock{{}}, Actions: []string{"take", "give", "read"},
		Laws: []model.Law[lock]{{Slug: "lock/taken", Kind: model.Sometimes, Holds: func(s *lock) bool { return s.Holder > 0 }}},
		Next: func(s *lock, x *model.Next[lock]) {
			x.Do(lockRead, int(s.Holder))
			for who := 1; who <= clients; who++ {
				if s.Holder == 0 {
					x.Do(lockTake, who, 1).Holder = uint8(who)
				} else {
					x.Do(lockTake, who, 0)
				}
				if int(s.Holder) == who {
					x.Do(lockGive, who, 1).Holder = 0
				} else {
					x.Do(lockGive, who, 0)
				}
			}
		},
	}
}

func lockLabels(input, output any) []model.Label {
	in := input.(ask)
	label := func(v int) model.Label {
		if in.Do == lockRead {
			return model.Label{Action: in.Do, N: 1, Args: [4]int16{int16(v)}}
		}
		return model.Label{Action: in.Do, N: 2, Args: [4]int16{int16(in.Who), int16(v)}}
	}
	if output != nil {
		return []model.Label{label(output.(int))}
	}
	return []model.Label{label(0), label(1), label(2), label(3)}
}

func lockObject(t *testing.T) linear.Object {
	o, err := linear.FromSpec(t.Context(), lockSpec(3), 100, lockLabels)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func asked(do model.Action, who, answer int) func() (ask, any) {
	return func() (ask, any) {
		if answer < 0 {
			return ask{do, who}, nil
		}
		return ask{do, who}, answer
	}
}

// Two hold the lock. What else happened is not told, and what would make it
// right is not left out.
func TestFromSpecMinimise(t *testing.T) {
	o := lockObject(t)
	history := oneByOne(asked(lockTake, 1, 1), asked(lockTake, 2, 0), asked(lockRead, 0, 1), asked(lockTake, 3, 0), asked(lockTake, 2, 1), asked(lockGive, 1, 1))
	v := linear.Judge(t.Context(), o, history)
	const want = `No order of these 2 operations gives these results, whatever the other 4 of 6 did (no fewer are wrong by themselves):
  [1] client 2: take(3, 0)
  [2] client 0: take(2, 1)
Each had returned before the next was called.
After [1] the lock is: {Holder:1}; or: {Holder:2}.
  Next cannot be [2] take(2, 1): the lock would have said take(2, 0).
So there is no place for [2].`
	if got := v.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	history = oneByOne(asked(lockTake, 1, 1), asked(lockGive, 1, 1), asked(lockTake, 2, 1))
	if got := linear.Check(t.Context(), o, history); got != porcupine.Ok {
		t.Errorf("got %s, want Ok", got)
	}
	history = oneByOne(asked(lockTake, 1, 1), asked(lockGive, 1, -1), asked(lockTake, 2, 1))
	if got := linear.Check(t.Context(), o, history); got != porcupine.Ok {
		t.Errorf("given back, perhaps: got %s, want Ok", got)
	}
}

// To doubt operations of a legal history leaves it legal, and the object of a
// spec judges as trying every order does.
func TestFromSpecDoubt(t *testing.T) {
	o := lockObject(t)
	seen := map[porcupine.CheckResult]int{}
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 13))
		var history []porcupine.Operation
		for i := range 2 + rng.IntN(5) {
			at := int64(10 * (i + 1))
			var answer any = rng.IntN(2)
			if rng.IntN(8) == 0 {
				answer = nil
			}
			history = append(history, span(at-rng.Int64N(20), at+1+rng.Int64N(20), ask{model.Action(rng.IntN(3)), 1 + rng.IntN(2)}, answer))
		}
		agree(t, o, history, seen)
		legal := linear.Check(t.Context(), o, history) == porcupine.Ok
		for i := range history {
			if rng.IntN(2) == 0 {
				history[i].Output = o.Doubt(history[i].Input, history[i].Output)
			}
		}
		if legal && linear.Check(t.Context(), o, history) != porcupine.Ok {
			t.Fatalf("seed %d: doubted, and illegal", seed)
		}
	}
	both(t, seen, 300)
}

func TestFromSpecRefuses(t *testing.T) {
	if _, err := linear.FromSpec(t.Context(), lockSpec(3), 2, lockLabels); err == nil || !strings.Contains(err.Error(), "lock") {
		t.Errorf("more states than allowed: got %v, want an error that names the spec", err)
	}
}
