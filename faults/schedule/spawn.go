package schedule

import (
	"reflect"
	"runtime"
	"strings"
	"time"
)

// Go is the go statement of woven code: it starts f under control, under the
// display name label and a number. Outside a schedule it is go f().
//
//go:norace
func Go(label string, f func()) {
	t := lookup()
	if t == nil {
		go f()
		return
	}
	if t.s.stopping {
		// Whom Teardown ends leaves nothing behind; whom it releases goes on
		// as without a scheduler.
		if t.origin == Adopted || t == t.s.root {
			go f()
		}
		return
	}
	t.s.spawn(t, label, Woven, f)
	if t != t.s.root {
		t.count()
		t.park(KindGo, nil)
	}
}

// GoFunc starts a goroutine under f's name that calls f and then, however f
// ends, after. The shims call it.
func GoFunc(f, after func()) {
	Go(functionLabel(f), func() {
		defer after()
		f()
	})
}

// functionLabel is the name of the function or method f without its package
// and receiver; for a literal it is that of the function around it and
// ".func".
func functionLabel(f func()) string {
	name := "func"
	if fn := runtime.FuncForPC(reflect.ValueOf(f).Pointer()); fn != nil {
		name = fn.Name()
	}
	name = strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], "-fm")
	name, _, literal := strings.Cut(name, ".func")
	name = strings.TrimSuffix(name, "[...]")
	name = name[strings.LastIndexByte(name, '.')+1:]
	if literal {
		name += ".func"
	}
	return name
}

// Sleep is time.Sleep of woven code.
//
//go:norace
func Sleep(d time.Duration) {
	t := wovenPoint(KindSleep, nil)
	if t == nil {
		time.Sleep(d)
		return
	}
	if d <= 0 {
		return
	}
	t.block()
	timer := time.NewTimer(d)
	select {
	case <-timer.C:
	case <-t.kill:
		timer.Stop()
		t.exit()
	}
	t.park(KindResume, nil)
}

// Gosched is runtime.Gosched of woven code: the caller is offered last at the
// next step.
func Gosched() {
	if wovenPoint(KindYield, nil) == nil {
		runtime.Gosched()
	}
}

// pending is a callback that somebody will run on a goroutine of its own. Its
// rank is fixed when it is set up, because timers of the same instant fire in
// random order.
type pending struct {
	parent *task
	birth  birth
	label  string
	f      func()

	started *calls // of who set it up
}

//go:norace
func callback(f func()) func() {
	t := lookup()
	if t == nil || f == nil || t.s.stopping {
		return f
	}
	t.births++
	p := &pending{parent: t, birth: birth{parent: t.id, rank: t.births}, label: functionLabel(f), f: f, started: t.s.calls()}
	return p.fire
}

// fire runs the callback as a task, on the goroutine that calls it.
//
//go:norace
func (p *pending) fire() {
	s := p.parent.s
	if s.stopping {
		return
	}
	raceDisable()
	s.mu.Lock()
	p.birth.run++
	t := &task{
		s: s, origin: Woven, parent: p.parent, label: p.label, birth: p.birth, started: p.started,
		place:  p.parent.place.child(uint64(p.birth.rank) + runRank*uint64(p.birth.run-1)),
		resume: make(chan struct{}, 1), kill: make(chan struct{}),
	}
	s.mu.Unlock()
	raceEnable()
	s.bear(t)
	t.run(p.f)
}
