package schedule

import (
	"sync"
	"sync/atomic"
)

// The registry answers "which task am I" at every point. It is a table of
// linked lists and not a map, because the runtime reports the accesses of
// maps to the race detector whatever the calling function is marked with.

const registryBuckets = 1 << 10

type registryBucket struct {
	mu    sync.Mutex
	first *registryEntry
}

type registryEntry struct {
	g    uintptr
	task *task
	next *registryEntry
}

var registry [registryBuckets]registryBucket

// active counts the schedulers of the process: while it is zero every point
// is one atomic load.
var active atomic.Int32

func bucketOf(g uintptr) *registryBucket {
	// Descriptors are some hundred bytes long; the low bits say nothing.
	return &registry[(g>>6^g>>16)%registryBuckets]
}

//go:norace
func registered(g uintptr) *task {
	raceDisable()
	b := bucketOf(g)
	b.mu.Lock()
	var found *task
	for e := b.first; e != nil; e = e.next {
		if e.g == g {
			found = e.task
			break
		}
	}
	b.mu.Unlock()
	raceEnable()
	return found
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
	e := b.first
	for e != nil && e.g != g {
		e = e.next
	}
	if e == nil {
		b.first = &registryEntry{g: g, task: t, next: b.first}
	} else {
		e.task = t
	}
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
	for p := &b.first; *p != nil; p = &(*p).next {
		if (*p).g == t.g && (*p).task == t {
			*p = (*p).next
			break
		}
	}
	b.mu.Unlock()
	raceEnable()
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
