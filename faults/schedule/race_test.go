//go:build race

package schedule_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// programs is how many random programs are looked at besides the telling ones.
const programs = 4

// racyVariable lets TestRacyTimers run: it has races on purpose, in a process of
// its own.
const racyVariable = "WEIR_RACY_TIMERS"

// Each body has a race across a timer, after another timer has expired.
func TestRacyTimers(t *testing.T) {
	if os.Getenv(racyVariable) == "" {
		t.Skip("fails on purpose, in a process of TestTimersHideNoRace")
	}
	x := 0
	later := func() { schedule.Sleep(time.Hour) }
	for name, body := range map[string]func(s *schedule.Scheduler){
		"set": func(s *schedule.Scheduler) {
			s.Go("a", func() { schedule.AfterFunc(time.Second, func() { x++ }); x++; later() })
		},
		"func": func(s *schedule.Scheduler) {
			s.Go("a", func() { schedule.AfterFunc(time.Second, func() { x++ }); later() })
			s.Go("b", func() { x++; later() })
		},
		"channel": func(s *schedule.Scheduler) {
			s.Go("a", func() { schedule.Recv(schedule.After(time.Second)); x++; later() })
			s.Go("b", func() { x++; later() })
		},
		"tick": func(s *schedule.Scheduler) {
			s.Go("a", func() { schedule.Recv(schedule.NewTicker(time.Second).C); x++; later() })
			s.Go("b", func() { x++; later() })
		},
	} {
		in(t, schedule.Config{Chooser: zeros()}, func(s *schedule.Scheduler) {
			s.Go("earlier", func() { schedule.Recv(schedule.After(time.Millisecond)) })
			body(s)
			s.Run(nil, time.Minute)
			if s.Races() == 0 {
				t.Logf("hidden: %s", name)
			}
		})
	}
}

// The expiry of a timer orders nobody but who set it and who it wakes.
func TestTimersHideNoRace(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestRacyTimers$", "-test.v")
	cmd.Env = append(os.Environ(), racyVariable+"=1")
	text, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(text), "WARNING: DATA RACE") || strings.Contains(string(text), "hidden:") {
		t.Errorf("races are hidden: %v\n%s", err, text)
	}
}
