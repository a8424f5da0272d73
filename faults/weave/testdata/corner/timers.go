package corner

import (
	"fmt"
	"time"
)

type stopper interface{ Stop() bool }

type timed struct {
	*time.Timer
	name string
}

type deep struct{ timed }

type ticking struct{ time.Ticker }

type alias = time.Timer

func settle[T stopper](t T) bool      { return t.Stop() }
func timerOf(d time.Duration) *alias  { return time.NewTimer(d) }
func drained(c <-chan time.Time) bool { return len(c) == 0 && cap(c) == 0 }

func empty(c <-chan time.Time) bool {
	select {
	case <-c:
		return false
	default:
		return true
	}
}

// timers has what can be done with a timer, and what Go 1.23 promises of it.
func timers(p func(...any)) {
	start := time.Now()
	since := func() bool { return time.Since(start) >= 0 }
	// stopping
	t := time.NewTimer(time.Hour)
	p("stop", t.Stop(), t.Stop(), empty(t.C), drained(t.C))
	p("reset", t.Reset(time.Hour), t.Reset(time.Millisecond))
	p((<-t.C).After(start), t.Stop(), t.Reset(time.Millisecond))
	<-t.C
	t.Reset(time.Millisecond)
	time.Sleep(5 * time.Millisecond)
	p("unread", t.Stop(), empty(t.C))
	t.Reset(time.Millisecond)
	time.Sleep(5 * time.Millisecond)
	p("stale", t.Reset(time.Hour), empty(t.C), t.Stop())
	t.Reset(0)
	<-t.C
	t.Reset(-time.Hour)
	p("past", !(<-t.C).Before(start))
	zero := time.NewTimer(0)
	<-zero.C
	p("zero", zero.Stop())
	// values and methods of them
	stop, reset := t.Stop, t.Reset
	reset(time.Hour)
	p("value", stop(), stop())
	func() {
		defer func() { p("deferred", t.Stop()) }()
		defer t.Reset(time.Hour)
	}()
	done := make(chan bool, 1)
	t.Reset(time.Hour)
	go func(stop func() bool) { done <- stop() }(t.Stop)
	p("passed", <-done)
	var through stopper = t
	p("interface", through.Stop(), settle(t), settle[stopper](time.NewTimer(time.Hour)))
	aliased := timerOf(time.Hour)
	p("alias", aliased.Stop(), (*aliased).Stop(), (aliased).Reset(1))
	<-aliased.C
	many := []*time.Timer{time.NewTimer(time.Hour), timerOf(time.Hour)}
	byName := map[string]*time.Timer{"a": many[1]}
	p("elements", many[0].Stop(), byName["a"].Stop(), many[1].Stop())
	d := deep{timed{timerOf(time.Hour), "d"}}
	p("embedded", d.Stop(), d.timed.Reset(time.Hour), d.Timer.Stop(), d.name)
	e := &d
	p("pointer", e.Reset(time.Millisecond), fmt.Sprintf("%T", <-e.C))
	new := time.NewTimer
	p("function", new(time.Hour).Stop())
	func() {
		defer func() { p("recovered", recover() != nil) }()
		var none *time.Timer
		none.Stop()
	}()
	func() {
		defer func() { p("uninitialized", recover()) }()
		var none time.Timer
		none.Stop()
	}()
	// functions that run later
	ran := make(chan string, 4)
	f := time.AfterFunc(time.Hour, func() { ran <- "f" })
	p("func", f.C == nil, f.Stop(), f.Stop(), f.Reset(time.Millisecond), <-ran)
	p("again", f.Reset(time.Millisecond), <-ran, f.Stop())
	x := "before"
	g := time.AfterFunc(time.Hour, func() { ran <- x })
	x = "after"
	g.Reset(time.Millisecond)
	p("closure", <-ran, g.Stop())
	var self *time.Timer
	ready := make(chan bool)
	n := 0
	self = time.AfterFunc(time.Millisecond, func() {
		<-ready
		if n++; n < 3 {
			self.Reset(time.Millisecond)
		} else {
			ran <- "third"
		}
	})
	close(ready)
	p("self", <-ran, n)
	// tickers
	k := time.NewTicker(time.Millisecond)
	a, b := <-k.C, <-k.C
	p("ticks", b.Sub(a) > 0)
	k.Stop()
	p("stopped", empty(k.C))
	k.Reset(2 * time.Millisecond)
	<-k.C
	k.Reset(time.Hour)
	time.Sleep(5 * time.Millisecond)
	p("slower", empty(k.C))
	k.Reset(time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	<-k.C
	k.Stop()
	p("one tick kept", empty(k.C))
	w := ticking{*time.NewTicker(time.Hour)}
	halt := w.Stop
	p("never", time.Tick(0) == nil, time.Tick(-1) == nil, halt != nil)
	func() {
		defer func() { p(recover()) }()
		time.NewTicker(0)
	}()
	func() {
		defer func() { p(recover()) }()
		k.Reset(-1)
	}()
	ticks := 0
	for range time.Tick(time.Millisecond) {
		if ticks++; ticks == 3 {
			break
		}
	}
	p("range", ticks)
	// in selects
	ch := make(chan int)
	var nothing *time.Timer
	timeout := time.After(time.Millisecond)
	p("selects")
	for i := range 3 {
		select {
		case ch <- i:
		case <-ch:
		case <-time.After(time.Millisecond):
			p("after", i)
		case <-time.After(time.Hour):
			p("never")
		}
	}
	<-timeout
retry:
	select {
	case <-t.C:
		p("fired")
	default:
		if t.Reset(time.Millisecond); n < 5 {
			n++
			time.Sleep(5 * time.Millisecond)
			goto retry
		}
	}
	var c <-chan time.Time
	select {
	case <-c:
	case v, ok := <-time.After(time.Millisecond):
		p(nothing == nil, ok, !v.IsZero())
	}
	p(since())
}
