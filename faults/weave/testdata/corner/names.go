package corner

import (
	ctx "context"
	"io"
	"iter"
	. "strings"
	locks "sync"
	numbers "sync/atomic"
	clock "time"
)

const (
	first = iota
	second
	_
	fourth
)

// shadowed are names that mean something else here.
type shadowed struct{ Timer, Err, Stop func() int }

func upTo(n int) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		ch := make(chan int, 1)
		for i := range n {
			ch <- i
			if !yield(<-ch, Repeat("x", i)) {
				return
			}
		}
	}
}

type counter struct {
	locks.RWMutex
	numbers.Int32
	once  locks.Once
	flags [2]numbers.Bool
	any   numbers.Value
	to    numbers.Pointer[string]
}

// names has what the weaver must tell apart by more than its name.
func names(p func(...any)) {
	p("iota", first, second, fourth, min(fourth, 2), max(first, 7))
	// imports under other names
	c, cancel := ctx.WithTimeout(ctx.Background(), clock.Hour)
	t := clock.AfterFunc(clock.Hour, cancel)
	p("renamed", t.Stop(), c.Err(), ctx.Cause(c))
	cancel()
	p(c.Err(), ToUpper("dot"))
	// names that are shadowed
	func() {
		close := func(x int) int { return x + 1 }
		len := func(x int) int { return x + 2 }
		p("shadowed", close(1), len(1))
	}()
	func() {
		clock := shadowed{Timer: func() int { return 3 }, Err: func() int { return 4 }, Stop: func() int { return 5 }}
		ctx := clock
		p(clock.Timer(), ctx.Err(), clock.Stop())
	}()
	type time struct{ Sleep func() }
	slept := false
	time{func() { slept = true }}.Sleep()
	p(slept)
	// lengths
	ch := make(chan int, 3)
	var none chan int
	var only chan<- int = ch
	var other <-chan int = ch
	ch <- 1
	p("len", len(ch), len(only), len(other), len(none), cap(none), len([3]int{}), len("four"), len(map[int]int{1: 1}), len(make(myChan, 2)))
	type ring []chan int
	r := ring{ch, nil}
	p(len(r), len(r[0]), len(r[1]))
	if n := len(ch); n == 1 {
		p(<-ch)
	}
	// iterators
	sum := 0
outer:
	for i, s := range upTo(10) {
		for j := range 3 {
			switch {
			case j == 1 && i < 3:
				continue outer
			case i == 5:
				break outer
			}
			sum += len(s)
		}
		defer func() { p("loop", i) }()
	}
	p("iterators", sum)
	// recovering between points
	func() {
		defer func() {
			r := recover()
			ch <- 1
			p("recovered", r, <-ch)
		}()
		ch <- 2
		<-ch
		panic("between")
	}()
	p(func() (n int, err error) {
		defer func() {
			if recover() != nil {
				n, err = len(ch), io.EOF
			}
		}()
		close(none)
		return 1, nil
	}())
	shapes(p)
}

// shapes has locks and atomics as parts of other things.
func shapes(p func(...any)) {
	k := &counter{}
	func() { k.Lock(); defer k.Unlock(); k.Add(2) }()
	p(k.TryLock(), k.TryRLock(), k.TryLock())
	k.Unlock()
	p(k.TryRLock(), k.TryRLock(), k.TryLock())
	k.RUnlock()
	k.RLocker().Unlock()
	k.flags[1].Store(true)
	k.any.Store("v")
	text := "to"
	k.to.Store(&text)
	p(k.Load(), k.flags[0].Load(), k.flags[1].Swap(false), k.any.Load(), *k.to.Load(), k.any.CompareAndSwap("v", "w"), k.any.Swap("x"))
	p(k.CompareAndSwap(2, 3), k.Swap(4), k.Or(1), k.And(5), k.Int32.Load(), k.to.CompareAndSwap(&text, nil), k.to.Load() == nil)
	add := k.Add
	p(add(1), add(-1))
	func() {
		defer func() { p(recover()) }()
		k.any.Store(1)
	}()
	var u numbers.Uint64
	u.Add(^uint64(0))
	var old uint32
	numbers.StoreUint32(&old, 7)
	p(u.Load() == 1<<64-1, numbers.SwapUint32(&old, 8), numbers.CompareAndSwapUint32(&old, 7, 9), old, numbers.OrUint32(&old, 1), old)
	for range 2 {
		func() {
			defer func() { p("once", recover()) }()
			k.once.Do(func() { panic("in once") })
		}()
	}
	value := locks.OnceValues(func() (int, error) { return 1, io.EOF })
	p(value())
	p(value())
	var m locks.Map
	m.Store("a", 1)
	p(m.LoadOrStore("a", 2))
	p(m.Swap("a", 3))
	p(m.CompareAndSwap("a", 3, 4), m.CompareAndDelete("a", 3))
	p(m.LoadAndDelete("a"))
	p(m.Load("a"))
	m.Store("b", 1)
	m.Clear()
	p(m.Load("b"))
	var wg locks.WaitGroup
	results := make(chan int, 2)
	wg.Go(func() { results <- 1 })
	wg.Go(func() { results <- 1 })
	wg.Wait()
	p("group", len(results))
	func() {
		defer func() { p(recover()) }()
		wg.Done()
	}()
	var cond = locks.NewCond(k.RLocker())
	done, woken := make(chan bool), false
	go func() {
		cond.L.Lock()
		defer cond.L.Unlock()
		close(done)
		cond.Wait()
		woken = true
	}()
	<-done
	for waiting := true; waiting; {
		cond.Signal()
		clock.Sleep(clock.Millisecond)
		func() { k.Lock(); defer k.Unlock(); waiting = !woken }()
	}
	p("signalled")
	pool := locks.Pool{}
	p(pool.Get())
	var l locks.Locker = &k.RWMutex
	l.Lock()
	l.Unlock()
}
