package remote

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/weir-dev/weir/protocol"
)

// runDispatcher is the dispatcher loop: one goroutine at a time that hands over
// outcomes one by one, whatever becomes of links.
func (r *Remote) runDispatcher() {
	// A dispatcher that ends its goroutine, as t.FailNow does, must not take the
	// loop with it.
	goexit := true
	defer func() {
		if goexit {
			r.crashed("Dispatch", errGoexit)
			go r.runDispatcher()
		}
	}()
	for {
		d, result, ok := r.nextDispatch()
		if !ok {
			goexit = false
			close(r.dispatcherDone)
			return
		}
		r.call(d, result)
	}
}

var errGoexit = errors.New("it ended its goroutine")

// nextDispatch ends the dispatch before, waits for an outcome and begins its
// dispatch. It reports false when there will be none.
func (r *Remote) nextDispatch() (*dispatch, protocol.Result, bool) {
	d := &dispatch{Context: r.ctx, remote: r}
	r.mu.Lock()
	if r.book.dispatch != nil {
		r.book.end()
	}
	for !r.book.dispatchable() {
		if r.book.dispatched() {
			r.unlock()
			return nil, protocol.Result{}, false
		}
		r.dispatcher.arm()
		r.unlock()
		r.dispatcher.wait()
		r.mu.Lock()
	}
	result := r.book.begin(d)
	r.unlock()
	return d, result, true
}

// call calls the dispatcher and catches its panic.
func (r *Remote) call(d context.Context, result protocol.Result) {
	defer func() {
		if v := recover(); v != nil {
			r.crashed(fmt.Sprintf("Dispatch of seq %d", result.Seq), v)
		}
	}()
	r.cfg.Dispatch(d, result)
}

// crashed keeps what a function of the caller did instead of returning, for
// Close to tell.
func (r *Remote) crashed(function string, value any) {
	e := &PanicError{Function: function, Value: value, Stack: debug.Stack()}
	r.mu.Lock()
	defer r.unlock()
	if r.crashes == 0 {
		r.crash = e
	}
	r.crashes++
}

// PanicError is found, by errors.As, in the error of Remote.Close when a function
// of Config panicked or ended its goroutine. The Remote went on without it.
type PanicError struct {
	// Function says which, with the seq for Dispatch.
	Function string
	// Value is what it panicked with.
	Value any
	// Stack is that of the goroutine, as debug.Stack gives it.
	Stack []byte
}

// Error names the function and the value, and leaves out the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("%s panicked: %v", e.Function, e.Value) }
