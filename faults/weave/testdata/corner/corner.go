// Package corner has one of every construct that the weaver rewrites, in the
// forms that are easy to get wrong.
package corner

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var initDone = make(chan int, 1) // made at init, outside any bubble

func init() { go func() { initDone <- 1 }() }

type (
	flag bool
	wide uint64
	key  struct {
		host string
		n    int
	}
)

func takeFlag(f flag, b bool, w wide, n uint64, r chan<- string) { r <- fmt.Sprint(f, b, w, n) }
func takeBool(b bool, n uint64, r chan<- string)                 { r <- fmt.Sprint(b, n) }

type emb struct {
	sync.Mutex
	n int
}
type embRW struct {
	*sync.RWMutex
	io.Writer
}
type myChan chan int
type gen[T any] struct{ c chan T }

func (g gen[T]) put(v T)                    { g.c <- v }
func (g gen[T]) get() T                     { return <-g.c }
func recvC[C ~chan T, T any](c C) T         { return <-c }
func pass[T any](a, b chan T)               { b <- <-a }
func two() (int, string)                    { return 1, "two" }
func take(a int, b string, r chan<- string) { r <- fmt.Sprint(a, b) }
func take2(a int, b string)                 { two2 <- fmt.Sprint(a, b) }

var two2 = make(chan string, 1)

func vari(r chan<- int, xs ...int) {
	s := 0
	for _, x := range xs {
		s += x
	}
	r <- s
}

type iface interface{ Do(error, chan<- string) }
type impl struct{ p string }

func (i impl) Do(e error, c chan<- string) { c <- i.p + fmt.Sprint(e) }

func terminating(a, b chan int) int {
	select {
	case v := <-a:
		return v
	case v, ok := <-b:
		if !ok {
			return -1
		}
		return v
	}
}

func forever() int { select {} }

func useLocker(l sync.Locker) { l.Lock(); defer l.Unlock() }

func generic[T any](v T, c chan<- T) { c <- v }

// Run returns a transcript that must not depend on weaving.
func Run() string {
	two2 = make(chan string, 1)
	var out []string
	p := func(a ...any) { out = append(out, fmt.Sprintln(a...)) }
	// labelled select, break, continue, goto
	c := make(chan int, 10)
	for i := 0; i < 5; i++ {
		c <- i
	}
	close(c)
	n := 0
L:
	for {
		select {
		case v, ok := <-c:
			if !ok {
				break L
			}
			if v%2 == 0 {
				continue L
			}
			n += v
		}
	}
	p("n", n)
S:
	select {
	case <-c:
		if n > 0 {
			break S
		}
		p("unreachable")
	default:
		p("default")
	}
	i := 0
again:
	select {
	case <-c:
		i++
		if i < 3 {
			goto again
		}
	}
	p("i", i)
	// assignment forms
	d := make(chan string, 3)
	d <- "a"
	d <- "b"
	d <- "c"
	arr := [2]string{}
	m := map[string]bool{}
	select {
	case arr[1], m["ok"] = <-d:
	}
	var x any
	x = <-d
	y, ok := <-d
	p(arr, m["ok"], x, y, ok)
	// nil channels, send of interface values, untyped constants
	var nilc chan int
	e := make(chan error, 2)
	f := make(chan float64, 1)
	e <- io.EOF
	e <- nil
	f <- 1
	select {
	case <-nilc:
	case nilc <- 1:
	case v := <-f:
		p("f", v)
	}
	p(<-e, <-e)
	select {
	case e <- &os.PathError{Op: "o", Path: "p", Err: io.EOF}:
		p(<-e)
	}
	// nested receives and sends
	cc := make(chan chan int, 1)
	c1 := make(myChan, 1)
	cc <- c1
	c1 <- 7
	p(<-<-cc)
	cc <- c1
	<-cc <- 8
	p(<-c1, len(c1), cap(c1))
	// range forms
	r := make(chan int, 4)
	r <- 1
	r <- 2
	r <- 3
	close(r)
	var fs []func() int
	for v := range r {
		fs = append(fs, func() int { return v })
	}
	for _, f := range fs {
		p("loopvar", f())
	}
	r = make(chan int, 4)
	r <- 1
	r <- 2
	close(r)
	cnt := 0
	for range r {
		cnt++
	}
	var last int
	r = make(chan int, 2)
	r <- 5
	close(r)
	for last = range r {
	}
	p(cnt, last)
	var wideVar any
	into := map[string]int{}
	r = make(chan int, 2)
	r <- 6
	close(r)
	for wideVar = range r {
	}
	r = make(chan int, 2)
	r <- 7
	close(r)
	for into["x"] = range r {
	}
	p(wideVar, into["x"])
	// go forms
	res := make(chan string, 1)
	var im iface = impl{"x"}
	go im.Do(nil, res)
	p(<-res)
	v := impl{"before"}
	mv := v.Do
	go mv(io.EOF, res)
	v.p = "after"
	p(<-res)
	go take(1, "k", res)
	p(<-res)
	go take(
		2,
		"lines",
		res,
	)
	p(<-res)
	go take2(two())
	p(<-two2)
	ri := make(chan int, 1)
	go vari(ri, 1, 2, 3)
	p(<-ri)
	go vari(ri, []int{4, 5}...)
	p(<-ri)
	go vari(ri)
	p(<-ri)
	go generic(3, ri)
	p(<-ri)
	go generic[int](4, ri)
	p(<-ri)
	go func(a int, b any) error { ri <- a; return nil }(9, nil)
	p(<-ri)
	k := 1
	go func(k int) { ri <- k }(k)
	k = 2
	p(<-ri)
	dc := make(chan int)
	go close(dc)
	<-dc
	sh := 40
	go takeBool(sh == 40, 1<<sh, res)
	p(<-res)
	go takeBool(!(sh < 3) && (sh > 4), 3|1<<sh, res)
	p(<-res)
	go takeFlag(sh == 40, true, 1<<sh, 7, res)
	p(<-res)
	go func() {
		defer func() { res <- "deferred" }()
		runtime.Goexit()
	}()
	p(<-res)
	// generics
	g := gen[string]{make(chan string, 1)}
	g.put("g")
	p(g.get())
	c1 <- 3
	p(recvC(c1))
	c2 := make(chan int, 1)
	c1 <- 4
	pass(c1, c2)
	p(<-c2)
	// sync
	var em emb
	em.Lock()
	em.n++
	em.Unlock()
	lock := em.Lock
	lock()
	em.Unlock()
	useLocker(&em)
	rw := embRW{new(sync.RWMutex), nil}
	rw.RLock()
	rw.RUnlock()
	useLocker(rw.RLocker())
	cond := sync.NewCond(&em)
	go func() { em.Lock(); em.n = 10; cond.Broadcast(); em.Unlock() }()
	em.Lock()
	for em.n != 10 {
		cond.Wait()
	}
	em.Unlock()
	var once sync.Once
	once.Do(func() { p("once") })
	once.Do(func() { p("twice") })
	var wg sync.WaitGroup
	var at atomic.Int64
	var old int32
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go func() { defer wg.Done(); at.Add(2); atomic.AddInt32(&old, 1) }()
	}
	wg.Wait()
	p(at.Load(), old)
	pool := sync.Pool{New: func() any { return new(strings.Builder) }}
	pool.Put(pool.Get())
	var sm sync.Map
	sm.Store(1, 2)
	sm.Range(func(k, v any) bool { p(k, v); return true })
	ov := sync.OnceValue(func() int { p("ov"); return 5 })
	p(ov(), ov())
	// defer
	func() {
		z := make(chan int)
		defer func() { p(recover() != nil) }()
		defer close(z)
		close(z)
	}()
	func() {
		z := make(chan int, 1)
		defer func() { p("drained", <-z) }()
		defer func(v int) { z <- v }(3)
	}()
	// time and context
	tm := make(chan string, 2)
	time.AfterFunc(time.Millisecond, func() { tm <- "timer" })
	p(<-tm)
	ctx, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(ctx, func() { tm <- "ctx" })
	cancel()
	p(<-tm, stop())
	time.Sleep(time.Millisecond)
	sl := time.Sleep
	sl(1)
	runtime.Gosched()
	select {
	case <-time.After(time.Millisecond):
		p("after")
	}
	// map range
	mm := map[string]int{"a": 1, "b": 2, "c": 3}
	sum, keys := 0, ""
	for k, v := range mm {
		sum += v
		keys += k
		delete(mm, "c")
	}
	ks := strings.Split(keys, "")
	sort.Strings(ks)
	for k := range mm {
		_ = k
	}
	p(sum >= 3)
	total := 0
	for k, v := range map[key]int{{"b", 1}: 2, {"a", 2}: 3, {"a", 1}: 4} {
		total += k.n * v
	}
	var kk string
	var vv any
	for kk, vv = range map[string]int{"only": 1} {
	}
	for _, vv = range map[string]int{"other": 2} {
	}
	ptrs := 0
	for range map[*int]int{new(int): 1, new(int): 2} {
		ptrs++
	}
	p(total, kk, vv, ptrs)
	// terminating statements
	a, b := make(chan int, 1), make(chan int)
	close(b)
	p(terminating(a, b))
	if false {
		forever()
	}
	// one line
	select {
	case a <- 1:
		p("sent")
	default:
		p("no")
	}
	switch w := <-a; w {
	case 1:
		p("one")
	}
	if v, ok := <-b; !ok {
		p(v)
	}
	timers(p)
	contexts(p)
	names(p)
	return strings.Join(out, "")
}
