package model

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// search is one run of the checker: level by level, the workers of a level
// share nothing but the visited set and the list of chunks to expand.
type search[S comparable] struct {
	spec    *Spec[S]
	o       Options
	seen    visited[S]
	pool    *pool[S]
	workers []*worker[S]
	began   time.Time
	stop    atomic.Bool // set by the context, or by a worker at a bound
	full    atomic.Bool // that bound is MaxBytes
	budget  *budget
	levels  trend

	depth    int // levels begun
	edges    int // of the levels that were ended
	complete bool
	steps    []int // by law, deadlock last: steps to the first hit, or -1
}

func newSearch[S comparable](sp *Spec[S], o Options) *search[S] {
	b := o.budget()
	s := &search[S]{spec: sp, o: o, seen: newVisited[S](o, b), pool: newPool[S](o, b), budget: b, began: time.Now()}
	for range o.Workers {
		w := newWorker(sp, s.seen, s.pool, o)
		w.drain = w.flush
		s.workers = append(s.workers, w)
	}
	s.steps = make([]int, len(sp.Laws)+1)
	for i := range s.steps {
		s.steps[i] = -1
	}
	return s
}

// run searches until there is nothing left to expand or no reason to go on.
func (s *search[S]) run(ctx context.Context) error {
	release := context.AfterFunc(ctx, func() { s.stop.Store(true) })
	defer release()
	frontier := s.begin()
	for len(frontier) > 0 && !s.violated() && ctx.Err() == nil && !s.full.Load() && s.seen.size() <= s.o.MaxStates {
		s.depth++
		s.levels = append(s.levels, count(frontier))
		s.expand(frontier)
		if err := s.misuse(); err != nil {
			return err
		}
		s.note(s.depth)
		if s.stop.Load() {
			return nil
		}
		s.pool.put(frontier)
		frontier = s.gather()
		s.report(frontier)
	}
	s.complete = len(frontier) == 0 && !s.full.Load()
	return s.misuse()
}

// begin puts the initial states into the first level, judged.
func (s *search[S]) begin() [][]S {
	w := s.workers[0]
	w.lv = s.newLevel(nil)
	w.room(len(s.spec.Init) + 2*s.o.tune.batch)
	w.x.n = copy(w.x.states, s.spec.Init)
	w.from = s.spec.Init[0]
	w.guarded(func() {
		for i := range w.x.n {
			w.fps[i] = fingerprint(bytesOf(&w.x.states[i]))
		}
		if w.symmetric {
			w.canonical(0, w.x.n)
		}
		w.flush()
	})
	s.note(0)
	return s.gather()
}

// newLevel lists the laws that are still open.
func (s *search[S]) newLevel(chunks [][]S) *level[S] {
	lv := &level[S]{chunks: chunks, stop: &s.stop, full: &s.full, maxStates: s.o.MaxStates}
	for i := range s.spec.Laws {
		l := &s.spec.Laws[i]
		if s.steps[i] >= 0 || l.Kind.live() {
			continue
		}
		w := watch[S]{law: i, want: l.Kind == Sometimes, when: l.When, state: l.Holds, step: l.Step}
		if w.state != nil {
			lv.states = append(lv.states, w)
		}
		if w.step != nil {
			lv.steps = append(lv.steps, w)
		}
	}
	return lv
}

// expand lets the workers expand one level, reporting progress meanwhile.
func (s *search[S]) expand(frontier [][]S) {
	lv := s.newLevel(frontier)
	var wg sync.WaitGroup
	for _, w := range s.workers {
		w.lv = lv
		wg.Go(w.work)
	}
	if s.o.Progress == nil {
		wg.Wait()
		return
	}
	ended := make(chan struct{})
	go func() {
		wg.Wait()
		close(ended)
	}()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
			s.report(frontier)
		}
	}
}

// report tells the caller how far the search is, frontier being the level that
// is expanded now or next.
func (s *search[S]) report(frontier [][]S) {
	if s.o.Progress == nil {
		return
	}
	found, n, elapsed := s.seen.size(), count(frontier), time.Since(s.began)
	expanded := 0
	for _, n := range s.levels {
		expanded += n
	}
	s.o.Progress(Progress{
		Spec: s.spec.Name, Size: s.spec.Size, States: found, Edges: s.edges, Depth: s.depth, Frontier: n,
		Bytes: s.budget.used.Load(), Elapsed: elapsed, Left: s.levels.left(max(found, expanded), expanded, elapsed),
	})
}

// count is the number of states in chunks.
func count[S any](chunks [][]S) (n int) {
	for _, c := range chunks {
		n += len(c)
	}
	return n
}

// free gives the memory back that the search has taken for states.
func (s *search[S]) free() {
	s.seen.free()
	s.pool.free = nil
}

// gather collects what the workers found as the next level.
func (s *search[S]) gather() [][]S {
	var frontier [][]S
	s.edges = 0
	for _, w := range s.workers {
		frontier = append(frontier, w.found...)
		if len(w.tail) > 0 {
			frontier = append(frontier, w.tail)
		}
		w.found, w.tail = nil, nil
		s.edges += w.edges
	}
	return frontier
}

// note records which laws were hit in the level just ended: by states and
// steps that many steps from the start. A deadlock belongs to the state that
// was expanded, one step nearer.
func (s *search[S]) note(steps int) {
	for _, w := range s.workers {
		for law, hit := range w.hit {
			if !hit || s.steps[law] >= 0 {
				continue
			}
			s.steps[law] = steps
			if law == len(s.spec.Laws) {
				s.steps[law] = steps - 1
			}
		}
	}
}

// violates reports whether a hit of the law is a violation: it is a witness if
// the law is a Sometimes.
func (s *search[S]) violates(law int) bool {
	return law == len(s.spec.Laws) || s.spec.Laws[law].Kind == Always
}

// violated reports whether a counterexample was met.
func (s *search[S]) violated() bool {
	law, _ := s.shortestViolation()
	return law >= 0
}

// shortestViolation returns the violated law with the shortest counterexample,
// of several the one listed first, and its steps; or -1.
func (s *search[S]) shortestViolation() (law, steps int) {
	law, steps = -1, math.MaxInt
	for i, n := range s.steps {
		if s.violates(i) && n >= 0 && n < steps {
			law, steps = i, n
		}
	}
	return law, steps
}

// misuse returns the error of the workers whose state has the least
// fingerprint.
func (s *search[S]) misuse() error {
	var m *misuse
	for _, w := range s.workers {
		if w.misuse != nil && (m == nil || w.misuse.fp < m.fp) {
			m = w.misuse
		}
	}
	if m == nil {
		return nil
	}
	return &MisuseError{Spec: s.spec.Name, Size: s.spec.Size, State: m.state, Problem: m.problem}
}
