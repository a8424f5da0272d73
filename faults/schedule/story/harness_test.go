package story_test

import (
	"flag"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/story"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs: go test -update writes it\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// run is one run of body, with a recorder if it is to be told.
func run(t *testing.T, c schedule.Chooser, body func(), tell bool, prepare func(*schedule.Scheduler)) (v schedule.Verdict, told *story.Story) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := schedule.Config{Chooser: c}
		rec := story.NewRecorder()
		if tell {
			cfg.Trace = rec.Trace
		}
		s, err := schedule.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		if prepare != nil {
			prepare(s)
		}
		var ended atomic.Bool
		s.Go("main", func() { defer ended.Store(true); body() })
		v = s.Run(ended.Load, 10*time.Second)
		if v.Kind == schedule.Done {
			v = s.Run(nil, 10*time.Second)
			if len(v.Tasks) == 0 {
				v.Kind = schedule.Done
			}
		}
		if tell {
			told = rec.End(s)
		}
	})
	return v, told
}

// stuck is the story of the first random schedule of body that ends with
// goroutines left.
func stuck(t *testing.T, body func()) *story.Story {
	t.Helper()
	for seed := range uint64(1000) {
		if v, _ := run(t, schedule.Random(seed), body, false, nil); v.Kind != schedule.Done {
			_, told := run(t, schedule.Random(seed), body, true, nil)
			return told
		}
	}
	t.Fatal("no schedule of 1000 gets stuck")
	return nil
}

// cutShort is the story of the first steps of body.
func cutShort(t *testing.T, body func(), steps int) (told *story.Story) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rec := story.NewRecorder()
		s, err := schedule.New(schedule.Config{Chooser: schedule.NewList(nil), MaxSteps: steps, Trace: rec.Trace})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		s.Go("main", body)
		s.Run(nil, time.Second)
		told = rec.End(s)
	})
	return told
}
