package replay

import (
	"fmt"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
)

// A run that has gone astray may have started thousands of goroutines. What is
// looked at of it stays within bounds, or a replay would go on for minutes.
func TestAlignmentIsBounded(t *testing.T) {
	points := func(n int) (list []Point) {
		for i := range n {
			list = append(list, Point{Kind: schedule.KindSeam, Text: fmt.Sprint(i % 7)})
		}
		return list
	}
	f := &Failure{}
	for i := range 10 {
		f.Tasks = append(f.Tasks, Task{Path: fmt.Sprint(i + 1), Points: points(50)})
	}
	astray := newNamer()
	for i := range 5000 {
		task := newNamed(fmt.Sprint(i+1), "")
		task.points = points(50)
		astray.tasks[schedule.TaskID(i+1)] = task
	}
	list := guesses(f, astray)
	if len(list) != maxGuesses {
		t.Errorf("got %d guesses, want %d", len(list), maxGuesses)
	}
	known := likenesses{}
	for _, g := range list {
		if a := align(f, astray, g, known); len(a.tasks) != len(f.Tasks) {
			t.Errorf("%+v: matched %d goroutines of %d", g, len(a.tasks), len(f.Tasks))
		}
	}
	if most := len(f.Tasks) * (strangers + 4*len(f.Tasks)); len(known) > most {
		t.Errorf("%d pairs of goroutines were compared, want at most %d", len(known), most)
	}
}
