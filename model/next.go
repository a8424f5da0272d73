package model

import "fmt"

// maxSuccessors bounds the successors of one state: a spec above it has
// forgotten a guard.
const maxSuccessors = 1 << 16

// Next collects the successors of the state that is being expanded. The
// checker makes it; one is used by one goroutine.
type Next[S comparable] struct {
	from   *S
	states []S     // successors, of this state and of states before it in the batch
	labels []Label // by index in states
	n      int     // successors asked for; beyond len(states) they were dropped
	spill  S       // what the caller changes when there was no room
	fault  string  // the first misuse of Do since it was last cleared
}

// room makes place for n successors, those that are held among them.
func (x *Next[S]) room(n int) {
	states, labels := make([]S, n), make([]Label, n)
	copy(states, x.states[:x.n])
	copy(labels, x.labels[:x.n])
	x.states, x.labels = states, labels
}

// Do adds a step: it returns a copy of the current state for the caller to
// change into the successor. The copy may be changed until the spec's Next
// returns, and not after; the steps added before it stay where they are.
//
// At most [MaxArgs] arguments, each within int16, tell the instances of an
// action apart; anything else ends the check with an error. Do does not
// allocate.
func (x *Next[S]) Do(a Action, args ...int) *S {
	i := x.n
	x.n++
	if i >= len(x.states) {
		x.spill = *x.from
		return &x.spill
	}
	l := &x.labels[i]
	*l = Label{Action: a, N: uint8(len(args))}
	if len(args) > MaxArgs {
		x.refuse(a, len(args))
		args = args[:MaxArgs]
	}
	for j, v := range args {
		l.Args[j] = int16(v)
		if int(int16(v)) != v {
			x.refuseArg(a, j, v)
		}
	}
	t := &x.states[i]
	*t = *x.from
	return t
}

func (x *Next[S]) refuse(a Action, n int) {
	if x.fault == "" {
		x.fault = fmt.Sprintf("Do of action %d has %d arguments, at most %d are kept: leave out what the others imply", a, n, MaxArgs)
	}
}

func (x *Next[S]) refuseArg(a Action, j, v int) {
	if x.fault == "" {
		x.fault = fmt.Sprintf("Do of action %d has argument %d = %d, which does not fit int16: pass a small index", a, j, v)
	}
}
