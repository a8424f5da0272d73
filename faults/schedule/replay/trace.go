package replay

import (
	"slices"
	"strconv"

	"github.com/weir-dev/weir/faults/schedule"
)

// recorder replays a list of choices and keeps what an order can be learned
// from.
type recorder struct {
	chooser  schedule.Chooser
	watching bool
	namer    *namer
	list     []uint32
	steps    []step
	ran      int // how many of the steps were taken; the others came to nothing
	draws    []Draw
	delays   []string
	way      map[schedule.TaskID]int // drawn for the step that is about to be taken
	// pending are the points at which goroutines stopped last, offered those at
	// which they were offered last, by those who were, in their order.
	pending map[schedule.TaskID]schedule.Event
	offered map[schedule.TaskID]schedule.Event
	order   []schedule.TaskID
}

// step is one step of the recorded run.
type step struct {
	party   string // who took it: the path of a goroutine, or what else
	task    schedule.TaskID
	point   int // in the goroutine's points
	event   schedule.Event
	delay   int
	touched []schedule.Touch
	way     int
}

func newRecorder(c schedule.Chooser) *recorder {
	return &recorder{chooser: c, namer: newNamer(), way: map[schedule.TaskID]int{},
		pending: map[schedule.TaskID]schedule.Event{}, offered: map[schedule.TaskID]schedule.Event{}}
}

// Choose implements schedule.Chooser.
func (r *recorder) Choose(c *schedule.Choice) int {
	if !r.watching {
		r.watching = c.Watch(r.taken)
	}
	i := r.chooser.Choose(c)
	r.list = append(r.list, uint32(i))
	switch c.What {
	case schedule.WhatStep:
		r.offer(c)
	case schedule.WhatSelect:
		r.way[c.Event(0).Task] = i
	default:
		at := slices.IndexFunc(r.draws, func(d Draw) bool { return d.What == c.What })
		if at < 0 {
			at = len(r.draws)
			r.draws = append(r.draws, Draw{What: c.What})
		}
		r.draws[at].Values = append(r.draws[at].Values, uint32(i))
	}
	return i
}

// offer notes who could have gone on.
func (r *recorder) offer(c *schedule.Choice) {
	for i := range c.N - c.Delays {
		e := c.Event(i)
		if e.Task == 0 {
			continue
		}
		if _, ok := r.offered[e.Task]; !ok {
			r.order = append(r.order, e.Task)
		}
		r.offered[e.Task] = e
	}
}

func (r *recorder) taken(t *schedule.Taken) {
	k := r.namer.took(t.Event)
	s := step{task: t.Task, event: t.Event, touched: slices.Clone(t.Touched)}
	switch t.Kind {
	case schedule.KindDelay:
		r.delays = append(r.delays, t.Name)
		s.delay = len(r.delays)
		s.party = "delay"
	case schedule.KindAction:
		s.party = "action " + strconv.Quote(t.Name)
	default:
		s.party = k.path
		s.point = len(r.namer.tasks[t.Task].points) - 1
		s.way = r.way[t.Task]
		delete(r.way, t.Task)
		r.pending[t.Task] = t.Next
	}
	if n := r.namer.tasks[t.Task]; n != nil && !slices.Contains(r.namer.order, n) {
		r.namer.order = append(r.namer.order, n)
	}
	r.steps = append(r.steps, s)
}

// end adds what the run ended before, as if it had happened last: a goroutine
// that waits for a lock for ever came too late for it, and that is an order too.
func (r *recorder) end() {
	r.ran = len(r.steps)
	for _, n := range r.namer.order {
		e := r.pending[n.task]
		if e.Task == 0 || e.Object.Number == 0 {
			continue
		}
		r.namer.took(e)
		r.steps = append(r.steps, step{
			party: n.path, task: n.task, point: len(n.points) - 1, event: e,
			touched: []schedule.Touch{{Object: e.Object.Number, Access: e.Access}},
		})
	}
}

// late adds what could have gone on when the run ended, and what end has left
// out, as if it had happened last: who never ran may spoil the failure when he runs
// before its end, though no step of his is known to race.
func (r *recorder) late() {
	for _, task := range r.order {
		e := r.offered[task]
		if n := r.namer.tasks[task]; n != nil && slices.Contains(r.namer.order, n) {
			if e = r.pending[task]; e.Task == 0 || e.Object.Number != 0 {
				continue
			}
		}
		r.namer.took(e)
		n := r.namer.tasks[task]
		if !slices.Contains(r.namer.order, n) {
			r.namer.order = append(r.namer.order, n)
		}
		r.steps = append(r.steps, step{party: n.path, task: task, point: len(n.points) - 1, event: e})
	}
}

// depends reports whether the order of two steps may matter.
func depends(a, b *step) bool {
	if a.party == b.party {
		return false // they can't change places anyway
	}
	if anything(a) || anything(b) {
		return true
	}
	for _, t := range a.touched {
		for _, u := range b.touched {
			if t.Object == u.Object && (t.Access == schedule.AccessWrite || u.Access == schedule.AccessWrite) {
				return true
			}
		}
	}
	return false
}

// anything reports whether nobody knows what a step touches. Of a select it is
// known once it was taken.
func anything(s *step) bool {
	return s.event.Access == schedule.AccessAny && s.event.Kind != schedule.KindSelect
}

// pair is two steps by their places in the run; the first came first.
type pair struct{ first, second int }

// races are the pairs of steps whose order may matter and doesn't follow from
// that of others and of each goroutine.
func races(steps []step) []pair {
	parties := map[string]int{}
	for i := range steps {
		if _, ok := parties[steps[i].party]; !ok {
			parties[steps[i].party] = len(parties)
		}
	}
	// clocks[j][p] is how many steps of party p are known to be before j or j
	// itself.
	clocks := make([][]int, len(steps))
	ordinal := make([]int, len(steps))
	last := make([]int, len(parties))
	count := make([]int, len(parties))
	var pairs []pair
	for j := range steps {
		me := parties[steps[j].party]
		clock := make([]int, len(parties))
		if count[me] > 0 {
			copy(clock, clocks[last[me]])
		}
		for i := j - 1; i >= 0; i-- {
			p := parties[steps[i].party]
			if p == me || ordinal[i] <= clock[p] || !depends(&steps[i], &steps[j]) {
				continue
			}
			pairs = append(pairs, pair{i, j})
			for q, n := range clocks[i] {
				clock[q] = max(clock[q], n)
			}
		}
		count[me]++
		ordinal[j] = count[me]
		clock[me] = count[me]
		clocks[j], last[me] = clock, j
	}
	return pairs
}

// chain orders all steps: each goes before the next one of somebody else.
func chain(steps []step) []pair {
	var pairs []pair
	for j := 1; j < len(steps); j++ {
		if steps[j-1].party != steps[j].party {
			pairs = append(pairs, pair{j - 1, j})
		}
	}
	return pairs
}
