package story

import (
	"slices"
	"time"

	"github.com/weir-dev/weir/faults/schedule"
)

// Wait is a task that is left at the end: where it waits, who could have ended
// that, and what they did.
type Wait struct {
	Task   int
	Step   int           // at whose end it began to wait; 0 before the first
	Since  time.Duration // the virtual time of that
	Kind   schedule.Kind // of the point or operation that it waits in
	Text   string        // at a seam
	Object int
	Stack  Stack
	Cases  []Use // of a select
	Able   bool  // it waits for nothing but its turn
	Beyond bool  // it was started by code that isn't woven, and went on after the point
	// Holders are who holds the lock that it waits for.
	Holders []Hold
	// Enders has for each task that did to the object what could end such a
	// wait, the last time that it did, latest first; those of select cases are
	// together.
	Enders []Deed
	// Adds and Dones count the calls for a group that it waits for.
	Adds, Dones int
}

// explain fills in what is known about a wait.
func (l *linker) explain(w *Wait) {
	switch w.Kind {
	case schedule.KindLock, schedule.KindRLock:
		w.Holders = slices.Clone(l.holds[w.Object])
		w.Enders = l.enders(w, w.Object, Unlocks, RUnlocks)
	case schedule.KindRecv:
		w.Enders = l.enders(w, w.Object, Sends, Closes, TriesSend)
	case schedule.KindSend:
		w.Enders = l.enders(w, w.Object, Receives, TriesRecv)
	case schedule.KindCondWait:
		w.Enders = l.enders(w, w.Object, Signals, Broadcasts)
		w.Step = l.awaits[w.Task]
	case schedule.KindGroupWait:
		w.Enders = l.enders(w, w.Object, Dones, Adds)
		for _, d := range l.history[w.Object] {
			switch d.Verb {
			case Adds:
				w.Adds++
			case Dones:
				w.Dones++
			}
		}
	case schedule.KindSelect:
		l.cases(w)
	}
}

// cases fills in what a select waits for.
func (l *linker) cases(w *Wait) {
	if w.Step == 0 {
		return
	}
	for _, u := range l.step(w.Step).Uses {
		if u.Task != w.Task {
			continue
		}
		switch u.Verb {
		case TriesSend:
			w.Enders = append(w.Enders, l.enders(w, u.Object, Receives, TriesRecv)...)
		case TriesRecv:
			w.Enders = append(w.Enders, l.enders(w, u.Object, Sends, Closes, TriesSend)...)
		case TriesNil:
		default:
			continue
		}
		w.Cases = append(w.Cases, u)
	}
}

// enders are the last deeds with those verbs, of each other task.
func (l *linker) enders(w *Wait, object int, verbs ...Verb) (last []Deed) {
	seen := map[int]bool{w.Task: true}
	for _, d := range slices.Backward(l.history[object]) {
		if !seen[d.Task] && slices.Contains(verbs, d.Verb) {
			seen[d.Task] = true
			last = append(last, d)
		}
	}
	return last
}

// Cycles are the circles of tasks each of which waits for a lock that the next
// one holds. Each begins with the task that was met first.
func (s *Story) Cycles() (cycles [][]int) {
	next := map[int]int{}
	for _, w := range s.Waits {
		for _, h := range w.Holders {
			// Of several readers one that waits itself is enough.
			if _, ok := next[w.Task]; !ok || s.waits(h.Task) != nil {
				next[w.Task] = h.Task
			}
		}
	}
	for _, w := range s.Waits {
		cycle := []int{w.Task}
		for {
			to, ok := next[cycle[len(cycle)-1]]
			if !ok || len(cycle) > len(s.Waits) {
				break
			}
			if to == w.Task {
				if slices.Min(cycle) == w.Task {
					cycles = append(cycles, cycle)
				}
				break
			}
			cycle = append(cycle, to)
		}
	}
	return cycles
}

// waits is what the task waits for, nil if it isn't left.
func (s *Story) waits(task int) *Wait {
	for i := range s.Waits {
		if s.Waits[i].Task == task {
			return &s.Waits[i]
		}
	}
	return nil
}
