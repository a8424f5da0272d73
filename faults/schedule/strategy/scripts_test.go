package strategy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	stdsync "sync"
	stdatomic "sync/atomic"
	"testing"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// script is a random small program: for each goroutine the operations it does.
type script struct {
	bodies [][]op
	delays int
	// early ends the first phase when the first goroutine has ended.
	early bool
	// join makes the first goroutine wait for the others at last, so that the
	// last step comes after all others whatever the order.
	join bool
}

type op struct {
	do   int
	what int // which of two objects
}

type operation struct {
	name string
	do   func(w *world, which int) string
}

// ops are what a goroutine of a script can do, and what it then knows.
var ops = []operation{
	{"load", func(w *world, i int) string { return fmt.Sprint(w.atomics[i].Load()) }},
	{"store", func(w *world, i int) string { w.atomics[i].Store(7); return "" }},
	{"add", func(w *world, i int) string { return fmt.Sprint(w.atomics[i].Add(1)) }},
	{"locked", func(w *world, i int) string {
		w.locks[i].Lock()
		defer w.locks[i].Unlock()
		w.plain[i]++
		return fmt.Sprint(w.plain[i])
	}},
	{"read", func(w *world, i int) string {
		w.rw.RLock()
		defer w.rw.RUnlock()
		return fmt.Sprint(w.shared)
	}},
	{"write", func(w *world, _ int) string {
		w.rw.Lock()
		defer w.rw.Unlock()
		w.shared++
		return fmt.Sprint(w.shared)
	}},
	{"send", func(w *world, i int) string { schedule.To(w.channels[i]).Send(1); return "" }},
	{"recv", func(w *world, i int) string { return fmt.Sprint(schedule.Recv(w.channels[i])) }},
	{"select", func(w *world, i int) string {
		a := schedule.CaseRecv(w.channels[i])
		b := schedule.To(w.channels[1-i]).Case(2)
		return fmt.Sprint(schedule.Select(true, a, b), a.V)
	}},
	{"wait select", func(w *world, i int) string {
		return fmt.Sprint(schedule.Select(false, schedule.CaseRecv(w.channels[i]), schedule.CaseRecv(w.channels[1-i])))
	}},
	{"try", func(w *world, i int) string {
		ok := w.locks[i].TryLock()
		if ok {
			w.locks[i].Unlock()
		}
		return fmt.Sprint(ok)
	}},
	{"try write", func(w *world, _ int) string {
		ok := w.rw.TryLock()
		if ok {
			w.shared++
			w.rw.Unlock()
		}
		return fmt.Sprint(ok)
	}},
	{"hold", func(w *world, i int) string {
		w.locks[i].Lock()
		defer w.locks[i].Unlock()
		return fmt.Sprint(w.atomics[i].Load())
	}},
	{"cond", func(w *world, i int) string {
		w.locks[0].Lock()
		defer w.locks[0].Unlock()
		if w.plain[0] == 0 {
			w.cond.Wait()
		}
		return "woken"
	}},
	{"signal", func(w *world, i int) string { w.cond.Signal(); return "" }},
	{"once", func(w *world, i int) string {
		ran := ""
		w.once.Do(func() { ran = fmt.Sprint("ran ", w.atomics[i].Load()) })
		return ran
	}},
	{"map", func(w *world, i int) string {
		v, ok := w.m.LoadOrStore(i, w.atomics[i].Load())
		return fmt.Sprint(v, ok)
	}},
	{"go", func(w *world, i int) string {
		w.group.Go(func() { w.atomics[i].Add(10) })
		return ""
	}},
	{"wait", func(w *world, i int) string { w.group.Wait(); return fmt.Sprint(w.atomics[i].Load()) }},
	{"set", func(w *world, _ int) string { schedule.Point("set"); w.flag.Store(true); return "" }},
	{"await", func(w *world, _ int) string {
		schedule.Await("flag", w.flag.Load)
		return fmt.Sprint(w.hidden.Load())
	}},
	{"quietly set", func(w *world, i int) string { w.atomics[i].Add(1); w.flag.Store(true); return "" }},
	{"hide", func(w *world, i int) string { w.atomics[i].Add(1); w.hidden.Add(1); return "" }},
	{"stuck", func(w *world, i int) string { w.locks[i].Lock(); schedule.Block(); return "" }},
	{"fail", func(*world, int) string { schedule.Gosched(); schedule.Failf("it failed"); return "" }},
	{"look", func(w *world, i int) string {
		w.rw.RLock()
		defer w.rw.RUnlock()
		return fmt.Sprint(w.atomics[i].Load())
	}},
	{"yield", func(*world, int) string { schedule.Gosched(); return "" }},
	{"sleep", func(w *world, i int) string { schedule.Sleep(time.Second); return "" }},
}

// world is what the goroutines of a script share.
type world struct {
	atomics  [2]atomic.Int32
	locks    [2]sync.Mutex
	plain    [2]int
	rw       sync.RWMutex
	shared   int
	channels [2]chan int
	cond     *sync.Cond
	once     sync.Once
	m        sync.Map
	group    sync.WaitGroup
	// flag and hidden are what the suite shares: no shim sees them.
	flag   stdatomic.Bool
	hidden stdatomic.Int32
}

func (p script) String() string {
	var b strings.Builder
	for _, body := range p.bodies {
		for _, o := range body {
			fmt.Fprintf(&b, "%s %d; ", ops[o.do].name, o.what)
		}
		b.WriteString("| ")
	}
	fmt.Fprintf(&b, "%d delays, early %v, join %v", p.delays, p.early, p.join)
	return b.String()
}

// telling are scripts in which what is easily overlooked matters: what is done
// without a point, and who waits in vain.
var telling = []string{
	"hold 0 | try 0",                            // the unlock
	"look 0 | try write 0",                      // the unlock of a reader
	"cond 0 | signal 0",                         // the signal that comes before the wait
	"once 0 | once 0",                           // that it is done
	"go 0; wait 0 | store 0",                    // that it is done
	"stuck 0 | load 0; locked 0",                // a lock that is never had
	"await 0 | hide 1 | quietly set 0",          // a seam that waited
	"send 0 | recv 0; recv 0 | send 0",          // who sends first
	"wait select 0 | send 0 | send 1",           // who ends the wait
	"sleep 0; load 0 | sleep 0; store 0; add 0", // what time wakes
	"load 0; fail 0 | store 1; store 1; load 1", // what a failure leaves undone
}

// parse reads what String writes, without what comes after the goroutines.
func parse(t *testing.T, text string) script {
	var p script
	for body := range strings.SplitSeq(text, "|") {
		var b []op
		for word := range strings.SplitSeq(body, ";") {
			name, which := strings.TrimSpace(word), 0
			if n, one := strings.CutSuffix(name, " 1"); one {
				name, which = n, 1
			}
			name = strings.TrimSuffix(name, " 0")
			i := slices.IndexFunc(ops, func(o operation) bool { return o.name == name })
			if i < 0 {
				t.Fatalf("no operation %q", name)
			}
			b = append(b, op{i, which})
		}
		p.bodies = append(p.bodies, b)
	}
	return p
}

// randomScript makes a script small enough to be enumerated. It draws from a
// few operations, most on one object, so that many steps don't commute.
func randomScript(seed uint64, size int) script {
	r := rand.New(rand.NewPCG(seed, 1))
	few := r.Perm(len(ops))[:1+r.IntN(3)]
	p := script{bodies: make([][]op, 2+r.IntN(2)), early: r.IntN(4) == 0}
	for i := range p.bodies {
		for range 1 + r.IntN(size-len(p.bodies)) {
			p.bodies[i] = append(p.bodies[i], op{few[r.IntN(len(few))], r.IntN(5) / 4})
		}
	}
	switch r.IntN(8) {
	case 0:
		p.delays = 1
	case 1, 2, 3, 4:
		p.join = true
	}
	return p
}

// result is what can be seen of a run: what each goroutine knows, and how the
// run ended.
type result struct {
	outcome string
	steps   []schedule.Taken
	sizes   []int // alternatives of each choice
	preempt int
}

// enact runs a script under a chooser.
func enact(t *testing.T, c schedule.Chooser, p script, closed bool) (r result) {
	bubble(t, func() {
		watch := &watcher{Chooser: c, to: &r}
		s, err := schedule.New(schedule.Config{Chooser: watch, Closed: closed, Delays: p.delays})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Teardown()
		start := time.Now()
		var all sync.WaitGroup
		all.Add(len(p.bodies) - 1)
		w := &world{channels: [2]chan int{make(chan int), make(chan int, 1)}}
		w.cond = sync.NewCond(&w.locks[0])
		var mu stdsync.Mutex // the root reads what is known between two phases
		known := make([][]string, len(p.bodies))
		var ended stdatomic.Bool // until the first phase ends
		for i, body := range p.bodies {
			start := schedule.Go
			if p.early && i == 0 {
				start = s.Go // one of the suite's, because the condition depends on it
			}
			start("body", func() {
				if i == 0 {
					defer ended.Store(true)
				}
				if p.join {
					if i == 0 {
						defer all.Wait()
					} else {
						defer all.Done()
					}
				}
				for _, o := range body {
					learnt := ops[o.do].do(w, o.what)
					mu.Lock()
					known[i] = append(known[i], learnt)
					mu.Unlock()
				}
			})
		}
		if p.early {
			v := s.Run(ended.Load, time.Minute)
			mu.Lock()
			r.outcome = fmt.Sprint(v.Kind, known, w.atomics[0].Load(), "; ")
			mu.Unlock()
		}
		v := s.Run(func() bool { return len(s.Tasks()) == 0 }, time.Minute)
		r.outcome += fmt.Sprint(v.Kind, known, w.plain, w.shared, w.atomics[0].Load(), w.atomics[1].Load(), time.Since(start))
	})
	return r
}

// watcher keeps the steps and the sizes of the choices of a run.
type watcher struct {
	schedule.Chooser
	to       *result
	watching bool
}

func (w *watcher) Choose(c *schedule.Choice) int {
	if !w.watching {
		w.watching = c.Watch(func(t *schedule.Taken) {
			copied := *t
			copied.Touched = slices.Clone(t.Touched)
			w.to.steps = append(w.to.steps, copied)
		})
	}
	w.to.sizes = append(w.to.sizes, c.N)
	i := w.Chooser.Choose(c)
	if c.What == schedule.WhatStep && i >= c.N-c.Delays {
		w.to.preempt++
	} else if c.What == schedule.WhatStep && c.Event(i).Task != c.Current() {
		for k := range c.N {
			if e := c.Event(k); e.Task == c.Current() && e.Kind != schedule.KindYield {
				w.to.preempt++
			}
		}
	}
	return i
}
