package schedule

import (
	"fmt"
	"time"
)

// ladder holds the lengths a delay can have.
var ladder = [...]time.Duration{time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 10 * time.Second}

// Step tells what is about to happen.
type Step struct {
	Number int           // 1 for the first
	At     time.Duration // virtual time since New
	Kind   StepKind
	Name   string // of the task or action; the length of a delay
	What   string // the point a task goes on from; empty otherwise
	Event  Event  // the same for programs
}

// String is one line of a trace: number, virtual time, kind, name, point.
func (s Step) String() string {
	text := fmt.Sprintf("%d %v %s %s", s.Number, s.At, s.Kind, s.Name)
	if s.What != "" {
		text += " " + s.What
	}
	return text
}

// StepKind says what takes a step.
type StepKind uint8

const (
	// StepTask lets a controlled goroutine run to its next point.
	StepTask StepKind = iota
	// StepAction does an action of a Source.
	StepAction
	// StepDelay lets virtual time pass although something is enabled.
	StepDelay
)

// String is "task", "action" or "delay".
func (k StepKind) String() string { return [...]string{"task", "action", "delay"}[k] }

// Run takes steps until the phase has a verdict: Done as soon as until holds
// (asked on the root before every step, when everything is blocked; nil never
// holds); Failed; Steps; Rest when nothing is enabled and the phase has lasted
// horizon of virtual time, or Config.Idle has passed since the last step. With
// horizon 0 no virtual time passes at rest.
//
// What until reads of controlled goroutines needs a lock or an atomic, like
// any other sharing; what the caller reads after Run needs none.
//
// Run may be called again for the next phase; a failure stays. A panic of the
// Chooser, of until, or of a callback passes through.
//
//go:norace
func (s *Scheduler) Run(until func() bool, horizon time.Duration) Verdict {
	s.mustBeRoot("Run")
	s.epoch++
	s.now = s.elapsed()
	p := phase{s: s, until: until, end: time.Now().Add(horizon), active: time.Now()}
	for {
		s.settle()
		s.finish()
		if v, over := p.over(); over {
			return v
		}
		p.offer()
		if len(p.tasks)+len(p.actions) > 0 {
			p.rested = false
			p.step()
			continue
		}
		if !p.rested {
			p.rested = true
			if s.cfg.OnRest != nil {
				s.cfg.OnRest()
				continue
			}
		}
		if v, over := p.rest(); over {
			return v
		}
	}
}

// phase is one call of Run.
type phase struct {
	s       *Scheduler
	until   func() bool
	end     time.Time
	active  time.Time // of the last step or arrival, but for what stepped says
	stepped bool      // there was a step since time last passed
	rested  bool      // OnRest was called since time last passed
	tasks   []*task   // enabled, in the order they are offered
	actions []Action
}

//go:norace
func (p *phase) over() (Verdict, bool) {
	s := p.s
	if f := s.failed(); f != nil {
		v := s.verdict(Failed, "%s", f.message)
		if f.task != nil {
			v.Message = fmt.Sprintf("%s in %s: %s", f.kind, f.task.name, f.message)
		}
		if f.stack != "" {
			v.Stacks = []string{f.stack}
		}
		return v, true
	}
	if p.until != nil && p.until() {
		// What until found may be a failure it told.
		if s.failed() != nil {
			return p.over()
		}
		return Verdict{Kind: Done}, true
	}
	if s.failed() != nil {
		return p.over()
	}
	if s.steps >= s.cfg.MaxSteps {
		return s.verdict(Steps, "no verdict after %d steps and %v", s.steps, s.elapsed()), true
	}
	return Verdict{}, false
}

// offer collects what can happen next: tasks first, the one that ran last
// before the others, then the actions.
//
//go:norace
func (p *phase) offer() {
	s := p.s
	p.tasks, p.actions = p.tasks[:0], p.actions[:0]
	at := 0
	for _, t := range s.tasks {
		if !t.parked {
			continue
		}
		s.arrived(t)
		if t.ready != nil && !t.ready() {
			continue
		}
		if s.current != nil && t.id <= s.current.id {
			at = len(p.tasks) + 1
		}
		p.tasks = append(p.tasks, t)
	}
	// Tasks before position at have numbers up to the current one's.
	if last := at - 1; last >= 0 && p.tasks[last] == s.current {
		if s.rotate || s.current.kind == KindYield {
			rotate(p.tasks, at)
		} else {
			copy(p.tasks[1:at], p.tasks[:last])
			p.tasks[0] = s.current
		}
	}
	p.tasks = s.due(p.tasks)
	for _, source := range s.sources {
		source.Enabled(p.add)
	}
}

func (p *phase) add(a Action) { p.actions = append(p.actions, a) }

// rotate moves the first n tasks behind the others, so that who gave way is
// offered last and everybody gets a turn.
func rotate(tasks []*task, n int) {
	turned := append(append([]*task(nil), tasks[n:]...), tasks[:n]...)
	copy(tasks, turned)
}

// step chooses what happens next and lets it happen.
//
//go:norace
func (p *phase) step() {
	s := p.s
	if s.steps-s.idled >= s.cfg.Spin {
		s.rotate = true
		s.epoch++
		p.pass(time.Millisecond)
		return
	}
	enabled := len(p.tasks) + len(p.actions)
	i := 0
	if s.delays > 0 {
		i = p.choose(enabled+Ladder, WhatStep, Ladder, nil)
	} else if enabled > 1 {
		i = p.choose(enabled, WhatStep, 0, nil)
	}
	switch {
	case i < len(p.tasks):
		p.resume(i)
	case i < enabled:
		a := p.actions[i-len(p.tasks)]
		p.take(StepAction, a.Name, "", i)
		if s.acted == nil {
			s.acted = map[string]int{}
		}
		s.acted[a.Name]++
		a.Do()
	default:
		d := ladder[i-enabled]
		p.take(StepDelay, d.String(), "", i)
		s.delays--
		p.pass(d)
	}
}

//go:norace
func (p *phase) resume(i int) {
	t := p.tasks[i]
	if t.ways > 1 {
		what := WhatSelect
		if t.kind == KindRand {
			what = WhatRand
		}
		t.way = p.choose(t.ways, what, 0, t)
	}
	p.take(StepTask, t.name, t.what(), i)
	t.took = caseNone
	p.s.rotate = false
	if t.alarm != nil {
		p.s.expire(t.alarm)
		return
	}
	p.s.current = t
	p.s.release(t)
}

// take counts and tells a step, the i-th alternative, before it happens.
//
//go:norace
func (p *phase) take(kind StepKind, name, what string, i int) {
	s := p.s
	s.steps++
	p.stepped = true
	if s.watched {
		s.begin(p.event(i))
	}
	if s.cfg.OnStep != nil {
		s.cfg.OnStep(Step{Number: s.steps, At: s.elapsed(), Kind: kind, Name: name, What: what, Event: p.event(i)})
	}
}

// release lets t run.
//
//go:norace
func (s *Scheduler) release(t *task) {
	t.parked = false
	t.resume <- struct{}{}
}

// choose asks the Chooser. The question lives in the scheduler, so that asking
// allocates nothing.
//
//go:norace
func (p *phase) choose(n int, what string, delays int, t *task) int {
	s := p.s
	c := &s.choice
	c.N, c.What, c.Delays, c.Epoch, c.phase, c.task = n, what, delays, s.epoch, p, t
	i := s.cfg.Chooser.Choose(c)
	c.phase = nil
	if i < 0 || i >= n {
		panic(fmt.Sprintf("schedule: chooser returned %d for %q, want 0 to %d", i, what, n-1))
	}
	return i
}

// rest lets virtual time pass although nothing is enabled, or ends the phase.
//
//go:norace
func (p *phase) rest() (Verdict, bool) {
	now := time.Now()
	p.acted(now)
	left := p.end.Sub(now)
	idle := p.s.cfg.Idle - now.Sub(p.active)
	switch {
	case left <= 0:
		return p.s.verdict(Rest, "nothing enabled at the horizon, %v after the start", p.s.elapsed()), true
	case idle <= 0:
		return p.s.verdict(Rest, "nothing enabled for %v, %v after the start", p.s.cfg.Idle, p.s.elapsed()), true
	}
	if p.pass(min(left, idle)) {
		p.active = time.Now()
	}
	p.rested = false
	return Verdict{}, false
}

// pass lets up to d of virtual time pass and reports whether it was cut short
// by something that arrived.
//
//go:norace
func (p *phase) pass(d time.Duration) (arrived bool) {
	s := p.s
	p.acted(time.Now())
	s.idled = s.steps
	s.passing = true
	// Nothing that a timer does later comes after what the root has seen.
	raceDisable()
	s.timer.Reset(s.untilDue(d))
	select {
	case <-s.arrive:
		s.timer.Stop()
		arrived = true
	case <-s.timer.C:
	}
	raceEnable()
	s.passing = false
	s.now = s.elapsed()
	return arrived
}

// acted notes when the last step was, before time passes.
//
//go:norace
func (p *phase) acted(now time.Time) {
	if p.stepped {
		p.active, p.stepped = now, false
	}
}
