package atomic

import (
	std "sync/atomic"
	"unsafe"
)

// LoadUintptr atomically loads *p.
func LoadUintptr(p *uintptr) uintptr {
	load(unsafe.Pointer(p))
	return std.LoadUintptr(p)
}

// StoreUintptr atomically stores v in *p.
func StoreUintptr(p *uintptr, v uintptr) {
	store(unsafe.Pointer(p))
	std.StoreUintptr(p, v)
}

// AddUintptr atomically adds delta to *p and returns the new value.
func AddUintptr(p *uintptr, delta uintptr) uintptr {
	update(unsafe.Pointer(p))
	return std.AddUintptr(p, delta)
}

// SwapUintptr atomically stores v in *p and returns the old value.
func SwapUintptr(p *uintptr, v uintptr) uintptr {
	update(unsafe.Pointer(p))
	return std.SwapUintptr(p, v)
}

// AndUintptr atomically stores *p & mask in *p and returns the old value.
func AndUintptr(p *uintptr, mask uintptr) uintptr {
	update(unsafe.Pointer(p))
	return std.AndUintptr(p, mask)
}

// OrUintptr atomically stores *p | mask in *p and returns the old value.
func OrUintptr(p *uintptr, mask uintptr) uintptr {
	update(unsafe.Pointer(p))
	return std.OrUintptr(p, mask)
}

// CompareAndSwapUintptr atomically stores v in *p if that is old, and reports whether it did.
func CompareAndSwapUintptr(p *uintptr, old, v uintptr) bool {
	update(unsafe.Pointer(p))
	return std.CompareAndSwapUintptr(p, old, v)
}

// Uintptr is a uintptr with atomic operations. Its zero value is 0.
type Uintptr struct{ v std.Uintptr }

// Load atomically loads the value.
func (x *Uintptr) Load() uintptr {
	load(unsafe.Pointer(x))
	return x.v.Load()
}

// Store atomically stores v.
func (x *Uintptr) Store(v uintptr) {
	store(unsafe.Pointer(x))
	x.v.Store(v)
}

// Add atomically adds delta and returns the new value.
func (x *Uintptr) Add(delta uintptr) uintptr {
	update(unsafe.Pointer(x))
	return x.v.Add(delta)
}

// Swap atomically stores v and returns the old value.
func (x *Uintptr) Swap(v uintptr) uintptr {
	update(unsafe.Pointer(x))
	return x.v.Swap(v)
}

// And atomically stores the value & mask and returns the old value.
func (x *Uintptr) And(mask uintptr) uintptr {
	update(unsafe.Pointer(x))
	return x.v.And(mask)
}

// Or atomically stores the value | mask and returns the old value.
func (x *Uintptr) Or(mask uintptr) uintptr {
	update(unsafe.Pointer(x))
	return x.v.Or(mask)
}

// CompareAndSwap atomically stores v if the value is old, and reports whether it did.
func (x *Uintptr) CompareAndSwap(old, v uintptr) bool {
	update(unsafe.Pointer(x))
	return x.v.CompareAndSwap(old, v)
}
