package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// Bool is a bool with atomic operations. Its zero value is false.
type Bool struct{ v std.Bool }

// Load atomically loads the value.
func (x *Bool) Load() bool {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Bool) Store(v bool) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Swap atomically stores v and returns the old value.
func (x *Bool) Swap(v bool) bool {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Bool) CompareAndSwap(old, v bool) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
