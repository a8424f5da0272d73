package replay

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

var (
	// ErrPasses is returned when the choices that are to be saved don't lead to
	// the failure.
	ErrPasses = errors.New("replay: the choices don't lead to the failure: check that they belong to this program and that all of it is woven")
	// ErrUnordered is returned, beside a failure with choices and without
	// constraints, when not even the whole order of the failing run's steps leads
	// to the failure: the program does something that the scheduler doesn't see.
	ErrUnordered = errors.New("replay: the order of its steps doesn't bring the failure back: check that all of the program is woven")
	// ErrLate is returned, beside a failure with choices and without
	// constraints, when Effort.Wall was up before the whole order of the racing
	// steps was shown to be enough.
	ErrLate = errors.New("replay: what keeps it failing was not found in time")
)

// Run runs the program once, in a bubble of its own, with c making every
// choice, and reports whether it failed, and in the way that is wanted: the
// same law, the same kind of verdict. It must do the same whenever c does.
type Run func(c schedule.Chooser) bool

// Effort bounds [Derive]. Zero means the default.
type Effort struct {
	// Runs is how often the program may be run; default 3000. Where it is
	// reached the constraints are sufficient, and more than are needed.
	Runs int
	// Seeds is how many random schedules that agree on the constraints must
	// fail; default 48.
	Seeds int
	// Wall is how much real time may pass, and the run that is under way then;
	// default no limit. It is there for programs whose runs are slow, and makes the
	// result depend on the machine: where it is up, all constraints are kept.
	Wall time.Duration
}

// Derivation tells how the constraints of a failure were found.
type Derivation struct {
	// Steps is the length of the failing run, Races how many pairs of its steps
	// were constraints at first, Kept how many constraints, ways and delays are
	// left.
	Steps, Races, Kept int
	// Runs is how often the program was run; Tried how many schedules that
	// agree on the constraints were tried last, all of which failed: random ones,
	// and one for each pair of racing steps that isn't kept, in the other order.
	Runs, Tried int
	// Whole says that the pairs that race weren't enough, so that it began with
	// the whole order of the run.
	Whole bool
	// CutShort says that Effort.Runs or Effort.Wall ended it: some constraints may
	// not be needed. A note of the failure says so, too.
	CutShort bool
}

// Derive makes a failure of the failing run that choices lead to. It takes the
// order of the run's racing steps for constraints and leaves out those without
// which the program still fails, whatever else is chosen: under a schedule that
// always goes on, and under random ones. The caller fills in the verdict, the
// law and the notes. A list that was reduced before gives fewer constraints.
func Derive(choices []uint32, run Run, effort Effort) (*Failure, Derivation, error) {
	if effort.Runs < 0 || effort.Seeds < 0 || effort.Wall < 0 {
		return nil, Derivation{}, fmt.Errorf("replay: effort of %d runs, %d seeds and %v, want 0 (default) or more", effort.Runs, effort.Seeds, effort.Wall)
	}
	if effort.Runs == 0 {
		effort.Runs = 3000
	}
	if effort.Seeds == 0 {
		effort.Seeds = 48
	}
	r := newRecorder(schedule.NewList(choices))
	d := &deriver{run: run, effort: effort, start: time.Now()}
	d.Runs++
	if !run(r) {
		return nil, d.Derivation, ErrPasses
	}
	d.Steps = len(r.steps)
	r.end()
	f := r.failure()
	err := d.derive(f, r)
	d.Kept = len(f.Orders) + len(f.Ways) + len(f.Delays)
	if d.CutShort {
		f.Notes = append(f.Notes, moreThanNeeded)
	}
	f.forget()
	return f, d.Derivation, err
}

// moreThanNeeded is the note of a failure that was cut short.
const moreThanNeeded = "constraints more than are needed, perhaps: the search was cut short"

// failure is all that the recorded run tells but the orders.
func (r *recorder) failure() *Failure {
	f := &Failure{Choices: r.list, Draws: r.draws, Delays: r.delays, Tasks: r.tasks()}
	for i := range r.steps {
		if s := &r.steps[i]; s.event.Kind == schedule.KindSelect && s.way > 0 {
			f.Ways = append(f.Ways, Way{r.event(s), s.way})
		}
	}
	return f
}

// tasks are the goroutines that ran.
func (r *recorder) tasks() (list []Task) {
	for _, n := range r.namer.order {
		list = append(list, Task{n.path, n.name, n.points})
	}
	return list
}

// event is the name of a step in the failure.
func (r *recorder) event(s *step) Event {
	switch {
	case s.delay > 0:
		return Event{Task: -1, Delay: s.delay}
	case s.task == 0:
		return Event{Task: -1, Action: s.event.Name, Nth: s.event.Nth}
	}
	return Event{Task: slices.Index(r.namer.order, r.namer.tasks[s.task]), Point: s.point}
}

// orders are the constraints that the pairs are.
func (r *recorder) orders(pairs []pair) []Order {
	list := make([]Order, len(pairs))
	for i, p := range pairs {
		list[i] = Order{r.event(&r.steps[p.first]), r.event(&r.steps[p.second])}
	}
	return list
}

// maxRaced is how many steps races compares with each other.
const maxRaced = 4000

// deriver derives the constraints of one failure.
type deriver struct {
	run    Run
	effort Effort
	start  time.Time
	Derivation
	trials []trial // under each of which the program has to fail
	late   bool    // a run wasn't begun because Effort.Wall was up
}

// trial is a schedule that the constraints allow: that of a seed, and with an
// order, if there is one, turned round as far as the constraints allow that.
type trial struct {
	seed   uint64
	turned Order
	turns  bool
}

func (d *deriver) derive(f *Failure, r *recorder) error {
	ways, delays := f.Ways, f.Delays
	d.trials = []trial{{seed: 0}, {seed: 1}, {seed: 2}}
	var all []Order
	if len(r.steps) <= maxRaced {
		all = r.orders(races(r.steps))
	} else {
		all = d.whole(f, r)
	}
	d.Races = len(all)
	shown := false // that all are enough
	for {
		f.Orders, f.Ways, f.Delays = all, ways, delays
		if !d.sufficient(f) {
			switch {
			case d.late && shown:
				d.CutShort = true
				return nil
			case d.late:
				f.Orders, f.Ways = nil, nil
				return ErrLate
			case d.Whole:
				f.Orders, f.Ways = nil, nil
				return ErrUnordered
			}
			all, shown = d.whole(f, r), false
			continue
		}
		shown = true
		d.drop(f)
		bad, found := d.counterexample(f, all)
		if !found {
			return nil
		}
		if d.Runs >= d.effort.Runs || d.late {
			// What was shown not to be enough isn't used.
			d.CutShort = true
			f.Orders, f.Ways, f.Delays = all, ways, delays
			return nil
		}
		d.trials = append(d.trials, bad)
	}
}

// whole is the order of the whole run, and of what came to nothing in it.
func (d *deriver) whole(f *Failure, r *recorder) []Order {
	d.Whole = true
	pairs := chain(r.steps)
	from := len(r.steps)
	r.late()
	for late := from; r.ran > 0 && late < len(r.steps); late++ {
		pairs = append(pairs, pair{r.ran - 1, late})
	}
	f.Tasks = r.tasks()
	return r.orders(pairs)
}

// sufficient reports whether the program fails in all trials.
func (d *deriver) sufficient(f *Failure) bool {
	p := f.plan()
	for i, t := range d.trials {
		if !d.fails(f, p, t) {
			// Who said no once is the likeliest to say it again.
			copy(d.trials[1:i+1], d.trials[:i])
			d.trials[0] = t
			return false
		}
	}
	return true
}

// fails reports whether the program fails in one trial, or can't be tried. When
// it is late it doesn't.
func (d *deriver) fails(f *Failure, p plan, t trial) bool {
	if t.turns {
		if slices.Contains(f.Orders, t.turned) {
			return true
		}
		back := *f
		back.Orders = []Order{{t.turned.After, t.turned.Before}}
		turned := back.plan().orders[0]
		turned.index = len(p.orders) // none of the failure's
		p.orders = append(slices.Clip(p.orders), turned)
	}
	if d.late = d.late || d.up(1); d.late {
		return false
	}
	follower := newFollower(p, t.seed)
	d.Runs++
	if d.run(follower) {
		return true
	}
	at := follower.diverged
	return t.turns && at != nil && at.index != len(p.orders)-1
}

// up reports whether a share of the real time is up.
func (d *deriver) up(share float64) bool {
	return d.effort.Wall > 0 && time.Since(d.start) > time.Duration(share*float64(d.effort.Wall))
}

// counterexample is a trial that wasn't made yet and in which the program
// passes.
func (d *deriver) counterexample(f *Failure, all []Order) (trial, bool) {
	p := f.plan()
	d.Tried = 0
	for i := range d.effort.Seeds {
		t := trial{seed: uint64(1000 + i)}
		if !d.fails(f, p, t) {
			return t, true
		}
		d.Tried++
	}
	for _, o := range all {
		t := trial{turned: o, turns: true}
		if o.Before.Delay > 0 || o.After.Delay > 0 || slices.Contains(f.Orders, o) {
			continue
		}
		if !d.fails(f, p, t) {
			return t, true
		}
		d.Tried++
	}
	return trial{}, false
}

// drop leaves out what isn't needed: halves, quarters and so on to single ones,
// first of the orders, then of the ways, then of the delays.
func (d *deriver) drop(f *Failure) {
	dropEach(&f.Orders, func() bool { return d.tries(f) })
	dropEach(&f.Ways, func() bool { return d.tries(f) })
	d.dropDelays(f)
	// Without some delays others may have become needless.
	dropEach(&f.Orders, func() bool { return d.tries(f) })
}

// dropping is the share of Effort.Wall in which constraints are left out; in the
// rest of it those that are kept are shown to be enough.
const dropping = 2.0 / 3

// tries is sufficient while runs and time are left.
func (d *deriver) tries(f *Failure) bool {
	if d.Runs >= d.effort.Runs || d.up(dropping) {
		d.CutShort = true
		return false
	}
	return d.sufficient(f)
}

// dropEach drops parts of the list, from its end, that ok doesn't miss.
func dropEach[T any](list *[]T, ok func() bool) {
	for n := (len(*list) + 1) / 2; n > 0; n /= 2 {
		for end := len(*list); end > 0; end -= n {
			before := *list
			start := max(end-n, 0)
			*list = slices.Concat(before[:start], before[end:])
			if !ok() {
				*list = before
			}
		}
	}
}

// dropDelays drops single delays, with the constraints on them.
func (d *deriver) dropDelays(f *Failure) {
	for number := len(f.Delays); number > 0; number-- {
		orders, delays := f.Orders, f.Delays
		f.Delays = slices.Concat(delays[:number-1], delays[number:])
		f.Orders = nil
		for _, o := range orders {
			if o.Before.Delay == number || o.After.Delay == number {
				continue
			}
			for _, e := range []*Event{&o.Before, &o.After} {
				if e.Delay > number {
					e.Delay--
				}
			}
			f.Orders = append(f.Orders, o)
		}
		if !d.tries(f) {
			f.Orders, f.Delays = orders, delays
		}
	}
}

// keepPoints is how many points of a goroutine are kept at least: by them it is
// recognised when an edit has moved it in the spawn tree.
const keepPoints = 12

// forget drops the points after the last that is constrained.
func (f *Failure) forget() {
	keep := make([]int, len(f.Tasks))
	need := func(e Event) {
		if e.Task >= 0 {
			keep[e.Task] = max(keep[e.Task], e.Point+4)
		}
	}
	for _, o := range f.Orders {
		need(o.Before)
		need(o.After)
	}
	for _, w := range f.Ways {
		need(w.At)
	}
	for i := range f.Tasks {
		points := f.Tasks[i].Points
		f.Tasks[i].Points = slices.Clone(points[:min(len(points), max(keep[i], keepPoints))])
	}
	f.renumber()
}

// renumber gives the objects that are left numbers without gaps, in the order
// in which the file names them.
func (f *Failure) renumber() {
	numbers := map[int]int{}
	for i := range f.Tasks {
		for k := range f.Tasks[i].Points {
			p := &f.Tasks[i].Points[k]
			if p.Object == 0 {
				continue
			}
			if numbers[p.Object] == 0 {
				numbers[p.Object] = len(numbers) + 1
			}
			p.Object = numbers[p.Object]
		}
	}
}

// plan is what a follower follows on the code that the failure was found in.
func (f *Failure) plan() plan {
	names := make([][]key, len(f.Tasks))
	for i, t := range f.Tasks {
		names[i] = keys(t.Path, t.Points)
	}
	return f.planBy(func(e Event) (key, bool) { return names[e.Task][e.Point], true })
}

// planBy is plan with the names that find gives to the events of goroutines.
// Constraints on what it doesn't find are missing.
func (f *Failure) planBy(find func(Event) (key, bool)) plan {
	p := plan{ways: map[key]int{}, draws: map[string][]uint32{}}
	name := func(e Event) (key, bool) {
		switch {
		case e.Delay > 0:
			return delayKey(e.Delay), true
		case e.Task < 0:
			return key{kind: schedule.KindAction, text: e.Action, nth: e.Nth}, true
		}
		return find(e)
	}
	for i, o := range f.Orders {
		before, ok := name(o.Before)
		after, ok2 := name(o.After)
		if ok && ok2 {
			p.orders = append(p.orders, order{before, after, i})
		} else {
			p.missing = append(p.missing, i)
		}
	}
	for _, w := range f.Ways {
		if k, ok := name(w.At); ok {
			p.ways[k] = w.Case
		}
	}
	for i, d := range f.Delays {
		p.delays = append(p.delays, delay{d, i + 1})
	}
	for _, d := range f.Draws {
		p.draws[d.What] = d.Values
	}
	return p
}
