package schedule

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// Origin says how a goroutine came under control.
type Origin uint8

const (
	// Suite goroutines were started by [Scheduler.Go].
	Suite Origin = iota
	// Woven goroutines were started by a go statement of woven code.
	Woven
	// Adopted goroutines were started by other code and met at their first
	// point. They may hold locks that the scheduler doesn't know.
	Adopted
)

// String is "suite", "woven" or "adopted".
func (o Origin) String() string { return [...]string{"suite", "woven", "adopted"}[o] }

// task is one controlled goroutine. Fields without a comment about who writes
// them are set before the goroutine can run, or by itself while the root
// waits, and read by the root when everything is blocked.
type task struct {
	s         *Scheduler
	g         uintptr // key in the registry
	goroutine uint64  // the runtime's number
	origin    Origin
	parent    *task
	place     TaskID
	label     string // the name without its number

	// The order in which newborn tasks are numbered: it must not depend on
	// which of them reached the scheduler first.
	birth  birth
	next   *task // in the list of the newborn
	id     int   // written by the root
	name   string
	births int // children so far, counted by the task itself

	resume  chan struct{}
	kill    chan struct{}
	calls   *calls // at its point; nil unless somebody traces
	started *calls // of who started it
	kind    Kind
	text    string         // at a seam
	object  unsafe.Pointer // what the point is about
	nth     uint32
	points  int               // woven ones that it has come to
	counts  [kinds]uint16     // points that it has come to, modulo 1<<16
	seams   map[string]uint32 // the same at seams, by their text
	ready   func() bool       // nil: at any time
	ways    int               // alternatives the task wants drawn with its pick
	way     int               // written by the root
	waiting []unsafe.Pointer  // channels of the select that it waits in, noted where steps are watched
	took    int               // case of a select that was taken
	fresh   bool              // parked since the root last looked
	objects int               // objects that it came to first; written by the root
	alarm   *alarm            // the task is no goroutine, but a timer that is due
	parked  bool
	killed  bool // unwinding by Goexit
	ended   bool
}

// birth orders newborn tasks: children by the number of their parent and
// their rank among its children, adopted ones after them by the number of
// their goroutine.
type birth struct {
	adopted   bool
	parent    int
	rank      int
	run       int // callbacks of timers can run several times
	goroutine uint64
}

func (a birth) compare(b birth) int {
	if a.adopted != b.adopted {
		if a.adopted {
			return 1
		}
		return -1
	}
	return cmp.Or(cmp.Compare(a.parent, b.parent), cmp.Compare(a.rank, b.rank), cmp.Compare(a.run, b.run), cmp.Compare(a.goroutine, b.goroutine))
}

func ptr[T any](p *T) unsafe.Pointer { return unsafe.Pointer(p) }

// lookup is the task of the calling goroutine, the root's included, or nil
// when the goroutine isn't under a scheduler and can't be adopted.
//
//go:norace
func lookup() *task {
	g := getg()
	t := registered(g)
	if t == nil {
		if active.Load() == 0 {
			return nil
		}
		return adopt(g)
	}
	// A goroutine that was adopted can end without telling, and the runtime
	// then reuses its descriptor. A goroutine starts with this setting off and
	// adopt turns it on, so it tells the one from the other.
	if t.origin == Adopted && !debug.SetPanicOnFault(true) {
		unregister(t)
		return adopt(g)
	}
	return t
}

// current is the controlled task of the calling goroutine, or nil.
func current() *task {
	t := lookup()
	if t == nil || t == t.s.root {
		return nil
	}
	return t
}

// adopt puts a goroutine of a scheduler's bubble that was started by unwoven
// code under control.
//
//go:norace
func adopt(g uintptr) *task {
	goroutine, bubble := identity()
	s := schedulerOf(bubble)
	if s == nil {
		return nil
	}
	raceDisable()
	t := &task{
		s: s, origin: Adopted, goroutine: goroutine, parent: s.root, label: "adopted",
		birth:  birth{adopted: true, goroutine: goroutine},
		resume: make(chan struct{}, 1), kill: make(chan struct{}),
	}
	raceEnable()
	debug.SetPanicOnFault(true)
	register(g, t)
	s.bear(t)
	return t
}

// spawn starts f as a child of parent.
//
//go:norace
func (s *Scheduler) spawn(parent *task, label string, origin Origin, f func()) {
	t := s.child(parent, label, origin)
	t.started = s.calls()
	s.bear(t)
	go t.run(f)
}

//go:norace
func (s *Scheduler) child(parent *task, label string, origin Origin) *task {
	parent.births++
	return &task{
		s: s, origin: origin, parent: parent, label: label,
		place:  parent.place.child(uint64(parent.births)),
		birth:  birth{parent: parent.id, rank: parent.births},
		resume: make(chan struct{}, 1), kill: make(chan struct{}),
	}
}

// bear makes t known to the root.
//
//go:norace
func (s *Scheduler) bear(t *task) {
	raceDisable()
	s.mu.Lock()
	t.next = s.newborn
	s.newborn = t
	s.mu.Unlock()
	raceEnable()
}

// number gives the newborn tasks their numbers and names, and forgets the
// ended ones.
//
//go:norace
func (s *Scheduler) number() {
	if s.newborn != nil {
		s.numberNewborn()
	}
	for _, t := range s.tasks {
		if t.ended {
			s.dropEnded()
			return
		}
	}
}

//go:norace
func (s *Scheduler) numberNewborn() {
	s.mu.Lock()
	first := s.newborn
	s.newborn = nil
	s.mu.Unlock()
	var born []*task
	for t := first; t != nil; t = t.next {
		born = append(born, t)
	}
	slices.SortFunc(born, byBirth)
	for _, t := range born {
		s.numbers++
		t.id = s.numbers
		t.next = nil
		if t.origin == Adopted {
			s.adopted++
			t.birth.rank = s.adopted
			t.place = s.root.place.child(rankAdopted + uint64(s.adopted))
		}
		t.name = s.name(t.label)
	}
	s.tasks = append(s.tasks, born...)
}

// dropEnded forgets the ended tasks. It makes a new slice, because a callback may
// be asking for the tasks in the middle of a walk over them.
//
//go:norace
func (s *Scheduler) dropEnded() {
	left := make([]*task, 0, cap(s.tasks))
	for _, t := range s.tasks {
		if t.ended {
			s.points += t.points
		} else {
			left = append(left, t)
		}
	}
	s.tasks = left
}

//go:norace
func byBirth(a, b *task) int { return a.birth.compare(b.birth) }

// name makes label unique: with a number of its own it is kept while it is
// free, else the next number is added.
func (s *Scheduler) name(label string) string {
	if strings.Contains(label, "#") && s.names[label] == 0 {
		s.names[label] = 1
		return label
	}
	for {
		s.names[label]++
		name := label + "#" + strconv.Itoa(s.names[label])
		if s.names[name] == 0 {
			s.names[name] = 1
			return name
		}
	}
}

// run is the life of a goroutine that the scheduler started.
//
//go:norace
func (t *task) run(f func()) {
	t.goroutine, _ = identity()
	register(getg(), t)
	defer t.end()
	t.park(KindStart, nil)
	f()
}

// end is deferred by run: it turns a panic into a verdict.
//
//go:norace
func (t *task) end() {
	if r := recover(); r != nil && !t.killed {
		t.s.fail(&failure{kind: "panic", task: t, message: panicMessage(r), stack: callers()})
	}
	RaceRelease(ptr(&t.s.edge))
	unregister(t)
	t.ended, t.parked = true, false
	raceDisable()
	t.s.arrives()
	raceEnable()
}

// park hands over to the root until it picks this task, at a point that is
// about object.
//
//go:norace
func (t *task) park(kind Kind, object unsafe.Pointer) { t.parkUntil(kind, object, nil, 0) }

// parkAt parks at a seam until ready holds.
//
//go:norace
func (t *task) parkAt(text string, ready func() bool) {
	if t.seams == nil {
		t.seams = map[string]uint32{}
	}
	t.seams[text]++
	t.text = text
	t.parkUntil(KindSeam, nil, ready, 0)
}

// parkUntil is park until ready holds. The result is what was drawn of ways
// alternatives.
//
//go:norace
func (t *task) parkUntil(kind Kind, object unsafe.Pointer, ready func() bool, ways int) int {
	s := t.s
	if s.stopping {
		t.unwind(ready)
		return 0
	}
	t.calls = s.calls()
	RaceRelease(ptr(&s.edge))
	if kind == KindSeam {
		t.nth = t.seams[t.text]
	} else {
		t.counts[kind]++
		t.nth, t.text = uint32(t.counts[kind]), ""
	}
	t.kind, t.object, t.ready, t.ways, t.way = kind, object, ready, ways, 0
	t.parked, t.fresh = true, true
	raceDisable()
	s.arrives()
	<-t.resume
	raceEnable()
	if s.stopping {
		t.unwind(ready)
	}
	return t.way
}

// unwind is a point while the scheduler tears down: the first one ends the
// goroutine; those its deferred calls reach afterwards are passed unless they
// would wait.
//
//go:norace
func (t *task) unwind(ready func() bool) {
	if t.origin == Adopted {
		return
	}
	if !t.killed || ready != nil && !ready() {
		t.exit()
	}
}

// exit ends the calling goroutine during teardown.
//
//go:norace
func (t *task) exit() {
	t.killed = true
	// Deferred calls now run as if the goroutine held what it gave up, so
	// they must come after everything for the race detector.
	RaceAcquire(ptr(&t.s.edge))
	runtime.Goexit()
}

// block notes that the task, in the operation that it parked for, is about to
// wait outside the scheduler.
//
//go:norace
func (t *task) block() {
	RaceRelease(ptr(&t.s.edge))
	if t.s.stopping && t.origin != Adopted {
		t.exit()
	}
}

// what is where the task is or was last, for display.
//
//go:norace
func (t *task) what() string {
	if t.kind == KindSeam {
		return t.text
	}
	return t.kind.String()
}
