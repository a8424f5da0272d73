package schedule

import (
	"reflect"
	"unsafe"
)

// Case is one communication of a select statement of woven code.
type Case interface {
	null() bool // a nil channel, which is never ready
	try() bool
	channel() unsafe.Pointer
	reflected() reflect.SelectCase
	set(reflect.Value, bool)
	touch(t *task) // before it is tried
	tell(t *task)  // that the case was taken
}

// RecvCase is case V, OK = <-ch of woven code.
type RecvCase[T any] struct {
	ch <-chan T
	V  T
	OK bool
}

// CaseRecv makes a RecvCase.
//
//go:norace
func CaseRecv[T any](ch <-chan T) *RecvCase[T] { return &RecvCase[T]{ch: ch} }

//go:norace
func (c *RecvCase[T]) null() bool { return c.ch == nil }

//go:norace
func (c *RecvCase[T]) channel() unsafe.Pointer { return channel(c.ch) }

//go:norace
func (c *RecvCase[T]) try() bool {
	select {
	case c.V, c.OK = <-c.ch:
		return true
	default:
		return false
	}
}

//go:norace
func (c *RecvCase[T]) reflected() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.ch)}
}

//go:norace
func (c *RecvCase[T]) set(v reflect.Value, ok bool) {
	c.OK = ok
	if ok {
		reflect.ValueOf(&c.V).Elem().Set(v)
	}
}

//go:norace
func (c *RecvCase[T]) touch(t *task) {
	t.touch(channel(c.ch), AccessWrite)
	touchDone[T](t)
}

//go:norace
func (c *RecvCase[T]) tell(t *task) {
	consumed[T](t, channel(c.ch))
	received(t, channel(c.ch), c.V, c.OK)
}

// SendCase is case ch <- v of woven code.
type SendCase[T any] struct {
	ch chan<- T
	v  T
}

// Case makes a SendCase.
//
//go:norace
func (c Sender[T]) Case(v T) *SendCase[T] { return &SendCase[T]{c.ch, v} }

//go:norace
func (c *SendCase[T]) null() bool { return c.ch == nil }

//go:norace
func (c *SendCase[T]) channel() unsafe.Pointer { return channel(c.ch) }

//go:norace
func (c *SendCase[T]) try() bool {
	select {
	case c.ch <- c.v:
		return true
	default:
		return false
	}
}

//go:norace
func (c *SendCase[T]) reflected() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(c.ch), Send: reflect.ValueOf(&c.v).Elem()}
}

//go:norace
func (c *SendCase[T]) set(reflect.Value, bool) {}

//go:norace
func (c *SendCase[T]) touch(t *task) { t.touch(channel(c.ch), AccessWrite) }

//go:norace
func (c *SendCase[T]) tell(t *task) { sent(t, channel(c.ch), c.v) }

// Select is a select statement of woven code. It returns the index of the case
// that was taken, or -1 for default. Which case is tried first is a choice.
//
//go:norace
func Select(hasDefault bool, cases ...Case) int {
	t := current()
	if t == nil {
		i, _ := wait(hasDefault, cases, reflect.Value{})
		return i
	}
	var room [8]int
	possible := room[:0]
	for i, c := range cases {
		if !c.null() {
			possible = append(possible, i)
		}
	}
	t.count()
	first := t.parkUntil(KindSelect, nil, nil, len(possible))
	for _, i := range possible {
		cases[i].touch(t)
	}
	t.offered(cases)
	for k := range possible {
		i := possible[(first+k)%len(possible)]
		if cases[i].try() {
			t.took = i
			cases[i].tell(t)
			return i
		}
	}
	if hasDefault {
		t.took = -1
		t.use(UseDefault, nil, "")
		return -1
	}
	t.block()
	t.waits(cases)
	i, killed := wait(false, cases, reflect.ValueOf(t.kill))
	if killed {
		t.exit()
	}
	cases[i].tell(t)
	t.park(KindResume, nil)
	return i
}

// waits notes, for who watches the steps, that the task waits at several
// channels: whoever ends the wait uses them all, because at the others nobody
// waits then.
//
//go:norace
func (t *task) waits(cases []Case) {
	if !t.s.watched {
		return
	}
	t.waiting = make([]unsafe.Pointer, len(cases))
	for i, c := range cases {
		t.waiting[i] = c.channel()
	}
}

// wait is a real select over the cases and kill, if that is valid.
//
//go:norace
func wait(hasDefault bool, cases []Case, kill reflect.Value) (i int, killed bool) {
	all := make([]reflect.SelectCase, len(cases), len(cases)+1)
	for i, c := range cases {
		all[i] = c.reflected()
	}
	switch {
	case hasDefault:
		all = append(all, reflect.SelectCase{Dir: reflect.SelectDefault})
	case kill.IsValid():
		all = append(all, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: kill})
	}
	i, v, ok := reflect.Select(all)
	if i == len(cases) {
		return -1, !hasDefault
	}
	cases[i].set(v, ok)
	return i, false
}
