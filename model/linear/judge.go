package linear

import (
	"context"
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"
)

// shortOps is how many operations one line tells.
const shortOps = 8

// A Verdict is what [Judge] found.
type Verdict struct {
	// Result is porcupine's: only Ok is success, and Unknown is undecided.
	Result porcupine.CheckResult
	// Total is how many operations were judged.
	Total int
	// Minimal is a smallest part of an Illegal history that is wrong by itself,
	// in the order of the calls; nil otherwise. Results that do not matter are
	// forgotten in it.
	Minimal []porcupine.Operation
	// Least says how sure it is that no smaller part would do.
	Least Least

	object Object
	why    []string
}

// Judge judges a history as [Check] does; of an illegal one it finds the
// fewest operations that are wrong by themselves, as [Minimise] does, and the
// reason. It returns when ctx is done: Unknown if nothing was decided, with a
// larger Minimal if only that was cut short.
func Judge(ctx context.Context, o Object, history []porcupine.Operation) Verdict {
	v := Verdict{Result: Check(ctx, o, history), Total: len(history), object: o}
	if v.Result != porcupine.Illegal {
		return v
	}
	small, least := minimise(ctx, &v.object, history)
	v.Minimal, v.Least = small.ops(), least
	v.why = explain(&v.object, small.context, small.mine)
	return v
}

// String tells the verdict in lines: the operations that are wrong together,
// which of them overlap, where every order of them ends, and what would have
// been right there.
func (v Verdict) String() string { return strings.Join(v.Lines(), "\n") }

// Lines is the lines of [Verdict.String].
func (v Verdict) Lines() []string {
	switch v.Result {
	case porcupine.Ok:
		return []string{fmt.Sprintf("Some order of %s gives these results.", plural(v.Total, "operation"))}
	case porcupine.Illegal:
		return append([]string{v.head()}, v.why...)
	}
	return []string{fmt.Sprintf("Undecided: there was no time to judge %s.", plural(v.Total, "operation"))}
}

// Short tells an illegal history in one line, without what is in the others.
func (v Verdict) Short() string {
	if v.Result != porcupine.Illegal {
		return v.Lines()[0]
	}
	var ops []string
	for _, op := range v.Minimal[:min(len(v.Minimal), shortOps)] {
		ops = append(ops, v.object.describe(op))
	}
	if n := len(v.Minimal) - len(ops); n > 0 {
		ops = append(ops, fmt.Sprintf("and %d more", n))
	}
	return "no order is right for " + strings.Join(ops, " | ")
}

// head says how many operations are wrong, and of how many.
func (v Verdict) head() string {
	n := len(v.Minimal)
	s := fmt.Sprintf("No order of these %s gives these results", plural(n, "operation"))
	if n == 1 {
		s = "This operation cannot have this result"
	}
	if n < v.Total {
		s += fmt.Sprintf(", whatever the other %d of %d did", v.Total-n, v.Total)
	}
	switch v.Least {
	case Fewest:
		s += " (no fewer are wrong by themselves)"
	case NoneToSpare:
		s += " (none of them can be left out)"
	default:
		s += " (perhaps not all are needed)"
	}
	return s + ":"
}
