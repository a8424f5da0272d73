package schedule

import (
	"strconv"
	"time"
	"unsafe"
)

// TaskID identifies a goroutine by its place in the spawn tree: it is a hash
// of the places of its ancestors among their siblings, so that it doesn't
// depend on names, on the schedule, or on what other goroutines start. The
// root's is 1; 0 is nobody.
type TaskID uint64

// child is the place of the rank-th child.
func (t TaskID) child(rank uint64) TaskID {
	r := splitmix{state: uint64(t) ^ rank*0xD6E8FEB86659FD93}
	return TaskID(r.next() | 2) // never 0 or the root's
}

// rankAdopted is added to the rank of adopted goroutines, and runRank times
// its number to that of the later runs of a timer's callback.
const (
	rankAdopted = 1 << 62
	runRank     = 1 << 32
)

// Object identifies what a point is about: a channel, a lock, an atomic.
type Object struct {
	// Number counts the objects of the run in the order in which goroutines
	// first stopped before using them, from 1; 0 is none. Two events of one run
	// are about the same object if the numbers are equal.
	Number int
	// First is the goroutine that came to it first, and Rank how many-th it
	// is among those that First came to first, from 1: what it is called in
	// another run.
	First TaskID
	Rank  int
}

// Event is something that can happen next, or has happened: one goroutine
// goes on to its next point, or an action is taken, or virtual time passes.
type Event struct {
	// Task is who goes on; 0 for an action or a delay. A timer, a ticker and the
	// deadline of a context of woven code have a Task of their own, as children
	// of the goroutine that made them: they go on when they expire.
	Task TaskID
	// Name is for display: of the goroutine or the action, or a delay's length.
	Name string
	Kind Kind
	// Text is what Point or Await was given; empty at other points.
	Text   string
	Object Object // what the point is about
	// Access is what the step does with Object at its start; see Taken for all
	// that it did.
	Access Access
	// Nth counts the points of this kind that the goroutine has come to, this
	// one included; at a seam only those with the same text. For an action it is
	// how many-th of that name it is.
	Nth int

	task  *task
	calls *calls // nil unless somebody traces
}

// Path is the place of the goroutine in the spawn tree, as "1.3": the third
// child of the first child of the root. An adopted goroutine's begins with
// "+"; "~2" marks the second run of a timer's callback. Empty without a
// goroutine.
func (e Event) Path() string {
	if e.task == nil {
		return ""
	}
	return e.task.path()
}

// Races reports whether the order of the two may matter as far as their points
// tell: one of them may do anything, or they are about the same object, which
// one of them changes. It is a guess to search by: code after a point may touch
// more, for which see [Taken.Commutes].
func (e Event) Races(f Event) bool {
	switch {
	case e.Task != 0 && e.Task == f.Task:
		return true
	case e.Access == AccessNone || f.Access == AccessNone:
		return false
	case e.Access == AccessAny || f.Access == AccessAny:
		return true
	}
	return e.Object.Number == f.Object.Number && (e.Access == AccessWrite || f.Access == AccessWrite)
}

// Touch is the use of an object in a step.
type Touch struct {
	Object int // see [Object.Number]
	Access Access
}

// maxTouches bounds what is kept of a step; one that touches more may have done
// anything.
const maxTouches = 24

// Taken is a step that was taken.
type Taken struct {
	Event
	Number int           // 1 for the first
	At     time.Duration // virtual time since New
	// Way is what was drawn with the step: which case of a select was tried
	// first, or the seed of the generators.
	Way int
	// Case is the case of a select that was taken at once, -1 for default and
	// -2 if it had to wait; -2 for other steps.
	Case int
	// Epoch is the [Choice.Epoch] in which the step was taken.
	Epoch int
	// Touched is what the step used, that of its point first. The slice is
	// reused for the next step.
	Touched []Touch
	// Next is the point that the goroutine has come to, the zero Event if it
	// waits elsewhere or has ended. What follows may have to wait there.
	Next Event
	// Woke are the goroutines that came to a point meanwhile: those that it
	// started or woke from a real wait. The slice is reused for the next step.
	Woke []TaskID
	// Any says that the step may have used more: see Config.Closed.
	Any bool
	// Ended says that the goroutine has ended in the step.
	Ended bool
	// Uses is what was used in the step, in order; only for Config.Trace. The
	// slice is reused for the next step.
	Uses []Use
}

// Commutes reports whether the two steps, of one run or of runs that were
// equal up to the first of them, lead to the same state in either order. Objects
// with numbers above known, which is how many there were when both could be
// taken, count as the same: equal numbers then don't tell.
func (t *Taken) Commutes(u *Taken, known int) bool {
	if t.Any || u.Any || t.Task == u.Task {
		return false
	}
	for _, a := range t.Touched {
		for _, b := range u.Touched {
			same := a.Object == b.Object || a.Object > known && b.Object > known
			if same && (a.Access == AccessWrite || b.Access == AccessWrite) {
				return false
			}
		}
	}
	return true
}

func (t *task) path() string {
	if t.parent == nil {
		return ""
	}
	text := t.parent.path()
	if text != "" {
		text += "."
	}
	if t.birth.adopted {
		text += "+"
	}
	text += strconv.Itoa(t.birth.rank)
	if t.birth.run > 1 {
		text += "~" + strconv.Itoa(t.birth.run)
	}
	return text
}

// event is what t is about to do at the point where it is parked.
//
//go:norace
func (t *task) event() Event {
	e := Event{Task: t.place, Name: t.name, Kind: t.kind, Text: t.text, Nth: int(t.nth), Access: kindTable[t.kind].access, task: t, calls: t.calls}
	if t.object != nil {
		t.s.numberObjects()
		e.Object = t.s.objects[t.s.objectNumbers[t.object]-1]
	}
	return e
}

// arrival is the coming of a task to a point that is about an object.
type arrival struct {
	task   *task
	object unsafe.Pointer
}

// arrived reports whether the task, which is parked, came to its point since
// the last call.
//
//go:norace
func (s *Scheduler) arrived(t *task) bool {
	if !t.fresh {
		return false
	}
	t.fresh = false
	if t.object != nil {
		s.arrivals = append(s.arrivals, arrival{t, t.object})
	}
	return true
}

// numberObjects gives the objects that tasks came to their numbers, in order. It
// is put off until somebody asks, because most runs never do.
//
//go:norace
func (s *Scheduler) numberObjects() {
	for _, a := range s.arrivals {
		s.numberObject(a.task, a.object)
	}
	s.arrivals = s.arrivals[:0]
}

// numberObject is the number of the object at p, which t came to.
//
//go:norace
func (s *Scheduler) numberObject(t *task, p unsafe.Pointer) int {
	n, ok := s.objectNumbers[p]
	if !ok {
		if s.objectNumbers == nil {
			s.objectNumbers = map[unsafe.Pointer]int{}
		}
		t.objects++
		n = len(s.objects) + 1
		// The map keeps the object alive, so that its address isn't reused.
		s.objectNumbers[p] = n
		s.objects = append(s.objects, Object{Number: n, First: t.place, Rank: t.objects})
	}
	return n
}

// touch notes that the running task uses the object at p without a point.
//
//go:norace
func (t *task) touch(p unsafe.Pointer, a Access) {
	s := t.s
	if !s.watched || p == nil {
		return
	}
	t.use(UseTouch, p, "")
	raceDisable()
	s.mu.Lock()
	if s.touches < maxTouches {
		s.touched[s.touches].object, s.touched[s.touches].access = p, a
	}
	s.touches++
	s.mu.Unlock()
	raceEnable()
}

// touching is one touch of the step that runs.
type touching struct {
	object unsafe.Pointer
	access Access
}
