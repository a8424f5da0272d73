package story

import (
	"strconv"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// Recorder collects the steps of one run, as many as Config.MaxSteps lets it
// take. Its methods are called on the root of the run.
type Recorder struct {
	resolver resolver
	story    *Story
	tasks    map[schedule.TaskID]int
	objects  map[int]int                 // by number
	woken    map[schedule.TaskID]int     // the step that woke it, until it goes on
	arrived  map[schedule.TaskID]arrival // at its present point
	sends    map[int][]sent              // values that weren't received yet, by object
	mixed    map[int]bool                // objects whose sends and receives don't match
	names    map[string]int
	unnamed  map[int]bool // objects with a name that the code doesn't use
	source   sources
}

// arrival is when a task came to a point.
type arrival struct {
	step int
	at   time.Duration
}

// NewRecorder makes a Recorder for one run. It is called for the run whose
// Config.Trace is the Recorder's Trace.
func NewRecorder() *Recorder {
	return &Recorder{
		story: &Story{},
		tasks: map[schedule.TaskID]int{}, objects: map[int]int{},
		woken: map[schedule.TaskID]int{}, arrived: map[schedule.TaskID]arrival{},
		sends: map[int][]sent{}, mixed: map[int]bool{}, unnamed: map[int]bool{}, names: map[string]int{},
	}
}

// Trace keeps a step: see schedule.Config.Trace.
func (r *Recorder) Trace(t *schedule.Taken) {
	step := Step{
		Number: len(r.story.Steps) + 1, At: t.At, Task: -1, Kind: t.Kind, Text: t.Text, Object: -1, Ended: t.Ended,
		Waits: t.Next.Task == 0 && !t.Ended && t.Task != 0,
	}
	if t.Task == 0 {
		step.Text = t.Name
	} else {
		step.Task = r.task(t.Event)
		step.Stack = r.resolver.stack(t.Calls())
		if t.Kind == schedule.KindStart {
			step.Stack = r.story.Tasks[step.Task].Birth
		}
		step.Object = r.object(t.Object, step.Task, step.Stack)
		if by, ok := r.woken[t.Task]; ok {
			step.Woken.Step = by
			delete(r.woken, t.Task)
		}
		r.arrived[t.Task] = arrival{step.Number, t.At}
		if t.Ended {
			r.story.Tasks[step.Task].Ended = step.Number
		}
	}
	for _, id := range t.Woke {
		r.woken[id] = step.Number
		r.arrived[id] = arrival{step.Number, t.At}
	}
	r.uses(&step, t)
	r.story.Steps = append(r.story.Steps, step)
}

// task is the number of the task of an event.
func (r *Recorder) task(e schedule.Event) int {
	if i, ok := r.tasks[e.Task]; ok {
		return i
	}
	parent := -1
	if i, ok := r.tasks[e.Parent()]; ok {
		parent = i
	}
	i := len(r.story.Tasks)
	r.tasks[e.Task] = i
	r.story.Tasks = append(r.story.Tasks, Task{Name: e.Name, Path: e.Path(), Parent: parent, Birth: r.resolver.stack(e.Started())})
	return i
}

// object is the number of an object that a task uses, -1 for none.
func (r *Recorder) object(o schedule.Object, task int, stack Stack) int {
	if o.Number == 0 {
		return -1
	}
	name := r.source.name(stack.Place())
	if i, ok := r.objects[o.Number]; ok {
		// Where it is used first may not call it anything.
		if obj := &r.story.Objects[i]; r.unnamed[i] && name != "" {
			obj.Name, r.unnamed[i] = r.unique(name, obj.Type), false
		}
		return i
	}
	i := len(r.story.Objects)
	r.objects[o.Number] = i
	typ := stack.typ()
	r.unnamed[i] = name == ""
	r.story.Objects = append(r.story.Objects, Object{Type: typ, Name: r.unique(name, typ), First: stack, Task: task})
	return i
}

// unique makes a name for an object of which the code may have several.
func (r *Recorder) unique(name, typ string) string {
	known := name != ""
	if !known {
		name = strings.ToLower(typ)
	}
	r.names[name]++
	if n := r.names[name]; n > 1 || !known {
		return name + "#" + strconv.Itoa(n)
	}
	return name
}

// End makes the story of what was recorded. It is called after Run and before
// Teardown, because it asks s who is left.
func (r *Recorder) End(s *schedule.Scheduler) *Story {
	st := r.story
	st.Length = s.Elapsed()
	for _, l := range s.Left() {
		i := r.task(l.Event)
		w := Wait{Task: i, Step: r.arrived[l.Task].step, Since: r.arrived[l.Task].at, Kind: l.Kind, Text: l.Text, Stack: r.resolver.stack(l.Calls()), Able: l.Enabled, Beyond: l.Origin == schedule.Adopted && !l.Parked}
		w.Object = r.object(l.Object, i, w.Stack)
		if l.Kind == schedule.KindStart {
			w.Stack = st.Tasks[i].Birth
		}
		st.Waits = append(st.Waits, w)
	}
	st.link()
	return st
}
