package schedule

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing/synctest"
	"time"
	"unsafe"
)

// ErrNoBubble is returned when New is called outside a testing/synctest
// bubble, where virtual time and "everything is blocked" don't exist.
var ErrNoBubble = errors.New("schedule: New outside a synctest bubble: call it inside synctest.Test")

// ErrTaken is returned when New is called in a bubble that has a scheduler
// which wasn't torn down.
var ErrTaken = errors.New("schedule: the bubble has a scheduler already: call its Teardown first")

// Config bounds one run: everything between [New] and [Scheduler.Teardown],
// over all its phases. Only Chooser is required; zero means the default.
type Config struct {
	// Chooser makes every choice of the run.
	Chooser Chooser
	// MaxSteps is the number of steps after which Run ends with the verdict
	// Steps; default 20000. A run that reaches it decides nothing.
	MaxSteps int
	// Delays is how many times virtual time may pass although something is
	// runnable; default 0, which means that a timeout never races with code
	// that could run. A law about timeouts must leave it at 0, or it blames a
	// goroutine that was merely held back.
	Delays int
	// Idle is the virtual time without a step after which Run reports Rest;
	// default 1h.
	Idle time.Duration
	// Spin is the number of steps without idling after which 1 ms of virtual
	// time passes and the turn goes round, or a loop that polls would stop
	// time for ever; default 300.
	Spin int
	// Closed says that controlled goroutines influence each other only by what
	// is a point or is touched by a shim: everything that they share is woven,
	// or guarded by what is woven. A context that unwoven code cancels, a timer
	// that it sets or stops, a lock or an atomic of it, and a data race break
	// that; so does a condition given to Run that depends on more than
	// which of the suite's goroutines have ended. Only then do steps commute, and
	// strategies leave out schedules that differ in the order of such steps
	// alone. Seams, actions, delays, the end of one of the suite's goroutines and
	// a failure commute with nothing even so.
	Closed bool
	// OnRest, if not nil, is called on the root whenever nothing is enabled,
	// before virtual time passes. What it does may enable something.
	OnRest func()
	// OnStep, if not nil, is called on the root before each step is taken.
	OnStep func(Step)
	// Trace, if not nil, is called on the root after each step, from the first
	// on, when everything is blocked again: what OnStep tells before, and all
	// that is known of the step, with the calls that led to it. A traced run is
	// several times slower, and the same run.
	Trace func(*Taken)
}

func (c *Config) complete() error {
	switch {
	case c.Chooser == nil:
		return errors.New("schedule: config without a Chooser")
	case c.MaxSteps < 0:
		return fmt.Errorf("schedule: config MaxSteps is %d steps, want 0 (default) or more", c.MaxSteps)
	case c.Delays < 0:
		return fmt.Errorf("schedule: config Delays is %d, want 0 or more", c.Delays)
	case c.Idle < 0:
		return fmt.Errorf("schedule: config Idle is %v, want 0 (default) or more", c.Idle)
	case c.Spin < 0:
		return fmt.Errorf("schedule: config Spin is %d steps, want 0 (default) or more", c.Spin)
	}
	if c.MaxSteps == 0 {
		c.MaxSteps = 20000
	}
	if c.Idle == 0 {
		c.Idle = time.Hour
	}
	if c.Spin == 0 {
		c.Spin = 300
	}
	return nil
}

// Source offers actions other than goroutines: deliveries, faults. Enabled is
// called on the root when everything is durably blocked; it calls add for each
// action that is possible now, in an order that depends on nothing but the
// run, and changes nothing.
//
// What enables an action changes on the root or in controlled code after a
// point; a goroutine that changes it otherwise calls [Wake].
type Source interface {
	Enabled(add func(Action))
}

// Action is one thing that can happen next. Do runs on the root and must not
// block.
type Action struct {
	Name string
	Do   func()
}

// Scheduler decides, inside one bubble, what happens next. Its methods are
// called on the goroutine that called [New], except that Go may also be called
// by a controlled goroutine.
type Scheduler struct {
	cfg    Config
	root   *task
	bubble int
	next   *Scheduler // in the list of bubbles
	start  time.Time
	timer  *time.Timer
	races  int // race reports before the run

	// Touched by the root only.
	tasks    []*task // numbered and not ended, in order of their numbers
	numbers  int
	names    map[string]int
	current  *task // the task that ran last
	rotate   bool  // the next step offers the current task last
	sources  []Source
	steps    int
	now      time.Duration // since New; while steps are taken no time passes
	epoch    int           // see Choice.Epoch
	idled    int           // steps when virtual time last could pass
	delays   int           // delays left
	stuck    int
	adopted  int
	acted    map[string]int // how often an action of that name was taken; nil at first
	choice   Choice
	objects  []Object
	arrivals []arrival // at objects, not yet numbered
	// objectNumbers are places in objects, counted from 1; nil at first.
	objectNumbers map[unsafe.Pointer]int
	watchers      []func(*Taken)
	taken         Taken
	taking        bool // taken wasn't told to the watchers

	watched bool // there are watchers; written by the root before it releases a task

	arrive   chan struct{} // holds one signal: something parked, ended or failed
	id       uint64        // unique in the process
	stopping bool          // Teardown has begun; written when everything is blocked
	passing  bool          // the root waits for time to pass, or for a signal; the same
	closed   atomic.Bool   // Teardown has ended
	contexts byte          // what all contexts of woven code count as
	edge     byte          // what the race detector orders tasks before the root with
	seeded   bool          // generator has its seed; woven code reads it after a point
	rand     splitmix

	mu       sync.Mutex // guards what follows, and the parking of tasks
	newborn  *task      // linked list of tasks without a number
	holdings *Holding   // linked list of the locks held
	alarms   *alarms    // nil until woven code makes a timer
	polling  int        // released goroutines that wait for a lock
	points   int        // of goroutines that have ended
	failure  *failure
	touches  int        // of the step that runs, kept or not
	touched  []touching // made when somebody watches
	firstUse *using     // linked list of what the step that runs used; kept where somebody traces
	lastUse  *using
}

// runs counts the schedulers that the process has made.
var runs atomic.Uint64

// New makes the scheduler of the bubble whose root goroutine calls it. From
// now on every goroutine of the bubble but the root stops at its points until
// [Scheduler.Run] picks it. The caller defers [Scheduler.Teardown].
func New(cfg Config) (*Scheduler, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	goroutine, bubble := identity()
	if bubble == 0 {
		return nil, ErrNoBubble
	}
	s := &Scheduler{
		cfg:      cfg,
		bubble:   bubble,
		start:    time.Now(),
		timer:    time.NewTimer(time.Hour),
		races:    raceErrors(),
		names:    map[string]int{},
		arrivals: make([]arrival, 0, 32),
		arrive:   make(chan struct{}, 1),
		delays:   cfg.Delays,
	}
	s.timer.Stop()
	if cfg.Trace != nil {
		s.watch(cfg.Trace)
	}
	s.id = runs.Add(1)
	s.root = &task{s: s, goroutine: goroutine, name: "root", place: 1}
	if !enlist(s) {
		return nil, ErrTaken
	}
	register(getg(), s.root)
	return s, nil
}

// AddSource adds a source of actions. Sources are asked in the order they
// were added.
func (s *Scheduler) AddSource(source Source) {
	s.mustBeRoot("AddSource")
	s.sources = append(s.sources, source)
}

// Go starts f as a controlled goroutine of the suite. A name with a '#', as
// "caller#1", is kept as it is when it is free; any other gets the next number.
func (s *Scheduler) Go(name string, f func()) {
	parent := s.root
	if t := current(); t != nil && t.s == s {
		parent = t
	}
	s.spawn(parent, name, Suite, f)
}

// Steps is the number of steps taken so far.
func (s *Scheduler) Steps() int { return s.steps }

// Points is the number of woven points reached so far; points at seams don't
// count. A run of woven code in which it stays 0 ran no woven code.
//
//go:norace
func (s *Scheduler) Points() int {
	n := s.points
	for _, t := range s.tasks {
		n += t.points
	}
	return n
}

// Races is the number of race reports since New; always 0 without -race. It
// counts for the whole process.
func (s *Scheduler) Races() int { return raceErrors() - s.races }

func (s *Scheduler) mustBeRoot(method string) {
	if registered(getg()) != s.root {
		panic("schedule: " + method + " must be called before Teardown, on the goroutine that called New")
	}
}

// arrives tells the root, if it lets time pass, that it has something to look
// at. Otherwise it waits until everything is blocked, and looks at all there is.
//
//go:norace
func (s *Scheduler) arrives() {
	if s.passing {
		s.signal()
	}
}

// signal tells the root, whatever it does, that it has something to look at.
func (s *Scheduler) signal() {
	select {
	case s.arrive <- struct{}{}:
	default:
	}
}

// settle waits until every other goroutine of the bubble is durably blocked.
//
//go:norace
func (s *Scheduler) settle() {
	synctest.Wait()
	select {
	case <-s.arrive:
	default:
	}
	// The conditions and callbacks that the root runs may read what the
	// tasks wrote. The opposite order is never given.
	RaceAcquire(ptr(&s.edge))
	s.number()
}
