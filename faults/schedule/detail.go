package schedule

import (
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// Use is something that a goroutine did in a step, or while it was woken by
// one. Uses are kept only for Config.Trace, in the order in which they happened.
type Use struct {
	Task   TaskID
	What   Used
	Object Object // the zero Object if there is none, as a nil channel
	// Value is what was sent or received, if it is short and made of basic
	// values; pointers are told by their type. No method of it is called.
	Value string
	// Calls are program counters as runtime.Callers has them, innermost first,
	// those of the scheduler and the shims included.
	Calls []uintptr
}

// Used says what a Use is.
type Used uint8

const (
	// UseTouch is a use at which there is no point: an unlock, a Done.
	UseTouch Used = iota
	// UseAcquired is that a lock was acquired; who unlocks may acquire it for a
	// reader that waits.
	UseAcquired
	// UseSent is that a value was sent.
	UseSent
	// UseReceived is that a value was received.
	UseReceived
	// UseClosed is that a receive found the channel closed.
	UseClosed
	// UseDefault is that no case of a select was ready.
	UseDefault
	// UseCaseSend is a case of a select that is about to be tried, as are the
	// next two.
	UseCaseSend
	// UseCaseRecv is a case that receives.
	UseCaseRecv
	// UseCaseNil is a case with a nil channel.
	UseCaseNil
)

// Left is a goroutine that is alive: the Event is the point at which it is
// parked, or in whose operation it waits.
type Left struct {
	Event
	Origin  Origin
	Parked  bool
	Enabled bool // it is parked and could be picked
}

// Left lists the live controlled goroutines in the order they were met.
//
//go:norace
func (s *Scheduler) Left() []Left {
	s.mustBeRoot("Left")
	s.settle()
	s.dropEndedAdopted()
	left := make([]Left, 0, len(s.tasks))
	for _, t := range s.tasks {
		s.arrived(t)
		left = append(left, Left{t.event(), t.origin, t.parked, t.parked && (t.ready == nil || t.ready())})
	}
	return left
}

// Elapsed is the virtual time since New.
func (s *Scheduler) Elapsed() time.Duration { return s.elapsed() }

// Calls are the program counters of the goroutine at the point, innermost
// first, those of the scheduler and the shims included; nil without Config.Trace.
func (e Event) Calls() []uintptr { return e.calls.slice() }

// Started are the program counters of who started the goroutine, as Calls has
// them; nil without Config.Trace and for an adopted goroutine.
func (e Event) Started() []uintptr {
	if e.task == nil {
		return nil
	}
	return e.task.started.slice()
}

// Parent is who started the goroutine; the root's for an adopted one.
func (e Event) Parent() TaskID {
	if e.task == nil || e.task.parent == nil {
		return 0
	}
	return e.task.parent.place
}

// maxCalls bounds the calls that are kept of a stack.
const maxCalls = 32

// calls is a stack that was kept; nil is none.
type calls struct {
	pcs [maxCalls]uintptr
	n   int
}

func (c *calls) slice() []uintptr {
	if c == nil {
		return nil
	}
	return c.pcs[:c.n:c.n]
}

// calls keeps the stack of the calling goroutine, where somebody traces.
//
//go:norace
func (s *Scheduler) calls() *calls {
	if s.cfg.Trace == nil {
		return nil
	}
	c := &calls{}
	c.n = runtime.Callers(2, c.pcs[:])
	return c
}

// using is one Use of the step that runs.
type using struct {
	task   *task
	what   Used
	object unsafe.Pointer
	value  string
	calls  *calls
	next   *using
}

// use keeps what the task does, where somebody traces.
//
//go:norace
func (t *task) use(what Used, p unsafe.Pointer, value string) {
	s := t.s
	if s.cfg.Trace == nil || s.stopping {
		return
	}
	u := &using{task: t, what: what, object: p, value: value, calls: s.calls()}
	raceDisable()
	s.mu.Lock()
	if s.lastUse == nil {
		s.firstUse = u
	} else {
		s.lastUse.next = u
	}
	s.lastUse = u
	s.mu.Unlock()
	raceEnable()
}

// sent keeps that v was sent on the channel at p.
//
//go:norace
func sent[T any](t *task, p unsafe.Pointer, v T) {
	if t.s.cfg.Trace != nil {
		t.use(UseSent, p, show(v))
	}
}

// received keeps that v was received from the channel at p, or that it was
// closed.
//
//go:norace
func received[T any](t *task, p unsafe.Pointer, v T, ok bool) {
	switch {
	case t.s.cfg.Trace == nil:
	case ok:
		t.use(UseReceived, p, show(v))
	default:
		t.use(UseClosed, p, "")
	}
}

// offered keeps what the select of the task offers.
//
//go:norace
func (t *task) offered(cases []Case) {
	if t.s.cfg.Trace == nil {
		return
	}
	for _, c := range cases {
		what := UseCaseRecv
		switch {
		case c.null():
			what = UseCaseNil
		case c.reflected().Dir == reflect.SelectSend:
			what = UseCaseSend
		}
		t.use(what, c.channel(), "")
	}
}

// useAt keeps what the calling goroutine does with a lock.
//
//go:norace
func useAt(t *task, what Used, lock any) {
	if t.s.cfg.Trace != nil {
		// A lock of a shim begins with the standard lock that it wraps.
		t.use(what, reflect.ValueOf(lock).UnsafePointer(), "")
	}
}

// uses hands over what was used in the step, and forgets it.
//
//go:norace
func (s *Scheduler) uses(to []Use) []Use {
	s.mu.Lock()
	first := s.firstUse
	s.firstUse, s.lastUse = nil, nil
	s.mu.Unlock()
	for u := first; u != nil; u = u.next {
		use := Use{Task: u.task.place, What: u.what, Value: u.value, Calls: u.calls.slice()}
		if u.object != nil {
			use.Object = s.objects[s.numberObject(u.task, u.object)-1]
		}
		to = append(to, use)
	}
	return to
}

// maxValue bounds the text of a value.
const maxValue = 40

// show is the text of v, for display.
func show[T any](v T) string {
	text := string(appendValue(nil, reflect.ValueOf(&v).Elem(), 2))
	if len(text) > maxValue {
		text = text[:maxValue-3] + "..."
	}
	return strings.ToValidUTF8(strings.Map(graphic, text), "?")
}

// graphic keeps a value on its line.
func graphic(r rune) rune {
	if !strconv.IsGraphic(r) {
		return '?'
	}
	return r
}

// timeOf is v as a time, if it is one.
func timeOf(v reflect.Value) (time.Time, bool) {
	if !v.CanInterface() {
		return time.Time{}, false
	}
	t, ok := v.Interface().(time.Time)
	return t, ok
}

// appendValue writes v without calling a method of it, which could reach a
// point, and without following pointers, whose targets others may change. Times
// are told by the hour, because virtual time begins at midnight.
func appendValue(b []byte, v reflect.Value, depth int) []byte {
	switch v.Kind() {
	case reflect.Invalid:
		return append(b, "nil"...)
	case reflect.String:
		return append(append(append(b, '\''), v.String()...), '\'')
	case reflect.Interface:
		return appendValue(b, v.Elem(), depth)
	case reflect.Struct:
		if t, ok := timeOf(v); ok {
			return t.UTC().AppendFormat(b, "15:04:05.999999")
		}
		if depth == 0 {
			break
		}
		b = append(b, '{')
		for i := range v.NumField() {
			if i > 0 {
				b = append(b, ' ')
			}
			if b = appendValue(b, v.Field(i), depth-1); len(b) > maxValue {
				break
			}
		}
		return append(b, '}')
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(b, v.Float(), 'g', 6, 64)
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		return append(b, time.Duration(v.Int()).String()...)
	case v.CanInt():
		return strconv.AppendInt(b, v.Int(), 10)
	case v.CanUint():
		return strconv.AppendUint(b, v.Uint(), 10)
	}
	return fmt.Append(b, v.Type())
}
