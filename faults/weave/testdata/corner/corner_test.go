package corner

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

const schedules = 150

func want(t *testing.T) string {
	text, err := os.ReadFile("want.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPlain holds woven and not.
func TestPlain(t *testing.T) {
	if got := Run(); got != want(t) {
		t.Errorf("got\n%s\nwant\n%s", got, want(t))
	}
}

// TestScheduled holds only woven.
func TestScheduled(t *testing.T) {
	transcript := want(t)
	for seed := range uint64(schedules) {
		synctest.Test(t, func(t *testing.T) {
			s, err := schedule.New(schedule.Config{Chooser: schedule.Random(seed)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if stuck := s.Teardown(); stuck != 0 {
					t.Errorf("%d goroutines stuck after teardown", stuck)
				}
			}()
			ended := make(chan string, 1)
			s.Go("body", func() { ended <- Run() })
			if v := s.Run(func() bool { return len(ended) == 1 }, time.Hour); v.Kind != schedule.Done {
				t.Fatalf("seed %d: %v %v %v", seed, v, v.Tasks, v.Stacks)
			}
			if got := <-ended; got != transcript {
				t.Fatalf("seed %d: got\n%s\nwant\n%s", seed, got, transcript)
			}
			if s.Points() == 0 {
				t.Fatal("no woven point was reached")
			}
		})
	}
}
