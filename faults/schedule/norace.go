//go:build !race

package schedule

import (
	"sync/atomic"
	"unsafe"
)

func raceDisable()    {}
func raceEnable()     {}
func raceErrors() int { return 0 }

// loadPointer is atomic.LoadPointer.
func loadPointer(p *unsafe.Pointer) unsafe.Pointer { return atomic.LoadPointer(p) }

// RaceAcquire tells the race detector that what was released at p happened
// before what follows. Without -race it does nothing. The shims call it.
func RaceAcquire(unsafe.Pointer) {}

// RaceRelease tells the race detector that what precedes happens before a
// later acquire of p. Without -race it does nothing. The shims call it.
func RaceRelease(unsafe.Pointer) {}

// RaceOff makes the race detector ignore the calling goroutine's
// synchronization until RaceOn. Without -race it does nothing. The shims
// bracket their bookkeeping with the two.
func RaceOff() {}

// RaceOn ends what RaceOff began.
func RaceOn() {}
