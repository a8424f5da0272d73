package properties

import (
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
)

// A strategy chooses what the scheduler asks, and nothing else.
func TestSearchSource(t *testing.T) {
	rest, steps := schedule.NewList([]uint32{1, 1}), schedule.NewList([]uint32{2, 2, 2, 2})
	c := &choices{source: searchSource{rest, steps}}
	d := dice{c}
	got := []int{
		d.Choose(3, "hosts"), c.Choose(choiceOf(3, stepChoice)), c.Choose(choiceOf(9, delayChoice)),
		d.Choose(3, "op"), c.Choose(choiceOf(3, schedule.WhatSelect)), c.Choose(choiceOf(3, schedule.WhatRand)),
	}
	for i, want := range []int{1, 2, 2, 1, 2, 2} {
		if got[i] != want || c.list[i] != uint32(want) {
			t.Errorf("choice %d is %d, recorded %d, want %d", i, got[i], c.list[i], want)
		}
	}
	if rest.Left() != 0 || steps.Left() != 0 {
		t.Errorf("%d and %d choices are left, want none", rest.Left(), steps.Left())
	}
}
