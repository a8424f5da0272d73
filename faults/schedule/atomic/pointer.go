package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadPointer atomically loads *p.
func LoadPointer(p *unsafe.Pointer) unsafe.Pointer {
	point()
	return std.LoadPointer(p)
}

// StorePointer atomically stores v in *p.
func StorePointer(p *unsafe.Pointer, v unsafe.Pointer) {
	point()
	std.StorePointer(p, v)
}

// SwapPointer atomically stores v in *p and returns the old value.
func SwapPointer(p *unsafe.Pointer, v unsafe.Pointer) unsafe.Pointer {
	point()
	return std.SwapPointer(p, v)
}

// CompareAndSwapPointer atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapPointer(p *unsafe.Pointer, old, v unsafe.Pointer) bool {
	point()
	return std.CompareAndSwapPointer(p, old, v)
}

// Pointer is a *T with atomic operations. Its zero value is nil.
type Pointer[T any] struct{ v std.Pointer[T] }

// Load atomically loads the value.
func (x *Pointer[T]) Load() *T {
	point()
	return x.v.Load()
}

// Store atomically stores v.
func (x *Pointer[T]) Store(v *T) {
	point()
	x.v.Store(v)
}

// Swap atomically stores v and returns the old value.
func (x *Pointer[T]) Swap(v *T) *T {
	point()
	return x.v.Swap(v)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Pointer[T]) CompareAndSwap(old, v *T) bool {
	point()
	return x.v.CompareAndSwap(old, v)
}
