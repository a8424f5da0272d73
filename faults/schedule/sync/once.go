package sync

import (
	"sync/atomic"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// Once stands in for sync.Once.
type Once struct {
	done atomic.Bool
	m    Mutex
}

// Do calls f if Do wasn't called before; who comes meanwhile waits.
func (o *Once) Do(f func()) {
	schedule.WovenPoint(schedule.KindOnce, unsafe.Pointer(o))
	if !o.done.Load() {
		o.first(f)
	}
}

func (o *Once) first(f func()) {
	o.m.Lock()
	defer o.m.Unlock()
	if !o.done.Load() {
		defer o.finish()
		f()
	}
}

func (o *Once) finish() {
	schedule.WovenTouch(unsafe.Pointer(o), schedule.AccessWrite)
	o.done.Store(true)
}

// OnceFunc is a function that calls f once; if f panics, every call panics
// with the same value.
func OnceFunc(f func()) func() {
	call := OnceValue(func() struct{} { f(); return struct{}{} })
	return func() { call() }
}

// OnceValue is a function that calls f once and returns its value; if f
// panics, every call panics with the same value.
func OnceValue[T any](f func() T) func() T {
	call := OnceValues(func() (T, struct{}) { return f(), struct{}{} })
	return func() T {
		v, _ := call()
		return v
	}
}

// OnceValues is a function that calls f once and returns its values; if f
// panics, every call panics with the same value.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	o := &onceValues[T1, T2]{f: f}
	return func() (T1, T2) {
		o.once.Do(o.call)
		if !o.valid {
			panic(o.panicked)
		}
		return o.v1, o.v2
	}
}

type onceValues[T1, T2 any] struct {
	once     Once
	f        func() (T1, T2)
	v1       T1
	v2       T2
	valid    bool
	panicked any
}

func (o *onceValues[T1, T2]) call() {
	defer func() {
		o.f = nil // frees what it refers to
		if !o.valid {
			o.panicked = recover()
			panic(o.panicked) // the first panic keeps its stack
		}
	}()
	o.v1, o.v2 = o.f()
	o.valid = true
}
