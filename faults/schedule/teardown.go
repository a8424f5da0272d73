package schedule

import (
	"testing/synctest"
	"time"
)

// Teardown ends the run: it ends every controlled goroutine that is left by
// runtime.Goexit, one after the other, so that their deferred calls run.
// Adopted goroutines are released, not ended, because they can hold locks of
// code that nobody knows. Afterwards points do nothing. Up to four days of
// virtual time may pass, if a goroutine waits where it can't be reached (in
// io.Pipe, say). The result is the number of goroutines that didn't end even
// so; the bubble won't end either then. A second call returns the same.
//
// Teardown works in a deferred call, whatever ended the run. Callbacks of
// woven timers that are still pending are dropped.
func (s *Scheduler) Teardown() (stuck int) {
	if s.closed.Load() {
		return s.stuck
	}
	s.mustBeRoot("Teardown")
	s.settle()
	s.stopping = true
	s.dropAlarms()
	s.sweep()
	for range 4 {
		if s.stuck = s.left(); s.stuck == 0 {
			break
		}
		time.Sleep(24 * time.Hour)
		s.sweep()
	}
	s.freeLocks()
	for i := 0; i < maxPolls && s.polls(); i++ {
		time.Sleep(pollEvery)
	}
	s.closed.Store(true)
	s.forget()
	return s.stuck
}

// Goroutines that Teardown released and that then wait for a lock of a shim
// look at it every pollEvery of virtual time, because a real wait for a lock
// stops virtual time; Teardown gives them maxPolls tries.
const (
	pollEvery = time.Millisecond
	maxPolls  = 100
)

// poll waits for ready, in a released goroutine, until Teardown is over.
//
//go:norace
func (s *Scheduler) poll(ready func() bool) {
	s.addPolling(1)
	for !ready() && !s.closed.Load() {
		time.Sleep(pollEvery)
	}
	s.addPolling(-1)
}

//go:norace
func (s *Scheduler) addPolling(n int) {
	raceDisable()
	s.mu.Lock()
	s.polling += n
	s.mu.Unlock()
	raceEnable()
}

//go:norace
func (s *Scheduler) polls() bool {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.polling > 0
}

// sweep releases and kills until nothing is parked any more.
//
//go:norace
func (s *Scheduler) sweep() {
	for swept := true; swept; {
		swept = false
		s.settle()
		for _, t := range append([]*task(nil), s.tasks...) {
			switch {
			case t.ended:
				continue
			case t.parked:
				s.release(t)
			case t.origin != Adopted && !t.killed:
				// killed is set by the task itself once it unwinds; close only
				// the first time.
				select {
				case <-t.kill:
					continue
				default:
				}
				close(t.kill)
			default:
				continue
			}
			swept = true
			synctest.Wait()
		}
	}
}

// left counts the goroutines that the scheduler started and that haven't ended.
//
//go:norace
func (s *Scheduler) left() int {
	s.settle()
	n := 0
	for _, t := range s.tasks {
		if t.origin != Adopted {
			n++
		}
	}
	return n
}

//go:norace
func (s *Scheduler) forget() {
	for _, t := range s.tasks {
		unregister(t)
	}
	unregister(s.root)
	delist(s)
}
