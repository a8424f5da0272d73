package schedule

import (
	"context"
	"time"
)

// Contexts of woven code are those of package context. Cancelling one may end
// any other, and close channels that nobody here has seen, so that all contexts
// of a run count as one object: what cancels writes it, and what asks or may
// wait for the end of one reads it.

// WithCancel is context.WithCancel of woven code.
func WithCancel(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	return ctx, canceller(cancel)
}

// WithCancelCause is context.WithCancelCause of woven code.
func WithCancelCause(parent context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	if alarmed() == nil {
		return ctx, cancel
	}
	return ctx, func(cause error) {
		contextPoint(KindCancel)
		cancel(cause)
	}
}

// WithDeadline is context.WithDeadline of woven code.
func WithDeadline(parent context.Context, d time.Time) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(parent, d, nil)
}

// WithDeadlineCause is context.WithDeadlineCause of woven code.
func WithDeadlineCause(parent context.Context, d time.Time, cause error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithDeadlineCause(parent, d, cause)
	if t := alarmed(); t != nil {
		t.addDeadline(ctx)
	}
	return ctx, canceller(cancel)
}

// WithTimeout is context.WithTimeout of woven code.
func WithTimeout(parent context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(parent, time.Now().Add(timeout), nil)
}

// WithTimeoutCause is context.WithTimeoutCause of woven code.
func WithTimeoutCause(parent context.Context, timeout time.Duration, cause error) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(parent, time.Now().Add(timeout), cause)
}

func canceller(cancel context.CancelFunc) context.CancelFunc {
	if alarmed() == nil {
		return cancel
	}
	return func() {
		contextPoint(KindCancel)
		cancel()
	}
}

// Cause is context.Cause of woven code.
func Cause(ctx context.Context) error {
	contextPoint(KindContext)
	return context.Cause(ctx)
}

// ContextAfterFunc is context.AfterFunc of woven code: f runs under control.
func ContextAfterFunc(ctx context.Context, f func()) (stop func() bool) {
	contextPoint(KindContext)
	forget := context.AfterFunc(ctx, callback(f))
	if alarmed() == nil {
		return forget
	}
	return func() bool {
		contextPoint(KindCancel)
		return forget()
	}
}

// Context has the methods of a context of woven code that need a point.
type Context struct{ ctx context.Context }

// ContextOf makes the Context of ctx.
func ContextOf(ctx context.Context) Context { return Context{ctx} }

// Err is ctx.Err() of woven code.
func (c Context) Err() error {
	contextPoint(KindContext)
	return c.ctx.Err()
}

//go:norace
func contextPoint(kind Kind) {
	if t := current(); t != nil {
		wovenPoint(kind, ptr(&t.s.contexts))
	}
}

// touchDone notes a receive from a channel that may be the end of a context.
//
//go:norace
func touchDone[T any](t *task) {
	if !t.s.watched {
		return
	}
	if _, ok := any((*T)(nil)).(*struct{}); ok {
		t.touch(ptr(&t.s.contexts), AccessRead)
	}
}
