//go:build race

package schedule

import (
	"runtime"
	"unsafe"
)

// The hand-over of the processor from one goroutine to the next must not
// order their memory accesses for the race detector: it would see one totally
// ordered execution and find nothing. Goroutines therefore hand over with
// synchronization events ignored, and the functions that touch the state they
// share with the scheduler are marked norace.

func raceDisable() { runtime.RaceDisable() }
func raceEnable()  { runtime.RaceEnable() }
func raceErrors() int {
	return runtime.RaceErrors()
}

// loadPointer is atomic.LoadPointer, in which the detector takes part and which
// is therefore slow. What is loaded here was stored atomically, a load of a word
// is never torn, and what it points to depends on it, so that no processor reads
// that earlier.
//
//go:norace
func loadPointer(p *unsafe.Pointer) unsafe.Pointer { return *p }

// RaceAcquire tells the race detector that what was released at p happened
// before what follows. Without -race it does nothing. The shims call it.
func RaceAcquire(p unsafe.Pointer) { runtime.RaceAcquire(p) }

// RaceRelease tells the race detector that what precedes happens before a
// later acquire of p. Without -race it does nothing. The shims call it.
func RaceRelease(p unsafe.Pointer) { runtime.RaceReleaseMerge(p) }

// RaceOff makes the race detector ignore the calling goroutine's
// synchronization until RaceOn. Without -race it does nothing. The shims
// bracket their bookkeeping with the two.
func RaceOff() { runtime.RaceDisable() }

// RaceOn ends what RaceOff began.
func RaceOn() { runtime.RaceEnable() }
