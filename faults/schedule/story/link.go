package story

import "github.com/weir-dev/weir/faults/schedule"

// linker goes over the steps once more, in order, and finds what let each
// waiting task go on, who holds what, and what was done with each object.
type linker struct {
	*Story
	last     map[int]int    // the last step of each task
	released map[int]Wake   // the last unlock of each lock
	done     map[int]Wake   // the last Done of each group
	queues   map[int][]int  // the tasks that wait at each cond
	popped   map[int]Wake   // what ended a task's wait at a cond
	holds    map[int][]Hold // who holds each lock
	history  map[int][]Deed // what was done with each object
	awaits   map[int]int    // the step in which a task began to wait at a cond
}

// Hold is a lock that a task holds.
type Hold struct {
	Task int
	Step int
	Use  Use
}

// Deed is a use, and the step it was in.
type Deed struct {
	Step int
	Use
}

func (s *Story) link() {
	l := &linker{
		Story: s, last: map[int]int{}, released: map[int]Wake{}, done: map[int]Wake{}, queues: map[int][]int{},
		popped: map[int]Wake{}, holds: map[int][]Hold{}, history: map[int][]Deed{}, awaits: map[int]int{},
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		if step.Task >= 0 {
			l.wake(step)
			l.last[step.Task] = step.Number
		}
		l.use(step)
	}
	for i := range s.Waits {
		w := &s.Waits[i]
		if w.Kind == schedule.KindStart && w.Step > 0 {
			l.spawn(l.step(w.Step), w.Task)
		}
		l.explain(w)
	}
}

// spawn notes that the task was started in the step, unless it is a timer's.
func (l *linker) spawn(by *Step, task int) {
	if t := &l.Tasks[task]; by.Task >= 0 && t.Parent == by.Task {
		by.Uses = append(by.Uses, Use{Task: by.Task, Verb: Spawns, Object: -1, Value: t.Name, Stack: t.Birth})
	}
}

// wake finds what let the task of the step go on.
func (l *linker) wake(step *Step) {
	switch step.Kind {
	case schedule.KindStart:
		if w := step.Woken.Step; w > 0 {
			step.Woken.Use = Use{Task: l.step(w).Task, Verb: Spawns, Object: -1, Stack: step.Stack}
			l.spawn(l.step(w), step.Task)
		}
	case schedule.KindResume:
		if w := step.Woken.Step; w > 0 {
			step.Woken.Use = l.ended(step, l.step(w))
		}
	case schedule.KindLock, schedule.KindRLock:
		l.wokenBy(step, l.released[step.Object])
	case schedule.KindGroupWait:
		l.wokenBy(step, l.done[step.Object])
	case schedule.KindCondWait:
		l.wokenBy(step, l.popped[step.Task])
	}
}

// wokenBy notes that w let the task go on, if it came after the task came here.
func (l *linker) wokenBy(step *Step, w Wake) {
	if w.Step > l.last[step.Task] && w.Use.Task != step.Task {
		step.Woken = w
	}
}

// ended is what in step by ended the real wait of the task of step.
func (l *linker) ended(step, by *Step) Use {
	for _, u := range by.Uses {
		if u.Task != by.Task {
			continue
		}
		switch u.Verb {
		case Sends, Receives, Closes, FindsEnd:
			if step.Object < 0 || step.Object == u.Object {
				return u
			}
		}
	}
	return Use{Task: by.Task, Verb: Touches, Object: step.Object, Stack: by.Stack}
}

// use notes what was done in the step.
func (l *linker) use(step *Step) {
	for i := range step.Uses {
		u := &step.Uses[i]
		wake := Wake{step.Number, *u}
		switch u.Verb {
		case Locks, RLocks:
			l.holds[u.Object] = append(l.holds[u.Object], Hold{u.Task, step.Number, *u})
		case Unlocks, RUnlocks:
			var h Hold
			h, l.holds[u.Object] = without(l.holds[u.Object], u.Task)
			// Nobody waited for a lock that was taken and given back in one step.
			if h.Step > 0 && h.Step < step.Number {
				l.released[u.Object] = wake
			}
		case Dones:
			l.done[u.Object] = wake
		case Awaits:
			l.queues[u.Object] = append(l.queues[u.Object], u.Task)
			l.awaits[u.Task] = step.Number
		case Signals, Broadcasts:
			l.signal(step, u)
		}
		if u.Object >= 0 && told[u.Verb] {
			l.history[u.Object] = append(l.history[u.Object], Deed{step.Number, *u})
		}
		if u.Verb == GivesUp {
			l.givesUp(step)
		}
	}
}

// told are the verbs that tell why a wait ends or doesn't.
var told = map[Verb]bool{
	Sends: true, Receives: true, FindsEnd: true, Closes: true, Locks: true, RLocks: true, Unlocks: true, RUnlocks: true,
	Awaits: true, Signals: true, Broadcasts: true, Adds: true, Dones: true,
}

// NobodyWaited is the Value of a signal that woke nobody.
const NobodyWaited = "nobody waited"

// signal notes whom a signal woke: who waited first, as often as the shim took
// somebody out of its queue.
func (l *linker) signal(step *Step, u *Use) {
	n := 0
	for _, v := range step.Uses {
		if v.Verb == Touches && v.Stack.in("sync.(*Cond).pop") {
			n++
		}
	}
	queue := l.queues[u.Object]
	n = min(n, len(queue))
	if n == 0 {
		u.Value = NobodyWaited
	}
	for _, task := range queue[:n] {
		l.popped[task] = Wake{step.Number, *u}
	}
	l.queues[u.Object] = queue[n:]
}

// givesUp turns the cases of a select that took its default into deeds.
func (l *linker) givesUp(step *Step) {
	for _, u := range step.Uses {
		if u.Verb == TriesSend || u.Verb == TriesRecv {
			u.Value = string(GivesUp)
			l.history[u.Object] = append(l.history[u.Object], Deed{step.Number, u})
		}
	}
}

// without takes the lock from the task, or, if it doesn't hold it, from who
// has held it longest.
func without(holds []Hold, task int) (Hold, []Hold) {
	for i, h := range holds {
		if h.Task == task {
			return h, append(holds[:i:i], holds[i+1:]...)
		}
	}
	if len(holds) > 0 {
		return holds[0], holds[1:]
	}
	return Hold{}, nil
}
