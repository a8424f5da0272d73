package model

import "fmt"

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
