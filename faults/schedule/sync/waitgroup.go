package sync

import (
	stdsync "sync"
	"sync/atomic"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// WaitGroup stands in for sync.WaitGroup.
type WaitGroup struct {
	wg stdsync.WaitGroup
	n  atomic.Int64 // mirrors the counter, which the standard type hides
}

// Add adds delta to the counter; it panics if the counter becomes negative.
func (wg *WaitGroup) Add(delta int) {
	if delta < 0 {
		// Those who are done may be so in any order.
		schedule.WovenTouch(unsafe.Pointer(wg), schedule.AccessRead)
		wg.wg.Add(delta)
		wg.mirror(delta)
		return
	}
	schedule.WovenPoint(schedule.KindGroupAdd, unsafe.Pointer(wg))
	wg.mirror(delta)
	wg.wg.Add(delta)
}

// mirror must not order woven code for the race detector.
func (wg *WaitGroup) mirror(delta int) {
	schedule.RaceOff()
	wg.n.Add(int64(delta))
	schedule.RaceOn()
}

func (wg *WaitGroup) zero() bool {
	schedule.RaceOff()
	defer schedule.RaceOn()
	return wg.n.Load() <= 0
}

// Done takes one from the counter.
func (wg *WaitGroup) Done() { wg.Add(-1) }

// Wait waits until the counter is zero.
func (wg *WaitGroup) Wait() {
	if schedule.Controlled() {
		schedule.WovenAwait(schedule.KindGroupWait, unsafe.Pointer(wg), wg.zero)
	}
	wg.wg.Wait()
}

// Go runs f in a new goroutine that the group waits for.
func (wg *WaitGroup) Go(f func()) {
	wg.Add(1)
	schedule.GoFunc(f, wg.Done)
}
