// Package strategy decides which schedules to try, one after the other.
//
// A [Strategy] hands out a schedule.Chooser for each schedule and learns from
// what came of it. [Random] walks; [PCT] keeps a few ordering constraints with
// a probability it can name; [POS] gives every step a priority; [Rarest] goes
// where it has seldom been; [URW] makes the orders of steps at an object equally
// likely; [Deeper] goes on from where there was news; [Exhaustive] and [Bounded] go everywhere and say
// when they have been; [Portfolio] splits the budget among several and gives
// more to those that find news.
//
// The invariant: a Strategy is a function of its seed and of what the schedules
// did, so that the same program gives the same schedules in the same order.
//
//	search := strategy.Default(seed)
//	for range budget {
//		chooser, ok := search.Next()
//		if !ok {
//			break // every schedule has been seen
//		}
//		failed := run(chooser) // a bubble, schedule.New, Run, Teardown
//		search.Done(strategy.Outcome{Failed: failed})
//	}
//	for _, r := range search.Report() {
//		fmt.Println(r)
//	}
//
// It runs nothing itself, hands out no list of choices (that is schedule.Record's
// work) and refuses to call a search complete that it had to cut short.
//
// # Words
//
// Two schedules are distinct if their steps differ. They are different traces
// (Mazurkiewicz) if steps that don't commute come in another order; schedules
// of the same trace do the same. A pair is two steps next to each other at the
// same object, or next to each other in time where neither has one. A preemption
// is the choice of another step although the goroutine that ran last could go
// on and hasn't yielded. News is what no earlier schedule showed: a trace, a
// pair, or what the caller counts.
package strategy
