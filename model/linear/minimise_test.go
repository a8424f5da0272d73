package linear_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// closedPart keeps a random part of a history that Needs allows, most often a
// small one.
func closedPart(rng *rand.Rand, needs [][]int, history []porcupine.Operation) []porcupine.Operation {
	keep := make([]bool, len(history))
	var add func(i int)
	add = func(i int) {
		if !keep[i] {
			keep[i] = true
			for _, j := range needs[i] {
				add(j)
			}
		}
	}
	for range 1 + rng.IntN(len(history)) {
		add(rng.IntN(len(history)))
	}
	var out []porcupine.Operation
	for i, op := range history {
		if keep[i] {
			out = append(out, op)
		}
	}
	return out
}

// What Needs allows to keep of a legal history is legal. Otherwise a minimal
// history might show a mistake that the whole does not have.
func TestNeedsAreSound(t *testing.T) {
	smaller := 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 8))
		mark, abandonedCap := rng.IntN(3)-1, rng.IntN(3)-1
		o := linear.LedgerOf(mark, abandonedCap)
		history := randomLedger(rng, newBooks(mark, abandonedCap), 6+rng.IntN(14), 30)
		if seed%2 > 0 {
			blur(rng, history)
		}
		if linear.Check(t.Context(), o, history) != porcupine.Ok {
			t.Fatalf("seed %d: the whole is not legal", seed)
		}
		for range 4 {
			part := closedPart(rng, o.Needs(history), history)
			if len(part) < len(history) {
				smaller++
			}
			if linear.Check(t.Context(), o, part) != porcupine.Ok {
				for _, op := range history {
					mark := " "
					if slices.Contains(part, op) {
						mark = "*"
					}
					t.Logf("%s %d-%d %s", mark, op.Call, op.Return, o.DescribeOperation(op.Input, op.Output))
				}
				t.Fatalf("seed %d: the part of a legal history is not legal (mark %d, cap %d)", seed, mark, abandonedCap)
			}
		}
	}
	if smaller < 5000 {
		t.Errorf("%d parts were smaller than the whole, want most of 12000", smaller)
	}
}

// Every part that may be kept of one history in which what was there long ago
// decides: a host that was full is held paused by its mark.
func TestNeedsKnowHysteresis(t *testing.T) {
	o := linear.LedgerOf(0, -1)
	history := oneByOne(is(attach(1, 3), number(0)), is(reserve(1), given(1)), is(reserve(1), given(2)), is(reserve(1), given(3)), is(release(1), done), is(release(2), done), is(reserve(1), refused))
	needs := o.Needs(history)
	for set := 1; set < 1<<len(history); set++ {
		if part, whole := partOf(history, needs, set); whole && linear.Check(t.Context(), o, part) != porcupine.Ok {
			t.Errorf("the part %b of a legal history is not legal", set)
		}
	}
}

// partOf is the operations of a set of bits, and whether it has what they need.
func partOf(history []porcupine.Operation, needs [][]int, set int) (part []porcupine.Operation, whole bool) {
	whole = true
	for i := range history {
		if set>>i&1 == 0 {
			continue
		}
		part = append(part, history[i])
		for _, j := range needs[i] {
			whole = whole && set>>j&1 != 0
		}
	}
	return part, whole
}

// noneToSpare requires that a minimal history is legal without any operation
// and those that need it.
func noneToSpare(t *testing.T, o linear.Object, small []porcupine.Operation) {
	t.Helper()
	needs := o.Needs(small)
	for i := range small {
		out := map[int]bool{i: true}
		for range small {
			for j := range small {
				for _, k := range needs[j] {
					out[j] = out[j] || out[k]
				}
			}
		}
		var rest []porcupine.Operation
		for j, op := range small {
			if !out[j] {
				rest = append(rest, op)
			}
		}
		if linear.Check(t.Context(), o, rest) != porcupine.Ok {
			t.Errorf("without operation %d it is illegal too", i+1)
		}
	}
}

func TestQueueNeedsAreSound(t *testing.T) {
	legal := 0
	for seed := range uint64(8000) {
		rng := rand.New(rand.NewPCG(seed, 9))
		o, history := linear.Queue(), randomQueueOps(rng)
		if linear.Check(t.Context(), o, history) != porcupine.Ok {
			continue
		}
		legal++
		if part := closedPart(rng, o.Needs(history), history); linear.Check(t.Context(), o, part) != porcupine.Ok {
			t.Fatalf("seed %d: the part of a legal history is not legal", seed)
		}
	}
	if legal < 500 {
		t.Errorf("%d histories were legal, want at least 500", legal)
	}
}

// fewest is the size of the smallest illegal part that Needs allows, found by
// trying every one.
func fewest(t *testing.T, o linear.Object, history []porcupine.Operation) int {
	needs := o.Needs(history)
	best := len(history) + 1
	for set := 1; set < 1<<len(history); set++ {
		part, whole := partOf(history, needs, set)
		if whole && len(part) < best && linear.Check(t.Context(), o, part) == porcupine.Illegal {
			best = len(part)
		}
	}
	return best
}

// A minimal history is illegal, and if it says that none is smaller, none is.
func TestMinimise(t *testing.T) {
	said := map[linear.Least]int{}
	illegal := 0
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 10))
		o := linear.Ledger()
		o.Forget = nil // the parts that are tried here have all results
		history := randomLedger(rng, newBooks(-1, -1), 9, 25)
		change(rng, history)
		if linear.Check(t.Context(), o, history) != porcupine.Illegal {
			continue
		}
		illegal++
		small, least := linear.Minimise(t.Context(), o, history)
		said[least]++
		if linear.Check(t.Context(), o, small) != porcupine.Illegal {
			t.Fatalf("seed %d: the minimal history is not illegal", seed)
		}
		if again, sure := linear.Minimise(t.Context(), o, history); !slices.Equal(again, small) || sure != least {
			t.Fatalf("seed %d: another minimal history the second time", seed)
		}
		noneToSpare(t, o, small)
		if n := fewest(t, o, history); least == linear.Fewest && n < len(small) {
			t.Fatalf("seed %d: %d operations, said to be fewest, but %d are illegal too", seed, len(small), n)
		}
	}
	if illegal < 100 || said[linear.Fewest] < illegal*9/10 {
		t.Errorf("%d illegal histories, said of their minimal ones: %v; want at least 100, nearly all Fewest", illegal, said)
	}
}

// A mistake among many operations is found by few. This is a host that is
// granted one reservation too many, among five hosts.
func TestMinimiseLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 11))
	history := randomLedger(rng, newBooks(-1, -1), 400, 30)
	at := history[len(history)-1].Return + 100
	for i, op := range []func() (linear.LedgerOp, linear.LedgerResult){is(attach(7, 1), number(0)), is(reserve(7), given(9001)), is(count(7), number(1)), is(reserve(7), given(9002)), is(release(9001), done)} {
		in, out := op()
		history = append(history, span(at+int64(10*i), at+int64(10*i+5), in, out))
	}
	v := linear.Judge(t.Context(), linear.Ledger(), history)
	if v.Result != porcupine.Illegal || v.Least != linear.Fewest || len(v.Minimal) != 3 {
		t.Errorf("got %s", v)
	}
}
