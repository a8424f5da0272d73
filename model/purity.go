package model

import "fmt"

// carefulEvery: of the states beyond the first few thousand, one in so many is
// expanded twice, to see whether Next is pure.
const carefulEvery = 64

// fewSteps: a state with more steps has its labels compared by a map.
const fewSteps = 48

// again calls Next on s once more, behind the steps that the batch holds, and
// returns how many it adds. The caller drops them.
func (w *worker[S]) again(s *S) int {
	x := &w.x
	end := x.n
	x.from = s
	w.spec.Next(s, x)
	if n := x.n - end; x.n > len(x.states) && n <= maxSuccessors {
		x.n = end
		w.room(end + n)
		w.spec.Next(s, x)
	}
	return x.n - end
}

// repeat calls Next again on src and compares with the steps that the first
// call added from first on. It leaves the batch as it was.
func (w *worker[S]) repeat(src *S, first int) {
	x := &w.x
	end := x.n
	defer func() { x.n = end }()
	n := end - first
	same := w.again(src) == n && x.n <= len(x.states)
	for i := 0; i < n && same; i++ {
		same = x.labels[first+i] == x.labels[end+i] && x.states[first+i] == x.states[end+i]
	}
	if !same {
		w.refuse(src, "Next is not pure: called twice on one state it adds different steps; it must depend on nothing but the state, not on maps' order, chance or variables")
	}
}

// checkLabels refuses two steps of one state with the same label and different
// targets. A word with a bit for each label seen spares most steps of a state
// with few the comparison with all before them; states with many use a map.
func (w *worker[S]) checkLabels(first, end int) {
	if end-first > fewSteps {
		w.checkManyLabels(first, end)
		return
	}
	seen := uint64(0)
	for i := first; i < end; i++ {
		b := w.x.labels[i].bit()
		for j := first; seen&b != 0 && j < i; j++ {
			w.checkPair(j, i)
		}
		seen |= b
	}
}

func (w *worker[S]) checkManyLabels(first, end int) {
	if w.byLabel == nil {
		w.byLabel = map[Label]int{}
	}
	clear(w.byLabel)
	for i := first; i < end; i++ {
		if j, ok := w.byLabel[w.x.labels[i]]; ok {
			w.checkPair(j, i)
		} else {
			w.byLabel[w.x.labels[i]] = i
		}
	}
}

func (w *worker[S]) checkPair(j, i int) {
	if w.x.labels[j] == w.x.labels[i] && w.x.states[j] != w.x.states[i] {
		w.refuse(&w.from, fmt.Sprintf("two steps to different states are both labelled %s, so that a story could not be replayed: pass Do an argument that tells them apart", w.spec.LabelString(w.x.labels[i])))
	}
}
