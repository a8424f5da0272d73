package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadUint64 atomically loads *p.
func LoadUint64(p *uint64) uint64 {
	load(unsafe.Pointer(p))
	return std.LoadUint64(p)
}

// StoreUint64 atomically stores v in *p.
func StoreUint64(p *uint64, v uint64) {
	store(unsafe.Pointer(p))
	std.StoreUint64(p, v)
}

// AddUint64 atomically adds delta to *p and returns the new value.
func AddUint64(p *uint64, delta uint64) uint64 {
	update(unsafe.Pointer(p))
	return std.AddUint64(p, delta)
}

// SwapUint64 atomically stores v in *p and returns the old value.
func SwapUint64(p *uint64, v uint64) uint64 {
	update(unsafe.Pointer(p))
	return std.SwapUint64(p, v)
}

// AndUint64 atomically stores *p & mask in *p and returns the old value.
func AndUint64(p *uint64, mask uint64) uint64 {
	update(unsafe.Pointer(p))
	return std.AndUint64(p, mask)
}

// OrUint64 atomically stores *p | mask in *p and returns the old value.
func OrUint64(p *uint64, mask uint64) uint64 {
	update(unsafe.Pointer(p))
	return std.OrUint64(p, mask)
}

// CompareAndSwapUint64 atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapUint64(p *uint64, old, v uint64) bool {
	update(unsafe.Pointer(p))
	return std.CompareAndSwapUint64(p, old, v)
}

// Uint64 is a uint64 with atomic operations. Its zero value is 0.
type Uint64 struct{ v std.Uint64 }

// Load atomically loads the value.
func (x *Uint64) Load() uint64 {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Uint64) Store(v uint64) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Add atomically adds delta and returns the new value.
func (x *Uint64) Add(delta uint64) uint64 {
	update(unsafe.Pointer(x))
	return x.v.Add(delta)
}

// Swap atomically stores v and returns the old value.
func (x *Uint64) Swap(v uint64) uint64 {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// And atomically stores the value & mask and returns the old value.
func (x *Uint64) And(mask uint64) uint64 {
	update(unsafe.Pointer(x))
	return x.v.And(mask)
}

// Or atomically stores the value | mask and returns the old value.
func (x *Uint64) Or(mask uint64) uint64 {
	update(unsafe.Pointer(x))
	return x.v.Or(mask)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Uint64) CompareAndSwap(old, v uint64) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
