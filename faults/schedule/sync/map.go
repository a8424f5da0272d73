package sync

import (
	"cmp"
	"slices"
	stdsync "sync"
	"sync/atomic"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// Map stands in for sync.Map. In a schedule Range goes in the order in which
// the keys came in.
type Map struct {
	m     stdsync.Map
	ranks stdsync.Map // key -> uint64
	last  atomic.Uint64
}

// rank notes when k came in.
func (m *Map) rank(k any) {
	schedule.RaceOff()
	n := m.last.Add(1)
	schedule.RaceOn()
	m.ranks.LoadOrStore(k, n)
}

// Load is the value stored for k.
func (m *Map) Load(k any) (value any, ok bool) {
	schedule.WovenPoint(schedule.KindMapLoad, unsafe.Pointer(m))
	return m.m.Load(k)
}

// Store sets the value for k.
func (m *Map) Store(k, v any) {
	schedule.WovenPoint(schedule.KindMapStore, unsafe.Pointer(m))
	m.rank(k)
	m.m.Store(k, v)
}

// LoadOrStore is the value stored for k, which is v if there was none.
func (m *Map) LoadOrStore(k, v any) (actual any, loaded bool) {
	schedule.WovenPoint(schedule.KindMapLoadOrStore, unsafe.Pointer(m))
	m.rank(k)
	return m.m.LoadOrStore(k, v)
}

// LoadAndDelete removes k and returns its value.
func (m *Map) LoadAndDelete(k any) (value any, loaded bool) {
	schedule.WovenPoint(schedule.KindMapLoadAndDelete, unsafe.Pointer(m))
	m.ranks.Delete(k)
	return m.m.LoadAndDelete(k)
}

// Delete removes k.
func (m *Map) Delete(k any) {
	schedule.WovenPoint(schedule.KindMapDelete, unsafe.Pointer(m))
	m.ranks.Delete(k)
	m.m.Delete(k)
}

// Swap sets the value for k and returns the one before.
func (m *Map) Swap(k, v any) (previous any, loaded bool) {
	schedule.WovenPoint(schedule.KindMapSwap, unsafe.Pointer(m))
	m.rank(k)
	return m.m.Swap(k, v)
}

// CompareAndSwap sets the value for k if it was old.
func (m *Map) CompareAndSwap(k, old, v any) (swapped bool) {
	schedule.WovenPoint(schedule.KindMapCompareAndSwap, unsafe.Pointer(m))
	return m.m.CompareAndSwap(k, old, v)
}

// CompareAndDelete removes k if its value is old.
func (m *Map) CompareAndDelete(k, old any) (deleted bool) {
	schedule.WovenPoint(schedule.KindMapCompareAndDelete, unsafe.Pointer(m))
	if !m.m.CompareAndDelete(k, old) {
		return false
	}
	m.ranks.Delete(k)
	return true
}

// Clear removes everything.
func (m *Map) Clear() {
	schedule.WovenPoint(schedule.KindMapClear, unsafe.Pointer(m))
	m.ranks.Clear()
	m.m.Clear()
}

// Range calls f for each key and value until it returns false.
func (m *Map) Range(f func(key, value any) bool) {
	if !schedule.WovenPoint(schedule.KindMapRange, unsafe.Pointer(m)) {
		m.m.Range(f)
		return
	}
	type entry struct {
		key  any
		rank uint64
	}
	var entries []entry
	m.m.Range(func(k, _ any) bool {
		rank, _ := m.ranks.Load(k)
		n, _ := rank.(uint64)
		entries = append(entries, entry{k, n})
		return true
	})
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.rank, b.rank) })
	for _, e := range entries {
		schedule.WovenPoint(schedule.KindMapRange, unsafe.Pointer(m))
		if v, ok := m.m.Load(e.key); ok && !f(e.key, v) {
			return
		}
	}
}
