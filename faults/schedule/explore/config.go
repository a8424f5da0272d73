package explore

import (
	"fmt"
	"time"
)

// Config bounds an exploration. The zero value is good; zero means the
// default.
type Config struct {
	// Schedules is how many schedules to run, if neither the command nor the
	// environment says so; default 1000. Each process of several runs its share.
	Schedules int
	// MaxSteps is the number of steps after which a schedule is given up as
	// undecided; default 20000.
	MaxSteps int
	// Delays is how many times a schedule may let virtual time pass although
	// something can run; default 0, which means that a timeout never races with
	// code that could run. Leave it at 0 where a timeout that fires is an error.
	Delays int
	// Horizon is the virtual time in which the body must end, and in which
	// something must happen; default 1h.
	Horizon time.Duration
	// Grace is the virtual time after the body, in which what it started must
	// end; default 10s.
	Grace time.Duration
	// Watchdog is the real time without a step after which a schedule is given
	// up as a hang; default 10s.
	Watchdog time.Duration
	// Closed promises that the goroutines of the body influence each other only
	// by what is woven: everything that they share is a channel, a lock or an
	// atomic, a timer or a context of woven code, or guarded by one. What of
	// these belongs to unwoven code, T.Failed, T.Cleanup in several goroutines,
	// package-level state, and a data race break it. Schedules that differ only in the order of steps that
	// commute then count as one behaviour, and a search that enumerates runs one of
	// them: it comes to its end sooner, and overlooks failures where the promise is
	// wrong. Without it nothing commutes, and every order of all points is enumerated.
	Closed bool
	// Shrink is the real time in which the first failure is made small; default
	// 5s.
	Shrink time.Duration
}

func (c *Config) complete() error {
	for _, n := range []struct {
		name  string
		value *int
		zero  int
	}{{"Schedules", &c.Schedules, 1000}, {"MaxSteps", &c.MaxSteps, 20000}, {"Delays", &c.Delays, 0}} {
		if *n.value < 0 {
			return fmt.Errorf("explore: config %s is %d, want 0 or more", n.name, *n.value)
		}
		if *n.value == 0 {
			*n.value = n.zero
		}
	}
	for _, d := range []struct {
		name  string
		value *time.Duration
		zero  time.Duration
	}{
		{"Horizon", &c.Horizon, time.Hour}, {"Grace", &c.Grace, 10 * time.Second},
		{"Watchdog", &c.Watchdog, 10 * time.Second}, {"Shrink", &c.Shrink, 5 * time.Second},
	} {
		if *d.value < 0 {
			return fmt.Errorf("explore: config %s is %v, want 0 (default) or more", d.name, *d.value)
		}
		if *d.value == 0 {
			*d.value = d.zero
		}
	}
	return nil
}
