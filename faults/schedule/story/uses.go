package story

import (
	"cmp"
	"slices"
	"strings"

	"github.com/weir-dev/weir/faults/schedule"
)

// verbs are those of the points that change something whatever comes of them.
var verbs = map[schedule.Kind]Verb{
	schedule.KindClose:         Closes,
	schedule.KindCondSignal:    Signals,
	schedule.KindCondBroadcast: Broadcasts,
	schedule.KindGroupAdd:      Adds,
}

// uses fills in what was done in a step.
func (r *Recorder) uses(step *Step, t *schedule.Taken) {
	if v, ok := verbs[step.Kind]; ok {
		step.Uses = append(step.Uses, Use{Task: step.Task, Verb: v, Object: step.Object, Stack: step.Stack})
	}
	granted := step.Kind == schedule.KindRLock && step.Stack.in("schedule.WovenAwait")
	for _, u := range t.Uses {
		task, ok := r.tasks[u.Task]
		if !ok {
			continue // an adopted goroutine that came to no point yet
		}
		stack := r.resolver.stack(u.Calls)
		verb := verbOf(u.What, stack)
		if len(stack.Calls) == 0 {
			// A shim did it when the code under test had returned.
			stack.Calls = r.story.Tasks[task].Birth.Calls
		}
		if verb == "" {
			continue
		}
		if verb == RLocks && task == step.Task {
			granted = false
		}
		step.Uses = append(step.Uses, Use{Task: task, Verb: verb, Object: r.object(u.Object, task, stack), Value: u.Value, Stack: stack})
	}
	if granted {
		// Who unlocked has taken the lock for this reader.
		step.Uses = slices.Insert(step.Uses, 0, Use{Task: step.Task, Verb: RLocks, Object: step.Object, Stack: step.Stack})
	}
	// Goroutines that were woken run a few instructions side by side with who
	// woke them.
	slices.SortStableFunc(step.Uses, func(a, b Use) int {
		if a.Task == b.Task || a.Task != step.Task && b.Task != step.Task {
			return cmp.Compare(a.Task, b.Task)
		}
		if a.Task == step.Task {
			return -1
		}
		return 1
	})
	r.match(step)
}

// verbOf is what a use is, empty for what isn't told.
func verbOf(what schedule.Used, stack Stack) Verb {
	switch what {
	case schedule.UseSent:
		return Sends
	case schedule.UseReceived:
		return Receives
	case schedule.UseClosed:
		return FindsEnd
	case schedule.UseDefault:
		return GivesUp
	case schedule.UseCaseSend:
		return TriesSend
	case schedule.UseCaseRecv:
		return TriesRecv
	case schedule.UseCaseNil:
		return TriesNil
	case schedule.UseAcquired:
		switch {
		case stack.in("sync.(*RWMutex).Unlock"):
			return ""
		case stack.in("sync.(*RWMutex).note"):
			return RLocks
		}
		return Locks
	}
	switch shim := stack.shim(); shim {
	case "sync.(*Mutex).Unlock", "sync.(*RWMutex).Unlock":
		return Unlocks
	case "sync.(*RWMutex).RUnlock":
		return RUnlocks
	case "sync.(*Cond).Wait":
		return Awaits
	case "sync.(*WaitGroup).Add":
		return Dones
	case "sync.(*Cond).sleep", "":
		return ""
	default:
		if strings.HasPrefix(shim, "atomic.") {
			return ""
		}
		return Touches
	}
}

// match finds for each receive of a step the send whose value it got: channels
// are first in, first out. Where the values differ, code that isn't woven has
// a hand in the channel, and nothing is said from then on.
func (r *Recorder) match(step *Step) {
	for _, u := range step.Uses {
		if u.Verb == Sends {
			r.sends[u.Object] = append(r.sends[u.Object], sent{step.Number, u.Value})
		}
	}
	for i := range step.Uses {
		u := &step.Uses[i]
		if u.Verb != Receives {
			continue
		}
		queue := r.sends[u.Object]
		if len(queue) == 0 || queue[0].value != u.Value {
			r.mixed[u.Object] = true
		}
		if !r.mixed[u.Object] {
			u.From = queue[0].step
			r.sends[u.Object] = queue[1:]
		}
	}
}

// sent is a value that was sent.
type sent struct {
	step  int
	value string
}
