package schedule

// What the scheduler's choices are about.
const (
	// WhatStep is what runs next.
	WhatStep = "step"
	// WhatSelect is which case of a select is tried first.
	WhatSelect = "select"
	// WhatRand is the seed of the woven global generators.
	WhatRand = "rand"
)

// Ladder is the number of lengths a delay can have, and so the number of
// delays that a choice of a step offers while the run has any left.
const Ladder = len(ladder)

// Choice is one question to a [Chooser]. It is valid until Choose returns.
type Choice struct {
	// N is the number of alternatives, 2 or more: a choice among one isn't
	// asked. 0 always means "go on".
	N int
	// What is WhatStep, WhatSelect or WhatRand, or, for a choice that isn't the
	// scheduler's, whatever its asker calls it.
	What string
	// Delays is how many alternatives, the last ones, let virtual time pass: 0
	// or Ladder.
	Delays int
	// Epoch counts what happens between two steps that commutes with nothing:
	// calls of [Scheduler.Run], and passings of virtual time because of
	// Config.Spin. When nothing can go on time passes too, but then there are no
	// two orders.
	Epoch int

	phase *phase // nil unless the scheduler asks
	task  *task  // who is asked about; nil for a step
}

// Event is what the i-th alternative is: a goroutine that goes on, an action,
// a delay. For WhatSelect and WhatRand it is the goroutine that was picked,
// whatever i is; for a choice that isn't the scheduler's it is the zero Event.
//
//go:norace
func (c *Choice) Event(i int) Event {
	switch {
	case c.phase == nil:
		return Event{}
	case c.task != nil:
		return c.task.event()
	}
	return c.phase.event(i)
}

// Current is the goroutine that ran last, 0 if none has: to choose another
// while it could go on is a preemption.
func (c *Choice) Current() TaskID {
	if c.phase == nil || c.phase.s.current == nil {
		return 0
	}
	return c.phase.s.current.place
}

// Objects is how many objects have a number so far.
func (c *Choice) Objects() int {
	if c.phase == nil {
		return 0
	}
	c.phase.s.numberObjects()
	return len(c.phase.s.objects)
}

// Watch makes the scheduler call f, on the root, after every step of the rest of
// the run, the one that is being chosen included: when everything is blocked
// again, before the next choice, and for the last step before Run returns. A
// Chooser asks for it at its first choice; the steps before that are the same
// in every schedule. Without a Watch nothing is kept of steps. Where the
// scheduler doesn't ask, Watch does nothing and returns false.
//
//go:norace
func (c *Choice) Watch(f func(*Taken)) bool {
	if c.phase == nil {
		return false
	}
	c.phase.s.watch(f)
	return true
}

//go:norace
func (s *Scheduler) watch(f func(*Taken)) {
	s.watchers = append(s.watchers, f)
	if !s.watched {
		s.watched = true
		s.touched = make([]touching, maxTouches)
	}
}

// event is what the i-th alternative of the step is.
//
//go:norace
func (p *phase) event(i int) Event {
	switch enabled := len(p.tasks) + len(p.actions); {
	case i < len(p.tasks):
		return p.tasks[i].event()
	case i < enabled:
		name := p.actions[i-len(p.tasks)].Name
		return Event{Name: name, Kind: KindAction, Access: AccessAny, Nth: p.s.acted[name] + 1}
	default:
		return Event{Name: ladder[i-enabled].String(), Kind: KindDelay, Access: AccessAny, Nth: p.s.cfg.Delays - p.s.delays + 1}
	}
}

// begin keeps what the step that is about to be taken is.
//
//go:norace
func (s *Scheduler) begin(e Event) {
	way := 0
	if e.task != nil {
		way = e.task.way
	}
	s.taken = Taken{
		Event: e, Number: s.steps, At: s.elapsed(), Way: way, Case: caseNone, Epoch: s.epoch,
		Touched: s.taken.Touched[:0], Woke: s.taken.Woke[:0], Uses: s.taken.Uses[:0],
	}
	s.taking = true
	s.touches = 0
	if e.Object.Number > 0 && e.Access != AccessNone {
		s.taken.Touched = append(s.taken.Touched, Touch{e.Object.Number, e.Access})
	}
}

// caseNone is the Case of a step that took no case of a select.
const caseNone = -2

// finish tells the watchers of the step that was taken last, if they weren't told.
//
//go:norace
func (s *Scheduler) finish() {
	if !s.taking {
		return
	}
	s.taking = false
	t := &s.taken
	s.mu.Lock()
	n := s.touches
	s.mu.Unlock()
	t.Any = !s.cfg.Closed || t.task == nil || t.Kind == KindSeam || t.task.origin == Adopted || n > maxTouches ||
		t.task.origin == Suite && t.task.ended || s.failed() != nil
	s.numberObjects()
	if t.task != nil {
		t.Case, t.Ended = t.task.took, t.task.ended
		for _, u := range s.touched[:min(n, maxTouches)] {
			t.Touched = append(t.Touched, Touch{s.numberObject(t.task, u.object), u.access})
		}
	}
	clear(s.touched)
	if s.cfg.Trace != nil {
		t.Uses = s.uses(t.Uses)
	}
	for _, other := range s.tasks {
		switch {
		case !other.parked || !s.arrived(other):
		case other == t.task:
			t.Next = other.event()
		default:
			t.Woke = append(t.Woke, other.place)
			for _, p := range other.waiting {
				if p != nil {
					t.Touched = append(t.Touched, Touch{s.numberObject(other, p), AccessWrite})
				}
			}
			other.waiting = nil
		}
	}
	for _, f := range s.watchers {
		f(t)
	}
}
