package story_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	stdsync "sync"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/story"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// world is what the goroutines of a random program share, and who holds its
// locks, as they know it themselves.
type world struct {
	mutexes [2]sync.Mutex
	rw      sync.RWMutex
	cond    *sync.Cond
	group   sync.WaitGroup
	ch      [2]chan int

	mu   stdsync.Mutex
	held map[string][]string // by the place of the lock in the program
}

func (w *world) take(lock, who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[lock] = append(w.held[lock], who)
}

func (w *world) drop(lock, who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.held[lock], who)
	w.held[lock] = slices.Delete(w.held[lock], i, i+1)
}

// do is one random deed of who.
func (w *world) do(r *rand.Rand, who string) {
	i := r.IntN(2)
	lock := fmt.Sprint("mutex", i)
	switch r.IntN(12) {
	case 0, 1:
		w.mutexes[i].Lock()
		w.take(lock, who)
		if r.IntN(3) > 0 {
			w.inside(r)
			w.drop(lock, who)
			w.mutexes[i].Unlock()
		}
	case 2:
		if w.mutexes[i].TryLock() {
			w.take(lock, who)
			w.inside(r)
			w.drop(lock, who)
			w.mutexes[i].Unlock()
		}
	case 3, 4:
		w.rw.RLock()
		w.take("rw", who)
		w.inside(r)
		w.drop("rw", who)
		w.rw.RUnlock()
	case 5:
		w.rw.Lock()
		w.take("rw", who)
		w.inside(r)
		w.drop("rw", who)
		w.rw.Unlock()
	case 6:
		w.mutexes[0].Lock()
		w.cond.Wait()
		w.mutexes[0].Unlock()
	case 7:
		w.cond.Signal()
	case 8:
		schedule.To(w.ch[i]).Send(r.IntN(5))
	case 9:
		schedule.Recv(w.ch[i])
	case 10:
		schedule.Select(r.IntN(2) == 0, schedule.CaseRecv(w.ch[i]), schedule.To(w.ch[1-i]).Case(r.IntN(5)))
	case 11:
		w.group.Go(func() { schedule.Gosched() })
		w.group.Wait()
	}
}

// inside is what is done with a lock held.
func (w *world) inside(r *rand.Rand) {
	switch r.IntN(4) {
	case 0:
		schedule.Gosched()
	case 1:
		schedule.Recv(w.ch[0])
	}
}

// random is a random program of a few goroutines, most of which get stuck.
func random(seed uint64) (*world, func()) {
	w := &world{held: map[string][]string{}}
	w.cond = sync.NewCond(&w.mutexes[0])
	return w, func() {
		w.ch = [2]chan int{make(chan int), make(chan int, 1)} // in the bubble
		for g := range 4 {
			schedule.Go("random", func() {
				r := rand.New(rand.NewPCG(seed, uint64(g)))
				for range 5 {
					w.do(r, fmt.Sprintf("random#%d", g+1))
				}
			})
		}
	}
}

// What stories of random programs say is so: who holds a lock that somebody
// waits for is who knows it of itself, wakes and sends come before what they
// wake and bring, and all renderings are well formed.
func TestRandomPrograms(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(200) {
		w, body := random(seed)
		_, told := run(t, schedule.Random(seed), body, true, nil)
		for _, l := range told.Waits {
			checkHolders(t, seed, w, told, &l, seen)
		}
		for _, step := range told.Steps {
			if by := step.Woken; by.Step > 0 {
				seen["wake by "+string(by.Use.Verb)]++
				if by.Step >= step.Number || by.Use.Task == step.Task {
					t.Errorf("seed %d: step %d of task %d woken in step %d by task %d", seed, step.Number, step.Task, by.Step, by.Use.Task)
				}
			} else if step.Kind == schedule.KindCondWait || step.Kind == schedule.KindResume {
				t.Errorf("seed %d: nobody woke step %d at %s", seed, step.Number, step.Kind)
			}
			for _, u := range step.Uses {
				if u.Verb != story.Receives {
					continue
				}
				seen["receive"]++
				if u.From == 0 || u.From > step.Number || !sent(told, u) {
					t.Errorf("seed %d: step %d received %s from step %d", seed, step.Number, u.Value, u.From)
				}
			}
		}
		for _, axis := range []story.Timeline{story.StepTime, story.VirtualTime} {
			if err := malformed(told.Perfetto(axis)); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		if line := undrawn(told.Mermaid(story.Layout{Lines: 40})); line != "" {
			t.Errorf("seed %d: %s", seed, line)
		}
	}
	for _, want := range []string{"held by one", "held by many", "receive", "wake by unlock", "wake by runlock", "wake by cond.signal", "wake by send", "wake by recv", "wake by wg.done", "wake by go"} {
		if seen[want] == 0 {
			t.Errorf("never seen: %s (of %v)", want, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// sent reports whether the value of a receive was sent in the step that it is
// said to come from.
func sent(s *story.Story, u story.Use) bool {
	return slices.ContainsFunc(s.Steps[u.From-1].Uses, func(v story.Use) bool {
		return v.Verb == story.Sends && v.Object == u.Object && v.Value == u.Value
	})
}

// checkHolders compares who is said to hold a lock with who says so itself.
func checkHolders(t *testing.T, seed uint64, w *world, s *story.Story, l *story.Wait, seen map[string]int) {
	if l.Kind != schedule.KindLock && l.Kind != schedule.KindRLock || l.Able {
		return
	}
	lock := "rw"
	if s.Objects[l.Object].Type == "Mutex" {
		lock = "mutex1"
		// The cond's lock is mutex 0.
		for _, step := range s.Steps {
			for i, u := range step.Uses {
				if u.Verb == story.Awaits && i+1 < len(step.Uses) && step.Uses[i+1].Object == l.Object {
					lock = "mutex0"
				}
			}
		}
	}
	var got []string
	for _, h := range l.Holders {
		got = append(got, s.Tasks[h.Task].Name)
	}
	slices.Sort(got)
	want := slices.Sorted(slices.Values(w.held[lock]))
	if lock == "mutex1" && !slices.Equal(got, want) {
		want = slices.Sorted(slices.Values(w.held["mutex0"])) // no cond was waited at
	}
	if !slices.Equal(got, want) {
		t.Errorf("seed %d: %s: holders %v, want %v\n%s", seed, lock, got, want, s.Explain())
	}
	switch len(got) {
	case 0:
	case 1:
		seen["held by one"]++
	default:
		seen["held by many"]++
	}
}
