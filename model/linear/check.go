package linear

import (
	"context"

	"github.com/anishathalye/porcupine"
)

// Check asks porcupine whether some order of the operations is right. Only
// porcupine.Ok is success; Unknown means that ctx was done before there was an
// answer. It panics if an input or output is not of the types that the object
// takes.
//
// Parts of the history that have nothing to do with each other are judged at
// the same time, each on one goroutine. The cost grows with the number of
// operations that overlap, and not much with the length: ten thousand
// operations of which a few overlap take seconds.
func Check(ctx context.Context, o Object, history []porcupine.Operation) porcupine.CheckResult {
	m := o.ToModel()
	inner := m.StepContext
	m.StepContext = func(c context.Context, state, in, out any) (bool, any) {
		if ctx.Err() != nil {
			return false, nil // the search falls back to its beginning, and ends
		}
		return inner(c, state, in, out)
	}
	r := porcupine.CheckOperationsTimeout(m, history, 0)
	if r == porcupine.Illegal && ctx.Err() != nil {
		return porcupine.Unknown
	}
	return r
}

// purse is what a search may spend in steps of the specification: a measure of
// work that is the same on every machine.
type purse struct {
	ctx   context.Context
	steps int64
	// unsure is set when a part could not be judged for what was left.
	unsure bool
}

// empty reports whether there is nothing left to spend.
func (p *purse) empty() bool { return p.steps <= 0 || p.ctx.Err() != nil }

// illegal reports whether a history is certainly not linearizable. If that
// would take more than limit steps it is not, and the purse is unsure. Its
// parts are judged one after the other, so that the same history always costs
// the same.
func (p *purse) illegal(o *Object, history []porcupine.Operation, limit int64) bool {
	for _, part := range o.parts(history) {
		if p.empty() {
			p.unsure = true
			return false
		}
		if p.illegalPart(o, part, min(limit, p.steps)) {
			return true
		}
	}
	return false
}

func (p *purse) illegalPart(o *Object, part []porcupine.Operation, limit int64) bool {
	var spent int64 // by the one goroutine that porcupine starts for a part
	m := o.ToModel()
	m.Partition = nil
	inner := m.StepContext
	m.StepContext = func(c context.Context, state, in, out any) (bool, any) {
		if spent++; spent > limit || p.ctx.Err() != nil {
			return false, nil
		}
		return inner(c, state, in, out)
	}
	r := porcupine.CheckOperationsTimeout(m, part, 0)
	p.steps -= min(spent, limit)
	if spent > limit || p.ctx.Err() != nil {
		p.unsure = true
		return false
	}
	return r == porcupine.Illegal
}
