package schedule

import (
	"context"
	"reflect"
	"time"
	"unsafe"
)

// Timers of woven code are the runtime's, so that they can be handed to anybody,
// but they never expire by themselves: the scheduler knows when they are due, and
// the expiry of one that is due is a step like any other. So the order of timers
// of one instant is a choice, and one that is due can still be stopped.

// never is when the runtime's timer would expire.
const never = 100 * 365 * 24 * time.Hour

// alarm is a timer, a ticker, or the deadline of a context, of woven code. Its
// fields are guarded by the scheduler's mu.
type alarm struct {
	task   *task           // stands for the alarm in choices; it has no goroutine
	timer  *time.Timer     // the runtime's
	ctx    context.Context // whose deadline it is, or nil
	object unsafe.Pointer  // what its expiry changes
	when   time.Duration   // since New
	period time.Duration   // of a ticker
	full   bool            // the last tick wasn't received when the root last looked

	armed      bool
	prev, next *alarm // the armed ones
	same       *alarm // in the same bucket
}

// alarms are those of one run: the armed ones in the order in which they were,
// and those that can be stopped by the address of their timer.
type alarms struct {
	first, last *alarm
	soonest     time.Duration // nothing is due before
	tickers     int
	buckets     [64]*alarm
}

func (l *alarms) bucket(timer *time.Timer) **alarm {
	return &l.buckets[uintptr(ptr(timer))>>5%uintptr(len(l.buckets))]
}

// arm puts a at the end of the armed ones.
//
//go:norace
func (l *alarms) arm(a *alarm, when time.Duration) {
	l.disarm(a)
	if l.first == nil || when < l.soonest {
		l.soonest = when
	}
	a.when, a.armed, a.full = when, true, false
	a.prev, a.next = l.last, nil
	if l.last == nil {
		l.first = a
	} else {
		l.last.next = a
	}
	l.last = a
}

//go:norace
func (l *alarms) disarm(a *alarm) {
	if !a.armed {
		return
	}
	if a.prev == nil {
		l.first = a.next
	} else {
		a.prev.next = a.next
	}
	if a.next == nil {
		l.last = a.prev
	} else {
		a.next.prev = a.prev
	}
	a.armed, a.prev, a.next = false, nil, nil
}

// alarmed is the task of the caller if its timers are the scheduler's, or nil.
//
//go:norace
func alarmed() *task {
	t := lookup()
	if t == nil || t.s.stopping {
		return nil
	}
	return t
}

// addAlarm makes the timer one of the scheduler's, which is due after d.
// shared says that it can be found by its timer.
//
//go:norace
func (t *task) addAlarm(label string, timer *time.Timer, object unsafe.Pointer, d time.Duration, shared bool) *alarm {
	s := t.s
	t.births++
	a := &alarm{timer: timer, object: object}
	a.task = &task{
		s: s, origin: Woven, parent: t, label: label, kind: KindTimer, object: object, alarm: a, parked: true,
		birth: birth{rank: t.births}, started: s.calls(),
	}
	raceDisable()
	s.mu.Lock()
	if s.alarms == nil {
		s.alarms = &alarms{}
	}
	s.alarms.arm(a, s.elapsed()+max(d, 0))
	if shared {
		b := s.alarms.bucket(timer)
		a.same, *b = *b, a
	}
	s.mu.Unlock()
	raceEnable()
	return a
}

// alarmOf is the alarm that expires the timer, or nil.
//
//go:norace
func (s *Scheduler) alarmOf(timer *time.Timer) *alarm {
	raceDisable()
	s.mu.Lock()
	var a *alarm
	if s.alarms != nil {
		for a = *s.alarms.bucket(timer); a != nil && a.timer != timer; a = a.same {
		}
	}
	s.mu.Unlock()
	raceEnable()
	return a
}

// change arms the alarm of the timer anew, or disarms it if d is negative. It
// reports whether there is one.
//
//go:norace
func (s *Scheduler) change(timer *time.Timer, d, period time.Duration) bool {
	a := s.alarmOf(timer)
	if a == nil {
		return false
	}
	raceDisable()
	s.mu.Lock()
	if d < 0 {
		s.alarms.disarm(a)
	} else {
		s.alarms.arm(a, s.elapsed()+d)
		a.period = period
	}
	s.mu.Unlock()
	raceEnable()
	return true
}

// due adds the alarms that can expire now to the tasks, first those that are
// due longest.
//
//go:norace
func (s *Scheduler) due(to []*task) []*task {
	l := s.alarms
	if l == nil || l.first == nil || s.now < l.soonest {
		return to
	}
	from := len(to)
	l.soonest = never
	for a := l.first; a != nil; {
		next := a.next
		if s.isDue(a) {
			s.christen(a.task)
			s.arrived(a.task)
			at := len(to)
			to = append(to, nil)
			for ; at > from && to[at-1].alarm.when > a.when; at-- {
				to[at] = to[at-1]
			}
			to[at] = a.task
		}
		if a.armed && !a.full {
			l.soonest = min(l.soonest, a.when)
		}
		a = next
	}
	return to
}

// isDue reports whether the alarm can expire. One whose context is over never
// does again, and a tick for which there is no room is left out.
//
//go:norace
func (s *Scheduler) isDue(a *alarm) bool {
	if a.full || a.when > s.now {
		return false
	}
	if a.ctx != nil && a.ctx.Err() != nil {
		s.alarms.disarm(a)
		return false
	}
	return true
}

// consumed notes that the caller received from a channel that may be a ticker's:
// there is room for a tick again, and those that were due meanwhile are lost.
//
//go:norace
func consumed[T any](t *task, p unsafe.Pointer) {
	if t.s.alarms == nil || t.s.alarms.tickers == 0 {
		return
	}
	if _, ok := any((*T)(nil)).(*time.Time); ok {
		t.s.consumed(p)
	}
}

//go:norace
func (s *Scheduler) consumed(p unsafe.Pointer) {
	raceDisable()
	s.mu.Lock()
	for a := s.alarms.first; a != nil; a = a.next {
		if a.full && a.object == p {
			a.full = false
			if late := s.now - a.when; late > 0 {
				a.when += (late + a.period - 1) / a.period * a.period
			}
			s.alarms.soonest = min(s.alarms.soonest, a.when)
		}
	}
	s.mu.Unlock()
	raceEnable()
}

// christen gives the task of an alarm its name and place, when it is first due.
//
//go:norace
func (s *Scheduler) christen(t *task) {
	if t.name == "" {
		t.name = s.name(t.label)
		t.place = t.parent.place.child(uint64(t.birth.rank))
		t.nth, t.fresh = 1, true
	}
}

// untilDue is d, or less if an alarm is due before.
//
//go:norace
func (s *Scheduler) untilDue(d time.Duration) time.Duration {
	if s.alarms == nil {
		return d
	}
	for a := s.alarms.first; a != nil; a = a.next {
		if left := a.when - s.now; left > 0 && left < d && !a.full {
			d = left
		}
	}
	return d
}

// expire makes an alarm that is due expire, and waits until it has.
//
//go:norace
func (s *Scheduler) expire(a *alarm) {
	a.task.nth++
	if a.period > 0 {
		a.when += ((s.now-a.when)/a.period + 1) * a.period
	} else {
		s.alarms.disarm(a)
	}
	// Who set the timer is ordered before what it does, and nobody else. Only a
	// timer that waits already isn't run by who resets it.
	raceDisable()
	if a.timer.Reset(never) || a.period > 0 {
		a.timer.Reset(0)
		s.timer.Reset(0)
		<-s.timer.C
		if a.period > 0 && a.timer.Reset(never) {
			// Nobody waited for the tick. It is still the same instant.
			a.full = true
			a.timer.Reset(0)
		}
	} else {
		a.timer.Stop() // as unwoven code had done
	}
	raceEnable()
}

// dropAlarms gives the timers back to the runtime.
//
//go:norace
func (s *Scheduler) dropAlarms() {
	if s.alarms == nil {
		return
	}
	for a := s.alarms.first; a != nil; a = s.alarms.first {
		s.alarms.disarm(a)
		left := max(a.when-s.elapsed(), 0)
		switch {
		case a.period > 0:
			(*time.Ticker)(ptr(a.timer)).Reset(a.period)
		case a.ctx == nil || a.ctx.Err() == nil:
			if a.timer.Stop() {
				a.timer.Reset(left)
			}
		}
	}
}

//go:norace
func (a *alarm) setPeriod(d time.Duration) {
	a.period = d
	a.task.s.alarms.tickers++
}

// addDeadline makes the deadline of ctx, which was just made by package context,
// an alarm. Such a context has a timer, unless it is over already or its parent
// has an earlier deadline.
func (t *task) addDeadline(ctx context.Context) {
	v := reflect.ValueOf(ctx)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return
	}
	field := v.Elem().FieldByName("timer")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Timer]() || field.IsNil() {
		return
	}
	timer := (*time.Timer)(field.UnsafePointer())
	when, ok := ctx.Deadline()
	if !ok || !timer.Reset(never) {
		return
	}
	t.addAlarm("deadline", timer, ptr(&t.s.contexts), time.Until(when), false).setContext(ctx)
}

//go:norace
func (a *alarm) setContext(ctx context.Context) { a.ctx = ctx }
