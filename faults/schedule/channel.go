package schedule

import (
	"reflect"
	"unsafe"
)

// Channel operations of woven code: a point, an attempt that doesn't block,
// and only if that fails a real wait, which Teardown can end. Whoever was woken
// from a real wait first parks again, so that one goroutine runs at a time.

// channel is what a value of a channel type holds: the address of the
// channel, or nil.
//
//go:norace
func channel[C any](c C) unsafe.Pointer { return *(*unsafe.Pointer)(ptr(&c)) }

// Sender is the sending side of a channel. Its method takes any value that is
// assignable to the element type, as a send statement does.
type Sender[T any] struct{ ch chan<- T }

// To makes the Sender of ch.
func To[T any](ch chan<- T) Sender[T] { return Sender[T]{ch} }

// Send is ch <- v of woven code.
//
//go:norace
func (c Sender[T]) Send(v T) {
	t := wovenPoint(KindSend, channel(c.ch))
	if t == nil {
		c.ch <- v
		return
	}
	select {
	case c.ch <- v:
		sent(t, channel(c.ch), v)
		return
	default:
	}
	t.block()
	select {
	case c.ch <- v:
	case <-t.kill:
		t.exit()
	}
	sent(t, channel(c.ch), v)
	t.park(KindResume, channel(c.ch))
}

// Recv is <-ch of woven code.
//
//go:norace
func Recv[T any](ch <-chan T) T {
	v, _ := Recv2(ch)
	return v
}

// Recv2 is v, ok := <-ch of woven code.
//
//go:norace
func Recv2[T any](ch <-chan T) (v T, ok bool) {
	t := wovenPoint(KindRecv, channel(ch))
	if t == nil {
		v, ok = <-ch
		return v, ok
	}
	touchDone[T](t)
	select {
	case v, ok = <-ch:
		consumed[T](t, channel(ch))
		received(t, channel(ch), v, ok)
		return v, ok
	default:
	}
	t.block()
	select {
	case v, ok = <-ch:
	case <-t.kill:
		t.exit()
	}
	consumed[T](t, channel(ch))
	received(t, channel(ch), v, ok)
	t.park(KindResume, channel(ch))
	return v, ok
}

// Len is len(ch) of woven code.
func Len[C any](ch C) int {
	wovenPoint(KindLen, channel(ch))
	return reflect.ValueOf(ch).Len()
}

// Close is close(ch) of woven code.
func Close[T any](ch chan<- T) {
	wovenPoint(KindClose, channel(ch))
	close(ch)
}

// Block is select {} of woven code.
func Block() {
	t := wovenPoint(KindBlock, nil)
	if t == nil {
		select {}
	}
	t.block()
	<-t.kill
	t.exit()
}

// Receiver goes over a channel in a three-clause for statement, which keeps
// the semantics of loop variables in the file's version of the language:
//
//	for r, v := schedule.Range(ch); r.Next(&v); {
type Receiver[T any] struct {
	ch <-chan T
	// V is what More received.
	V T
}

// Range is for v := range ch of woven code; the second result has v's type.
func Range[T any](ch <-chan T) (*Receiver[T], T) {
	var v T
	return &Receiver[T]{ch: ch}, v
}

// RangeOnly is for range ch of woven code.
func RangeOnly[T any](ch <-chan T) *Receiver[T] { return &Receiver[T]{ch: ch} }

// Next receives into *v; it returns false when the channel is closed.
func (r *Receiver[T]) Next(v *T) bool {
	got, ok := Recv2(r.ch)
	if ok {
		*v = got
	}
	return ok
}

// More receives into r.V; it returns false when the channel is closed.
func (r *Receiver[T]) More() bool { return r.Next(&r.V) }
