package model

import "unsafe"

// maxReserved bounds the addresses that are reserved for one table; a larger
// one is copied when it grows.
const maxReserved = 1 << 36

// words is the memory of a hash table: a power of two of words, 0 meaning
// empty, which doubles in place where the system lets addresses be reserved.
// A word's place is found from its upper bits, and from there on forwards.
type words struct {
	at       []uint64
	shift    uint // 64 - log2(len(at))
	reserved []byte
	budget   *budget
}

// newWords returns a table of n places, a power of two. If the budget has no
// room even for it, it has none, and cannot grow.
func newWords(n int, b *budget) words {
	w := words{shift: 64, budget: b}
	for 1<<(64-w.shift) < n {
		w.shift--
	}
	if !b.take(8 * int64(n)) {
		return w
	}
	if r := b.reserve(); 8*n <= len(r) {
		w.reserved = r
		w.use(n)
		return w
	} else if r != nil {
		unmapMemory(r)
	}
	b.give(8 * int64(n))
	w.at = allocate[uint64](b, n)
	return w
}

// use takes the first n places of what is reserved into use.
func (w *words) use(n int) {
	adviseMemory(w.reserved[:8*n])
	w.at = unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(w.reserved))), n)
}

// double makes the table twice as large and reports whether there was memory.
// The caller has it alone.
func (w *words) double() bool {
	old := len(w.at)
	if old == 0 || !w.extend(2*old) {
		return false
	}
	w.shift--
	w.spread(old)
	return true
}

// extend makes room for n places, the former ones first.
func (w *words) extend(n int) bool {
	if w.reserved != nil && 8*n <= len(w.reserved) {
		if !w.budget.take(8 * int64(n-len(w.at))) {
			return false
		}
		w.use(n)
		return true
	}
	next := allocate[uint64](w.budget, n)
	if next == nil {
		return false
	}
	copy(next, w.at)
	w.free()
	w.at = next
	return true
}

// spread moves the words of the first old places, of a table that was doubled,
// to where they belong now. It goes from back to front: a word then moves
// forwards, over places that were emptied or filled before, except for a few
// near the beginning and those that wrap around at the end, which wait until
// all others have moved.
func (w *words) spread(old int) {
	var late []uint64
	for i := old - 1; i >= 0; i-- {
		v := w.at[i]
		if v == 0 {
			continue
		}
		w.at[i] = 0
		p := v >> w.shift
		for p > uint64(i) && p < uint64(len(w.at)) && w.at[p] != 0 {
			p++
		}
		if p <= uint64(i) || p == uint64(len(w.at)) {
			late = append(late, v)
			continue
		}
		w.at[p] = v
	}
	mask := uint64(len(w.at) - 1)
	for _, v := range late {
		p := v >> w.shift
		for w.at[p&mask] != 0 {
			p++
		}
		w.at[p&mask] = v
	}
}

// free gives the memory back; the table has no places then.
func (w *words) free() {
	if w.reserved == nil {
		release(w.budget, w.at)
	} else {
		unmapMemory(w.reserved)
		w.budget.give(8 * int64(len(w.at)))
	}
	w.at, w.reserved = nil, nil
}
