package story

import (
	"encoding/json"
	"fmt"
	"time"
)

// Timeline says what the time axis of a timeline is.
type Timeline uint8

const (
	// StepTime gives each step 10 microseconds, so that every step can be seen.
	StepTime Timeline = iota
	// VirtualTime is the virtual time of the run. A step takes none, but is
	// drawn a nanosecond wide, in order.
	VirtualTime
)

// traceEvent is an event of the Trace Event Format (Google, "Trace Event
// Format", 2016), which Chrome's about:tracing and ui.perfetto.dev read.
type traceEvent struct {
	Name      string         `json:"name"`
	Category  string         `json:"cat,omitempty"`
	Phase     string         `json:"ph"`
	Time      float64        `json:"ts"` // microseconds
	Duration  *float64       `json:"dur,omitempty"`
	Process   int            `json:"pid"`
	Thread    int            `json:"tid"`
	ID        int            `json:"id,omitempty"`
	Bind      string         `json:"bp,omitempty"`
	Scope     string         `json:"s,omitempty"`
	Arguments map[string]any `json:"args,omitempty"`
}

// Perfetto tells the story in the Trace Event Format, as JSON: a track for each
// goroutine and one for actions and delays, a slice for each step and for each
// wait, and flow arrows from a step that let another goroutine go on to that
// goroutine's next one, and from a send to its receive. It opens in ui.perfetto.dev.
func (s *Story) Perfetto(axis Timeline) []byte {
	p := &timeline{Story: s, axis: axis, last: make([]int, len(s.Tasks))}
	p.tracks()
	for i := range s.Steps {
		p.step(&s.Steps[i])
	}
	for i := range s.Waits {
		w := &s.Waits[i]
		if !w.Able && w.Step > 0 {
			p.wait(w.Task, p.state(w), w.Stack, p.end(p.Story.step(w.Step)), p.finish())
		}
	}
	text := []byte(`{"displayTimeUnit":"ns","traceEvents":[`)
	for i, e := range p.events {
		line, err := json.Marshal(e)
		if err != nil {
			panic(err) // events always marshal
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, '\n'), line...)
	}
	return append(text, "\n]}\n"...)
}

// timeline collects events.
type timeline struct {
	*Story
	axis   Timeline
	last   []int // the last step of each task
	flows  int
	events []traceEvent
}

// actions is the track of what no goroutine does; task i has the track i+1.
const actions = 0

func (p *timeline) tracks() {
	meta := func(name string, track int, args map[string]any) {
		p.events = append(p.events, traceEvent{Name: name, Phase: "M", Process: 1, Thread: track, Arguments: args})
	}
	meta("process_name", actions, map[string]any{"name": "schedule"})
	meta("thread_name", actions, map[string]any{"name": "actions"})
	for i, t := range p.Tasks {
		meta("thread_name", i+1, map[string]any{"name": t.Name})
		meta("thread_sort_index", i+1, map[string]any{"sort_index": i + 1})
	}
}

// stepWidth is the width of a step in step time, in microseconds.
const stepWidth = 10.0

// begin and end are when a step is drawn, in microseconds.
func (p *timeline) begin(step *Step) float64 {
	if p.axis == StepTime {
		return stepWidth * float64(step.Number-1)
	}
	// A nanosecond a step keeps the order.
	return micros(step.At) + float64(step.Number-1)/1000
}

func (p *timeline) end(step *Step) float64 {
	if p.axis == StepTime {
		return stepWidth * float64(step.Number)
	}
	return micros(step.At) + float64(step.Number)/1000
}

// finish is when the run ended.
func (p *timeline) finish() float64 {
	n := float64(len(p.Steps))
	if p.axis == StepTime {
		return stepWidth * (n + 1)
	}
	return micros(p.Length) + (n+1)/1000
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func (p *timeline) slice(track int, name, category string, begin, end float64, args map[string]any) {
	d := end - begin
	p.events = append(p.events, traceEvent{Name: name, Category: category, Phase: "X", Time: begin, Duration: &d, Process: 1, Thread: track, Arguments: args})
}

func (p *timeline) step(step *Step) {
	if step.Task < 0 {
		p.slice(actions, p.deed(step), "action", p.begin(step), p.end(step), map[string]any{"step": step.Number, "at": step.At.String()})
		return
	}
	if last := p.last[step.Task]; last > 0 && step.Woken.Step > last {
		before := p.Story.step(last)
		what := "waits: " + step.Kind.String()
		if before.Waits {
			what = "waits: " + before.Kind.String()
		}
		p.wait(step.Task, what, step.Stack, p.end(before), p.begin(step))
	}
	p.last[step.Task] = step.Number
	args := map[string]any{"step": step.Number, "at": step.At.String(), "place": step.Stack.String()}
	for i, r := range p.rows(step)[1:] {
		args[fmt.Sprintf("then %d", i+1)] = r.what + " " + r.stack.Place().String()
	}
	p.slice(step.Task+1, p.deed(step), "step", p.begin(step), p.end(step), args)
	if w := step.Woken; w.Step > 0 {
		p.flow(string(w.Use.Verb), p.Story.step(w.Step), step)
	}
	for _, u := range step.Uses {
		if u.Task == step.Task && u.From > 0 && u.From < step.Number {
			p.flow(u.Value, p.Story.step(u.From), step)
		}
	}
}

func (p *timeline) wait(task int, what string, stack Stack, begin, end float64) {
	if end > begin {
		p.slice(task+1, what, "wait", begin, end, map[string]any{"place": stack.String()})
	}
}

// flow draws an arrow from the middle of a step to that of a later one.
func (p *timeline) flow(name string, by, step *Step) {
	if name == "" {
		name = "wake"
	}
	p.flows++
	middle := func(s *Step) float64 { return (p.begin(s) + p.end(s)) / 2 }
	p.events = append(p.events,
		traceEvent{Name: name, Category: "wake", Phase: "s", Time: middle(by), Process: 1, Thread: by.Task + 1, ID: p.flows},
		traceEvent{Name: name, Category: "wake", Phase: "f", Bind: "e", Time: middle(step), Process: 1, Thread: step.Task + 1, ID: p.flows})
}
