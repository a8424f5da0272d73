package explore

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/reduce"
)

// origin says where a failing schedule comes from.
type origin struct {
	number int    // of the seed's schedules, from 0
	path   string // of the saved file, if it comes from one
	how    string // it was replayed, then
	exact  bool   // if it was so replayed
	by     string // the strategy that found it
}

// failed makes the first failure of a test small, saves it and tells it.
func (x *explorer) failed(first *outcome, from origin) {
	x.t.Helper()
	last, note, found := first, "", time.Now()
	switch {
	case first.kind == Hang:
	case x.tally.points == 0:
		note = "nothing is woven: this may not happen again"
	default:
		last, note = x.smallest(first)
	}
	path, replay := from.path, ""
	if x.tally.points > 0 || first.kind == Hang {
		if !from.exact || !slices.Equal(trim(first.choices), trim(last.choices)) {
			f := File{Test: x.t.Name(), Kind: last.kind, Message: firstLine(last.message), Steps: last.steps}
			f.Failure, f.Loose = x.constrained(last, found)
			saved, err := f.save(x.set.Keep)
			if err != nil {
				note = strings.TrimPrefix(note+"; ", "; ") + "it could not be saved: " + err.Error()
			}
			path = saved
		}
		replay = path
	}
	text := x.text(last, where(from, x.set.Seed), note, replay)
	x.final(Note{Kind: last.kind, Switches: last.switches, Message: last.message, Report: text, File: path, Trace: trace(last)})
	x.t.Error(text)
}

func where(from origin, seed uint64) string {
	if from.number < 0 {
		return "in the saved schedule " + from.path + " (" + from.how + ")"
	}
	text := fmt.Sprintf("in schedule %d of seed %d", from.number+1, seed)
	if from.by != "" {
		text += ", by " + from.by
	}
	return text
}

// smallest is the smallest schedule that was found to fail like first, with
// its story, and what there is to say about it.
func (x *explorer) smallest(first *outcome) (last *outcome, note string) {
	if first.kind == Race && !strings.Contains(os.Getenv("GORACE"), "suppress_equal_stacks=0") {
		// The detector reports a race only once, so that a smaller schedule
		// can't be seen to have it.
		o := x.again(first.choices, want{lines: true, story: true})
		o.kind, o.message, o.choices = first.kind, first.message, first.choices
		return o, "a race is reported once a process: the schedule is as it was found (GORACE=\"suppress_equal_stacks=0 suppress_equal_addresses=0\" would let it shrink)"
	}
	run := func(c schedule.Chooser) reduce.Outcome {
		o := x.once(c, want{})
		return reduce.Outcome{Same: o.kind == first.kind && shape(o) == shape(first)}
	}
	r, err := reduce.Reduce(first.choices, run, reduce.Limit{Runs: reduceRuns, Proof: proofRuns, Wall: x.cfg.Shrink})
	if err != nil {
		return first, "the same choices gave another run when they were tried again: WEIR_CHECK_DETERMINISM=1 (-check-determinism) says where"
	}
	last = x.again(r.Choices, want{lines: true, story: true})
	if r.Proof == reduce.Unstable || last.kind != first.kind || shape(last) != shape(first) {
		return first, "the smaller schedule did not repeat: WEIR_CHECK_DETERMINISM=1 (-check-determinism) says where"
	}
	note = fmt.Sprintf("shrunk from %s with %s", plural(first.steps, "step", "steps"), plural(first.switches, "switch", "switches"))
	if slices.Equal(trim(last.choices), trim(first.choices)) {
		note = "no smaller schedule was found"
	}
	switch r.Proof {
	case reduce.Fewest, reduce.Minimal:
		note += "; none with fewer switches fails"
	case reduce.Single:
		note += "; nothing that goroutines do in it can be left out, put off or joined"
	case reduce.CutShort:
		note += "; the time to look for a smaller one was up"
	}
	return last, note
}

// reduceRuns bounds the runs of a reduction, and proofRuns those that show each
// time that none with fewer switches fails. Few bodies have so few orders, and the
// others shouldn't take all of Config.Shrink, which makes results depend on the
// machine.
const (
	reduceRuns = 1 << 17
	proofRuns  = 10_000
)

// trim cuts the zeros at the end, which a list answers anyway.
func trim(choices []uint32) []uint32 {
	for len(choices) > 0 && choices[len(choices)-1] == 0 {
		choices = choices[:len(choices)-1]
	}
	return choices
}

var digits = regexp.MustCompile(`[0-9]+`)

// place is what a message begins with that an edit may change: the line of the
// test, or the name of the goroutine.
var place = regexp.MustCompile(`^(\S+\.go:[0-9]+|(panic|failure) in \S+): `)

// shape is what two runs of the same failure have in common.
func shape(o *outcome) string { return shapeOf(o.kind, o.message) }

func shapeOf(kind Kind, message string) string {
	if kind == Violation || kind == Panic {
		text := place.ReplaceAllString(firstLine(message), "")
		return digits.ReplaceAllString(strings.Join(strings.Fields(text), " "), "#")
	}
	return ""
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// trace tells runs with different steps apart, in any process.
func trace(o *outcome) string {
	h := fnv.New64a()
	for _, line := range o.lines {
		fmt.Fprintln(h, line)
	}
	fmt.Fprint(h, o.kind, shape(o))
	return fmt.Sprintf("%016x", h.Sum64())
}

// final writes the last note of a test.
func (x *explorer) final(n Note) {
	n.Final, n.Seen = true, x.tally.hashes()
	if x.seeker != nil {
		n.Strategies = x.seeker.reports()
	}
	x.notes.write(x.noteOf(n))
}

// noteOf adds the counts to a note.
func (x *explorer) noteOf(n Note) Note {
	y := &x.tally
	n.Test, n.Schedules, n.Distinct, n.Steps, n.Points, n.Undecided = x.t.Name(), y.schedules, len(y.seen), y.steps, y.points, y.undecided
	n.Adopted, n.Saw = y.adopted, x.shown.len()
	n.Natives, n.Packages = slices.Sorted(maps.Keys(y.natives)), slices.Sorted(maps.Keys(y.packages))
	return n
}

// natives tells of goroutines that nobody controls.
func (x *explorer) natives() string {
	if len(x.tally.natives) == 0 {
		return ""
	}
	reached := ""
	if n := x.tally.adopted; n > 0 {
		reached = fmt.Sprintf(" (%d reached a point, in %s)", n, plural(x.tally.schedules, "schedule", "schedules"))
	}
	return "; native goroutines, which nobody controls" + reached + ", were started by " + strings.Join(slices.Sorted(maps.Keys(x.tally.natives)), ", by ")
}
