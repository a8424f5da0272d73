package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadInt64 atomically loads *p.
func LoadInt64(p *int64) int64 {
	load(unsafe.Pointer(p))
	return std.LoadInt64(p)
}

// StoreInt64 atomically stores v in *p.
func StoreInt64(p *int64, v int64) {
	store(unsafe.Pointer(p))
	std.StoreInt64(p, v)
}

// AddInt64 atomically adds delta to *p and returns the new value.
func AddInt64(p *int64, delta int64) int64 {
	update(unsafe.Pointer(p))
	return std.AddInt64(p, delta)
}

// SwapInt64 atomically stores v in *p and returns the old value.
func SwapInt64(p *int64, v int64) int64 {
	update(unsafe.Pointer(p))
	return std.SwapInt64(p, v)
}

// AndInt64 atomically stores *p & mask in *p and returns the old value.
func AndInt64(p *int64, mask int64) int64 {
	update(unsafe.Pointer(p))
	return std.AndInt64(p, mask)
}

// OrInt64 atomically stores *p | mask in *p and returns the old value.
func OrInt64(p *int64, mask int64) int64 {
	update(unsafe.Pointer(p))
	return std.OrInt64(p, mask)
}

// CompareAndSwapInt64 atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapInt64(p *int64, old, v int64) bool {
	update(unsafe.Pointer(p))
	return std.CompareAndSwapInt64(p, old, v)
}

// Int64 is an int64 with atomic operations. Its zero value is 0.
type Int64 struct{ v std.Int64 }

// Load atomically loads the value.
func (x *Int64) Load() int64 {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Int64) Store(v int64) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Add atomically adds delta and returns the new value.
func (x *Int64) Add(delta int64) int64 {
	update(unsafe.Pointer(x))
	return x.v.Add(delta)
}

// Swap atomically stores v and returns the old value.
func (x *Int64) Swap(v int64) int64 {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// And atomically stores the value & mask and returns the old value.
func (x *Int64) And(mask int64) int64 {
	update(unsafe.Pointer(x))
	return x.v.And(mask)
}

// Or atomically stores the value | mask and returns the old value.
func (x *Int64) Or(mask int64) int64 {
	update(unsafe.Pointer(x))
	return x.v.Or(mask)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Int64) CompareAndSwap(old, v int64) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
