package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadPointer atomically loads *p.
func LoadPointer(p *unsafe.Pointer) unsafe.Pointer {
	load(unsafe.Pointer(p))
	return std.LoadPointer(p)
}

// StorePointer atomically stores v in *p.
func StorePointer(p *unsafe.Pointer, v unsafe.Pointer) {
	store(unsafe.Pointer(p))
	std.StorePointer(p, v)
}

// SwapPointer atomically stores v in *p and returns the old value.
func SwapPointer(p *unsafe.Pointer, v unsafe.Pointer) unsafe.Pointer {
	update(unsafe.Pointer(p))
	return std.SwapPointer(p, v)
}

// CompareAndSwapPointer atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapPointer(p *unsafe.Pointer, old, v unsafe.Pointer) bool {
	update(unsafe.Pointer(p))
	return std.CompareAndSwapPointer(p, old, v)
}

// Pointer is a *T with atomic operations. Its zero value is nil.
type Pointer[T any] struct{ v std.Pointer[T] }

// Load atomically loads the value.
func (x *Pointer[T]) Load() *T {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Pointer[T]) Store(v *T) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Swap atomically stores v and returns the old value.
func (x *Pointer[T]) Swap(v *T) *T {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Pointer[T]) CompareAndSwap(old, v *T) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
