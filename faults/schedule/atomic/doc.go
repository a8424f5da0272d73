// Package atomic stands in for sync/atomic in woven code: every operation is the
// standard one after a point.
//
// The invariant: an operation is atomic for the scheduler too, because nothing
// else runs between two points. Values and memory order are the standard
// package's. Outside a schedule a point does nothing.
//
// It refuses nothing that the standard package accepts, and misuse panics as
// there.
//
//	import "github.com/weir-dev/weir/faults/schedule/atomic" // by the weaver, never by hand
package atomic

import (
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

func load(p unsafe.Pointer)   { schedule.WovenPoint(schedule.KindAtomicLoad, p) }
func store(p unsafe.Pointer)  { schedule.WovenPoint(schedule.KindAtomicStore, p) }
func update(p unsafe.Pointer) { schedule.WovenPoint(schedule.KindAtomicUpdate, p) }
