package story

import "github.com/weir-dev/weir/faults/schedule"

// interest says how much a step matters for who looks for a reason.
type interest uint8

const (
	dull      interest = iota // about nothing, or an object of one task alone
	shared                    // about an object of several tasks
	contended                 // a wait, a wake, or about what somebody who is left waits for
	cited                     // the explanation names it; a fault, a delay, an action
)

// interests are those of the steps.
func (s *Story) interests() []interest {
	first := make([]int, len(s.Objects)) // the task that used it, plus one; -1: several
	note := func(object, task int) {
		switch {
		case object < 0:
		case first[object] == 0:
			first[object] = task + 1
		case first[object] != task+1:
			first[object] = -1
		}
	}
	for _, step := range s.Steps {
		note(step.Object, step.Task)
		for _, u := range step.Uses {
			note(u.Object, u.Task)
		}
	}
	wanted := map[int]bool{}
	citedSteps := map[int]bool{}
	for _, w := range s.Waits {
		wanted[w.Object] = w.Object >= 0
		citedSteps[w.Step] = true
		for _, c := range w.Cases {
			wanted[c.Object] = true
		}
		for _, h := range w.Holders {
			citedSteps[h.Step] = true
		}
		for _, e := range w.Enders {
			citedSteps[e.Step] = true
		}
	}
	all := make([]interest, len(s.Steps))
	for i, step := range s.Steps {
		objects := []int{step.Object}
		for _, u := range step.Uses {
			objects = append(objects, u.Object)
		}
		for _, o := range objects {
			switch {
			case o < 0:
			case wanted[o]:
				all[i] = max(all[i], contended)
			case first[o] < 0:
				all[i] = max(all[i], shared)
			}
		}
		switch {
		case citedSteps[step.Number] || step.Task < 0 || step.Kind == schedule.KindSeam:
			all[i] = cited
		case step.Waits || step.Woken.Step > 0 && step.Kind != schedule.KindStart:
			all[i] = max(all[i], contended)
		}
	}
	return all
}
