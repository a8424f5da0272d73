package reduce_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/reduce"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// play runs goroutines under c; wrong, if not nil, is asked at the end. A
// deadlock fails too.
func play(t *testing.T, c schedule.Chooser, delays int, start func() (bodies []func(), wrong func() bool)) (failed bool) {
	synctest.Test(t, func(t *testing.T) {
		s, err := schedule.New(schedule.Config{Chooser: c, Delays: delays})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		bodies, wrong := start()
		for _, b := range bodies {
			s.Go("body", b)
		}
		v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
		failed = v.Kind != schedule.Done || wrong != nil && wrong()
	})
	return failed
}

// checkThenAct fails if one goroutine acts between the other's check and act.
func checkThenAct(noise int) func() ([]func(), func() bool) {
	return func() ([]func(), func() bool) {
		var free, other atomic.Int32
		free.Store(1)
		take := func() {
			for range noise {
				other.Add(1)
			}
			if free.Load() > 0 {
				free.Add(-1)
			}
		}
		return []func(){take, take}, func() bool { return free.Load() < 0 }
	}
}

// ring deadlocks if each of three goroutines has its first lock.
func ring() ([]func(), func() bool) {
	var a, b, c sync.Mutex
	moved := 0
	both := func(first, second *sync.Mutex) func() {
		return func() {
			first.Lock()
			second.Lock()
			moved++
			second.Unlock()
			first.Unlock()
		}
	}
	return []func(){both(&a, &b), both(&b, &c), both(&c, &a)}, nil
}

// late fails if time runs out though the answer could come.
func late() ([]func(), func() bool) {
	answer := make(chan int, 1)
	early := false
	return []func(){
		func() { schedule.To(answer).Send(1) },
		func() {
			timer := time.NewTimer(5 * time.Millisecond)
			early = schedule.Select(false, schedule.CaseRecv(answer), schedule.CaseRecv(timer.C)) == 1
		},
	}, func() bool { return early }
}

func find(t *testing.T, delays int, start func() ([]func(), func() bool)) []uint32 {
	for seed := uint64(1); seed < 5000; seed++ {
		var list []uint32
		if play(t, schedule.Record(schedule.Random(seed), func(i uint32) { list = append(list, i) }), delays, start) && len(list) > 3 {
			return list
		}
	}
	t.Fatal("no schedule fails")
	return nil
}

// What is left has as few switches and faults as the bug needs, and it is
// called minimal where every smaller run was tried, and only there.
func TestReduceSchedules(t *testing.T) {
	for _, c := range []struct {
		name             string
		delays           int
		start            func() ([]func(), func() bool)
		switches, faults int
		proof            reduce.Proof
	}{
		// One goroutine begins and loads, the other does all, the first goes on.
		{"check then act", 0, checkThenAct(0), 2, 0, reduce.Minimal},
		{"check then act with noise", 0, checkThenAct(20), 2, 0, reduce.Minimal},
		// The third goroutine takes its first lock, and then all are stuck.
		{"ring", 0, ring, 2, 0, reduce.Minimal},
		{"late", 2, late, 1, 1, reduce.Minimal},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := func(ch schedule.Chooser) reduce.Outcome {
				return reduce.Outcome{Same: play(t, ch, c.delays, c.start)}
			}
			list := find(t, c.delays, c.start)
			got, err := reduce.Reduce(list, run, reduce.Limit{Runs: 3000})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(got)
			if got.To.Switches != c.switches || got.To.Faults != c.faults || got.Proof != c.proof {
				t.Errorf("got %d switches, %d faults, %v, want %d, %d, %v", got.To.Switches, got.To.Faults, got.Proof, c.switches, c.faults, c.proof)
			}
			if !run(schedule.NewList(got.Choices)).Same {
				t.Errorf("%v doesn't fail", got.Choices)
			}
			again, err := reduce.Reduce(list, run, reduce.Limit{Runs: 3000})
			if err != nil || !slices.Equal(again.Choices, got.Choices) || again.Runs != got.Runs {
				t.Errorf("again got %v (%v), want %v", again, err, got)
			}
		})
	}
}

// Where there is too much to try it all, it may still be shown that no run with
// fewer switches fails; where a limit ends that, nothing is said.
func TestFewestSwitches(t *testing.T) {
	// Who is third has as many ways to go as he likes, after the failure.
	start := func() ([]func(), func() bool) {
		var free, other atomic.Int32
		free.Store(1)
		take := func() {
			if free.Load() > 0 {
				free.Add(-1)
			}
		}
		idle := func() {
			for range 2 {
				other.Add(1)
			}
		}
		return []func(){idle, take, take, idle}, func() bool { return free.Load() < 0 }
	}
	run := func(c schedule.Chooser) reduce.Outcome {
		return reduce.Outcome{Same: play(t, c, 0, start)}
	}
	list := find(t, 0, start)
	for _, c := range []struct {
		proof int
		want  reduce.Proof
	}{{1, reduce.Single}, {2300, reduce.Fewest}, {5000, reduce.Minimal}} {
		got, err := reduce.Reduce(list, run, reduce.Limit{Runs: 30_000, Proof: c.proof})
		if err != nil || got.Proof != c.want || got.To.Switches != 4 {
			t.Errorf("with a proof of %d runs: got %v (%v), want %v with 4 switches: each goroutine runs, one in two parts", c.proof, got, err, c.want)
		}
	}
}

// Stretches are moved and merged: a list of numbers alone would be stuck where
// one number less makes all others mean something else.
func TestReduceMovesStretches(t *testing.T) {
	start := func() ([]func(), func() bool) {
		bodies, wrong := checkThenAct(6)()
		var other atomic.Int32
		idle := func() {
			for range 8 {
				other.Add(1)
			}
		}
		return append([]func(){idle, idle}, bodies...), wrong
	}
	run := func(c schedule.Chooser) reduce.Outcome {
		return reduce.Outcome{Same: play(t, c, 0, start)}
	}
	for seed := range uint64(6) {
		r := &recorder{}
		for ; !run(schedule.Record(schedule.Random(seed*1000+uint64(len(r.n))), func(i uint32) { r.got = append(r.got, i) })).Same; r.n = append(r.n, 0) {
			r.got = nil
		}
		got, err := reduce.Reduce(r.got, run, reduce.Limit{Proof: 1})
		if err != nil || got.To.Switches > 4 {
			t.Errorf("got %v (%v), want 4 switches: three ends, and one goroutine before another has acted", got, err)
		}
	}
}

// The switch away from who ran when the first choice came counts, too.
func TestFirstSwitchCounts(t *testing.T) {
	start := func() ([]func(), func() bool) {
		var first atomic.Int32
		begin := func() {
			schedule.Go("second", func() { first.CompareAndSwap(0, 2) })
			first.CompareAndSwap(0, 1)
		}
		return []func(){begin}, func() bool { return first.Load() == 2 }
	}
	run := func(c schedule.Chooser) reduce.Outcome {
		return reduce.Outcome{Same: play(t, c, 0, start)}
	}
	if got, err := reduce.Reduce([]uint32{1}, run, reduce.Limit{}); err != nil || got.To.Switches != 2 || got.Proof != reduce.Minimal {
		t.Errorf("got %v (%v), want 2 switches: to the second goroutine and back", got, err)
	}
}

// No list of choices at all leads to a failing run with fewer switches than
// the one that is called minimal.
func TestMinimalIsMinimal(t *testing.T) {
	run := func(c schedule.Chooser) reduce.Outcome {
		return reduce.Outcome{Same: play(t, c, 0, checkThenAct(0))}
	}
	got, err := reduce.Reduce(find(t, 0, checkThenAct(0)), run, reduce.Limit{})
	if err != nil || got.Proof != reduce.Minimal {
		t.Fatalf("%v, %v", got, err)
	}
	// A reduction of two runs moves nothing: it measures the list that it is
	// given.
	fewest, all := got.To.Switches, 0
	for list, more := []uint32{}, true; more; {
		r := &recorder{list: list}
		if run(r).Same {
			all++
			m, err := reduce.Reduce(r.got, run, reduce.Limit{Runs: 2})
			if err != nil {
				t.Fatal(err)
			}
			fewest = min(fewest, m.From.Switches)
		}
		list, more = r.next()
	}
	if fewest != got.To.Switches || all < 2 {
		t.Errorf("got %d switches, want %d, the fewest of %d failing runs", got.To.Switches, fewest, all)
	}
}

// recorder replays a list and keeps what could have been chosen.
type recorder struct {
	list, got []uint32
	n         []int
}

func (r *recorder) Choose(c *schedule.Choice) int {
	i := 0
	if at := len(r.got); at < len(r.list) {
		i = int(r.list[at])
	}
	r.got, r.n = append(r.got, uint32(i)), append(r.n, c.N)
	return i
}

func (r *recorder) next() ([]uint32, bool) {
	at := len(r.got) - 1
	for at >= 0 && int(r.got[at])+1 >= r.n[at] {
		at--
	}
	if at < 0 {
		return nil, false
	}
	return append(slices.Clone(r.got[:at]), r.got[at]+1), true
}

// draws is a run without a scheduler, which asks n times for one of ten.
func draws(holds func([]int) bool) reduce.Run {
	return func(c schedule.Chooser) reduce.Outcome {
		n := c.Choose(&schedule.Choice{N: 20, What: "number"})
		var values []int
		for range n {
			values = append(values, c.Choose(&schedule.Choice{N: 10, What: "value"}))
		}
		return reduce.Outcome{Same: holds(values), Operations: len(values)}
	}
}

func TestReduceDraws(t *testing.T) {
	for _, c := range []struct {
		name       string
		holds      func([]int) bool
		list, want []uint32
		proof      reduce.Proof
	}{
		{"nothing needed", func([]int) bool { return true }, []uint32{3, 1, 4, 1}, nil, reduce.Minimal},
		{"one of them", func(v []int) bool { return slices.ContainsFunc(v, func(x int) bool { return x > 4 }) }, []uint32{9, 1, 2, 3, 1, 7, 1, 1, 1, 1}, []uint32{1, 5}, reduce.Single},
		{"two equal", func(v []int) bool { return len(v) > 1 && v[0] == v[len(v)-1] && v[0] > 0 }, []uint32{5, 7, 1, 2, 3, 7}, []uint32{2, 1, 1}, reduce.Single},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := reduce.Reduce(c.list, draws(c.holds), reduce.Limit{Runs: 1000})
			if err != nil {
				t.Fatal(err)
			}
			t.Log(got)
			if !slices.Equal(got.Choices, c.want) || got.Proof != c.proof {
				t.Errorf("got %v, %v, want %v, %v", got.Choices, got.Proof, c.want, c.proof)
			}
		})
	}
}

func TestReduceRefuses(t *testing.T) {
	never := func(schedule.Chooser) reduce.Outcome { return reduce.Outcome{} }
	if _, err := reduce.Reduce([]uint32{1}, never, reduce.Limit{}); !errors.Is(err, reduce.ErrPasses) {
		t.Errorf("got %v, want %v", err, reduce.ErrPasses)
	}
	for _, l := range []reduce.Limit{{Runs: -1}, {Runs: 1}, {Proof: -1}, {Wall: -1}} {
		if _, err := reduce.Reduce(nil, draws(func([]int) bool { return true }), l); err == nil {
			t.Errorf("limit %+v is accepted", l)
		}
	}
}

// Limits end a reduction, and it says so.
func TestReduceLimits(t *testing.T) {
	list := append([]uint32{19}, slices.Repeat([]uint32{9}, 19)...)
	hard := draws(func(v []int) bool {
		sum := 0
		for _, x := range v {
			sum += x
		}
		return sum > 100
	})
	for _, runs := range []int{2, 3, 10} {
		got, err := reduce.Reduce(list, hard, reduce.Limit{Runs: runs})
		if err != nil || got.Proof != reduce.CutShort || got.Runs > runs || got.Wall {
			t.Errorf("%d runs: got %v (%v)", runs, got, err)
		}
	}
	got, err := reduce.Reduce(list, hard, reduce.Limit{Wall: time.Nanosecond})
	if err != nil || got.Proof != reduce.CutShort || !got.Wall {
		t.Errorf("no time: got %v (%v)", got, err)
	}
}

// A program that doesn't do the same again gets no proof.
func TestReduceUnstable(t *testing.T) {
	runs := 0
	got, err := reduce.Reduce([]uint32{1, 1, 1}, func(c schedule.Chooser) reduce.Outcome {
		runs++
		c.Choose(&schedule.Choice{N: 2, What: "x"})
		return reduce.Outcome{Same: runs == 1}
	}, reduce.Limit{})
	if err != nil || got.Proof != reduce.Unstable {
		t.Errorf("got %v (%v), want %v", got, err, reduce.Unstable)
	}
}
