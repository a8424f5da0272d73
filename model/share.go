package model

import (
	"sync"
	"sync/atomic"
)

// shareStates is how many states of a graph are shared out at a time: a
// multiple of 64, so that no two workers write to one word of a set.
const shareStates = 1 << 12

// share calls f for ranges of the numbers below n, from several goroutines,
// and returns the first error, by range. A panic of the spec's functions is a
// *MisuseError in the state to which at was set last.
func (g *graph[S]) share(n int, f func(from, end int, at *int)) error {
	ranges := (n + shareStates - 1) / shareStates
	errs := make([]error, ranges)
	var next atomic.Int64
	work := func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= ranges {
				return
			}
			from := i * shareStates
			errs[i] = g.guarded(from, func(at *int) { f(from, min(from+shareStates, n), at) })
		}
	}
	var wg sync.WaitGroup
	for range min(g.workers, ranges) - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// guarded calls f and turns a panic of the spec's functions into an error.
func (g *graph[S]) guarded(at int, f func(at *int)) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &MisuseError{Spec: g.spec.Name, Size: g.spec.Size, State: g.spec.print(g.states.at(at)), Problem: panicProblem(v)}
		}
	}()
	f(&at)
	return nil
}
