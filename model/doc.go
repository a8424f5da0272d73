// Package model is an explicit-state model checker: it visits every state that
// a bounded protocol can reach, judges laws in each, and tells a shortest
// story of whatever breaks one.
//
// Its one invariant: a law is held only if it was judged in every reachable
// state (an always), on every fair run (an eventually, a leads-to), or a witness
// was met (a sometimes). A search that ended early leaves laws undecided, which
// is not success.
//
// A spec is a plain value. Its state is a struct of integers, bools and
// arrays; Next has Go ifs for guards and Go loops for parameters, and
// [Next.Do] returns a copy of the state to change in place:
//
//	type State struct{ Free, Busy uint8 }
//
//	const (
//		Take model.Action = iota
//		Give
//	)
//
//	spec := &model.Spec[State]{
//		Name:    "pool",
//		Init:    []State{{Free: 3}},
//		Actions: []string{"take", "give"},
//		Next: func(s *State, x *model.Next[State]) {
//			if s.Free > 0 {
//				t := x.Do(Take)
//				t.Free, t.Busy = t.Free-1, t.Busy+1
//			}
//			if s.Busy > 0 {
//				t := x.Do(Give)
//				t.Free, t.Busy = t.Free+1, t.Busy-1
//			}
//		},
//		Laws: []model.Law[State]{
//			{Slug: "pool/conserved", Holds: func(s *State) bool { return s.Free+s.Busy == 3 }},
//			{Slug: "pool/exhausted", Kind: model.Sometimes, Holds: func(s *State) bool { return s.Free == 0 }},
//		},
//	}
//	result, err := model.Check(ctx, spec, model.Options{})
//
// # How it searches
//
// Breadth first, one level after the other, the states of a level shared out
// among workers. The numbers of states and edges, all verdicts and the story
// are the same for any number of workers. Of a visited state only a 64-bit
// fingerprint is kept, the states themselves only of the level being expanded
// and the next; [Result.CollisionProbability] says what that costs, and exact
// mode does without. Fingerprints, exact states and graphs are kept outside the
// Go heap where the system maps memory, on it elsewhere; [Options.MaxBytes]
// bounds them, and a search that needs more ends undecided, saying how its levels
// grow. No parents are stored: when a law is violated, a second,
// serial search finds the story, so that success costs nothing.
//
// # Whole runs
//
// An [Eventually] law says what every run comes to, a [LeadsTo] law what follows
// whenever something else is the case. Both need promises that the world does
// not stand still: [Spec.Fair], or [Law.Fair] for one law alone, lists which
// actions are not neglected for ever, weakly or strongly, as a whole or for each
// combination of their first arguments. Such a law is violated by a lasso: a
// path, and a loop that a fair run may go round for ever (or a state in which it
// may stop). They are judged after all others, on the whole graph, with exact
// states: that takes once or twice the time of the search, and some 40 bytes a
// state and 6 a step beside the states themselves. One graph serves all of them,
// whatever their promises, so that a second law costs little.
//
// # Reductions
//
// A spec may say which renamings of a state make no difference ([Spec.Symmetry]),
// and which steps get in nobody's way ([Spec.Independent]). Both can save orders
// of magnitude, and both are claims about the spec: [ProveSymmetry] and
// [ProveIndependent] test them on all states of a small size, and belong into a
// test beside the spec. The result names the reductions that were in force. Laws
// on whole runs are always judged on the whole graph, and a story always is one of
// the spec itself.
//
// # What it refuses
//
// State types with bytes that == ignores or that refer elsewhere; a Next that
// changes its argument, or gives other steps when called again; two steps of
// one state with the same label and different targets; a spec that would judge
// nothing. Each is a [*MisuseError] that says what to change. A law that holds
// because its When is never true, and an action that never fires and is not
// listed as dormant, are a [*VacuityError].
//
// It says nothing about bounds other than those the spec was built with.
//
// # Words
//
// A step is one edge of the state graph: a source, a [Label] and a target. A
// level is the set of states whose shortest path from an initial state has
// the same number of steps. A witness is a state or step that shows a
// Sometimes law. A story is a path told as a [Trace]. A promise is one instance of
// fairness; a run is fair if it keeps every promise. A lasso is a run that repeats
// the end of a path for ever.
package model
