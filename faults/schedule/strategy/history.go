package strategy

import (
	"iter"
	"maps"
	mathbits "math/bits"
	"slices"

	"github.com/weir-dev/weir/faults/schedule"
)

// history is what happened in a schedule, for the search of races.
type history struct {
	events  []happened
	old     int               // events that an earlier schedule had too
	last    map[uint64]int    // index of the last event of each
	woken   map[uint64]int    // index of the event that woke or started it since
	pending map[uint64]parked // who was seen at a point and hasn't gone on
	objects []accesses        // by number
	barrier int               // index of the last event that commutes with nothing; -1
	any     []int             // indices of all of these
	epoch   int               // events of earlier epochs
}

// happened is a step of a schedule.
type happened struct {
	who     uint64
	step    schedule.Taken
	node    *node // where it was chosen; nil if nothing else could go on
	prev    int   // the last event of who before; -1
	before  bits  // the events that happened before it
	through bits  // those of them that happened before another of them
}

// parked is a goroutine at a point.
type parked struct {
	event schedule.Event // the zero Event if it begins or resumes
	prev  int
}

// accesses are the events at one object that the next one comes after.
type accesses struct {
	write int // -1
	reads []int
	all   []int // all events at it
}

func newHistory() history {
	return history{last: map[uint64]int{}, woken: map[uint64]int{}, pending: map[uint64]parked{}, barrier: -1}
}

// offer notes who could go on.
func (h *history) offer(c *schedule.Choice) {
	for i := range c.N {
		if e := c.Event(i); e.Task != 0 {
			if _, ok := h.pending[identity(e)]; !ok {
				h.pending[identity(e)] = parked{prev: h.lastOf(identity(e))}
			}
		}
	}
}

func (h *history) lastOf(who uint64) int {
	if i, ok := h.last[who]; ok {
		return i
	}
	return -1
}

// add adds a step that was taken, and returns a copy that lasts.
func (h *history) add(t *schedule.Taken, n *node) schedule.Taken {
	copied := *t
	copied.Touched, copied.Woke = slices.Clone(t.Touched), nil
	at, who := len(h.events), identity(t.Event)
	h.events = append(h.events, happened{who: who, step: copied, node: n, prev: h.lastOf(who)})
	h.order(at)
	h.note(at)
	delete(h.woken, who)
	delete(h.pending, who)
	h.last[who] = at
	for _, id := range t.Woke {
		h.woken[uint64(id)] = at
		h.pending[uint64(id)] = parked{prev: h.lastOf(uint64(id))}
	}
	if t.Next.Kind != schedule.KindNone {
		h.pending[who] = parked{t.Next, at}
	}
	return copied
}

// order finds what the event comes after: by the order of its goroutine,
// because it woke it, or because it doesn't commute with it.
func (h *history) order(at int) {
	e := &h.events[at]
	waker, woken := h.woken[e.who]
	if e.step.Any || e.step.Kind == schedule.KindResume && !woken {
		// What nobody woke was woken by the passing of time, when nothing else was
		// left to do.
		h.after(e, at)
		return
	}
	h.after(e, h.epoch)
	if e.prev >= 0 {
		h.comesAfter(e, e.prev)
	}
	if woken {
		h.comesAfter(e, waker)
	}
	if h.barrier >= 0 {
		h.comesAfter(e, h.barrier)
	}
	for _, u := range e.step.Touched {
		if u.Object >= len(h.objects) {
			continue
		}
		o := h.objects[u.Object]
		if o.write >= 0 {
			h.comesAfter(e, o.write)
		}
		if u.Access == schedule.AccessWrite {
			for _, i := range o.reads {
				h.comesAfter(e, i)
			}
		}
	}
}

// after puts e after the first n events.
func (h *history) after(e *happened, n int) {
	for i := range n {
		h.comesAfter(e, i)
	}
}

func (h *history) comesAfter(e *happened, i int) {
	e.through = e.through.union(h.events[i].before)
	e.before = e.before.union(h.events[i].before).with(i)
}

// note keeps which objects the event touched.
func (h *history) note(at int) {
	e := &h.events[at]
	if e.step.Any {
		h.barrier = at
		h.any = append(h.any, at)
	}
	for _, u := range e.step.Touched {
		for len(h.objects) <= u.Object {
			h.objects = append(h.objects, accesses{write: -1})
		}
		o := &h.objects[u.Object]
		if len(o.all) == 0 || o.all[len(o.all)-1] != at {
			o.all = append(o.all, at)
		}
		if u.Access == schedule.AccessWrite {
			o.write, o.reads = at, o.reads[:0]
		} else if o.write != at {
			o.reads = append(o.reads, at)
		}
	}
}

// enterEpoch makes all that has happened come before what follows. It returns
// false if somebody could perhaps have gone on although the last step wasn't
// one that commutes with nothing.
func (h *history) enterEpoch() bool {
	h.epoch = len(h.events)
	return h.epoch == 0 || len(h.pending) == 0 || h.events[h.epoch-1].step.Any
}

// races makes the choices of the schedule want the other orders of events that
// raced. Who never went on, because he waited in vain or the run was over, races
// too if the schedule is whole.
func (h *history) races(whole bool) {
	for at := h.old; at < len(h.events); at++ {
		e := h.events[at]
		for i := range e.before.without(e.through) {
			if h.mayRace(i, e.prev, e.who) {
				h.race(i, at, e.who, e.prev, e.before, e.step.Event, true)
			}
		}
		for i := range h.rivals(e.step.Event) {
			if i >= at {
				break
			}
			if h.mayRace(i, e.prev, e.who) && (e.through.has(i) || !e.before.has(i)) {
				h.race(i, at, e.who, e.prev, e.before, e.step.Event, false)
			}
		}
	}
	if !whole {
		return
	}
	for _, who := range slices.Sorted(maps.Keys(h.pending)) {
		p := h.pending[who]
		var before bits
		if p.prev >= 0 {
			before = before.union(h.events[p.prev].before).with(p.prev)
		}
		for i := range h.rivals(p.event) {
			if h.mayRace(i, p.prev, who) {
				h.race(i, len(h.events), who, p.prev, before, p.event, false)
			}
		}
	}
}

// mayRace reports whether event i is somebody else's and didn't happen before
// the event prev of who.
func (h *history) mayRace(i, prev int, who uint64) bool {
	return h.events[i].who != who && (prev < 0 || i != prev && !h.events[prev].before.has(i))
}

// rivals are the events that used what e is about to use at its point, in their
// order: one of the two orders may let e wait.
func (h *history) rivals(e schedule.Event) iter.Seq[int] {
	return func(yield func(int) bool) {
		if e.Kind == schedule.KindSeam || e.Task == 0 {
			for i := range h.events {
				if !yield(i) {
					return
				}
			}
			return
		}
		var used []int
		if n := e.Object.Number; e.Access != schedule.AccessNone && n > 0 && n < len(h.objects) {
			used = h.objects[n].all
		}
		any := h.any
		for len(used)+len(any) > 0 {
			var i int
			switch {
			case len(any) == 0 || len(used) > 0 && used[0] < any[0]:
				i, used = used[0], used[1:]
				if e.Access != schedule.AccessWrite && !h.writes(i, e.Object.Number) {
					continue
				}
			case len(used) > 0 && used[0] == any[0]:
				i, used, any = any[0], used[1:], any[1:]
			default:
				i, any = any[0], any[1:]
			}
			if !yield(i) {
				return
			}
		}
	}
}

// writes reports whether event i changed the object.
func (h *history) writes(i, object int) bool {
	return slices.Contains(h.events[i].step.Touched, schedule.Touch{Object: object, Access: schedule.AccessWrite})
}

// race makes the choice of event i want what leads to e, of who, before it;
// at is the index of e, and immediate whether nothing happened between the two.
func (h *history) race(i, at int, who uint64, prev int, before bits, e schedule.Event, immediate bool) {
	n := h.events[i].node
	if n == nil {
		return
	}
	if prev < i {
		// Who was at that point already. Either he could have gone on, or he
		// waited, perhaps for what i did.
		if !immediate && n.want(who) || !slices.Contains(n.who, who) && h.onlyGives(i, at, e) {
			return
		}
	}
	initials := h.initials(i, at, who, before)
	if slices.ContainsFunc(initials, n.wants) || slices.ContainsFunc(initials, n.want) {
		return
	}
	n.wantAll()
}

// onlyGives reports whether e, which waits when event i happens, waits for that
// event: it is at the object of e, and what else could end the wait comes after
// i. Wait of a WaitGroup waits for each Done, in whatever order they come.
func (h *history) onlyGives(i, at int, e schedule.Event) bool {
	if e.Kind == schedule.KindSeam || !touches(&h.events[i].step, e.Object.Number) {
		return false
	}
	for j := i + 1; j < min(at, len(h.events)) && e.Kind != schedule.KindGroupWait; j++ {
		if f := &h.events[j]; !f.before.has(i) && touches(&f.step, e.Object.Number) {
			return false
		}
	}
	return true
}

// touches reports whether the step used the object.
func touches(t *schedule.Taken, object int) bool {
	return slices.ContainsFunc(t.Touched, func(u schedule.Touch) bool { return u.Object == object })
}

// initials are those who can begin what happened after event i without coming
// after it in any sense, followed by an event of who.
func (h *history) initials(i, at int, who uint64, before bits) []uint64 {
	var initials []uint64
	var after []int
	begins := func(who uint64, before bits) bool {
		return !slices.ContainsFunc(after, func(j int) bool { return before.has(j) || h.events[j].who == who })
	}
	for j := i + 1; j < min(at, len(h.events)); j++ {
		f := &h.events[j]
		if f.before.has(i) {
			continue
		}
		if begins(f.who, f.before) {
			initials = append(initials, f.who)
		}
		after = append(after, j)
	}
	if begins(who, before) {
		initials = append(initials, who)
	}
	return initials
}

// bits is a set of small numbers.
type bits []uint64

func (b bits) has(i int) bool { return i>>6 < len(b) && b[i>>6]>>(i&63)&1 == 1 }

// with adds i.
func (b bits) with(i int) bits {
	for len(b) <= i>>6 {
		b = append(b, 0)
	}
	b[i>>6] |= 1 << (i & 63)
	return b
}

// without goes over those of b that aren't in c.
func (b bits) without(c bits) iter.Seq[int] {
	return func(yield func(int) bool) {
		for k, word := range b {
			if k < len(c) {
				word &^= c[k]
			}
			for ; word != 0; word &= word - 1 {
				if !yield(k<<6 + mathbits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

func (b bits) union(c bits) bits {
	for len(b) < len(c) {
		b = append(b, 0)
	}
	for k, word := range c {
		b[k] |= word
	}
	return b
}
