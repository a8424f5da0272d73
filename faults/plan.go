package faults

import (
	"errors"
	"fmt"
	"strings"
)

// PlanMax bounds the faults of one plan.
const PlanMax = 64

// Plan is the faults of one run. Order matters to nobody but the reader, and
// to faults that fire at the same moment: they fire in the order of the plan.
type Plan []Fault

// String is the plan as one line that Parse reads; no faults are "none".
func (p Plan) String() string {
	if len(p) == 0 {
		return none
	}
	parts := make([]string, len(p))
	for i, f := range p {
		parts[i] = f.String()
	}
	return strings.Join(parts, "; ")
}

const none = "none"

// Validate returns nil for a plan that can be carried out, and else every
// error of every fault.
func (p Plan) Validate() error {
	if len(p) > PlanMax {
		return fmt.Errorf("plan has %d faults, want at most %d", len(p), PlanMax)
	}
	var errs []error
	for _, f := range p {
		errs = append(errs, f.Validate())
	}
	return errors.Join(errs...)
}
