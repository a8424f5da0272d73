package schedule

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// The registry answers "which task am I" at every point. It is a table of
// linked lists and not a map, because the runtime reports the accesses of
// maps to the race detector whatever the calling function is marked with.

const registryBuckets = 1 << 10

// registryBucket is read without its lock, which guards the changes: an entry
// doesn't change once it can be seen, but for what comes after it.
type registryBucket struct {
	mu    sync.Mutex
	first unsafe.Pointer // *registryEntry
}

type registryEntry struct {
	g    uintptr
	task *task
	next unsafe.Pointer // *registryEntry
}

var registry [registryBuckets]registryBucket

// active counts the schedulers of the process: while it is zero no point asks
// the runtime for its bubble.
var active atomic.Int32

func bucketOf(g uintptr) *registryBucket {
	// Descriptors are some hundred bytes long; the low bits say nothing.
	return &registry[(g>>6^g>>16)%registryBuckets]
}

//go:norace
func registered(g uintptr) *task {
	for e := (*registryEntry)(loadPointer(&bucketOf(g).first)); e != nil; e = (*registryEntry)(loadPointer(&e.next)) {
		if e.g == g {
			return e.task
		}
	}
	return nil
}

// register makes t the task of the goroutine g and forgets any earlier one,
// which then has ended.
//
//go:norace
func register(g uintptr, t *task) {
	raceDisable()
	b := bucketOf(g)
	b.mu.Lock()
	t.g = g
	b.remove(g, nil)
	atomic.StorePointer(&b.first, ptr(&registryEntry{g: g, task: t, next: b.first}))
	b.mu.Unlock()
	raceEnable()
}

// unregister forgets t unless its goroutine's descriptor already serves
// another task.
//
//go:norace
func unregister(t *task) {
	raceDisable()
	b := bucketOf(t.g)
	b.mu.Lock()
	b.remove(t.g, t)
	b.mu.Unlock()
	raceEnable()
}

// remove unlinks the entry of the goroutine g, if it is that of t or t is nil.
//
//go:norace
func (b *registryBucket) remove(g uintptr, t *task) {
	for p := &b.first; *p != nil; p = &(*registryEntry)(*p).next {
		if e := (*registryEntry)(*p); e.g == g && (t == nil || e.task == t) {
			atomic.StorePointer(p, e.next)
			return
		}
	}
}

// bubbles lists the schedulers of the process, one a bubble.
var bubbles struct {
	mu    sync.Mutex
	first *Scheduler
}

//go:norace
func schedulerOf(bubble int) *Scheduler {
	if bubble == 0 {
		return nil
	}
	raceDisable()
	bubbles.mu.Lock()
	s := bubbles.first
	for s != nil && s.bubble != bubble {
		s = s.next
	}
	bubbles.mu.Unlock()
	raceEnable()
	return s
}

// enlist reports whether s is now the scheduler of its bubble; it isn't when
// there is one already.
//
//go:norace
func enlist(s *Scheduler) bool {
	raceDisable()
	bubbles.mu.Lock()
	other := bubbles.first
	for other != nil && other.bubble != s.bubble {
		other = other.next
	}
	if other == nil {
		s.next = bubbles.first
		bubbles.first = s
		active.Add(1)
	}
	bubbles.mu.Unlock()
	raceEnable()
	return other == nil
}

//go:norace
func delist(s *Scheduler) {
	raceDisable()
	bubbles.mu.Lock()
	for p := &bubbles.first; *p != nil; p = &(*p).next {
		if *p == s {
			*p = s.next
			active.Add(-1)
			break
		}
	}
	bubbles.mu.Unlock()
	raceEnable()
}
