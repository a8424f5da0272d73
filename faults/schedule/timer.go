package schedule

import "time"

// NewTimer is time.NewTimer of woven code.
func NewTimer(d time.Duration) *time.Timer { return newTimer(d, true) }

// After is time.After of woven code.
func After(d time.Duration) <-chan time.Time { return newTimer(d, false).C }

//go:norace
func newTimer(d time.Duration, shared bool) *time.Timer {
	t := alarmed()
	if t == nil {
		return time.NewTimer(d)
	}
	timer := time.NewTimer(never)
	t.addAlarm("timer", timer, channel(timer.C), d, shared)
	return timer
}

// NewTicker is time.NewTicker of woven code.
func NewTicker(d time.Duration) *time.Ticker {
	t := alarmed()
	if t == nil || d <= 0 {
		return time.NewTicker(d)
	}
	// To the runtime a ticker is a timer with a period.
	timer := time.NewTimer(never)
	t.addAlarm("ticker", timer, channel(timer.C), d, true).setPeriod(d)
	return (*time.Ticker)(ptr(timer))
}

// Tick is time.Tick of woven code.
func Tick(d time.Duration) <-chan time.Time {
	if d <= 0 {
		return nil
	}
	return NewTicker(d).C
}

// AfterFunc is time.AfterFunc of woven code: f runs under control.
func AfterFunc(d time.Duration, f func()) *time.Timer {
	t := alarmed()
	if t == nil || f == nil {
		return time.AfterFunc(d, f)
	}
	timer := time.AfterFunc(never, callback(f))
	t.addAlarm("timer", timer, ptr(timer), d, true)
	return timer
}

// Timer has the methods of a timer of woven code.
type Timer struct{ timer *time.Timer }

// TimerOf makes the Timer of t.
func TimerOf(t *time.Timer) Timer { return Timer{t} }

// Stop is t.Stop() of woven code.
func (t Timer) Stop() bool {
	if k := alarmPoint(KindTimerStop, t.timer); k != nil {
		k.s.change(t.timer, -1, 0)
	}
	return t.timer.Stop()
}

// Reset is t.Reset(d) of woven code.
func (t Timer) Reset(d time.Duration) bool {
	if k := alarmPoint(KindTimerReset, t.timer); k != nil && k.s.change(t.timer, max(d, 0), 0) {
		d = never
	}
	return t.timer.Reset(d)
}

// Ticker has the methods of a ticker of woven code.
type Ticker struct{ ticker *time.Ticker }

// TickerOf makes the Ticker of t.
func TickerOf(t *time.Ticker) Ticker { return Ticker{t} }

// Stop is t.Stop() of woven code.
func (t Ticker) Stop() { Timer{(*time.Timer)(ptr(t.ticker))}.Stop() }

// Reset is t.Reset(d) of woven code.
func (t Ticker) Reset(d time.Duration) {
	timer := (*time.Timer)(ptr(t.ticker))
	if d > 0 {
		if k := alarmPoint(KindTimerReset, timer); k != nil && k.s.change(timer, d, d) {
			timer.Reset(never)
			return
		}
	}
	t.ticker.Reset(d)
}

// alarmPoint is a point before the timer changes. The result is nil where the
// scheduler's alarms don't apply.
//
//go:norace
func alarmPoint(kind Kind, timer *time.Timer) *task {
	if timer == nil {
		return nil
	}
	object := ptr(timer)
	if timer.C != nil {
		object = channel(timer.C)
	}
	if current() != nil {
		wovenPoint(kind, object)
	}
	return alarmed()
}
