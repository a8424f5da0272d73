package story_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/story"
)

// event is an event of the Trace Event Format.
type event struct {
	Name string
	Cat  string
	Ph   string
	Ts   *float64
	Dur  *float64
	Pid  *int
	Tid  *int
	ID   int
	Bp   string
	Args map[string]any
}

// malformed says what is wrong with a text as the Trace Event Format has it:
// the fields that each phase needs, slices of a track that overlap without
// nesting, and flows that don't begin and end once, forwards, inside of a slice.
func malformed(text []byte) error {
	var file struct{ TraceEvents []event }
	if err := json.Unmarshal(text, &file); err != nil {
		return err
	}
	slicesOf, names := map[int][]event{}, map[int]string{}
	starts, ends := map[int]event{}, map[int]event{}
	for i, e := range file.TraceEvents {
		if e.Name == "" || e.Ts == nil || e.Pid == nil || e.Tid == nil {
			return fmt.Errorf("event %d lacks name, ts, pid or tid", i)
		}
		switch e.Ph {
		case "M":
			if e.Name == "thread_name" {
				names[*e.Tid], _ = e.Args["name"].(string)
			}
		case "X":
			if e.Dur == nil || *e.Dur <= 0 {
				return fmt.Errorf("slice %d %q has no duration", i, e.Name)
			}
			slicesOf[*e.Tid] = append(slicesOf[*e.Tid], e)
		case "s":
			if _, ok := starts[e.ID]; ok || e.ID == 0 {
				return fmt.Errorf("flow %d begins twice", e.ID)
			}
			starts[e.ID] = e
		case "f":
			if _, ok := ends[e.ID]; ok || e.Bp != "e" {
				return fmt.Errorf("flow %d ends twice, or not in the slice around", e.ID)
			}
			ends[e.ID] = e
		default:
			return fmt.Errorf("event %d has phase %q", i, e.Ph)
		}
	}
	for track, all := range slicesOf {
		if names[track] == "" {
			return fmt.Errorf("track %d has no name", track)
		}
		slices.SortStableFunc(all, func(a, b event) int {
			if *a.Ts < *b.Ts {
				return -1
			}
			return 1
		})
		for i := 1; i < len(all); i++ {
			if end := *all[i-1].Ts + *all[i-1].Dur; end > *all[i].Ts+1e-6 {
				return fmt.Errorf("track %s: %q ends at %v, after %q begins at %v", names[track], all[i-1].Name, end, all[i].Name, *all[i].Ts)
			}
		}
	}
	inside := func(e event) bool {
		return slices.ContainsFunc(slicesOf[*e.Tid], func(s event) bool { return *s.Ts <= *e.Ts && *e.Ts <= *s.Ts+*s.Dur })
	}
	for id, s := range starts {
		f, ok := ends[id]
		switch {
		case !ok:
			return fmt.Errorf("flow %d has no end", id)
		case s.Cat != f.Cat || s.Name != f.Name || *s.Ts >= *f.Ts:
			return fmt.Errorf("flow %d: %v does not lead to %v", id, s, f)
		case !inside(s) || !inside(f):
			return fmt.Errorf("flow %d is not bound to slices", id)
		}
	}
	if len(ends) != len(starts) {
		return fmt.Errorf("%d flows begin and %d end", len(starts), len(ends))
	}
	if len(slicesOf) == 0 {
		return fmt.Errorf("no slices")
	}
	return nil
}

// Timelines of all toys and of a run with faults and delays are well formed in
// both times, and the checker can see what is not.
func TestPerfetto(t *testing.T) {
	_, told := run(t, schedule.Random(3), passed, true, nil)
	stories := map[string]*story.Story{"passed": told, "faulty": faulty(t)}
	for name, body := range toys {
		stories[name] = stuck(t, body)
	}
	for name, s := range stories {
		for _, axis := range []story.Timeline{story.StepTime, story.VirtualTime} {
			if err := malformed(s.Perfetto(axis)); err != nil {
				t.Errorf("%s, axis %d: %v", name, axis, err)
			}
		}
	}
	golden(t, "crossed.perfetto", string(stories["crossed"].Perfetto(story.StepTime)))
	for _, bad := range []string{
		`{`, `{"traceEvents":[]}`,
		`{"traceEvents":[{"name":"a","ph":"X","ts":0,"pid":1,"tid":1,"dur":2}]}`,
		`{"traceEvents":[{"name":"thread_name","ph":"M","ts":0,"pid":1,"tid":1,"args":{"name":"t"}},{"name":"a","ph":"X","ts":0,"pid":1,"tid":1,"dur":2},{"name":"b","ph":"X","ts":1,"pid":1,"tid":1,"dur":2}]}`,
		`{"traceEvents":[{"name":"thread_name","ph":"M","ts":0,"pid":1,"tid":1,"args":{"name":"t"}},{"name":"a","ph":"X","ts":0,"pid":1,"tid":1,"dur":2},{"name":"a","ph":"s","ts":1,"pid":1,"tid":1,"id":1}]}`,
		`{"traceEvents":[{"name":"a","ph":"X","pid":1,"tid":1,"dur":2}]}`,
	} {
		if malformed([]byte(bad)) == nil {
			t.Errorf("not seen to be malformed: %s", bad)
		}
	}
}
