package story_test

import (
	"time"

	"github.com/weir-dev/weir/faults/schedule"
	"github.com/weir-dev/weir/faults/schedule/atomic"
	"github.com/weir-dev/weir/faults/schedule/sync"
)

// The toys are small programs, woven by hand, some orders of which get stuck.

// crossed locks two locks in two orders.
func crossed() {
	var a, b sync.Mutex
	schedule.Go("one", func() {
		a.Lock()
		defer a.Unlock()
		b.Lock()
		defer b.Unlock()
	})
	b.Lock()
	defer b.Unlock()
	a.Lock()
	defer a.Unlock()
}

// limiter admits one at a time and loses a wake-up.
type limiter struct {
	mu   sync.Mutex
	free *sync.Cond
	busy bool
}

func (l *limiter) acquire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy {
		l.mu.Unlock()
		l.mu.Lock() // who releases in between signals nobody
		l.free.Wait()
	}
	l.busy = true
}

func (l *limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	l.free.Signal()
}

func limited() {
	l := &limiter{}
	l.free = sync.NewCond(&l.mu)
	schedule.Go("messenger", func() {
		l.acquire()
		l.release()
	})
	l.acquire()
	l.release()
}

// knocked tells by a channel that nobody may be listening at yet.
func knocked() {
	ready := make(chan int)
	schedule.Go("teller", func() {
		if c := schedule.To(ready).Case(7); schedule.Select(true, c) < 0 {
			return
		}
	})
	schedule.Recv(ready)
}

// forgotten returns with a lock in one of its ways.
func forgotten() {
	var mu sync.Mutex
	last := 0
	update := func(n int) {
		mu.Lock()
		if n < last {
			return
		}
		last = n
		mu.Unlock()
	}
	schedule.Go("newer", func() { update(2) })
	schedule.Go("older", func() { update(1) })
	schedule.Gosched()
	mu.Lock()
	defer mu.Unlock()
}

// unended ranges over a channel that nobody closes.
func unended() {
	jobs := make(chan string, 1)
	schedule.Go("worker", func() {
		var job string
		r, job := schedule.Range(jobs)
		for r.Next(&job) {
		}
	})
	schedule.To(jobs).Send("sweep")
}

// misclosed closes one channel and waits at the other.
func misclosed() {
	stop, done := make(chan bool), make(chan bool)
	schedule.Go("closer", func() { schedule.Close(stop) })
	schedule.Recv(stop)
	schedule.Recv(done)
}

// undone counts two and is done once.
func undone() {
	var wg sync.WaitGroup
	wg.Add(2)
	for i := range 2 {
		schedule.Go("part", func() {
			if i == 0 {
				defer wg.Done()
			}
		})
	}
	wg.Wait()
}

// dead waits in a select all of whose cases are dead.
func dead() {
	in, out, off := make(chan int), make(chan int), chan int(nil)
	schedule.Go("feeder", func() { schedule.To(in).Send(1) })
	schedule.Recv(in)
	switch schedule.Select(false, schedule.CaseRecv(in), schedule.To(out).Case(2), schedule.CaseRecv(off)) {
	}
}

// rewritten holds a lock for reading and asks for more.
func rewritten() {
	var rw sync.RWMutex
	rw.RLock()
	defer rw.RUnlock()
	rw.Lock()
	defer rw.Unlock()
}

// started leaves a chain of goroutines.
func started() {
	never := make(chan bool)
	schedule.Go("outer", func() {
		schedule.Go("inner", func() { schedule.Recv(never) })
		schedule.Block()
	})
}

// passed works: values go through a buffer, a lock and a group.
func passed() {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		total int
	)
	values := make(chan int, 2)
	for range 2 {
		wg.Go(func() {
			mu.Lock()
			total += schedule.Recv(values)
			mu.Unlock()
		})
	}
	schedule.To(values).Send(20)
	schedule.To(values).Send(22)
	wg.Wait()
}

// long has many steps of no interest before it gets stuck.
func long() {
	var n atomic.Int32
	var mu sync.Mutex
	schedule.Go("busy", func() {
		for range 200 {
			n.Add(1)
		}
		mu.Lock()
	})
	schedule.Gosched()
	for range 100 {
		var private atomic.Int32
		private.Load()
	}
	n.Load()
	mu.Lock()
	mu.Lock()
}

// foreign starts a goroutine that isn't woven.
func foreign() {
	var mu sync.Mutex
	mu.Lock()
	go func() { mu.Lock() }()
	schedule.Block()
}

// networked stops at seams and sleeps.
func networked() {
	schedule.Point("send r1; to h1")
	schedule.Sleep(time.Millisecond)
	schedule.Await("reply r1", func() bool { return true })
}

// timed waits in a select until a timer fires, and then for ever.
func timed() {
	never := make(chan bool)
	after := time.After(time.Second)
	schedule.Select(false, schedule.CaseRecv(never), schedule.CaseRecv(after))
	schedule.Recv(never)
}
