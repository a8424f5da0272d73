package model

import (
	"fmt"
	"strings"
)

// A VacuityError is returned, beside the Result, when every law is held but a
// law or an action says nothing: most likely a guard or a When is wrong, or the
// bounds are too small.
type VacuityError struct {
	Spec, Size string
	// Problems say what never happened and what to change, one a line.
	Problems []string
}

// Error names the spec and every problem.
func (e *VacuityError) Error() string {
	return "spec " + specTitle(e.Spec, e.Size) + ": " + strings.Join(e.Problems, "; ")
}

// vacuity returns the error for what a complete search has never seen.
func (s *search[S]) vacuity(r *Result[S]) error {
	e := &VacuityError{Spec: r.Spec, Size: r.Size}
	add := func(format string, a ...any) { e.Problems = append(e.Problems, fmt.Sprintf(format, a...)) }
	for i := range s.spec.Laws {
		v := &r.Verdicts[i]
		if s.spec.Laws[i].Kind == Always && s.spec.Laws[i].When != nil && !s.asked(i) {
			v.Vacuous = "has a When that is never true, so that nothing is ever judged"
		}
		if v.Vacuous != "" {
			add("law %s %s: mend it, or leave the law out at this size", v.Law, v.Vacuous)
		}
	}
	dormant := map[Action]bool{}
	for _, a := range s.spec.Dormant {
		dormant[a] = true
		if r.ActionCounts[a] > 0 {
			add("action %s is listed as Dormant but fires: take it off the list", s.spec.Actions[a])
		}
	}
	for a, n := range r.ActionCounts {
		if n == 0 && !dormant[Action(a)] {
			add("action %s never fires: look at its guard, or list it in Dormant if that is meant", s.spec.Actions[a])
		}
	}
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

// asked reports whether the law's When was true somewhere.
func (s *search[S]) asked(law int) bool {
	for _, w := range s.workers {
		if w.asked[law] {
			return true
		}
	}
	return false
}
