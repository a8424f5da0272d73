package replay

import (
	"fmt"

	"github.com/weir-dev/weir/faults/schedule"
)

// Failure is a saved failure. Its text form, which [Failure.String] writes and
// [Parse] reads, is described with the package.
type Failure struct {
	// Verdict is what was expected of the run ("deadlock"), Law the law that it
	// violates, if any. Neither is looked at when the failure is replayed: the
	// caller's run function knows when a failure is the same.
	Verdict, Law string
	// Facts are what the caller needs to run the failure: the name of its test,
	// say. Nothing here looks at them.
	Facts []Fact
	// Notes are lines for the reader: the world, the operations, the faults.
	Notes []string
	// Choices replay the failure on the code that it was found in.
	Choices []uint32
	// Draws are the choices that aren't about who goes next, or which case of
	// a select is tried: they are drawn again after an edit.
	Draws []Draw
	// Tasks are the goroutines of the failing run.
	Tasks []Task
	// Delays are the lengths that virtual time passed although something could
	// run, in order; see [Event.Delay].
	Delays []string
	// Orders are the constraints.
	Orders []Order
	// Ways say which case a select has to try first.
	Ways []Way
}

// Fact is a line of the caller's own. Name is one word.
type Fact struct{ Name, Value string }

// ChoicesOnly is the name of the fact that says why a failure has no
// constraints, if it has none because none could be found. One that comes in
// every schedule has none either, and needs none.
const ChoicesOnly = "choices-only"

// Fact is the value of the first fact with the name, empty if there is none.
func (f *Failure) Fact(name string) string {
	for _, a := range f.Facts {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Draw is the sequence of the draws of one name.
type Draw struct {
	What   string
	Values []uint32
}

// Task is a goroutine of the failing run.
type Task struct {
	// Path is its place in the spawn tree, as [schedule.Event.Path] has it.
	Path string
	// Name is for display.
	Name string
	// Points are where it stopped and went on, in order, from the first choice
	// of the run on; those after the last that is constrained may be missing.
	Points []Point
}

// Point is where a goroutine stopped.
type Point struct {
	Kind schedule.Kind
	// Text is that of a seam.
	Text string
	// Object tells the objects of one kind of the failing run apart; 0 is none.
	Object int
}

// Event is something that happened once in the failing run: a goroutine went
// on from a point, an action was taken, or a delay passed.
type Event struct {
	// Task and Point are indices in Tasks and its Points. Task is -1 for an action
	// or a delay.
	Task, Point int
	// Action is the name of an action, and Nth how many-th of that name it is.
	Action string
	Nth    int
	// Delay counts from 1 in Delays; 0 is none.
	Delay int
}

// Order says that Before happened before After.
type Order struct{ Before, After Event }

// Way says which case a select tried first: the alternative drawn, counted
// among the cases that aren't nil channels.
type Way struct {
	At   Event
	Case int
}

// point is the point of an event of a goroutine.
func (f *Failure) point(e Event) Point { return f.Tasks[e.Task].Points[e.Point] }

// nth counts the points like that of e that its goroutine had come to, e's
// included.
func (f *Failure) nth(e Event) int {
	n := 0
	for _, p := range f.Tasks[e.Task].Points[:e.Point+1] {
		if p == f.point(e) {
			n++
		}
	}
	return n
}

// Text is how the failure's file names e.
func (f *Failure) Text(e Event) string {
	switch {
	case e.Delay > 0:
		return fmt.Sprintf("delay %d", e.Delay)
	case e.Task < 0:
		return fmt.Sprintf("action %q %d", e.Action, e.Nth)
	}
	t := f.Tasks[e.Task]
	return fmt.Sprintf("%s %q at %s %d", t.Path, t.Name, f.point(e), f.nth(e))
}

// String is the point as a file names it.
func (p Point) String() string {
	text := p.Kind.String()
	if p.Kind == schedule.KindSeam {
		text += fmt.Sprintf("=%q", p.Text)
	}
	if p.Object > 0 {
		text += fmt.Sprintf(":%d", p.Object)
	}
	return text
}
