package strategy_test

import (
	"fmt"
	"strings"
	stdatomic "sync/atomic"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/strategy"
)

// combination is who has to take each step of a lock with two sides, in which
// the first wrong one spoils it.
const combination = "abbabaababbabaabaabb"

// opened is the first schedule that opens the lock, 0 if none of the most does;
// if told, the strategy learns when one came farther than all before.
func opened(t *testing.T, s strategy.Strategy, most int, told bool) int {
	best := 0
	for i := 1; i <= most; i++ {
		c, ok := s.Next()
		if !ok {
			return 0
		}
		var at, choices, newsAt stdatomic.Int32 // the goroutines race, and these are no points
		play(t, schedule.Record(c, func(uint32) { choices.Add(1) }), toy{name: "combination", start: func() ([]func(), func() bool) {
			var turn atomic.Int32
			side := func(me byte) func() {
				return func() {
					for i := range len(combination) {
						if combination[i] != me {
							continue
						}
						if n := turn.Add(1); combination[n-1] == me && at.CompareAndSwap(n-1, n) {
							newsAt.Store(choices.Load())
						}
					}
				}
			}
			return []func(){side('a'), side('b')}, nil
		}})
		came := int(at.Load())
		o := strategy.Outcome{News: max(0, came-best), At: int(newsAt.Load())}
		best = max(best, came)
		if came == len(combination) {
			return i
		}
		if !told {
			o = strategy.Outcome{}
		}
		s.Done(o)
	}
	return 0
}

// Only who goes on from where the caller saw news opens the lock; without news
// nobody does.
func TestNewsLeadDeeper(t *testing.T) {
	const most = 1000
	var b strings.Builder
	for _, m := range makers {
		if m.name == "bounded" {
			continue // it doesn't come so far
		}
		for _, told := range []bool{false, true} {
			if !told && m.name != "deeper" && m.name != "portfolio" {
				continue
			}
			at := opened(t, m.make(1), most, told)
			if deep := told && (m.name == "deeper" || m.name == "portfolio"); (at > 0) != deep {
				t.Errorf("%s: news told %v: the lock is opened by schedule %d of %d, want one: %v", m.name, told, at, most, deep)
			}
			fmt.Fprintf(&b, "\n%-12s news told %-5v  opened by schedule %d", m.name, told, at)
		}
	}
	t.Log(b.String())
}
