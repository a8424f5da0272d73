package model

import (
	"fmt"
	"sync"
)

// UnderRace is for tests outside the package.
const UnderRace = underRace

// Replay takes the steps of a story one after the other, in the spec without
// its reductions, and returns an error if one of them is not there.
func Replay[S comparable](sp *Spec[S], t *Trace[S]) error {
	o, err := Options{Unreduced: true}.withDefaults()
	if err != nil {
		return err
	}
	w := newWorker(sp, nil, nil, o)
	w.lv = &level[S]{}
	at := t.Init
	for i, st := range t.Steps {
		w.x.n = 0
		w.generate(&at)
		found := false
		for k := range w.x.n {
			found = found || w.x.labels[k] == st.Label && w.x.states[k] == st.State
		}
		if !found {
			return fmt.Errorf("step %d, %s, is none of the spec's", i+1, sp.LabelString(st.Label))
		}
		at = st.State
	}
	return nil
}

// ByHand explores a spec with the checker's own table, hash and levels, and
// judges its laws, but takes the successors from a loop that somebody wrote
// without labels: successors writes them to where it is told, and returns how
// many they are. It shows what the checker's interface costs.
func ByHand[S comparable](sp *Spec[S], o Options, successors func(s *S, to []S) int) (states, edges int, violated bool) {
	o, err := o.withDefaults()
	if err != nil {
		panic(err)
	}
	s := newSearch(sp, o)
	defer s.free()
	for frontier := s.begin(); len(frontier) > 0; {
		lv := s.newLevel(frontier)
		var wg sync.WaitGroup
		for _, w := range s.workers {
			w.lv = lv
			wg.Go(func() {
				for i := int(lv.next.Add(1)) - 1; i < len(lv.chunks); i = int(lv.next.Add(1)) - 1 {
					for k := range lv.chunks[i] {
						first := w.x.n
						w.x.n += successors(&lv.chunks[i][k], w.x.states[first:])
						for j := first; j < w.x.n; j++ {
							w.fps[j] = fingerprint(bytesOf(&w.x.states[j]))
						}
						w.edges += w.x.n - first
						if w.x.n >= w.tune.batch {
							w.flush()
						}
					}
					w.flush()
				}
			})
		}
		wg.Wait()
		s.depth++
		s.note(s.depth)
		s.pool.put(frontier)
		frontier = s.gather()
	}
	return s.seen.size(), s.edges, s.violated()
}
