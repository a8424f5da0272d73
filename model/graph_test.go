package model

import (
	"context"
	"reflect"
	"testing"
)

// The graph is the same, number for number, whoever expanded its states.
func TestGraphIsTheSameForAnyWorkers(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() || underRace {
		seeds = 60
	}
	states := 0
	for seed := range seeds {
		sp := newRandomSpec(seed).spec()
		var first []any
		for _, workers := range []int{1, 2, 3, 8} {
			o, err := Options{Workers: workers, tune: tuning{places: 1, batch: 3, chunk: 1 + int(seed%5), careful: 5}}.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			g, err := buildGraph(context.Background(), sp, o, &budget{limit: 1 << 30}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := []any{g.level, g.initial, g.list}
			for v := range uint32(g.size()) {
				got = append(got, *g.states.at(int(v)))
				from, end := g.row(v)
				for e := from; e < end; e++ {
					got = append(got, *g.to.at(e), *g.by.at(e))
				}
			}
			states += g.size()
			g.free()
			if first == nil {
				first = got
			} else if !reflect.DeepEqual(first, got) {
				t.Fatalf("seed %d: %d workers build another graph than one", seed, workers)
			}
		}
	}
	t.Logf("%d states", states)
}
