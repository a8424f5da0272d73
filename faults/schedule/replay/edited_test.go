package replay_test

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/replay"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

var update = flag.Bool("update", false, "write the golden files anew")

// limiter loses a wake-up: who finds nothing free waits only after it has
// given up the lock. The fixed one doesn't give it up. An edited one has points
// at a log's lock before, and a goroutine that has nothing to do with it.
func limiter(fixed, edited bool) toy {
	return toy{name: "limiter", start: func() ([]func(), func() bool) {
		var mu, log sync.Mutex
		free := true
		var waiting []chan struct{}
		notes := 0
		note := func() {
			if edited {
				log.Lock()
				notes++
				log.Unlock()
			}
		}
		caller := func() {
			note()
			mu.Lock()
			if free {
				free = false
				mu.Unlock()
			} else {
				if !fixed {
					mu.Unlock()
					mu.Lock()
				}
				wake := make(chan struct{})
				waiting = append(waiting, wake)
				mu.Unlock()
				note()
				schedule.Recv(wake)
			}
			note()
			mu.Lock()
			if len(waiting) > 0 {
				schedule.Close(waiting[0])
				waiting = waiting[1:]
			} else {
				free = true
			}
			mu.Unlock()
		}
		if edited {
			return []func(){note, caller, caller}, nil
		}
		return []func(){caller, caller}, nil
	}}
}

// savedLimiter is the limiter's failure as a file has it.
func savedLimiter(t *testing.T) *replay.Failure {
	p := limiter(false, false)
	f, _, err := replay.Derive(small(t, p, 1), runOf(t, p), replay.Effort{})
	if err != nil {
		t.Fatal(err)
	}
	f.Verdict, f.Notes = "rest", []string{"two callers, limit 1"}
	return f
}

func TestFileIsGolden(t *testing.T) {
	golden(t, "testdata/limiter.failure", savedLimiter(t).String())
}

// The package's documentation shows the golden file.
func TestDocShowsTheFile(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("testdata/limiter.failure")
	if err != nil {
		t.Fatal(err)
	}
	shown := "//\t" + strings.ReplaceAll(strings.TrimSuffix(string(file), "\n"), "\n", "\n//\t") + "\n//\n"
	if !strings.Contains(string(doc), shown) {
		t.Errorf("doc.go doesn't have\n%s", shown)
	}
}

func golden(t *testing.T, path, got string) {
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
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A saved failure comes back where the bug is, whatever else was edited, and
// doesn't where it was fixed; then the result says where the run left it.
func TestReplayOnOtherCode(t *testing.T) {
	text, err := os.ReadFile("testdata/limiter.failure")
	if err != nil {
		t.Fatal(err)
	}
	f, err := replay.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		fixed, edited bool
		how           replay.How
		text          string
	}{
		{"same", false, false, replay.Exact, "exact"},
		{"edited", false, true, replay.Reproduced, "reproduced after an edit, with seed"},
		{"fixed", true, false, replay.Passed, "the constraints were kept"},
		{"fixed and edited", true, true, replay.Passed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := limiter(c.fixed, c.edited)
			got := f.Replay(runOf(t, p))
			if got.How != c.how || !strings.HasPrefix(got.String(), c.text) {
				t.Errorf("got %v after %d runs, want %v: %s", got, got.Runs, c.how, c.text)
			}
			if got.Failed() && !runOf(t, p)(schedule.NewList(got.Choices)) {
				t.Errorf("its choices %v don't fail", got.Choices)
			}
			if !got.Failed() && !strings.HasSuffix(got.String(), "passed") {
				t.Errorf("got %q, want it to say that it passed", got)
			}
		})
	}
}

// Where the order that made it fail is no longer possible, the result names
// the constraint.
func TestReplayDiverges(t *testing.T) {
	locks := func(fixed bool) toy {
		return toy{name: "locks", start: func() ([]func(), func() bool) {
			var a, b, all sync.Mutex
			moved := 0
			both := func(first, second *sync.Mutex) func() {
				return func() {
					if fixed {
						all.Lock()
						defer all.Unlock()
					}
					first.Lock()
					second.Lock()
					moved++
					second.Unlock()
					first.Unlock()
				}
			}
			return []func(){both(&a, &b), both(&b, &a)}, nil
		}}
	}
	f, _, err := replay.Derive(small(t, locks(false), 1), runOf(t, locks(false)), replay.Effort{})
	if err != nil {
		t.Fatal(err)
	}
	got := f.Replay(runOf(t, locks(true)))
	want := "diverged at constraint 1 (" + f.Text(f.Orders[0].Before) + " before " + f.Text(f.Orders[0].After) + ")"
	if got.How != replay.Passed || got.Order != 1 || !strings.HasPrefix(got.String(), want) || !strings.HasSuffix(got.String(), ": passed") {
		t.Errorf("got %v, want %s ... passed", got, want)
	}
	t.Log(got)
}

// A goroutine is found again where an edit moved it, and so are a point that
// others of its kind now come before and goroutines that change places; without
// looking for them it would be missed.
func TestReplayAligns(t *testing.T) {
	counter := func(edit string) toy {
		return toy{name: "counter", start: func() ([]func(), func() bool) {
			var hits, sum, log atomic.Int32
			extra := func() { log.Add(1) }
			reader := func() {
				if edit == "points" {
					log.Store(log.Load() + 1)
				}
				v := sum.Load()
				hits.Add(1)
				sum.Store(v + 1)
			}
			adder := func() {
				if edit == "points" {
					log.Load()
				}
				sum.Add(1)
				sum.Add(1)
				if edit == "points" {
					log.Add(1)
				}
				sum.Add(1)
			}
			lost := func() bool { return sum.Load() == 3 }
			switch edit {
			case "goroutines":
				return []func(){extra, extra, reader, adder}, lost
			case "places":
				return []func(){adder, reader}, lost
			}
			return []func(){reader, adder}, lost
		}}
	}
	f, _, err := replay.Derive(small(t, counter(""), 1), runOf(t, counter("")), replay.Effort{})
	if err != nil {
		t.Fatal(err)
	}
	for _, edit := range []string{"points", "goroutines", "places"} {
		got := f.Replay(runOf(t, counter(edit)))
		// Between points a random schedule may hit upon it, too.
		if got.How != replay.Reproduced || !got.Aligned && edit != "points" {
			t.Errorf("%s: got %v, want it reproduced by alignment", edit, got)
		}
		t.Logf("%s: %v", edit, got)
	}
}

// A failure that left the constraints is said to have.
func TestReplayThatDivergesAndFails(t *testing.T) {
	f := savedLimiter(t)
	always := func(c schedule.Chooser) bool {
		play(t, c, toys[0])
		return true
	}
	got := f.Replay(always)
	if got.How != replay.Diverged || got.Order == 0 && got.Reason == "" || !strings.HasSuffix(got.String(), "failed") {
		t.Errorf("got %v, want one that diverged and failed", got)
	}
}

func TestDeriveRefuses(t *testing.T) {
	p := limiter(false, false)
	if _, _, err := replay.Derive(nil, runOf(t, limiter(true, false)), replay.Effort{}); !errors.Is(err, replay.ErrPasses) {
		t.Errorf("got %v, want %v", err, replay.ErrPasses)
	}
	for _, e := range []replay.Effort{{Runs: -1}, {Seeds: -1}, {Wall: -1}} {
		if _, _, err := replay.Derive(small(t, p, 1), runOf(t, p), e); err == nil {
			t.Errorf("effort %+v is accepted", e)
		}
	}
	runs := 0
	once := func(c schedule.Chooser) bool {
		runs++
		play(t, c, p)
		return runs == 1
	}
	f, _, err := replay.Derive(small(t, p, 1), once, replay.Effort{})
	if !errors.Is(err, replay.ErrUnordered) || f == nil || len(f.Choices) == 0 || len(f.Orders) > 0 {
		t.Errorf("got %v (%v), want choices without constraints", f, err)
	}
	f, _, err = replay.Derive(small(t, p, 1), runOf(t, p), replay.Effort{Wall: time.Nanosecond})
	if !errors.Is(err, replay.ErrLate) || f == nil || len(f.Choices) == 0 || len(f.Orders)+len(f.Ways) > 0 {
		t.Errorf("got %v (%v), want choices without constraints", f, err)
	}
}

// Constraints are enough under schedules that Derive didn't try: one that is
// needed only now and then isn't left out.
func TestConstraintsAreEnough(t *testing.T) {
	rescued := toy{name: "rescued", start: func() ([]func(), func() bool) {
		var x atomic.Int32
		saw := false
		return []func(){
			func() { noise(3); x.Store(1); noise(4); x.Store(2) },
			func() { noise(4); saw = x.Load() == 1 },
		}, func() bool { return !saw }
	}}
	for _, p := range append(toys, rescued) {
		list := small(t, p, 1)
		if _, d, err := replay.Derive(list, runOf(t, p), replay.Effort{}); err != nil || d.Tried < 48 {
			t.Errorf("%s: %d schedules were tried (%v), want 48 or more", p.name, d.Tried, err)
		}
		// Turning round what isn't kept finds what few random schedules do.
		f, _, err := replay.Derive(list, runOf(t, p), replay.Effort{Seeds: 1})
		if err != nil {
			t.Fatal(err)
		}
		passed := 0
		for seed := range uint64(150) {
			if !play(t, f.Follow(5000+seed), p) {
				passed++
			}
		}
		if passed > 0 {
			t.Errorf("%s: %d of 150 schedules pass under\n%s", p.name, passed, f)
		}
	}
}

// Where the runs are used up the constraints are all of the order.
func TestDeriveCutShort(t *testing.T) {
	p := limiter(false, false)
	f, d, err := replay.Derive(find(t, p, 1), runOf(t, p), replay.Effort{Runs: 6})
	if err != nil || !d.CutShort {
		t.Fatalf("got %+v (%v), want one that was cut short", d, err)
	}
	f.Choices = nil
	if got := f.Replay(runOf(t, p)); !got.Failed() {
		t.Errorf("got %v, want the failure", got)
	}
}

// Where real time is up the constraints are all of the order, or those that were
// left by then and are enough; a note says that there may be too many.
func TestDeriveIsCutShortByTime(t *testing.T) {
	p := limiter(false, false)
	list := find(t, p, 1)
	const each = 2 * time.Millisecond
	var few int
	for _, wall := range []time.Duration{0, 20 * each, 40 * each} {
		start := time.Now()
		f, d, err := replay.Derive(list, func(c schedule.Chooser) bool {
			if wall > 0 {
				time.Sleep(each)
			}
			return play(t, c, p)
		}, replay.Effort{Wall: wall})
		if err != nil || d.CutShort != (wall > 0) || len(f.Notes) != map[bool]int{true: 1}[wall > 0] {
			t.Fatalf("within %v: got %+v with notes %q (%v)", wall, d, f.Notes, err)
		}
		if wall == 0 {
			few = d.Kept
			continue
		}
		if took := time.Since(start); took > wall+time.Second {
			t.Errorf("it took %v, want %v and a run", took, wall)
		}
		f.Choices = nil
		if got := f.Replay(runOf(t, p)); got.How != replay.Reproduced || d.Kept < few {
			t.Errorf("%d constraints, which are %d where there is time: got %v, want it reproduced", d.Kept, few, got)
		}
	}
}

// A failure of which it is known that it has no constraints is replayed by its
// choices, once.
func TestChoicesOnly(t *testing.T) {
	p := limiter(false, false)
	list := small(t, p, 1)
	full, _, err := replay.Derive(list, runOf(t, p), replay.Effort{})
	if err != nil {
		t.Fatal(err)
	}
	f := &replay.Failure{Choices: full.Choices, Facts: []replay.Fact{{Name: replay.ChoicesOnly, Value: "it is a test"}}}
	other := &replay.Failure{Choices: append(slices.Clone(f.Choices), 1, 1, 1), Facts: f.Facts}
	passes := limiter(true, false)
	for _, c := range []struct {
		what    string
		failure *replay.Failure
		run     replay.Run
		how     replay.How
		says    string
	}{
		{"as it was", f, runOf(t, p), replay.Exact, "exact"},
		{"others that fail", other, runOf(t, p), replay.Diverged, "diverged: the choices no longer fit the program, and there are no constraints (it is a test); went on with seed 0: failed"},
		{"others that pass", other, runOf(t, passes), replay.Passed, "diverged: the choices no longer fit the program, and there are no constraints (it is a test); went on with seed 0: passed"},
		{"as it was, repaired", f, func(c schedule.Chooser) bool { play(t, c, p); return false }, replay.Passed, "the choices fit, and there are no constraints: passed"},
	} {
		if got := c.failure.Replay(c.run); got.How != c.how || got.String() != c.says || got.Runs != 1 {
			t.Errorf("%s: got %v, %q in %d runs, want %v, %q in 1", c.what, got.How, got, got.Runs, c.how, c.says)
		}
	}
}

// What is drawn that isn't about the schedule is drawn again, by its name.
func TestDraws(t *testing.T) {
	p := toy{name: "drawn", start: func() ([]func(), func() bool) { return nil, nil }}
	run := func(extra bool) replay.Run {
		return func(c schedule.Chooser) bool {
			if extra {
				c.Choose(&schedule.Choice{N: 5, What: "colour"})
			}
			n := c.Choose(&schedule.Choice{N: 9, What: "callers"})
			var x atomic.Int32
			lost := false
			p.start = func() ([]func(), func() bool) {
				add := func() { x.Store(x.Load() + 1) }
				return []func(){add, add}, func() bool { lost = x.Load() < 2; return lost }
			}
			play(t, c, p)
			return n == 7 && lost
		}
	}
	var list []uint32
	for seed := uint64(1); ; seed++ {
		list = nil
		if run(false)(schedule.Record(schedule.Random(seed), func(i uint32) { list = append(list, i) })) {
			break
		}
	}
	f, _, err := replay.Derive(list, run(false), replay.Effort{})
	if err != nil {
		t.Fatal(err)
	}
	f.Choices = nil
	if got := f.Replay(run(false)); got.How != replay.Reproduced {
		t.Errorf("got %v, want it reproduced", got)
	}
	if got := f.Replay(run(true)); got.How != replay.Diverged || !strings.Contains(got.String(), `draw of "colour"`) {
		t.Errorf("with another draw: got %v, want it to diverge there and to fail", got)
	}
}

func TestParseRefuses(t *testing.T) {
	head := "weir failure 1\nverdict rest\n"
	for _, c := range []struct{ text, complaint string }{
		{"", `line 1 is ""`},
		{"hello\n", `line 1 is "hello", want "weir failure 1"`},
		{"weir failure 2\n", `line 1 is "weir failure 2", want "weir failure 1": it is a file of another version of weir; find the failure again`},
		{"weir failure 1\n", "verdict"},
		{head + "colour red\n", `line 3: it begins with "colour"`},
		{head + "choices 1 x\n", `"x" is not a number`},
		{head + "draw load 1\n", "not a quoted text"},
		{head + "delay soon\n", "not a duration"},
		{head + "task 1 \"a\" fly:1\n", `"fly" is not a kind`},
		{head + "order delay 1 before delay 2\n", "delay 1 isn't one of 0"},
		{head + "task 1 \"a\" lock:1\norder 1 \"a\" at lock:1 2 before 1 \"a\" at lock:1 1\n", "task 1 is never at lock:1 for the 2. time"},
		{head + "task 1 \"a\" lock:1\norder 1 \"a\" at lock:1 1 after 1 \"a\" at lock:1 1\n", `got "after", want "before"`},
		{head + "task 1 \"a\" select\nway 1 \"a\" at select 1 is 1 2\n", `"2" is left over`},
	} {
		_, err := replay.Parse(c.text)
		if !errors.Is(err, replay.ErrFormat) || !strings.Contains(err.Error(), c.complaint) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.complaint)
		}
	}
}
