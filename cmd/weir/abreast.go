package main

import (
	"context"
	"sync"
	"sync/atomic"
)

// abreast does n things, the first ones first and so many at a time. Once ctx
// is done it begins no other.
func abreast(ctx context.Context, lanes, n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(lanes, n) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				do(i)
			}
		})
	}
	all.Wait()
}

// suiteProcesses is how many processes a suite under schedules has, unless it
// is alone; others have one that is busy.
const suiteProcesses = 2

// lanes is how many suites of a kind go side by side.
func (v *verification) lanes(kind buildKind) int {
	if kind == woven {
		return max(1, v.cores/suiteProcesses)
	}
	return max(1, v.cores)
}
