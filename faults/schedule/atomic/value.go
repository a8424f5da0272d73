package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// Value is a value of any one type with atomic operations. It panics as the standard
// type does, on nil and on a second type.
type Value struct{ v std.Value }

// Load atomically loads the value.
func (x *Value) Load() any {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Value) Store(v any) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Swap atomically stores v and returns the old value.
func (x *Value) Swap(v any) any {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Value) CompareAndSwap(old, v any) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
