package linear

import (
	"fmt"

	"github.com/anishathalye/porcupine"
)

// An Object is a sequential specification, as porcupine takes it, with what
// [Judge] needs besides to find the fewest operations that are wrong and to
// say in words why they are. Its ToModel method makes the model for porcupine
// itself.
//
// All its functions are pure: they change neither a state nor an operation.
// They may be called from several goroutines at once.
type Object struct {
	// NondeterministicModel is the specification. Partition, Equal, Hash and the
	// descriptions may be nil, and then are porcupine's defaults.
	porcupine.NondeterministicModel
	// Name is what explanations call the object, as in "the ledger".
	Name string
	// Instead says what the object would have done in a state where it cannot
	// give the output: "refused", "2 released". Nil: explanations say only that
	// it could not.
	Instead func(state, input, output any) string
	// Needs says which parts of a history can be judged by themselves: i may be
	// kept only with all of Needs(history)[i]. Whatever is kept of a legal history
	// by that rule must be legal, so that what is left when others are taken out
	// is wrong by itself, and not because they are missing. Nil: no operation can
	// be taken out.
	Needs func(history []porcupine.Operation) [][]int
	// Forget returns the output of an operation of which only the effect is
	// known, and whether it had more: a history that is legal stays so when
	// outputs are forgotten. Nil: nothing can be forgotten.
	Forget func(input, output any) (any, bool)
	// Doubt, for objects without Needs, returns the output of an operation of
	// which nothing is known, whether it took effect included: it may have any
	// result, and may be left out. Taking an operation out then means to doubt it.
	Doubt func(input, output any) any

	// bare undoes what Partition does to an input.
	bare func(input any) any
}

// describe prints an operation with its output.
func (o *Object) describe(op porcupine.Operation) string {
	if o.DescribeOperation == nil {
		return fmt.Sprintf("%v -> %v", op.Input, op.Output)
	}
	return o.DescribeOperation(op.Input, op.Output)
}

// describeState prints one state.
func (o *Object) describeState(state any) string {
	if o.DescribeState == nil {
		return fmt.Sprint(state)
	}
	return o.DescribeState(state)
}

// equal compares two states.
func (o *Object) equal(a, b any) bool {
	if o.Equal == nil {
		return a == b
	}
	return o.Equal(a, b)
}

// step returns the states that op can lead to from any of the given ones, each
// once.
func (o *Object) step(states []any, op porcupine.Operation) []any {
	var out []any
	for _, s := range states {
		for _, t := range o.NondeterministicModel.Step(s, op.Input, op.Output) {
			if !o.in(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

func (o *Object) in(states []any, s any) bool {
	for _, t := range states {
		if o.equal(s, t) {
			return true
		}
	}
	return false
}

// same reports whether two sets of states, each without repetition, are equal.
func (o *Object) same(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for _, s := range a {
		if !o.in(b, s) {
			return false
		}
	}
	return true
}

// parts splits a history into those that are judged by themselves.
func (o *Object) parts(history []porcupine.Operation) [][]porcupine.Operation {
	if o.Partition == nil {
		return [][]porcupine.Operation{history}
	}
	return o.Partition(history)
}
