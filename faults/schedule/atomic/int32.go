package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadInt32 atomically loads *p.
func LoadInt32(p *int32) int32 {
	load(unsafe.Pointer(p))
	return std.LoadInt32(p)
}

// StoreInt32 atomically stores v in *p.
func StoreInt32(p *int32, v int32) {
	store(unsafe.Pointer(p))
	std.StoreInt32(p, v)
}

// AddInt32 atomically adds delta to *p and returns the new value.
func AddInt32(p *int32, delta int32) int32 {
	update(unsafe.Pointer(p))
	return std.AddInt32(p, delta)
}

// SwapInt32 atomically stores v in *p and returns the old value.
func SwapInt32(p *int32, v int32) int32 {
	update(unsafe.Pointer(p))
	return std.SwapInt32(p, v)
}

// AndInt32 atomically stores *p & mask in *p and returns the old value.
func AndInt32(p *int32, mask int32) int32 {
	update(unsafe.Pointer(p))
	return std.AndInt32(p, mask)
}

// OrInt32 atomically stores *p | mask in *p and returns the old value.
func OrInt32(p *int32, mask int32) int32 {
	update(unsafe.Pointer(p))
	return std.OrInt32(p, mask)
}

// CompareAndSwapInt32 atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapInt32(p *int32, old, v int32) bool {
	update(unsafe.Pointer(p))
	return std.CompareAndSwapInt32(p, old, v)
}

// Int32 is an int32 with atomic operations. Its zero value is 0.
type Int32 struct{ v std.Int32 }

// Load atomically loads the value.
func (x *Int32) Load() int32 {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Int32) Store(v int32) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Add atomically adds delta and returns the new value.
func (x *Int32) Add(delta int32) int32 {
	update(unsafe.Pointer(x))
	return x.v.Add(delta)
}

// Swap atomically stores v and returns the old value.
func (x *Int32) Swap(v int32) int32 {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// And atomically stores the value & mask and returns the old value.
func (x *Int32) And(mask int32) int32 {
	update(unsafe.Pointer(x))
	return x.v.And(mask)
}

// Or atomically stores the value | mask and returns the old value.
func (x *Int32) Or(mask int32) int32 {
	update(unsafe.Pointer(x))
	return x.v.Or(mask)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Int32) CompareAndSwap(old, v int32) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
