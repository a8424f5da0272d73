package properties

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/protocol"
)

// overtaken is a suite whose Remote answers wrongly, if wrong, when the first
// message of all isn't m1, and which comes to some more points than needed.
func overtaken(points int, name string, wrong bool) suite {
	early := func(*RemoteWorld) {
		for range points {
			schedule.Point(name)
		}
	}
	return toyRemoteSuite(toyMaker(early, func(r *toyRemote, res *protocol.Result) {
		early(r.w)
		if wrong && r.seq == 1 && string(res.Message) != "m1" {
			res.Reply = []byte("wrong")
		}
	}))
}

// replayedBy replays a case on a suite, in this process.
func replayedBy(t *testing.T, s suite, saved *replay.Failure) Note {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report")
	r, err := newReporter(path)
	if err != nil {
		t.Fatal(err)
	}
	e := &explorer{t: t, suite: s, job: job{Network: Simulated, Law: saved.Law, Replay: saved}, report: r, tally: newTally(), law: saved.Law}
	e.replay()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var n Note
	if err := json.Unmarshal(b, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A saved case comes back on the same code and after an edit, and says which
// of the two it was. Where it can't be followed it says where.
func TestReplayAfterEdits(t *testing.T) {
	p, r, ok := runToy(t, overtaken(0, "", true), toySettings(t))
	if !ok {
		return
	}
	wantFailure(t, r, "remote/right-reply", "dispatched for m2")
	p.save(r.failure)
	_, j, err := readCase(r.failure.File)
	if err != nil {
		t.Fatal(err)
	}
	saved := j.Replay
	if len(saved.Orders) == 0 || len(saved.Draws) == 0 {
		t.Fatalf("no constraints: %q\n%s", r.failure.Loose, saved)
	}
	if text := saved.Text(saved.Orders[0].Before); text != `3 "caller#2" at point="dispatch" 1` {
		t.Fatalf("the case depends on %s", text)
	}
	loose := *saved
	loose.Draws, loose.Orders, loose.Facts = nil, nil, append(slices.Clone(saved.Facts), replay.Fact{Name: replay.ChoicesOnly, Value: "of a test"})
	for _, c := range []struct {
		name  string
		suite suite
		saved *replay.Failure
		fails bool
		says  string
	}{
		{"same", overtaken(0, "", true), saved, true, "exact"},
		{"points added", overtaken(2, "log", true), saved, true, "reproduced after an edit"},
		{"points of the same name added", overtaken(1, "dispatch", true), saved, true, "reproduced after an edit"},
		{"fixed", overtaken(0, "", false), saved, false, "the constraints were kept in "},
		{"fixed and edited", overtaken(2, "log", false), saved, false, "the constraints were kept in "},
		{"choices alone", overtaken(0, "", true), &loose, true, "exact"},
		{"choices alone, edited", overtaken(2, "log", true), &loose, true, "diverged: the choices no longer fit the program, and there are no constraints (of a test); went on with seed 0: failed"},
		{"choices alone, fixed", overtaken(0, "", false), &loose, false, "the choices fit, and there are no constraints: passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := replayedBy(t, c.suite, c.saved)
			says := ""
			switch {
			case n.Failure != nil:
				says = n.Failure.Replayed
				if want := "replayed  " + says; !strings.Contains(n.Failure.Block(), want) {
					t.Errorf("%q is not in%s", want, n.Failure.Block())
				}
			case n.Held != nil:
				says = n.Held.Replayed
			}
			if (n.Failure != nil) != c.fails || !strings.Contains(says, c.says) {
				t.Errorf("fails %v (%q, %s), want %v, %q", n.Failure != nil, says, n.Undecided, c.fails, c.says)
			}
		})
	}
}

// overtakes is a small case in which the second caller comes first.
func overtakes(t *testing.T, e *explorer) *outcome {
	t.Helper()
	for seed := range uint64(1000) {
		if e.first = e.one(schedule.Random(seed + 1)); breaks(e.first, e.law) {
			small, _ := e.reduced(e.first, time.Minute)
			if strings.Contains(describe(small, e.law, Simulated).Observed, "dispatched for m2") {
				return small
			}
		}
	}
	t.Fatalf("%s holds in 1000 cases", e.law)
	return nil
}

// Where the program no longer has what a constraint names, the replay goes on
// and says which it was.
func TestReplayDiverges(t *testing.T) {
	s := overtaken(0, "", true)
	e := &explorer{t: t, suite: s, job: job{Network: Simulated}, tally: newTally(), rapid: newRapidBook(), law: "remote/right-reply"}
	saved, loose := e.constrained(overtakes(t, e), replay.Effort{Wall: deriveTime})
	if saved == nil {
		t.Fatal(loose)
	}
	saved.Verdict, saved.Law = "violated", e.law
	text := strings.ReplaceAll(saved.String(), `point="dispatch"`, `point="gone"`)
	saved, err := replay.Parse(strings.Replace(text, "choices 0", "choices 9", 1))
	if err != nil {
		t.Fatal(err)
	}
	n := replayedBy(t, s, saved)
	if n.Failure == nil && n.Held == nil {
		t.Fatalf("got %+v", n)
	}
	said := fmt.Sprint(n.Failure, n.Held)
	if want := `diverged at constraint 1 (3 "caller#2" at point="gone" 1 before 2 "caller#1" at start 1): the second happened first, when nothing else could go on; went on with seed 0: failed`; !strings.Contains(said, want) {
		t.Errorf("got %s, want %q", said, want)
	}
}

// Where constraints can't be had in time, or the case doesn't fail, the reason
// is told.
func TestConstrainedRefuses(t *testing.T) {
	e := &explorer{t: t, suite: overtaken(0, "", true), job: job{Network: Simulated}, tally: newTally(), law: "remote/right-reply"}
	fails := overtakes(t, e)
	passes := e.one(schedule.NewList(nil))
	for _, c := range []struct {
		o      *outcome
		within time.Duration
		want   string
	}{
		{fails, deriveTime, ""},
		{fails, time.Nanosecond, "what keeps it failing was not found in time"},
		{passes, deriveTime, "the choices don't lead to the failure"},
	} {
		saved, loose := e.constrained(c.o, replay.Effort{Wall: c.within})
		if (saved == nil) != (c.want != "") || !strings.Contains(loose, c.want) || c.want == "" && loose != "" {
			t.Errorf("within %v: got %v, %q, want %q", c.within, saved, loose, c.want)
		}
	}
}

// Where time runs out, all constraints are kept, and they bring the case back
// after an edit as well.
func TestWholeOrderIsKept(t *testing.T) {
	s := overtaken(0, "", true)
	e := &explorer{t: t, suite: s, job: job{Network: Simulated}, tally: newTally(), law: "remote/right-reply"}
	fails := overtakes(t, e)
	few, loose := e.constrained(fails, replay.Effort{Wall: deriveTime})
	whole, wholly := e.constrained(fails, wholeOrder)
	if few == nil || whole == nil {
		t.Fatalf("no constraints: %q, %q", loose, wholly)
	}
	if len(whole.Orders) <= len(few.Orders) || len(few.Orders) == 0 {
		t.Errorf("%d constraints are all, and %d the needed ones", len(whole.Orders), len(few.Orders))
	}
	if len(few.Notes) != 0 || len(whole.Notes) != 1 || !strings.Contains(whole.Notes[0], "more than are needed") {
		t.Errorf("notes are %q and %q, want one of the second", few.Notes, whole.Notes)
	}
	whole.Law = e.law
	if n := replayedBy(t, overtaken(2, "log", true), whole); n.Failure == nil || !strings.HasPrefix(n.Failure.Replayed, "reproduced") {
		t.Errorf("after an edit: %+v", n)
	}
}
