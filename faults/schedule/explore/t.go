package explore

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/weir-dev/weir/faults/schedule"
)

// T is the testing.T of one schedule, and a testing.TB like it. What fails is
// told by Test once for all schedules. Cleanup functions run under the
// schedule, right after the body, and what they end is no leak; those that a
// function registers which was given the embedded T run after the schedule.
type T struct {
	*testing.T
	name string
	saw  func(key string)

	mu       sync.Mutex // never held at a point
	failed   bool
	skipped  bool
	messages []string
	logs     []string
	helpers  map[string]bool
	cleanups []func()
	ctx      context.Context
	cancel   context.CancelFunc
}

// maxLines bounds the messages and the logs that are kept of a schedule.
const maxLines = 100

func newT(t *testing.T, name string, saw func(key string)) *T {
	return &T{T: t, name: name, saw: saw, helpers: map[string]bool{}}
}

// Name is the name of the test that called Test.
func (t *T) Name() string { return t.name }

// Helper marks the calling function, whose lines messages leave out.
func (t *T) Helper() {
	var pcs [1]uintptr
	if runtime.Callers(2, pcs[:]) == 0 {
		return
	}
	f, _ := runtime.CallersFrames(pcs[:]).Next()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.helpers[f.Function] = true
}

// where is the line of the test that calls one of the methods. t.mu is held.
func (t *T) where() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	for {
		f, more := frames.Next()
		if !t.helpers[f.Function] || !more {
			return fmt.Sprintf("%s:%d: ", path.Base(f.File), f.Line)
		}
	}
}

func (t *T) note(to *[]string, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(*to) < maxLines {
		*to = append(*to, t.where()+strings.TrimSuffix(text, "\n"))
	}
}

// Fail marks the schedule as failed and goes on.
func (t *T) Fail() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = true
}

// FailNow marks the schedule as failed and ends the calling goroutine.
func (t *T) FailNow() {
	t.Fail()
	runtime.Goexit()
}

// Failed reports whether the schedule is marked as failed.
func (t *T) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed || t.T.Failed()
}

// marked reports whether the schedule was marked as failed by a method of T.
func (t *T) marked() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// text is the messages of the failure.
func (t *T) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.messages) == 0 {
		return "the body failed without a message"
	}
	return strings.Join(t.messages, "\n")
}

// Error is Log and Fail.
func (t *T) Error(args ...any) {
	t.note(&t.messages, fmt.Sprintln(args...))
	t.Fail()
}

// Errorf is Logf and Fail.
func (t *T) Errorf(format string, args ...any) {
	t.note(&t.messages, fmt.Sprintf(format, args...))
	t.Fail()
}

// Fatal is Log and FailNow.
func (t *T) Fatal(args ...any) {
	t.note(&t.messages, fmt.Sprintln(args...))
	t.FailNow()
}

// Fatalf is Logf and FailNow.
func (t *T) Fatalf(format string, args ...any) {
	t.note(&t.messages, fmt.Sprintf(format, args...))
	t.FailNow()
}

// Log keeps a line, which is told if the schedule fails.
func (t *T) Log(args ...any) { t.note(&t.logs, fmt.Sprintln(args...)) }

// Logf keeps a line, which is told if the schedule fails.
func (t *T) Logf(format string, args ...any) { t.note(&t.logs, fmt.Sprintf(format, args...)) }

// Saw tells what the schedule has shown: a state of the code under test, say,
// or an edge of a model. What no schedule of the test has shown before, in this
// process, is news, which steer the search: a portfolio gives more schedules to
// who finds them, and goes on from where they came, so that what takes many steps
// in the right order is found one by one if each step can be told from the one
// before. Say what matters, so that a state from which there is a way on differs
// from one without, and nothing that differs in every schedule:
//
//	t.Saw("%d waiting, closed %v", len(q.waiting), q.closed)
//
// Any goroutine may call it; it is no point. Of what was shown 1<<20 are kept. Like
// Log it puts those who call it in an order for the race detector.
func (t *T) Saw(format string, args ...any) { t.saw(fmt.Sprintf(format, args...)) }

// SkipNow skips the whole test and ends the calling goroutine.
func (t *T) SkipNow() {
	t.mu.Lock()
	t.skipped = true
	t.mu.Unlock()
	runtime.Goexit()
}

// Skip is Log and SkipNow.
func (t *T) Skip(args ...any) {
	t.note(&t.logs, fmt.Sprintln(args...))
	t.SkipNow()
}

// Skipf is Logf and SkipNow.
func (t *T) Skipf(format string, args ...any) {
	t.note(&t.logs, fmt.Sprintf(format, args...))
	t.SkipNow()
}

// Skipped reports whether the test is being skipped.
func (t *T) Skipped() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.skipped
}

// Cleanup has f run after the body, under the schedule; the last one first.
func (t *T) Cleanup(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, f)
}

// Context is a context that ends after the body, before the Cleanup functions.
func (t *T) Context() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx == nil {
		t.ctx, t.cancel = schedule.WithCancel(context.Background())
	}
	return t.ctx
}

// Run panics: a body is one schedule.
func (t *T) Run(name string, _ func(*testing.T)) bool {
	panic(fmt.Sprintf("explore: T.Run(%q) inside a body: one body is one schedule; call t.Run outside and explore.Test in each subtest", name))
}

// Parallel panics: what is parallel is the test around.
func (t *T) Parallel() {
	panic("explore: T.Parallel inside a body: call it before explore.Test")
}

// run runs the body and its cleanups.
func (t *T) run(body func(*T)) {
	defer t.clean()
	body(t)
}

// clean runs the cleanups, those that one of them adds or leaves included.
func (t *T) clean() {
	t.mu.Lock()
	if t.cancel != nil {
		cancel := t.cancel
		t.cancel = nil
		t.mu.Unlock()
		cancel()
		t.mu.Lock()
	}
	n := len(t.cleanups)
	if n == 0 {
		t.mu.Unlock()
		return
	}
	f := t.cleanups[n-1]
	t.cleanups = t.cleanups[:n-1]
	t.mu.Unlock()
	defer t.clean()
	f()
}
