package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadUint32 atomically loads *p.
func LoadUint32(p *uint32) uint32 {
	load(unsafe.Pointer(p))
	return std.LoadUint32(p)
}

// StoreUint32 atomically stores v in *p.
func StoreUint32(p *uint32, v uint32) {
	store(unsafe.Pointer(p))
	std.StoreUint32(p, v)
}

// AddUint32 atomically adds delta to *p and returns the new value.
func AddUint32(p *uint32, delta uint32) uint32 {
	update(unsafe.Pointer(p))
	return std.AddUint32(p, delta)
}

// SwapUint32 atomically stores v in *p and returns the old value.
func SwapUint32(p *uint32, v uint32) uint32 {
	update(unsafe.Pointer(p))
	return std.SwapUint32(p, v)
}

// AndUint32 atomically stores *p & mask in *p and returns the old value.
func AndUint32(p *uint32, mask uint32) uint32 {
	update(unsafe.Pointer(p))
	return std.AndUint32(p, mask)
}

// OrUint32 atomically stores *p | mask in *p and returns the old value.
func OrUint32(p *uint32, mask uint32) uint32 {
	update(unsafe.Pointer(p))
	return std.OrUint32(p, mask)
}

// CompareAndSwapUint32 atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapUint32(p *uint32, old, v uint32) bool {
	update(unsafe.Pointer(p))
	return std.CompareAndSwapUint32(p, old, v)
}

// Uint32 is a uint32 with atomic operations. Its zero value is 0.
type Uint32 struct{ v std.Uint32 }

// Load atomically loads the value.
func (x *Uint32) Load() uint32 {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Uint32) Store(v uint32) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Add atomically adds delta and returns the new value.
func (x *Uint32) Add(delta uint32) uint32 {
	update(unsafe.Pointer(x))
	return x.v.Add(delta)
}

// Swap atomically stores v and returns the old value.
func (x *Uint32) Swap(v uint32) uint32 {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// And atomically stores the value & mask and returns the old value.
func (x *Uint32) And(mask uint32) uint32 {
	update(unsafe.Pointer(x))
	return x.v.And(mask)
}

// Or atomically stores the value | mask and returns the old value.
func (x *Uint32) Or(mask uint32) uint32 {
	update(unsafe.Pointer(x))
	return x.v.Or(mask)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Uint32) CompareAndSwap(old, v uint32) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
