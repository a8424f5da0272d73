package model

import (
	"bytes"
	"fmt"
	"sync/atomic"
)

// A watch is one law as a worker sees it in this level: it is hit by a state
// (or a step) for which the function returns want, of the states those for
// which when is true.
type watch[S comparable] struct {
	law   int // index in the spec's laws
	want  bool
	when  func(*S) bool // nil: all states
	state func(*S) bool
	step  func(from *S, l Label, to *S) bool
}

// level is what the workers of one level share.
type level[S comparable] struct {
	states, steps []watch[S] // the laws that are still open
	chunks        [][]S      // the states to expand
	next          atomic.Int64
	stop          *atomic.Bool // set: return as soon as possible
	full          *atomic.Bool // set with stop: there is no memory
	maxStates     int
}

// misuse is a problem that a worker met; of several the one whose state has
// the least fingerprint is reported.
type misuse struct {
	problem, state string
	fp             uint64
}

// worker expands states: one goroutine at a time uses it.
type worker[S comparable] struct {
	spec *Spec[S]
	seen visited[S]
	pool *pool[S]
	tune tuning
	lv   *level[S]
	// drain empties the batch when a state's successors do not fit. Nil: what
	// the batch holds is kept.
	drain func()

	symmetric, independent bool // reductions in force

	x      Next[S]
	fps    []uint64 // of x.states
	fresh  []bool   // of x.states, while they are added
	from   S        // copy of the state being expanded
	judged *S       // the fresh state that laws are judging, or nil
	at     int      // its index in the chunk

	byLabel map[Label]int // of a state with many steps

	found   [][]S // full chunks of the next level
	tail    []S   // the one that is being filled
	edges   int
	actions [maxActions]int
	hit     []bool // by law, and deadlock after them
	asked   []bool // by law: its When was true
	misuse  *misuse
}

func newWorker[S comparable](sp *Spec[S], seen visited[S], p *pool[S], o Options) *worker[S] {
	w := &worker[S]{spec: sp, seen: seen, pool: p, tune: o.tune, hit: make([]bool, len(sp.Laws)+1), asked: make([]bool, len(sp.Laws))}
	w.symmetric, w.independent = sp.symmetric(o), sp.Independent != nil && !o.Unreduced
	w.room(2 * o.tune.batch)
	return w
}

// room makes place for n successors, those that are held among them.
func (w *worker[S]) room(n int) {
	fps := make([]uint64, n)
	copy(fps, w.fps[:w.x.n])
	w.x.room(n)
	w.fps, w.fresh = fps, make([]bool, n)
}

// work expands chunks of the level until there is none left or it is stopped.
func (w *worker[S]) work() {
	for !w.lv.stop.Load() {
		i := int(w.lv.next.Add(1)) - 1
		if i >= len(w.lv.chunks) {
			return
		}
		chunk := w.lv.chunks[i]
		for w.at = 0; w.at < len(chunk); {
			w.run(chunk)
		}
	}
}

// run expands the chunk from w.at on. It returns early after a panic of the
// spec, having noted it and passed the state that caused it.
func (w *worker[S]) run(chunk []S) {
	if !w.guarded(func() { w.expandFrom(chunk) }) {
		w.at++
	}
}

// guarded calls f and reports whether it returned; a panic of the spec's
// functions is noted as a misuse.
func (w *worker[S]) guarded(f func()) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			at := &w.from
			if w.judged != nil {
				at = w.judged
			}
			w.refuse(at, panicProblem(v))
			w.x.n, w.judged = 0, nil
		}
	}()
	f()
	return true
}

func (w *worker[S]) expandFrom(chunk []S) {
	small := w.seen.size() < w.tune.careful
	for ; w.at < len(chunk); w.at++ {
		w.expand(&chunk[w.at], small || w.at%carefulEvery == 0)
		if w.x.n >= w.tune.batch {
			w.flush()
			if w.lv.stop.Load() {
				w.at = len(chunk)
				return
			}
		}
	}
	w.flush()
}

// expand adds the successors of one state to the batch.
func (w *worker[S]) expand(src *S, careful bool) {
	w.from = *src
	first := w.generate(src)
	if careful {
		w.repeat(src, first)
		if w.symmetric {
			w.checkSymmetry(src, first, w.x.n)
		}
	}
	w.checkLabels(first, w.x.n)
	w.reduce(src, first)
	end := w.x.n
	w.edges += end - first
	for i := first; i < end; i++ {
		w.fps[i] = fingerprint(bytesOf(&w.x.states[i]))
		w.actions[w.x.labels[i].Action]++
	}
	for k := range w.lv.steps {
		w.judgeSteps(&w.lv.steps[k], src, first, end)
	}
	if w.symmetric {
		w.canonical(first, end)
	}
	if end == first && w.spec.Done != nil && !w.spec.Done(src) {
		w.hit[len(w.spec.Laws)] = true
	}
	if !bytes.Equal(bytesOf(src), bytesOf(&w.from)) {
		*src = w.from
		w.refuse(src, "Next, Done or a law changed the state that it was given: change only what Do returns")
	}
}

// generate calls Next on src and returns where in the batch its successors
// begin. Should the batch have no room for them all, it is drained, made larger,
// and Next called again.
func (w *worker[S]) generate(src *S) int {
	x := &w.x
	x.from, x.fault = src, ""
	first := x.n
	w.spec.Next(src, x)
	if n := x.n - first; n > maxSuccessors {
		x.n = first
		w.refuse(src, fmt.Sprintf("Next adds %d steps to one state, at most %d are allowed: look for a loop without a guard", n, maxSuccessors))
	} else if x.n > len(x.states) {
		x.n = first
		if w.drain != nil {
			w.drain()
		}
		first = x.n
		w.room(first + 2*n + 2*w.tune.batch)
		w.spec.Next(src, x)
	}
	if x.n > len(x.states) {
		x.n = first
		w.refuse(src, "Next adds more steps when it is called again: it must depend on nothing but the state")
	}
	if x.fault != "" {
		w.refuse(src, x.fault)
	}
	for i := first; i < x.n; i++ {
		if int(x.labels[i].Action) >= len(w.spec.Actions) {
			w.refuse(src, fmt.Sprintf("Do of action %d, but Actions has %d names: name every Action constant, in order", x.labels[i].Action, len(w.spec.Actions)))
			break
		}
	}
	return first
}

// judgeSteps applies one law to the steps of src.
func (w *worker[S]) judgeSteps(k *watch[S], src *S, first, end int) {
	for i := first; i < end && !w.hit[k.law]; i++ {
		w.hit[k.law] = k.step(src, w.x.labels[i], &w.x.states[i]) == k.want
		if i == first && w.fps[i] != fingerprint(bytesOf(&w.x.states[i])) {
			w.refuse(src, fmt.Sprintf("law %s changed the state that it judged: laws only read", w.spec.Laws[k.law].Slug))
		}
	}
}

// flush adds the batch to the visited set and keeps what is fresh for the next
// level, judged.
func (w *worker[S]) flush() {
	n := w.x.n
	w.x.n = 0
	if n == 0 {
		return
	}
	if !w.seen.add(w.x.states[:n], w.fps[:n], w.fresh[:n]) {
		w.outOfMemory()
	}
	for i := range n {
		if w.fresh[i] {
			w.keep(&w.x.states[i], w.fps[i])
		}
	}
	if w.seen.size() > w.lv.maxStates {
		w.lv.stop.Store(true)
	}
}

// outOfMemory ends the search.
func (w *worker[S]) outOfMemory() {
	w.lv.full.Store(true)
	w.lv.stop.Store(true)
}

// keep judges a fresh state and puts it into the next level.
func (w *worker[S]) keep(s *S, fp uint64) {
	w.judged = s
	for k := range w.lv.states {
		law := &w.lv.states[k]
		if law.when != nil {
			if !law.when(s) {
				continue
			}
			w.asked[law.law] = true
		}
		if !w.hit[law.law] && law.state(s) == law.want {
			w.hit[law.law] = true
		}
	}
	w.judged = nil
	if len(w.tail) == cap(w.tail) {
		if w.tail != nil {
			w.found = append(w.found, w.tail)
		}
		if w.tail = w.pool.get(); w.tail == nil {
			w.outOfMemory()
			return
		}
		if fp != fingerprint(bytesOf(s)) {
			w.refuse(s, "a law changed the state that it judged: laws only read")
		}
	}
	w.tail = append(w.tail, *s)
}

// refuse notes a misuse of the spec that showed in state s.
func (w *worker[S]) refuse(s *S, problem string) {
	fp := fingerprint(bytesOf(s))
	if w.misuse == nil || fp < w.misuse.fp {
		w.misuse = &misuse{problem: problem, state: w.spec.print(s), fp: fp}
	}
}
