package model

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// budget is the memory that a run may still take for what it keeps of states.
// Everything that grows with their number is taken from it first, so that a
// run which needs too much ends undecided instead of being killed.
type budget struct {
	limit int64
	heap  bool // take memory from the Go heap, as where no memory can be mapped
	used  atomic.Int64
	peak  atomic.Int64
}

// take reserves n bytes and reports whether they were left.
func (b *budget) take(n int64) bool {
	used := b.used.Add(n)
	if used > b.limit {
		b.used.Add(-n)
		return false
	}
	for {
		peak := b.peak.Load()
		if used <= peak || b.peak.CompareAndSwap(peak, used) {
			return true
		}
	}
}

// give returns what take has reserved.
func (b *budget) give(n int64) { b.used.Add(-n) }

// errMemory is returned when the budget is used up.
type errMemory struct{ limit int64 }

func (e errMemory) Error() string {
	return fmt.Sprintf("the %s that MaxBytes allows are used up", bytesString(e.limit))
}

// mapped reports whether memory is mapped.
func (b *budget) mapped() bool { return mapsMemory && !b.heap }

// reserve returns addresses for a table that may take all of the budget, or nil.
func (b *budget) reserve() []byte {
	if !b.mapped() {
		return nil
	}
	return reserveMemory(int(min(max(b.limit, 1<<16), maxReserved)))
}

// heapMemory takes memory from the Go heap, as words, so that it is aligned for
// any state. The garbage collector does not scan it.
func heapMemory(size int) []byte {
	words := make([]uint64, (size+7)/8)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), size)
}

// allocate returns n zero values outside the Go heap, where the platform has
// such memory, or nil if the budget has not enough left. T has no pointers.
func allocate[T any](b *budget, n int) []T {
	var t T
	size := int(unsafe.Sizeof(t)) * n
	if !b.take(int64(size)) {
		return nil
	}
	if size == 0 {
		return make([]T, n)
	}
	var mem []byte
	if b.mapped() {
		mem = mapMemory(size)
	} else {
		mem = heapMemory(size)
	}
	if mem == nil {
		b.give(int64(size))
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(mem))), n)
}

// release gives back what allocate has returned. Nobody may use it after.
func release[T any](b *budget, p []T) {
	var t T
	size := int(unsafe.Sizeof(t)) * len(p)
	if size == 0 {
		return
	}
	if b.mapped() {
		unmapMemory(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(p))), size))
	}
	b.give(int64(size))
}

// bytesString prints a number of bytes in a unit that leaves few digits.
func bytesString(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
}
