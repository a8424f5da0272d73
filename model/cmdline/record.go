package cmdline

import (
	"encoding/json"
	"math"
	"os"
)

// record is the report for machines. Lists are in the order of the spec, and
// empty ones are empty lists.
type record struct {
	Spec       string         `json:"spec"`
	Size       string         `json:"size"`
	Verdict    string         `json:"verdict"`
	Exit       int            `json:"exit"`
	States     int            `json:"states"`
	Steps      int            `json:"steps"`
	Levels     []int          `json:"levels"`
	Complete   bool           `json:"complete"`
	Reduced    []string       `json:"reduced"`
	Graph      int            `json:"graphStates"`
	Seconds    float64        `json:"seconds"`
	Bytes      int64          `json:"bytes"`
	Collisions float64        `json:"collisionProbability"`
	Laws       []lawRecord    `json:"laws"`
	Actions    []actionRecord `json:"actions"`
	Problems   []string       `json:"problems"`
	Story      *storyRecord   `json:"story"`
}

type lawRecord struct {
	Law     string `json:"law"`
	Kind    string `json:"kind"`
	Verdict string `json:"verdict"`
	// Steps is the length of the law's story, -1 without one.
	Steps  int    `json:"steps"`
	Reason string `json:"reason"`
}

type actionRecord struct {
	Action string `json:"action"`
	Fired  int    `json:"fired"`
}

type storyRecord struct {
	Law     string       `json:"law"`
	Initial string       `json:"initial"`
	Steps   []stepRecord `json:"steps"`
	// Loop is the step from whose index on the story repeats for ever, or the
	// number of steps if it may stop there; -1 if it is no lasso.
	Loop  int  `json:"loop"`
	Short bool `json:"shortest"`
}

type stepRecord struct {
	Step  string `json:"step"`
	State string `json:"state"`
}

// record turns the result into one for machines.
func (c *checked[S]) record() record {
	r := c.result
	out := record{Spec: r.Spec, Size: r.Size, Verdict: r.Verdict.String(), Exit: c.exit, States: r.States, Steps: r.Edges,
		Levels: append([]int{}, r.Levels...), Complete: r.Complete, Reduced: append([]string{}, r.Reduced...), Graph: r.GraphStates,
		Seconds: math.Round(r.Elapsed.Seconds()*1000) / 1000, Bytes: r.Bytes, Collisions: r.CollisionProbability,
		Laws: []lawRecord{}, Actions: []actionRecord{}, Problems: []string{}}
	for _, v := range r.Verdicts {
		out.Laws = append(out.Laws, lawRecord{v.Law, v.Kind.String(), v.Verdict.String(), v.Steps, v.Reason})
	}
	for a, n := range r.ActionCounts {
		out.Actions = append(out.Actions, actionRecord{c.spec.Actions[a], n})
	}
	if c.vacuous != nil {
		out.Problems = append(out.Problems, c.vacuous.Problems...)
	}
	if t := c.story; t != nil {
		out.Story = &storyRecord{Law: t.Law, Initial: stateText(c.spec, &t.Init), Steps: []stepRecord{}, Loop: -1, Short: t.Short}
		path := t.Path()
		for i := range t.Steps {
			out.Story.Steps = append(out.Story.Steps, stepRecord{path[i], stateText(c.spec, &t.Steps[i].State)})
		}
		if t.Lasso {
			out.Story.Loop = t.Loop
		}
	}
	return out
}

// write saves the record.
func (r record) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}
