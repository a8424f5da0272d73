package explore_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	stdatomic "sync/atomic"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/explore"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// searches are all that -strategy takes.
var searches = []string{"portfolio", "random", "pct:2", "pct", "pos", "rarest", "urw", "deeper", "exhaustive", "bounded:2"}

func search(t *testing.T, text string) explore.Search {
	t.Helper()
	s, err := explore.ParseSearch(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// joined runs the bodies in goroutines and waits for them.
func joined(bodies ...func()) {
	var all sync.WaitGroup
	all.Add(len(bodies))
	for _, b := range bodies {
		schedule.Go("body", func() { defer all.Done(); b() })
	}
	all.Wait()
}

func init() {
	closed := explore.Config{Closed: true, Schedules: 3000, Shrink: brief.Shrink}
	toy := planted["deadlock"]
	toy.cfg = closed
	planted["lost wake-up"] = toy
	planted["locks in both orders"] = struct {
		cfg  explore.Config
		body func(*explore.T)
	}{closed, func(*explore.T) {
		var a, b sync.Mutex
		both := func(first, second *sync.Mutex) func() {
			return func() {
				first.Lock()
				defer first.Unlock()
				second.Lock()
				defer second.Unlock()
			}
		}
		joined(both(&a, &b), both(&b, &a), point)
	}}
	planted["check then act"] = struct {
		cfg  explore.Config
		body func(*explore.T)
	}{closed, func(t *explore.T) {
		var free atomic.Int32
		free.Store(1)
		take := func() {
			if free.Load() > 0 && free.Add(-1) < 0 {
				t.Error("both took the last one")
			}
		}
		joined(take, take, point)
	}}
}

// Every search finds the classics, and the report says that it was it.
func TestSearchesFindPlants(t *testing.T) {
	for _, name := range searches {
		for plant, kind := range map[string]explore.Kind{"lost wake-up": explore.Deadlock, "locks in both orders": explore.Deadlock, "check then act": explore.Violation} {
			if name == "pct:2" && plant == "lost wake-up" {
				continue // it needs three ordering constraints
			}
			t.Run(name+" "+plant, func(t *testing.T) {
				t.Parallel()
				test := "TestPlanted/" + strings.ReplaceAll(plant, " ", "_")
				p := run(t, "", test, explore.Settings{Search: search(t, name), Seed: 3})
				n := p.notes[test]
				schedules, failures, finder := 0, 0, ""
				for _, r := range n.Strategies {
					schedules += r.Schedules
					if failures += r.Failures; r.Failures > 0 {
						finder = r.Name
					}
				}
				if n.Kind != kind || schedules != n.Schedules || failures != 1 || !strings.Contains(p.out, "of seed 3, by "+finder+":") {
					t.Errorf("got %s, want %s; %d schedules, of which the reports have %d with %d failures: %v\n%s", n.Kind, kind, n.Schedules, schedules, failures, n.Strategies, p.out)
				}
			})
		}
	}
}

func seen(n explore.Note) (hashes []uint64) {
	for at := 0; at < len(n.Seen); at += 8 {
		hashes = append(hashes, binary.LittleEndian.Uint64(n.Seen[at:]))
	}
	slices.Sort(hashes)
	return hashes
}

// TestPlantedBusy holds, and has as many schedules as anybody wants.
func TestPlantedBusy(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("for processes of other tests")
	}
	explore.Test(t, explore.Config{Schedules: 200, Delays: 2}, func(*explore.T) {
		var mu sync.Mutex
		locked := 0
		ch := make(chan int, 2)
		var bodies []func()
		for i := range 3 {
			bodies = append(bodies, func() {
				mu.Lock()
				locked++
				mu.Unlock()
				schedule.To(ch).Send(i)
				schedule.Select(true, schedule.CaseRecv(ch), schedule.CaseRecv(ch))
				schedule.Rand().Intn(3)
			}, func() { schedule.Select(true, schedule.CaseRecv(ch)) })
		}
		joined(bodies...)
	})
}

// Two processes with the same settings run the same schedules; other seeds and
// other shards run others.
func TestSearchesAreDeterministic(t *testing.T) {
	const test = "TestPlantedBusy"
	for _, name := range searches {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := func(seed uint64, shard, shards int) explore.Note {
				p := run(t, "", test, explore.Settings{Search: search(t, name), Seed: seed, Shard: shard, Shards: shards, Schedules: 200 * max(shards, 1)})
				if n := p.notes[test]; n.Kind != explore.Held || n.Schedules == 0 || len(seen(n)) != n.Distinct {
					t.Fatalf("got %+v, want it held\n%s", n, p.out)
				}
				return p.notes[test]
			}
			a, b := of(7, 0, 1), of(7, 0, 1)
			first, _, _ := strings.Cut(name, ":")
			if last := a.Strategies[len(a.Strategies)-1].Name; name != "portfolio" && !strings.HasPrefix(last, first) || name == "portfolio" && len(a.Strategies) < 6 {
				t.Errorf("got the strategies %v", a.Strategies)
			}
			if !slices.Equal(seen(a), seen(b)) || !reflect.DeepEqual(a.Strategies, b.Strategies) || a.Steps != b.Steps {
				t.Errorf("one seed gave\n%v\n%v", a.Strategies, b.Strategies)
			}
			if !search(t, name).Splits() {
				return
			}
			for what, c := range map[string]explore.Note{"seed 8": of(8, 0, 1), "shard 1": of(7, 1, 2)} {
				common := 0
				for _, h := range seen(c) {
					if _, ok := slices.BinarySearch(seen(a), h); ok {
						common++
					}
				}
				// PCT has few schedules to choose from.
				if common > c.Distinct/2 {
					t.Errorf("%s has %d schedules of %d in common with seed 7", what, common, c.Distinct)
				}
				if plain := c.Strategies[0].Name == "no preemption"; plain != (what == "seed 8") {
					t.Errorf("%s begins with %s", what, c.Strategies[0].Name)
				}
			}
		})
	}
}

// TestPlantedOutcomes prints the outcomes of a body that has two, and perhaps
// a native goroutine.
func TestPlantedOutcomes(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("for processes of other tests")
	}
	for _, name := range []string{"open", "closed", "native"} {
		t.Run(name, func(t *testing.T) {
			outcomes := map[int32]int{}
			explore.Test(t, explore.Config{Closed: name == "closed"}, func(*explore.T) {
				var x, y atomic.Int32
				joined(func() { x.Store(1) }, func() { y.Store(x.Load()) })
				if name == "native" {
					done := make(chan bool)
					go func() { point(); close(done) }()
					<-done
				}
				outcomes[y.Load()]++
			})
			t.Log("outcomes", len(outcomes), outcomes[0] > 0, outcomes[1] > 0)
		})
	}
}

// A search that enumerates says when it has seen every schedule, has then, and
// doesn't say so otherwise.
func TestEverySchedule(t *testing.T) {
	const every, closed = "every schedule was seen", "every schedule was seen, up to the order of steps that commute"
	for _, c := range []struct {
		name, search string
		schedules    int
		covered      string
	}{
		{"open", "exhaustive", 0, every},
		{"closed", "exhaustive", 0, closed},
		{"open", "portfolio", 0, every},
		{"closed", "portfolio", 0, closed},
		{"open", "bounded:100", 0, every},
		{"open", "bounded:1", 0, "every schedule with 1 preemption or fewer was seen"},
		{"open", "random", 0, ""},
		{"open", "pct", 0, ""},
		{"open", "exhaustive", 3, "not every schedule was seen: there are more than were asked for"},
		{"open", "portfolio", 10, ""},
	} {
		t.Run(fmt.Sprint(c.name, " ", c.search, " ", c.schedules), func(t *testing.T) {
			t.Parallel()
			test := "TestPlantedOutcomes/" + c.name
			p := run(t, "", test, explore.Settings{Search: search(t, c.search), Schedules: c.schedules, Woven: true})
			n := p.notes[test]
			if n.Kind != explore.Held || n.Covered != c.covered {
				t.Errorf("got %s, %q, want %q\n%s", n.Kind, n.Covered, c.covered, p.out)
			}
			if both := strings.Contains(p.out, "outcomes 2 true true"); c.schedules == 0 && !both {
				t.Errorf("one of two outcomes was missed\n%s", p.out)
			}
			if strings.HasPrefix(c.covered, every) && n.Schedules == 1000 {
				t.Error("it went on when every schedule was seen")
			}
		})
	}
	p := run(t, "", "TestPlantedOutcomes/native", explore.Settings{Search: search(t, "exhaustive")})
	if got := p.notes["TestPlantedOutcomes/native"].Covered; !strings.HasPrefix(got, "not every schedule was seen: ") {
		t.Errorf("with a native goroutine: got %q\n%s", got, p.out)
	}
	all, some := run(t, "", "TestPlantedOutcomes/open", explore.Settings{Search: search(t, "exhaustive")}), run(t, "", "TestPlantedOutcomes/closed", explore.Settings{Search: search(t, "exhaustive")})
	if a, b := all.notes["TestPlantedOutcomes/open"].Schedules, some.notes["TestPlantedOutcomes/closed"].Schedules; a <= b {
		t.Errorf("%d schedules where nothing commutes and %d in a closed body, want fewer in that", a, b)
	}
}

func TestParseSearch(t *testing.T) {
	for text, want := range map[string]string{"": "portfolio", "pct": "pct:3", "pct:1": "pct:1", "bounded:0": "bounded:0", "exhaustive": "exhaustive"} {
		s, err := explore.ParseSearch(text)
		again, err2 := explore.ParseSearch(s.String())
		if err != nil || err2 != nil || s.String() != want || again.String() != want {
			t.Errorf("%q: got %s, %v, %v, want %s", text, s, err, err2, want)
		}
	}
	for text, says := range map[string]string{
		"fast": "is unknown, want portfolio", "random:2": "takes no number", "pct:0": "from 1 to 255", "pct:": "from 1", "pct:x": "from 1",
		"bounded": "from 0 to 255", "bounded:-1": "from 0", "bounded:256": "from 0", "exhaustive:": "takes no number",
	} {
		if s, err := explore.ParseSearch(text); err == nil || !strings.Contains(err.Error(), says) || s != (explore.Search{}) {
			t.Errorf("%q: got %v, %v, want an error with %q", text, s, err, says)
		}
	}
	for env, says := range map[string]string{"WEIR_STRATEGY=fast": `WEIR_STRATEGY: strategy "fast" is unknown`, "WEIR_STRATEGY=exhaustive": "exhaustive can't be split, want WEIR_SHARD 0/1"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestPlanted$/^plain$")
		cmd.Env = append(os.Environ(), plantedVariable+"=1", "WEIR_SHARD=0/2", env)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), says) {
			t.Errorf("%s: got %v %s", env, err, out)
		}
	}
}

// A portfolio enumerates where there is hope of coming to the end.
func TestWhatIsEnumerated(t *testing.T) {
	for _, c := range []struct {
		closed        bool
		steps, points int
		choices       float64
		want          bool
	}{
		{false, 20, 10, 100, true}, {false, 20, 10, 101, false}, {true, 20, 10, 1e9, true}, {true, 64, 10, 1, true},
		{true, 65, 10, 1, false}, {false, 65, 10, 1, false}, {true, 20, 0, 1, false},
	} {
		if got := explore.Enumerable(explore.Config{Schedules: 100, Closed: c.closed}, c.steps, c.points, c.choices); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

// A schedule that is stuck may still use its strategy, which is then left alone.
func TestHangTellsNothingOfTheSearch(t *testing.T) {
	p := run(t, "", "TestPlanted/late_hang", explore.Settings{Search: search(t, "exhaustive")})
	if n := p.notes["TestPlanted/late_hang"]; n.Kind != explore.Hang || n.Schedules < 2 || n.Strategies != nil {
		t.Errorf("got %+v, want a hang without reports\n%s", n, p.out)
	}
}

// TestPlantedLock fails if two goroutines take the steps of a combination in
// one of 184,756 orders; one of two bodies tells how far they came.
func TestPlantedLock(t *testing.T) {
	if os.Getenv(plantedVariable) == "" {
		t.Skip("fails on purpose, in processes of other tests")
	}
	const combination = "abbabaababbabaabaabb"
	for _, name := range []string{"told", "silent"} {
		t.Run(name, func(t *testing.T) {
			explore.Test(t, explore.Config{Schedules: 600, Shrink: brief.Shrink}, func(t *explore.T) {
				var turn atomic.Int32
				var right stdatomic.Int32 // changes with turn, and is no point
				side := func(me byte) func() {
					return func() {
						for i := range combination {
							if combination[i] != me {
								continue
							}
							n := turn.Add(1)
							if combination[n-1] != me || !right.CompareAndSwap(n-1, n) {
								continue
							}
							if name == "told" {
								t.Saw("%d right", n)
							}
							if int(n) == len(combination) {
								t.Error("it is open")
							}
						}
					}
				}
				joined(side('a'), side('b'))
			})
		})
	}
}

// What a body tells leads the search to what no search finds without.
func TestSaw(t *testing.T) {
	told, silent := run(t, "", "TestPlantedLock/told", explore.Settings{}), run(t, "", "TestPlantedLock/silent", explore.Settings{})
	n, m := told.notes["TestPlantedLock/told"], silent.notes["TestPlantedLock/silent"]
	if n.Kind != explore.Violation || n.Saw != 20 || m.Kind != explore.Held || m.Saw != 0 {
		t.Errorf("got %s with %d things seen, and %s with %d, want a violation with 20, and none\n%s", n.Kind, n.Saw, m.Kind, m.Saw, told.out)
	}
	by := ""
	for _, r := range n.Strategies {
		if r.Failures > 0 {
			by = r.Name
		}
	}
	t.Logf("found by %s in schedule %d", by, n.Schedules)
	if again := run(t, "", "TestPlantedLock/told", explore.Settings{}).notes["TestPlantedLock/told"]; again.Schedules != n.Schedules || again.Saw != n.Saw {
		t.Errorf("one seed gave %d schedules and %d", n.Schedules, again.Schedules)
	}
}
