package sync

import (
	stdsync "sync"
	"unsafe"

	"github.com/weir-dev/weir/faults/schedule"
)

// Pool stands in for sync.Pool. In a schedule it gives back what was put in
// last and drops nothing at random; what an earlier run left is dropped.
type Pool struct {
	// New makes a value when the pool has none; nil means Get returns nil.
	New func() any

	pool stdsync.Pool

	mu    stdsync.Mutex // guards what follows; never held at a point
	run   uint64
	items *item
	n     int
}

// maxPooled bounds what a pool keeps in a schedule; more is dropped.
const maxPooled = 64

type item struct {
	value any
	next  *item
}

// Get takes a value out of the pool, or makes one.
//
//go:norace
func (p *Pool) Get() any {
	schedule.WovenPoint(schedule.KindPoolGet, unsafe.Pointer(p))
	run := schedule.WovenRun()
	if run == 0 {
		if v := p.pool.Get(); v != nil {
			return v
		}
	} else if it := p.take(run); it != nil {
		schedule.RaceAcquire(unsafe.Pointer(it))
		return it.value
	}
	if p.New != nil {
		return p.New()
	}
	return nil
}

//go:norace
func (p *Pool) take(run uint64) *item {
	lock(&p.mu)
	defer unlock(&p.mu)
	p.enter(run)
	it := p.items
	if it != nil {
		p.items = it.next
		p.n--
	}
	return it
}

// Put adds v to the pool.
//
//go:norace
func (p *Pool) Put(v any) {
	if v == nil {
		return
	}
	schedule.WovenPoint(schedule.KindPoolPut, unsafe.Pointer(p))
	run := schedule.WovenRun()
	if run == 0 {
		p.pool.Put(v)
		return
	}
	it := &item{value: v}
	schedule.RaceRelease(unsafe.Pointer(it))
	lock(&p.mu)
	defer unlock(&p.mu)
	p.enter(run)
	if p.n < maxPooled {
		it.next = p.items
		p.items = it
		p.n++
	}
}

//go:norace
func (p *Pool) enter(run uint64) {
	if p.run != run {
		p.run, p.items, p.n = run, nil, 0
	}
}
